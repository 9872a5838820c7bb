"""What every adapter has to hold, whatever platform it speaks for, and what each says of its own platform."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

import pytest

import origin_adapters
from edge.model import RequestFacts, fields
from edge.policy.ownership import Effects, mark, mutating_get
from origin_adapters import Adapter, adapter

EVERY = pytest.mark.parametrize("name", origin_adapters.NAMES)

FIRST_VISIT = {
    "django": ("csrftoken", "oscar_history", "django_language"),
    "evershop": ("sid",),
    "generic": (
        "PHPSESSID",
        "OCSESSID",
        "csrftoken",
        "form_key",
        "sid",
        "cart",
        "woocommerce_recently_viewed",
        "session",
    ),
    "magento": ("PHPSESSID", "form_key", "mage-cache-sessid", "mage-messages", "private_content_version"),
    "opencart": ("OCSESSID", "default", "language", "currency"),
    "shopify": ("_shopify_y", "_shopify_s", "secure_customer_sig", "localization", "cart_currency"),
    "woocommerce": ("woocommerce_recently_viewed", "sbjs_first", "wordpress_test_cookie", "PHPSESSID"),
}
"""Cookies that a visitor without basket and session of his own carries, as each platform sets them."""

BASKET_OR_SIGNED_IN = {
    "django": ("sessionid", "oscar_open_basket", "messages"),
    "evershop": (),
    "generic": ("sessionid", "messages", "woocommerce_items_in_cart", "wordpress_logged_in_1f", "sw-states"),
    "magento": ("X-Magento-Vary",),
    "opencart": (),
    "shopify": ("cart", "_secure_account_session_id"),
    "woocommerce": ("woocommerce_items_in_cart", "wp_woocommerce_session_9f", "wordpress_logged_in_1f"),
}

PUTS_INTO_BASKET = {
    "django": ("POST /basket/add/7/", "POST /basket/", "POST /accounts/login/"),
    "evershop": ("POST /api/cart/mine/items", "POST /api/customer/login", "DELETE /api/cart/mine/items/4"),
    "generic": (
        *("POST /cart/add", "POST /basket/add", "POST /cart/update.js", "GET /product/mug?add-to-cart=5"),
        *("GET /index.php?route=checkout/cart.add&product_id=4", "GET /checkout/cart/add/product/4/"),
        *("GET /?controller=cart&add=1", "GET /en/cart?add=1&id_product=4", "POST /search"),
    ),
    "magento": (
        *("POST /checkout/cart/add/uenc/aHR0/product/4/", "GET /en/checkout/cart/add/product/4/form_key/x/"),
        *("POST /rest/default/V1/guest-carts/x/items", "POST /graphql", "POST /customer/account/loginPost/"),
    ),
    "opencart": (
        *("POST /index.php?route=checkout/cart/add", "POST /index.php?route=checkout/cart.add&language=en-gb"),
        *("POST /?route=checkout/cart|add", "GET /index.php?route=checkout/cart/add&product_id=4"),
        *("POST /index.php?route=common/currency.save", "POST /index.php?route=account/login.login"),
    ),
    "shopify": ("POST /cart/add.js", "POST /cart/update.js", "GET /cart/add?id=4", "GET /cart/4001:1", "POST /account"),
    "woocommerce": (
        *("GET /product/mug/?add-to-cart=5", "POST /product/mug/", "GET /cart/?remove_item=9f&_wpnonce=1"),
        *("POST /?wc-ajax=add_to_cart", "GET /?wc-ajax=remove_from_cart", "POST /wp-json/wc/store/v1/cart/add-item"),
    ),
}
"""After these the platform's pages may look different to their visitor."""

SIGNS_OUT = {
    "django": "/accounts/logout/",
    "evershop": "/account/logout",
    "generic": "/logout",
    "magento": "/customer/account/logout/",
    "opencart": "/index.php?route=account/logout",
    "shopify": "/account/logout",
    "woocommerce": "/wp-login.php?action=logout&_wpnonce=1",
}

CHANGES_NOTHING = {
    "django": ("POST /cdn-cgi/rum?", "POST /matomo.php"),
    "evershop": ("POST /api/graphql", "POST /api/graphql?x=1"),
    "generic": ("POST /cdn-cgi/rum", "POST /g/collect?v=2", "POST /csp-report", "GET /product/mug", "GET /cart"),
    "magento": (
        *("POST /catalog/product_frontend_action/synchronize", "GET /customer/section/load/?sections=cart"),
        *("POST /newsletter/subscriber/new/", "GET /checkout/cart/"),
    ),
    "opencart": ("GET /index.php?route=common/cart.info", "GET /index.php?route=product/product&product_id=4"),
    "shopify": ("POST /.well-known/shopify/monorail/v1/produce", "GET /cart.js", "GET /products/mug?variant=4"),
    "woocommerce": (
        *("POST /?wc-ajax=get_refreshed_fragments", "POST /wp-admin/admin-ajax.php", "GET /product/mug/"),
        "POST /wp-cron.php?doing_wp_cron=1",
    ),
}
"""After these they never do."""


