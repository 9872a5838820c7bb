"""What a visitor's own answer looks like to her and to caches after this node."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from edge.model import Pairs, RequestFacts, fields
from edge.policy.identify import Kind, Site, Sites
from edge.policy.ownership import Effects
from edge.policy.relayed import private, relayed_fields
from edge.policy.storability import RoutePolicy

NOW = 1_750_000_000
SITES = Sites(
    [
        Site(
            origin="shop",
            kinds=(Kind(name="product", match=("/product/*",), route=RoutePolicy(operator=True)),),
            effects=Effects(mutating_get=("?add-to-cart",), harmless_paths=("/beacon",)),
        )
    ]
)
MARK = ("Set-Cookie", "vt_own=1; Path=/; HttpOnly; SameSite=Lax")


def relayed(line: str, *pairs: tuple[str, str], status: int = 200, cookie: str = "") -> Pairs:
    method, target = line.split(" ")
    path, question, query = target.partition("?")
    facts = RequestFacts(
        method=method,
        scheme="http",
        host="shop.example",
        path=path,
        query=query if question else None,
        fields=fields({"Cookie": cookie} if cookie else {}),
        client="192.0.2.7",
    )
    return relayed_fields(facts, SITES.identify(facts), (status, pairs), now=NOW)


def test_a_relayed_page_is_for_this_visitor_alone() -> None:
    assert relayed("GET /product/1", cookie="vt_own=1") == (("Cache-Control", "private"),)
    assert relayed("HEAD /product/1", ("Cache-Control", "public")) == (("Cache-Control", "private"),)


def test_so_is_an_error_in_its_place() -> None:
    assert relayed("GET /product/1", status=404) == (("Cache-Control", "private"),)


def test_any_other_answer_is_the_origins() -> None:
    pairs = (("Cache-Control", "public, max-age=60"), ("CDN-Cache-Control", "max-age=600"))
    assert relayed("GET /about", *pairs) == pairs
    assert relayed("POST /beacon", *pairs) == pairs


def test_who_put_something_into_the_basket_is_marked_by_an_answer_nobody_shares() -> None:
    answer = relayed("POST /basket", ("Location", "/basket"), status=303)
    assert answer == (("Location", "/basket"), MARK, ("Cache-Control", "private"))


def test_a_get_that_changed_something_marks_too_and_is_not_shared_even_when_it_failed() -> None:
    assert relayed("GET /x?add-to-cart=1", status=302) == (MARK, ("Cache-Control", "private"))
    assert relayed("GET /x?add-to-cart=1", status=404) == (("Cache-Control", "private"),)


class Case(NamedTuple):
    id: str
    said: tuple[str, ...]
    becomes: tuple[str, ...]


CASES = [
    Case("nothing said", (), ("private",)),
    Case("public", ("public",), ("private",)),
    Case("how long stays the origin's word", ("public, max-age=60",), ("private, max-age=60",)),
    Case("not what it says to shared caches", ("s-maxage=60, max-age=5, proxy-revalidate",), ("private, max-age=5",)),
    Case("other directives stay", ("no-cache, must-revalidate",), ("private, no-cache, must-revalidate",)),
    Case("several lines", ("public", "max-age=60"), ("private, max-age=60",)),
    Case("private already", ("private, max-age=60",), ("private, max-age=60",)),
    Case("in any case", ("Private",), ("Private",)),
    Case("of one field alone", ('private="set-cookie", max-age=5',), ("private, max-age=5",)),
    Case("not to be stored at all", ("no-store",), ("no-store",)),
    Case("nothing but a comma", (",",), ("private",)),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_private(case: Case) -> None:
    pairs = tuple(("Cache-Control", value) for value in case.said)
    assert private(pairs) == tuple(("Cache-Control", value) for value in case.becomes)


@pytest.mark.parametrize("name", ["Surrogate-Control", "CDN-Cache-Control", "Cloudflare-CDN-Cache-Control"])
@pytest.mark.parametrize("said", ["private", "public"])
def test_fields_that_shared_caches_obey_instead_are_left_out(name: str, said: str) -> None:
    assert private((("Cache-Control", said), (name, "max-age=600"))) == (("Cache-Control", "private"),)
