from __future__ import annotations

from typing import NamedTuple

import pytest

from edge.fill.asking import Asking, asking, unshareable
from edge.fill.protocol import FillRequest
from edge.fill.rules import FillRules, KindRule, OriginRule
from edge.model import Pairs
from edge.policy.key import KeyRule
from edge.policy.ownership import Effects
from edge.policy.storability import RoutePolicy
from renderers.page import KindSpec

RULES = FillRules(
    keys={"shop": KeyRule(origin="shop", cookies=("currency",))},
    origins={"shop": OriginRule(effects=Effects(mutating_get=("?add-to-cart", "/logout")))},
    kinds={"product": KindRule(spec=KindSpec(name="product"), route=RoutePolicy(operator=True))},
)


def request(target: str = "/a", fields: Pairs = (), *, method: str = "GET", kind: str | None = None) -> FillRequest:
    return FillRequest(
        method=method,
        scheme="http",
        host="shop.example",
        target=target,
        pairs=(("Host", "shop.example"), *fields),
        client="10.0.0.1",
        origin="shop",
        kind=kind,
        key="shop http://shop.example/a",
    )


class Case(NamedTuple):
    id: str
    request: FillRequest
    want: str | None


COOKIE = (("Cookie", "cart=1; currency=EUR"),)

CASES = [
    Case("a plain GET may be shared", request(), None),
    Case("POST may not", request(method="POST"), "method"),
    Case("nor what a write is on a page kind", request(method="HEAD", kind="product"), "method"),
    Case("RFC 9111 §3.5 one with credentials may", request(fields=(("authorization", "Basic eA=="),)), None),
    Case("RFC 9111 §4.3.5 HEAD may tell of what is stored", request(method="HEAD"), None),
    Case("nor one with a visitor's cookie", request(fields=COOKIE), "cookie"),
    Case("a cookie in the key is declared", request(fields=(("Cookie", "currency=EUR"),)), None),
    Case("an asset is fetched without cookies", request("/a.css", COOKIE), None),
    Case("so is a page kind", request(fields=COOKIE, kind="product"), None),
    Case("RFC 9111 §3.3 a part may be shared", request(fields=(("Range", "bytes=0-9"),)), None),
    Case("not one for a visitor's cookie", request(fields=(("Range", "bytes=0-9"), *COOKIE)), "cookie"),
    Case("a page kind is fetched whole", request(fields=(("Range", "bytes=0-9"),), kind="product"), None),
    Case("a GET that changes something is nobody else's", request("/logout"), "mutating-get"),
    Case("not on a page kind either", request("/a?x=1&add-to-cart=5", kind="product"), "mutating-get"),
    Case("no-store is obeyed", request(fields=(("Cache-Control", "no-store"),)), "request-no-store"),
    Case("on a page kind the operator decides", request(fields=(("Cache-Control", "no-store"),), kind="product"), None),
]


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_unshareable(case: Case) -> None:
    assert unshareable(case.request, RULES) == case.want


def sent(asked: Asking, name: str) -> list[str]:
    return [value for key, value in asked.fields if key.lower() == name]


def test_the_visitors_conditions_are_not_the_stores() -> None:
    own = (("If-None-Match", '"x"'), ("If-Modified-Since", "y"), ("If-Match", '"x"'), ("If-Range", '"x"'))
    asked = asking(request(fields=own), RULES, stored=None)
    assert not [name for name, _ in asked.fields if name.lower().startswith("if-")]
    assert not asked.conditional


def test_the_stored_validators_are_asked_about() -> None:
    asked = asking(request(fields=(("If-None-Match", '"x"'),)), RULES, stored=(("ETag", '"v1"'),))
    assert sent(asked, "if-none-match") == ['"v1"']
    assert asked.conditional


def test_without_stored_validators_there_is_nothing_to_ask_about() -> None:
    assert not asking(request(), RULES, stored=(("Date", "x"),)).conditional


def test_codings_are_those_of_the_class_that_shares_the_variant() -> None:
    asked = asking(request(fields=(("Accept-Encoding", "zstd, gzip;q=0.5, br"),)), RULES, stored=None)
    assert sent(asked, "accept-encoding") == ["br, gzip"]


def test_only_declared_cookies_are_sent() -> None:
    asked = asking(request("/a.css", COOKIE), RULES, stored=None)
    assert sent(asked, "cookie") == ["currency=EUR"]
    assert asked.stripped


def test_without_cookies_nothing_is_stripped() -> None:
    assert not asking(request("/a.css"), RULES, stored=None).stripped


def test_other_fields_of_a_plain_request_go_on() -> None:
    asked = asking(request(fields=(("Accept", "image/avif"), ("X-Any", "1"))), RULES, stored=None)
    assert sent(asked, "accept") == ["image/avif"]
    assert sent(asked, "x-any") == ["1"]


def test_the_target_is_the_one_in_the_key() -> None:
    assert asking(request("/a?utm_source=x&b=2&a=1"), RULES, stored=None).target == "/a?a=1&b=2"
