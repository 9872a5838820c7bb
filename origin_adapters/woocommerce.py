"""WooCommerce on WordPress.

Sources: WooCommerce's developer documentation, "How to configure caching plugins for WooCommerce" (its three cookies,
and that ``?add-to-cart`` and ``wc-ajax`` are not to be cached) and "WooCommerce cookies"; ``WC_Form_Handler`` (which
parameters of a GET act), ``WC_AJAX``; WordPress' handbook on cookies.

What goes into the basket shows in ``woocommerce_items_in_cart`` with the very response, so requests that scripts of
themes and plug-ins send from every page view are harmless. Its nonces are bound to the origin's session and its clock:
none can be minted.
"""

from __future__ import annotations

from origin_adapters import measuring
from origin_adapters.contract import Adapter

WORDPRESS_COOKIES = (
    "wordpress_logged_in_*",  # core, from sign-in to sign-out
    "wordpress_sec_*",  # core, the same for the administration
    "wp-postpass_*",  # core, after the password of a protected page was given
    "comment_author_*",  # core, fills the visitor's own name and mail address into forms
    "woocommerce_items_in_cart",  # WooCommerce, while the basket holds something
    "woocommerce_cart_hash",  # WooCommerce, the same
    "wp_woocommerce_session_*",  # WooCommerce, from the first thing put into the basket, or at sign-in
    "edd_items_in_cart",  # Easy Digital Downloads, while the basket holds something
)
MUTATING = (
    "?add-to-cart",  # WC_Form_Handler::add_to_cart_action
    "?remove_item",  # WC_Form_Handler::update_cart_action
    "?undo_item",
    "?remove_coupon",
    "?order_again",  # WC_Form_Handler::order_again
    "?cancel_order",
    "?wc-ajax",  # WC_AJAX: cart, checkout, coupons
    "?add_to_wishlist",  # YITH WooCommerce Wishlist
    "?remove_from_wishlist",
    "*/customer-logout*",  # the endpoint of "My account"
    "?customer-logout",
    "/wp-login.php?action=logout",
)

WOOCOMMERCE = Adapter(
    name="woocommerce",
    bypass_cookies=WORDPRESS_COOKIES,
    harmless=(
        *measuring.COOKIES,
        "sbjs_*",  # WooCommerce order attribution: where the visitor came from
        "wordpress_test_cookie",  # whether the browser takes cookies
    ),
    mutating_get=MUTATING,
    harmless_paths=(
        *measuring.PATHS,
        "?wc-ajax=get_refreshed_fragments",  # the mini basket, asked for by every page
        "?wc-ajax=get_variation",  # the price of a chosen variation
        "/wp-admin/admin-ajax.php",  # heartbeat, view counters; what concerns the basket sets WooCommerce's cookies
        "/wp-cron.php*",  # WordPress asking itself
        "/wp-json/contact-form-7/*",  # a letter to the shop
    ),
    preserve_host=False,  # redirect_canonical and home_url() know the address in the settings
)
