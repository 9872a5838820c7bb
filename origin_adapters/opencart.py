"""OpenCart 3 and 4.

Sources: its source code: ``upload/system/framework.php`` (``OCSESSID`` is set for every visitor),
``upload/catalog/controller/checkout/cart.php`` and ``common/cart.php`` (routes), ``config.php`` (``HTTP_SERVER``, the
address of every link). A method is separated from its controller by a slash in version 3, by ``|`` in 4.0.0 and 4.0.1
and by a dot since 4.0.2.

No cookie says that a visitor has a basket or is signed in: both lie in the session everybody has. So visitors are kept
out of the store by what they have done. No form of the storefront carries a token before sign-in.
"""

from __future__ import annotations

from origin_adapters import measuring
from origin_adapters.contract import Adapter

MUTATING = (
    "?route=checkout/cart?add*",
    "?route=checkout/cart?edit*",
    "?route=checkout/cart?remove*",
    "?route=common/cart?remove*",
    "?route=account/wishlist?add*",
    "?route=account/wishlist?remove*",
    "?route=account/wishlist&remove",  # version 3 removes by a link
    "?route=product/compare?add*",
    "?route=product/compare&remove",
    "?route=account/logout*",
    "?route=checkout/success*",  # empties the basket
    "?route=common/currency*",
    "?route=common/language*",
)

OPENCART = Adapter(
    name="opencart",
    bypass_cookies=(),
    harmless=(
        *measuring.COOKIES,
        "policy",  # the visitor's answer to the cookie notice (4)
    ),
    mutating_get=(
        *MUTATING,
        "?tracking",  # an affiliate's link: kept with the visitor and his order
    ),
    harmless_paths=(
        *measuring.PATHS,
        "?route=common/cart?info*",  # the mini basket, loaded into every page
        "?route=common/cookie*",  # the answer to the cookie notice
        "?route=product/product?review*",
        "?route=product/product?write*",
        "?route=product/review*",
        "?route=product/product?getRecurringDescription*",
        "?route=tool/upload*",
        "?route=cron/cron*",
        "?tracking",
    ),
    preserve_host=False,  # links are made of HTTP_SERVER
)
