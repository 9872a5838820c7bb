"""Tokens for forms in stored pages."""

from __future__ import annotations

import re

import pytest

from edge.http.csrf import Tokens
from edge.model import RequestFacts, VisitorCookie, fields

HELD = "J7tLwqVx0Zb2mYk9RnCe4HsUaPd6GfTo"


def tokens(cookie: str | None = None, scheme: str = "http", cookies: tuple[VisitorCookie, ...] = ()) -> Tokens:
    return Tokens(
        RequestFacts(
            method="GET",
            scheme=scheme,
            host="shop.example",
            path="/product/1",
            query=None,
            fields=fields({} if cookie is None else {"Cookie": cookie}),
            client="192.0.2.1",
        ),
        cookies,
    )


def test_a_visitor_keeps_the_token_his_cookie_states() -> None:
    visitor = tokens(f"a=b; csrftoken={HELD}; c=d")
    assert visitor.csrf("csrftoken") == HELD
    assert visitor.set_cookies() == []


def test_a_minted_token_is_one_that_django_accepts() -> None:
    """Its CsrfViewMiddleware wants 32 letters and digits: no dash, no underscore."""
    minted = {tokens().csrf("csrftoken") for _ in range(200)}
    assert len(minted) == 200
    assert all(re.fullmatch(r"[A-Za-z0-9]{32}", token) for token in minted)


def test_all_forms_of_a_response_have_the_token_that_its_cookie_sets() -> None:
    visitor = tokens()
    token = visitor.csrf("csrftoken")
    assert visitor.csrf("csrftoken") == token
    assert visitor.set_cookies() == [f"csrftoken={token}; Path=/; Max-Age=31449600; SameSite=Lax"]


def test_over_tls_the_cookie_never_travels_in_the_clear() -> None:
    visitor = tokens(scheme="https")
    visitor.csrf("csrftoken")
    assert visitor.set_cookies()[0].endswith("; Secure")


@pytest.mark.parametrize("value", ["", "short", "x" * 129, "quote%22and-more-of-it", '"><script>alert(1)</script>'])
def test_a_cookie_that_is_no_token_is_replaced(value: str) -> None:
    visitor = tokens(f"csrftoken={value}")
    assert visitor.csrf("csrftoken") != value
    assert len(visitor.set_cookies()) == 1


def test_a_minted_cookie_is_one_the_origin_might_have_set() -> None:
    seen = VisitorCookie(
        name="form_key", alphabet="ab", length=16, path="/shop", domain="example", max_age_s=600, http_only=True
    )
    visitor = tokens(cookies=(seen,))
    token = visitor.csrf("form_key")
    assert re.fullmatch("[ab]{16}", token)
    assert visitor.set_cookies() == [f"form_key={token}; Path=/shop; Max-Age=600; Domain=example; HttpOnly"]


def test_what_only_the_origin_can_set_is_not_set() -> None:
    """The origin is down: her form has to hold something, and her session stays as it is."""
    visitor = tokens(cookies=(VisitorCookie(name="session", mintable=False),))
    assert re.fullmatch(r"[A-Za-z0-9]{32}", visitor.csrf("session"))
    assert visitor.set_cookies() == []
