from __future__ import annotations

from typing import NamedTuple

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.model import Pairs, RequestFacts, fields
from edge.policy.invalidation import invalidated_targets

REVIEW = RequestFacts(
    method="POST",
    scheme="https",
    host="shop.example",
    path="/product/1/review",
    query="a=1",
    fields=fields(),
    client="192.0.2.1",
)
OWN = "/product/1/review?a=1"


class Case(NamedTuple):
    id: str
    method: str
    status: int
    pairs: Pairs
    want: tuple[str, ...]


def location(value: str) -> Pairs:
    return (("Location", value),)


CASES = [
    Case("§4.4 the target of a POST", "POST", 200, (), (OWN,)),
    Case("§4.4 of a method nobody knows", "PURCHASE", 200, (), (OWN,)),
    Case("§4.4 a redirect is no error", "POST", 303, (), (OWN,)),
    Case("§4.4 a 4xx changes nothing", "POST", 404, location("/x"), ()),
    Case("§4.4 a 5xx changes nothing", "POST", 500, (), ()),
    *(Case(f"§4.4 {m} is safe", m, 200, location("/x"), ()) for m in ("GET", "HEAD", "OPTIONS", "TRACE")),
    Case("§4.4 Location, absolute path", "POST", 303, location("/product/1?r=2"), (OWN, "/product/1?r=2")),
    Case("§4.4 Location, relative", "POST", 303, location("../1"), (OWN, "/product/1")),
    Case("§4.4 Location, absolute", "POST", 303, location("https://shop.example/x#new"), (OWN, "/x")),
    Case("§4.4 Location, default port", "POST", 303, location("https://SHOP.example:443"), (OWN, "/")),
    Case("§4.4 Location of another host", "POST", 303, location("https://evil.example/x"), (OWN,)),
    Case("§4.4 Location of another port", "POST", 303, location("https://shop.example:8443/x"), (OWN,)),
    Case("§4.4 Location of another scheme", "POST", 303, location("http://shop.example/x"), (OWN,)),
    Case("§4.4 Location without scheme", "POST", 303, location("//evil.example/x"), (OWN,)),
    Case("§4.4 Location with a user is another authority", "POST", 303, location("https://a@shop.example/x"), (OWN,)),
    Case("§4.4 Content-Location", "PUT", 200, (("Content-Location", "/x"),), (OWN, "/x")),
    Case("each target once", "POST", 303, (*location("/x"), ("Content-Location", "/x")), (OWN, "/x")),
    Case("a reference that is no URL", "POST", 303, location("https://[::1"), (OWN,)),
]


@pytest.mark.parametrize("case", CASES, ids=[c.id for c in CASES])
def test_invalidated_targets(case: Case) -> None:
    facts = msgspec.structs.replace(REVIEW, method=case.method)
    assert invalidated_targets(facts, case.status, fields(case.pairs)) == case.want


@given(st.text(), st.text())
def test_no_text_makes_it_raise(host: str, reference: str) -> None:
    facts = msgspec.structs.replace(REVIEW, host=host)
    assert invalidated_targets(facts, 200, fields(location(reference)))[0] == OWN
