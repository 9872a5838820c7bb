"""Shopify's hosted storefronts (Liquid themes).

Sources: Shopify's list of cookies (shopify.com/legal/cookies), its Ajax API reference (``/cart/*.js``) and its theme
documentation on cart permalinks (``/cart/VARIANT:QUANTITY``), section rendering and the consent API.

Not listed: ``secure_customer_sig``, which is set empty for everybody, and ``_shopify_*``, which all visitors get.
Tokens of its forms, where there are any, are bound to the session.
"""

from __future__ import annotations

from origin_adapters import measuring
from origin_adapters.contract import Adapter

MUTATING = (
    *("*/cart/add", "*/cart/add.js", "*/cart/add/*"),
    *("*/cart/change", "*/cart/change.js"),
    *("*/cart/update", "*/cart/update.js"),
    *("*/cart/clear", "*/cart/clear.js"),
    "*/cart/*:*",  # a permalink puts its variants into the basket
    "*/account/logout*",
    "*/discount/*",  # keeps a code with the visitor
    "*/localization*",
)

SHOPIFY = Adapter(
    name="shopify",
    bypass_cookies=(
        "cart",  # "used in connection with shopping cart"
        "cart_sig",  # a digest of what lies in it
        "_secure_account_session_id",  # customer accounts, signed in
        "_customer_account_shop_sessions",  # the same
        "storefront_digest",  # the password of a storefront that is not open yet was given
    ),
    harmless=(
        *measuring.COOKIES,
        "_shopify_y",  # Shopify's analytics: visitor
        "_shopify_s",  # the same: session
        "_orig_referrer",
        "_landing_page",
    ),
    mutating_get=MUTATING,
    harmless_paths=(
        *measuring.PATHS,
        "/.well-known/shopify/monorail/*",  # beacons of every page view
        "/api/collect",  # web pixels
        "*/recommendations/products*",
        "*/search/suggest*",
        "*/contact",  # letters to the shop, and its newsletter form
    ),
    preserve_host=False,  # it answers for its own domains only
)
