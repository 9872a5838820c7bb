"""Magento 2, Adobe Commerce and Mage-OS.

Sources: Adobe Commerce's cookie reference (``X-Magento-Vary``, ``form_key``, ``private_content_version``), its
developer documentation on page caching ("private content": baskets are filled in by script, pages are the same for
everybody), the VCL it ships (``Magento_PageCache/etc/varnish*.vcl``), ``RegisterFormKeyFromCookie.php`` of its page
cache (the form key is taken from the visitor's cookie) and ``form-key-provider.js`` (which makes it there: 16 letters
and digits).

Not listed: ``PHPSESSID``, ``form_key``, ``mage-*``, ``private_content_version``, which first-time visitors get too.
"""

from __future__ import annotations

from origin_adapters import measuring
from origin_adapters.contract import ALPHANUMERIC, Adapter, Token

MUTATING = (
    "*/checkout/cart/add/*",  # cart/add takes GET with a form key
    "*/checkout/cart/add",
    "*/checkout/cart/delete/*",
    "*/checkout/cart/updatePost/*",
    "*/wishlist/index/add/*",
    "*/catalog/product_compare/add/*",
    "*/catalog/product_compare/remove/*",
    "*/catalog/product_compare/clear/*",
    "*/customer/account/logout/*",
    "*/customer/account/logout",
    "*/customer/account/confirm/*",
    "*/stores/store/switch/*",
    "*/stores/store/redirect/*",
    "*/directory/currency/switch/*",
    "*/sales/guest/reorder/*",
)

MAGENTO = Adapter(
    name="magento",
    bypass_cookies=("X-Magento-Vary",),  # a customer group, store or currency other than an anonymous visitor's
    harmless=(
        *measuring.COOKIES,
        "mage-cache-*",  # what scripts keep of the visitor's own sections
        "mage-banners-*",
        "product_data_storage",  # recently viewed and compared, kept by script
        "recently_*",
        "private_content_version",
        "section_data_ids",
    ),
    tokens=(Token(cookie="form_key", field="form_key", alphabet=ALPHANUMERIC, length=16),),
    mutating_get=MUTATING,
    harmless_paths=(
        *measuring.PATHS,
        "*/customer/section/load/*",  # the visitor's own sections, asked for by script
        "*/page_cache/block/*",  # private blocks, the same
        "*/catalog/product_frontend_action/synchronize*",  # recently viewed, posted from every product page
        "*/newsletter/subscriber/new*",
        "*/sendfriend/*",
        "*/contact/index/post*",
    ),
    preserve_host=False,  # "Auto-redirect to base URL" is on by default, and links are made of the base URL
)
