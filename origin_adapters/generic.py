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

from origin_adapters.contract import Adapter

_WORDPRESS = (
    "wordpress_logged_in_*",  # core, from sign-in to sign-out
    "wordpress_sec_*",  # core, the same for the administration
    "wp-postpass_*",  # core, after the password of a protected page was given
    "comment_author_*",  # core, fills the visitor's own name and mail address into forms
    "woocommerce_items_in_cart",  # WooCommerce, while the basket holds something
    "woocommerce_cart_hash",  # WooCommerce, the same
    "wp_woocommerce_session_*",  # WooCommerce, from the first thing put into the basket, or at sign-in
    "edd_items_in_cart",  # Easy Digital Downloads, while the basket holds something
)
_DJANGO = (
    "sessionid",  # Django: saved only once something was put into the session, as a sign-in does
    "oscar_open_basket",  # django-oscar, an anonymous visitor's basket
)
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
_HARMLESS = (
    "_ga",  # Google Analytics: visitor
    "_ga_*",  # Google Analytics 4: session, one for each property
    "_gid",  # Google Analytics (Universal): visitor of the day
    "_gat*",  # Google Analytics (Universal): throttle
    "_gcl_*",  # Google Ads: conversion linker
    "_fbp",  # Meta pixel: browser
    "_fbc",  # Meta pixel: click
    "_uetsid",  # Microsoft Advertising: session
    "_uetvid",  # Microsoft Advertising: visitor
    "_clck",  # Microsoft Clarity: visitor
    "_clsk",  # Microsoft Clarity: session
    "_hj*",  # Hotjar
    "_pk_*",  # Matomo
    "_ttp",  # TikTok pixel
    "_pin_unauth",  # Pinterest tag
)

GENERIC = Adapter(
    name="generic",
    bypass_cookies=_WORDPRESS + _DJANGO + _PHP + _OTHERS,
    harmless=_HARMLESS,
)
