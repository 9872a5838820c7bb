"""Whose cookies say that a page is somebody's."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest

from origin_adapters.generic import GENERIC


def bypassed(cookie: str) -> bool:
    return any(fnmatchcase(cookie, glob) for glob in GENERIC.bypass_cookies)


@pytest.mark.parametrize(
    "cookie",
    [
        "woocommerce_items_in_cart",
        "wp_woocommerce_session_0f3d2a",
        "wordpress_logged_in_9c1f",
        "edd_items_in_cart",
        "sessionid",
        "oscar_open_basket",
        "X-Magento-Vary",
        "sw-states",
        "SSESS3f2a",
        "remember_web_59ba36",
        ".AspNetCore.Identity.ApplicationC1",
    ],
)
def test_a_cookie_of_a_basket_or_a_sign_in_is_bypassed(cookie: str) -> None:
    assert bypassed(cookie)


@pytest.mark.parametrize(
    "cookie",
    [
        "PHPSESSID",
        "PrestaShop-0f3d2a",
        "OCSESSID",
        "JSESSIONID",
        "SESSION",
        "laravel_session",
        "csrftoken",
        "form_key",
        "woocommerce_recently_viewed",
        "wordpress_test_cookie",
        "vt_id",
        "_ga",
    ],
)
def test_a_cookie_every_first_time_visitor_gets_is_not(cookie: str) -> None:
    assert not bypassed(cookie)


@pytest.mark.parametrize("cookie", ["_ga", "_ga_5XK2", "_gid", "_fbp", "_hjSessionUser_12", "_pk_id.1.fff"])
def test_measuring_cookies_are_harmless(cookie: str) -> None:
    assert any(fnmatchcase(cookie, glob) for glob in GENERIC.harmless)


def test_no_cookie_is_both_somebodys_and_harmless() -> None:
    for glob in GENERIC.harmless:
        assert not bypassed(glob.replace("*", "x"))
    for glob in GENERIC.bypass_cookies:
        assert not any(fnmatchcase(glob.replace("*", "x"), harmless) for harmless in GENERIC.harmless)


def test_globs_use_the_star_only_and_never_stand_for_every_cookie() -> None:
    for glob in GENERIC.bypass_cookies + GENERIC.harmless:
        assert glob.replace("*", "").strip("_-. ")
        assert not set(glob) & set("?[]")