def effects(known: Adapter) -> Effects:
    return Effects(mutating_get=known.mutating_get, harmless_paths=known.harmless_paths)


def asked(line: str) -> RequestFacts:
    method, target = line.split(" ")
    path, question, query = target.partition("?")
    return RequestFacts(
        method=method,
        scheme="https",
        host="shop.example",
        path=path,
        query=query if question else None,
        fields=fields(),
        client="192.0.2.7",
    )


def marks(known: Adapter, line: str) -> bool:
    return mark(asked(line), effects(known), (200, fields()), now=1_750_000_000) is not None


def bypassed(known: Adapter, cookie: str) -> bool:
    return any(fnmatchcase(cookie, glob) for glob in known.bypass_cookies)


@EVERY
def test_a_first_time_visitor_is_answered_from_the_store(name: str) -> None:
    assert [cookie for cookie in FIRST_VISIT[name] if bypassed(adapter(name), cookie)] == []


@EVERY
def test_measuring_and_our_own_cookies_keep_nobody_out_of_the_store(name: str) -> None:
    ours = ("vt_id", "_ga", "_ga_5XK2", "_gid", "_fbp", "_hjSessionUser_12", "_pk_id.1.fff")
    assert [cookie for cookie in ours if bypassed(adapter(name), cookie)] == []


@EVERY
def test_a_basket_or_a_sign_in_that_a_cookie_tells_of_does(name: str) -> None:
    assert [cookie for cookie in BASKET_OR_SIGNED_IN[name] if not bypassed(adapter(name), cookie)] == []


@EVERY
def test_cookie_globs_use_the_star_only_and_never_stand_for_every_cookie(name: str) -> None:
    known = adapter(name)
    for glob in known.bypass_cookies + known.harmless:
        assert glob.replace("*", "").strip("_-. "), glob
        assert not set(glob) & set("?[]"), glob


@EVERY
def test_no_cookie_is_both_somebodys_and_harmless(name: str) -> None:
    known = adapter(name)
    assert [glob for glob in known.harmless if bypassed(known, glob.replace("*", "x"))] == []
    assert [
        glob
        for glob in known.bypass_cookies
        if any(fnmatchcase(glob.replace("*", "x"), harmless) for harmless in known.harmless)
    ] == []


@EVERY
def test_only_bypass_cookies_are_fleeting(name: str) -> None:
    assert set(adapter(name).fleeting_cookies) <= set(adapter(name).bypass_cookies)


@EVERY
def test_patterns_are_well_formed_and_stand_once(name: str) -> None:
    known = adapter(name)
    for patterns in (known.mutating_get, known.harmless_paths):
        assert len(set(patterns)) == len(patterns)
        assert [pattern for pattern in patterns if not re.fullmatch(r"[/*][^?\s]{2,}(\?\w\S*)?|\?\w\S*", pattern)] == []


@EVERY
def test_who_puts_something_into_the_basket_leaves_the_store(name: str) -> None:
    assert [line for line in PUTS_INTO_BASKET[name] if not marks(adapter(name), line)] == []


@EVERY
def test_what_changes_no_page_marks_nobody(name: str) -> None:
    assert [line for line in CHANGES_NOTHING[name] if marks(adapter(name), line)] == []


@EVERY
def test_signing_out_by_get_is_never_answered_from_the_store(name: str) -> None:
    assert mutating_get(asked(f"GET {SIGNS_OUT[name]}"), effects(adapter(name)))


@EVERY
@pytest.mark.parametrize(
    "target",
    [
        "/",
        "/product/mug/",
        "/catalogue/mug_7/",
        "/products/mug?variant=4",
        "/mug.html",
        "/category/mugs?page=2&sort=price",
    ],
)
def test_looking_at_a_page_is_no_mutation(name: str, target: str) -> None:
    assert not mutating_get(asked(f"GET {target}"), effects(adapter(name)))


@EVERY
def test_a_token_that_may_be_minted_is_one_a_visitor_slot_prints(name: str) -> None:
    for token in adapter(name).tokens:
        assert 16 <= token.length <= 128
        assert re.fullmatch(r"[A-Za-z0-9_-]+", token.alphabet)
        assert len(set(token.alphabet)) == len(token.alphabet) >= 16
        assert not bypassed(adapter(name), token.cookie)


@EVERY
def test_an_adapter_is_found_by_its_name_and_cannot_be_changed(name: str) -> None:
    known = adapter(name)
    assert known.name == name
    with pytest.raises(AttributeError):
        known.bypass_cookies = ()  # type: ignore[misc]


def test_the_tables_above_speak_of_every_adapter() -> None:
    for table in (FIRST_VISIT, BASKET_OR_SIGNED_IN, PUTS_INTO_BASKET, SIGNS_OUT, CHANGES_NOTHING):
        assert tuple(sorted(table)) == origin_adapters.NAMES


def test_a_message_for_one_visitor_keeps_her_page_out_of_the_store_and_proves_no_basket() -> None:
    assert "messages" in adapter("django").bypass_cookies
    assert adapter("django").fleeting_cookies == ("messages",)
