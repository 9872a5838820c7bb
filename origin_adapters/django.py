"""Django, and the shops built on it (django-oscar, Saleor's old storefront, Shuup).

Sources: Django's settings reference (SESSION_COOKIE_NAME, CSRF_COOKIE_NAME), its session documentation ("when sessions
are saved": only after something was put into them), ``django/middleware/csrf.py`` (the cookie's secret itself is
accepted in the form), ``django/contrib/messages/storage/cookie.py``; django-oscar's settings reference
(OSCAR_BASKET_COOKIE_OPEN, OSCAR_RECENTLY_VIEWED_COOKIE_NAME).

Not listed: ``oscar_history``, recently viewed products, which every product page sets.
"""

from __future__ import annotations

from origin_adapters import measuring
from origin_adapters.contract import ALPHANUMERIC, Adapter, Token

CSRF = Token(cookie="csrftoken", field="csrfmiddlewaretoken", alphabet=ALPHANUMERIC, length=32)
"""``CSRF_SECRET_LENGTH``. Versions before 4.1 set 64 characters (masked) and take these as well."""

DJANGO = Adapter(
    name="django",
    bypass_cookies=(
        "sessionid",  # saved only once something was put into the session, as a sign-in does
        "messages",  # contrib.messages: what the next page says to this visitor, and to nobody else
        "oscar_open_basket",  # django-oscar, an anonymous visitor's basket
    ),
    fleeting_cookies=("messages",),  # gone once the next page has shown them
    harmless=measuring.COOKIES,
    tokens=(CSRF,),
    mutating_get=(
        "*/logout/",  # contrib.auth before 5.0 signs out on GET (LogoutView); Oscar's customer:logout still does
        "*/logout",
        "*/accounts/confirm-email/*",  # django-allauth with ACCOUNT_CONFIRM_EMAIL_ON_GET
    ),
    harmless_paths=(
        *measuring.PATHS,
        "/jsi18n/*",  # JavaScriptCatalog
    ),
)
