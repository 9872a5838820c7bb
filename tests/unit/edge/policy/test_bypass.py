"""Which requests go around the store, and who may be sent the page as everybody sees it instead."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from edge.model import RequestFacts, fields
from edge.policy.bypass import around_the_store, has_stand_in
from edge.policy.cache_status import CacheStatus, Fwd
from edge.policy.identify import Kind, Site, Sites
from edge.policy.ownership import Effects
from edge.policy.storability import RoutePolicy

SITES = Sites(
    [
        Site(
            origin="shop",
            kinds=(Kind(name="product", match=("/product/*",), route=RoutePolicy(operator=True)),),
            bypass_cookies=("basket",),
            effects=Effects(mutating_get=("?add-to-cart", "/logout")),
        )
    ]
)


class Case(NamedTuple):
    id: str
    target: str
    around: CacheStatus | None
    stands_in: bool
    method: str = "GET"
    sent: tuple[tuple[str, str], ...] = ()
    has_body: bool = False


def bypass(detail: str) -> CacheStatus:
    return CacheStatus(fwd=Fwd.BYPASS, detail=detail)


CASES = [
    Case("a page", "/product/1", None, True),
    Case("its head", "/product/1", None, True, method="HEAD"),
    Case("anything else", "/about", None, False),
    Case("a write", "/product/1", CacheStatus(fwd=Fwd.METHOD), False, method="POST"),
    Case("a basket", "/product/1", bypass("cookie basket"), True, sent=(("Cookie", "basket=1"),)),
    Case("a basket elsewhere", "/about", bypass("cookie basket"), False, sent=(("Cookie", "basket=1"),)),
    Case("a marked visitor's page", "/product/1", bypass("cookie vt_own"), True, sent=(("Cookie", "vt_own=1"),)),
    Case("a marked visitor's picture", "/a.png", None, False, sent=(("Cookie", "vt_own=1"),)),
    Case("a mutating get on a page kind", "/product/1?add-to-cart=1", bypass("mutating-get"), False),
    Case("a mutating get elsewhere", "/logout", bypass("mutating-get"), False),
    Case("which beats the cookie", "/logout", bypass("mutating-get"), False, sent=(("Cookie", "basket=1"),)),
    Case("a get with a body", "/product/1", bypass("request-body"), True, has_body=True),
    Case("credentials", "/product/1", bypass("authorization"), True, sent=(("Authorization", "Basic x"),)),
    Case("a socket", "/socket", bypass("upgrade"), False, sent=(("Upgrade", "websocket"),)),
    Case("a part of a page is the whole of it", "/product/1", None, True, sent=(("Range", "bytes=0-1"),)),
    Case("a part of a film", "/a.mp4", None, False, sent=(("Range", "bytes=0-1"),)),
    Case(
        "RFC 9111 §3.5 credentials where the RFCs decide", "/about", None, False, sent=(("Authorization", "Basic x"),)
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_around_the_store(case: Case) -> None:
    path, mark, query = case.target.partition("?")
    facts = RequestFacts(
        method=case.method,
        scheme="http",
        host="shop.example",
        path=path,
        query=query if mark else None,
        fields=fields(case.sent),
        client="192.0.2.7",
    )
    identity = SITES.identify(facts)
    assert around_the_store(facts, identity, has_body=case.has_body) == case.around
    assert has_stand_in(facts, identity) is case.stands_in
