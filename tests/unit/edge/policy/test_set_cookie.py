"""Set-Cookie, read and written."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from edge.model import VisitorCookie
from edge.policy.dates import format_http_date
from edge.policy.set_cookie import cookies_set, described, minted_line, parse_set_cookie

NOW = 1_750_000_000


class Case(NamedTuple):
    id: str
    line: str
    want: VisitorCookie


CASES = [
    Case("nothing but a value", "a=b", VisitorCookie(name="a")),
    Case(
        "Django's",
        "csrftoken=x; expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=31449600; Path=/; SameSite=Lax",
        VisitorCookie(name="csrftoken", max_age_s=31_449_600, same_site="Lax"),
    ),
    Case(
        "PHP's",
        f"sid=x; expires={format_http_date(NOW + 3600)}; path=/shop; domain=.Shop.example; secure; HttpOnly",
        VisitorCookie(name="sid", path="/shop", domain="shop.example", max_age_s=3600, secure=True, http_only=True),
    ),
    Case("a path that is none means all of the site", "a=b; Path=shop", VisitorCookie(name="a")),
    Case("an age that is no number", "a=b; Max-Age=long", VisitorCookie(name="a")),
    Case("a cookie deleted", "a=b; Max-Age=-99999", VisitorCookie(name="a", max_age_s=-1)),
    Case("of a repeated attribute the last counts", "a=b; Path=/x; path=/y", VisitorCookie(name="a", path="/y")),
    Case("an unknown SameSite", "a=b; SameSite=Perhaps", VisitorCookie(name="a")),
    Case("spaces and empty parts", " a = b ;; SameSite = none ;", VisitorCookie(name="a", same_site="None")),
]


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_described(case: Case) -> None:
    cookie = parse_set_cookie(case.line)
    assert cookie is not None
    assert described(cookie, mintable=True, now=NOW) == case.want


@pytest.mark.parametrize("line", ["", "novalue", "=b", " ; Path=/"])
def test_what_sets_nothing(line: str) -> None:
    assert cookies_set([line]) == ()


def test_a_value_keeps_its_quotes_and_equals_signs() -> None:
    assert [cookie.value for cookie in cookies_set(['a="x=y"; Path=/', "b=c=="])] == ['"x=y"', "c=="]


WHOLE = VisitorCookie(
    name="t", path="/shop", domain="shop.example", max_age_s=60, same_site="Strict", secure=True, http_only=True
)


class Line(NamedTuple):
    id: str
    cookie: VisitorCookie
    host: str
    want: str


LINES = [
    Line("nothing but a value", VisitorCookie(name="t"), "shop.example", "t=v; Path=/"),
    Line(
        "everything",
        WHOLE,
        "www.shop.example:8080",
        "t=v; Path=/shop; Max-Age=60; Domain=shop.example; SameSite=Strict; HttpOnly; Secure",
    ),
    Line(
        "the host itself",
        VisitorCookie(name="t", domain="shop.example"),
        "shop.example",
        "t=v; Path=/; Domain=shop.example",
    ),
    Line("another host", VisitorCookie(name="t", domain="shop.example"), "myshop.example", "t=v; Path=/"),
    Line("an address is no subdomain", VisitorCookie(name="t", domain="0.0.1"), "127.0.0.1", "t=v; Path=/"),
]


@pytest.mark.parametrize("line", LINES, ids=[line.id for line in LINES])
def test_minted_line(line: Line) -> None:
    assert minted_line(line.cookie, "v", host=line.host, secure=False) == line.want


def test_over_tls_a_cookie_never_travels_in_the_clear() -> None:
    assert minted_line(VisitorCookie(name="t"), "v", host="a", secure=True) == "t=v; Path=/; Secure"
