"""Any storefront: cookies that mean a basket or a sign-in on the platforms most shops run on.

Listed is only what a visitor without a basket and without a session of his own never carries; each line says who sets
the cookie. Left out on purpose, because first-time visitors get them too, so that listing them would turn every page
view into a pass: ``PHPSESSID`` (PHP), ``PrestaShop-*`` (one encrypted cookie holds everything), ``OCSESSID``
(OpenCart), ``JSESSIONID`` and ``SESSION`` (Java), ``ASP.NET_SessionId``, ``laravel_session``, ``mage-*`` and
``form_key`` (Magento), ``frontend`` (Magento 1), ``session-*`` (Shopware), ``woocommerce_recently_viewed``,
``secure_customer_sig`` (Shopify sets it empty). A shop whose session cookie does mean a sign-in adds it to
``bypass_cookies``.
"""

from __future__ import annotations

from origin_adapters import magento, measuring, opencart, woocommerce
from origin_adapters.contract import Adapter
from origin_adapters.django import CSRF, DJANGO

_PHP = (
    "X-Magento-Vary",  # Magento 2: customer group or currency other than an anonymous visitor's
    "sw-states",  # Shopware 6: logged-in, cart-filled
    "sw-cache-hash",  # Shopware 6: a context (customer, basket, currency) other than an anonymous visitor's
    "SSESS*",  # Drupal over TLS: opened at sign-in or for a basket only
    "REMEMBERME",  # Symfony's remember-me sign-in
    "remember_web_*",  # Laravel's
)
_OTHERS = (
    "remember_user_token",  # Rails with Devise (Spree, Solidus): remember-me sign-in
    "remember-me",  # Spring Security: remember-me sign-in
    ".Nop.Authentication",  # nopCommerce, signed in
    ".AspNetCore.Identity.Application*",  # ASP.NET Core Identity, signed in (numbered when split)
    ".ASPXAUTH",  # ASP.NET forms authentication, signed in
)
_SIGN_OUT = (
    "*/logout",
    "*/logout/",
    "*/sign-out*",
    "*/sign_out*",
    "*/signout*",
    "?action=logout",
    "?logout",
    "?mylogout",  # PrestaShop
)
_BASKET = (
    *("*/cart/add", "*/cart/add.*", "*/cart/add/*"),  # Sylius, Spree, Drupal Commerce, Shopify
    *("*/cart/change", "*/cart/change.js", "*/cart/update", "*/cart/update.js"),
    *("*/cart/remove*", "*/cart/clear*"),
    *("*/basket/add", "*/basket/add/*", "*/basket/remove*", "*/basket/clear*"),
    "*/addtocart*",  # nopCommerce, Zen Cart
    "*/add-to-cart*",
    "?addtocart",
    *("?controller=cart&add", "?controller=cart&delete", "?controller=cart&update"),  # PrestaShop
    *("*/cart?add", "*/cart?delete", "*/cart?update"),  # PrestaShop with friendly addresses
    "?action=add_product",  # osCommerce
    "?action=buy_now",
    "?action=remove_product",
)

GENERIC = Adapter(
    name="generic",
    bypass_cookies=woocommerce.WORDPRESS_COOKIES + DJANGO.bypass_cookies + _PHP + _OTHERS,
    fleeting_cookies=DJANGO.fleeting_cookies,
    harmless=measuring.COOKIES,
    tokens=(CSRF,),
    mutating_get=(*_SIGN_OUT, *_BASKET, *woocommerce.MUTATING, *magento.MUTATING, *opencart.MUTATING),
    harmless_paths=measuring.PATHS,
)
