"""Who is marked as having something of her own, and after which answers."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from edge.model import Pairs, RequestFacts, fields
from edge.policy.ownership import Effects, is_marked, mark, mutating_get

NOW = 1_750_000_000
EFFECTS = Effects(
    mutating_get=("?add-to-cart", "*/logout"),
    harmless_paths=("/beacon", "?add-to-cart=preview"),
    lasting_cookies=("basket", "wp_session_*"),
)


def asked(method: str, target: str, cookie: str | None = None, scheme: str = "http") -> RequestFacts:
    path, question, query = target.partition("?")
    return RequestFacts(
        method=method,
        scheme=scheme,
        host="shop.example",
        path=path,
        query=query if question else None,
        fields=fields({"Cookie": cookie} if cookie is not None else {}),
        client="192.0.2.7",
    )


class Case(NamedTuple):
    id: str
    method: str
    target: str
    marked: bool
    status: int = 303
    cookie: str | None = None
    sets: tuple[str, ...] = ()


CASES = [
    Case("a post that was taken", "POST", "/basket/add", True),
    Case("any unsafe method", "PUT", "/api/cart", True, status=204),
    Case("a method nobody knows is unsafe", "SHOPLIFT", "/", True, status=200),
    Case("not a page view", "GET", "/product/1", False, status=200),
    Case("not a look at the head", "HEAD", "/product/1", False, status=200),
    Case("not a preflight", "OPTIONS", "/basket/add", False, status=200),
    Case("a get that is declared to change something", "GET", "/product/1?add-to-cart=1", True, status=302),
    Case("its head too, since many origins do not tell them apart", "HEAD", "/?add-to-cart=1", True, status=200),
    Case("in another spelling", "GET", "/product/1?Add-To-Cart[]=1", True, status=302),
    Case("signing out by get", "GET", "/account/logout", True),
    Case("a post that was refused", "POST", "/basket/add", False, status=403),
    Case("a post that failed", "POST", "/basket/add", False, status=500),
    Case("a mutating get that failed", "GET", "/?add-to-cart=1", False, status=404),
    Case("a harmless path", "POST", "/beacon", False, status=204),
    Case("a harmless parameter", "GET", "/?add-to-cart=preview", False, status=200),
    Case("harmless, or perhaps not", "GET", "/?add-to-cart=preview&add-to-cart=5", True, status=200),
    Case("marked already", "POST", "/basket/add", False, cookie="a=b; vt_own=1"),
    Case("another cookie does not matter", "POST", "/basket/add", True, cookie="PHPSESSID=x"),
    Case("a cookie that says basket came along", "POST", "/basket/add", False, cookie="basket=x"),
    Case("a cookie that says basket is set now", "POST", "/basket/add", False, sets=("basket=x; Path=/",)),
    Case("by a pattern", "POST", "/basket/add", False, sets=("wp_session_9f=x; Max-Age=3600",)),
    Case("a cookie that says basket is deleted", "POST", "/pay", True, cookie="basket=x", sets=("basket=; Max-Age=0",)),
    Case(
        "deleted by a date",
        "POST",
        "/pay",
        True,
        cookie="basket=x",
        sets=("basket=; expires=Thu, 01 Jan 1970 00:00:00 GMT",),
    ),
    Case("deleted and set again", "POST", "/pay", False, sets=("basket=; Max-Age=0", "basket=y")),
    Case("one deleted, another set", "POST", "/pay", False, sets=("basket=; Max-Age=0", "wp_session_1=y")),
    Case("a session everybody has is set", "POST", "/basket/add", True, sets=("PHPSESSID=x; Path=/",)),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_mark(case: Case) -> None:
    answered: Pairs = tuple(("Set-Cookie", line) for line in case.sets)
    line = mark(asked(case.method, case.target, case.cookie), EFFECTS, (case.status, fields(answered)), now=NOW)
    assert (line is not None) is case.marked


def test_the_mark_lasts_for_the_session_and_is_the_nodes_own() -> None:
    line = mark(asked("POST", "/basket/add"), EFFECTS, (200, fields()), now=NOW)
    assert line == "vt_own=1; Path=/; HttpOnly; SameSite=Lax"


def test_over_tls_the_mark_never_travels_in_the_clear() -> None:
    line = mark(asked("POST", "/basket/add", scheme="https"), EFFECTS, (200, fields()), now=NOW)
    assert line == "vt_own=1; Path=/; HttpOnly; SameSite=Lax; Secure"


def test_without_any_cookie_that_tells_every_write_marks() -> None:
    assert mark(asked("POST", "/x", "basket=1"), Effects(), (200, fields()), now=NOW) is not None


@pytest.mark.parametrize("cookie", ["vt_own=1", "a=b; vt_own=1", "vt_own", "vt_own=0; c=d"])
def test_who_carries_the_mark_is_marked(cookie: str) -> None:
    assert is_marked(fields({"Cookie": cookie}))


@pytest.mark.parametrize("cookie", ["", "vt_owner=1", "a=vt_own", "xvt_own=1"])
def test_who_does_not_is_not(cookie: str) -> None:
    assert not is_marked(fields({"Cookie": cookie}))


@pytest.mark.parametrize(("method", "target"), [("POST", "/?add-to-cart=1"), ("GET", "/?quantity=1")])
def test_only_a_get_can_be_a_mutating_get(method: str, target: str) -> None:
    assert not mutating_get(asked(method, target), EFFECTS)
