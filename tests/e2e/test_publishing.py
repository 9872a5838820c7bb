"""What may take the place of a stored page, and whose word holds: the row's or the origin's."""

from __future__ import annotations

import secrets
from itertools import count
from typing import NamedTuple

import pytest
from aiohttp import web

from tests.conftest import Node, ScriptedOrigin, eventually
from tests.e2e.conftest import product_page

FILLER = "<p>" + "A cup of blue glazed stoneware, thrown by hand. " * 40 + "</p>"
HTML = "text/html; charset=utf-8"
NUMBERS = count(1)


class Shelf:
    """One product of the small shop and its stored page."""

    def __init__(self, origin: ScriptedOrigin, node: Node) -> None:
        number = next(NUMBERS)
        self.origin, self.node = origin, node
        self.path, self.sku = f"/product/shelf-{number}", f"SHELF-{number}"
        self.whole = product_page(extra=FILLER, sku=self.sku)

    def says(self, body: str, *, status: int = 200, content_type: str = HTML, **headers: str) -> None:
        """What the origin has on this path from now on."""
        self.origin.says(self.path, body, status=status, content_type=content_type, **headers)

    def ask(self) -> str:
        """The page as a visitor sees it."""
        told = self.node.ask(self.path)
        assert told.status == 200
        return told.text

    def refresh(self, *, accept: bool = False) -> dict[str, object]:
        return self.node.refresh(self.path, accept=accept)

    def explain(self) -> dict[str, object]:
        return self.node.explain(self.path)

    def put(self, table: str, row: dict[str, object]) -> None:
        self.node.put(table, self.sku, row)

    @property
    def times(self) -> int:
        """How often the origin was asked for the page."""
        return self.origin.times(self.path)

    def logged(self, what: str) -> int:
        """In how many lines about this product the log says it."""
        return sum(what in line for line in self.node.log.splitlines() if self.path in line)

    def recorded(self, what: str) -> bool:
        """Some decision record about this page says it."""
        return any(what in str(record.get("detail")) for record in self.node.records() if record["target"] == self.path)


@pytest.fixture
def empty_shelf(small_shop: tuple[ScriptedOrigin, Node]) -> Shelf:
    return Shelf(*small_shop)


@pytest.fixture
def shelf(empty_shelf: Shelf) -> Shelf:
    empty_shelf.says(empty_shelf.whole)
    assert empty_shelf.ask() == empty_shelf.whole
    return empty_shelf


class Doubtful(NamedTuple):
    id: str
    body: str
    status: int
    content_type: str
    doubt: str


DOUBTFUL = [
    Doubtful("it lost its price", product_page("", extra=FILLER), 200, HTML, "lost-price"),
    Doubtful("it shrank", product_page(), 200, HTML, "shrunk"),
    Doubtful("it is no page at all", '{"error": "maintenance"}', 200, "application/json", "shrunk"),
    Doubtful("it moved", "", 302, HTML, "moved"),
    Doubtful("it is gone, seen once", "gone", 404, HTML, "gone"),
    Doubtful("a firewall refused it", "who are you?", 403, HTML, "refused"),
]


@pytest.mark.parametrize("case", DOUBTFUL, ids=[case.id for case in DOUBTFUL])
def test_a_doubtful_successor_does_not_replace_a_good_page(shelf: Shelf, case: Doubtful) -> None:
    shelf.says(case.body, status=case.status, content_type=case.content_type)
    outcome = shelf.refresh()
    assert outcome["outcome"] == "down"
    assert outcome["reason"] == f"publish-gate-{case.doubt}"
    assert shelf.ask() == shelf.whole
    assert shelf.logged("--accept") == 1
    held = f'vitrine_pages_held_total{{kind="product",reason="publish-gate-{case.doubt}"}}'
    eventually(lambda: held in shelf.node.admin("/metrics").text, "it is counted")


@pytest.mark.parametrize("status", [500, 502, 503])
def test_an_error_never_replaces_a_page(shelf: Shelf, status: int) -> None:
    shelf.says("broken", status=status)
    asked = shelf.times
    for _ in range(4):
        assert shelf.refresh()["outcome"] == "down"
    assert shelf.times >= asked + 4
    assert shelf.ask() == shelf.whole


def test_explain_tells_what_the_gate_keeps_back_and_the_log_tells_it_once(shelf: Shelf) -> None:
    shelf.says(product_page(sku=shelf.sku))
    shelf.refresh()
    gate = shelf.explain()["publish_gate"]
    assert isinstance(gate, dict)
    assert (gate["keeps_back"], gate["seen_times"]) == ("shrunk", 1)
    shelf.refresh()
    assert shelf.logged("in doubt (shrunk") == 1


def test_the_operator_can_vouch_for_a_page(shelf: Shelf) -> None:
    short = product_page(sku=shelf.sku)
    shelf.says(short)
    shelf.refresh()
    assert shelf.refresh(accept=True)["outcome"] == "stored"
    assert shelf.ask() == short
    assert "publish_gate" not in shelf.explain()


def test_a_page_that_is_gone_twice_is_gone_also_from_a_shop_that_sets_cookies(shelf: Shelf) -> None:
    shelf.says("no longer sold", status=404, set_cookie="sessionid=abcdefgh12345678")
    assert shelf.refresh()["outcome"] == "down"
    assert shelf.ask() == shelf.whole
    assert shelf.refresh()["outcome"] == "stored"
    told = shelf.node.ask(shelf.path)
    assert (told.status, told.text, told.field("set-cookie")) == (404, "no longer sold", "")


# --------------------------------------------------------------------------------- the row or the origin


def test_an_origin_that_changes_after_the_row_wins_at_that_fill_and_it_is_told(shelf: Shelf) -> None:
    shelf.put("prices", {"amount": "25.00", "currency": "EUR"})
    assert "€25.00" in shelf.ask()
    shelf.says(shelf.whole.replace("19.99", "17.50"))
    outcome = shelf.refresh()
    assert outcome["outcome"] == "stored"
    assert f"the origin changed prices of {shelf.sku}" in str(outcome["notes"])
    assert shelf.ask() == shelf.whole.replace("19.99", "17.50")
    slots = shelf.explain()["slots"]
    assert isinstance(slots, list)
    assert {slot["because"] for slot in slots if slot["slot"].startswith("price")} == {"origin changed after the row"}
    shelf.refresh()
    assert shelf.logged("the origin changed prices") == 1
    overruled = 'vitrine_rows_overruled_total{table="prices"}'
    eventually(lambda: overruled in shelf.node.admin("/metrics").text, "it is counted")

    shelf.put("prices", {"amount": "25.00", "currency": "EUR"})
    assert shelf.ask() == shelf.whole.replace("19.99", "25.00")


def test_an_origin_that_changes_to_what_the_row_says_changes_nothing(shelf: Shelf) -> None:
    shelf.put("prices", {"amount": "25.00", "currency": "EUR"})
    shelf.says(shelf.whole.replace("19.99", "25.00"))
    assert shelf.refresh()["notes"] == []
    shelf.put("prices", {"amount": "26.00", "currency": "EUR"})
    shelf.refresh()
    assert "€26.00" in shelf.ask()


def test_a_row_in_another_currency_shows_nowhere(shelf: Shelf) -> None:
    shelf.put("prices", {"amount": "25.00", "currency": "USD"})
    assert shelf.ask() == shelf.whole
    assert "row in another currency than the page" in str(shelf.explain()["slots"])


def test_a_flip_of_availability_refreshes_the_page_behind_the_visitors_back(shelf: Shelf) -> None:
    back = '<p class="notify">Tell me when it is back</p>'
    shelf.says(product_page(availability="OutOfStock", extra=FILLER + back, sku=shelf.sku))
    shelf.put("inventory", {"quantity": 0})
    first = shelf.ask()
    assert "schema.org/OutOfStock" in first
    assert back not in first
    eventually(lambda: back in shelf.ask(), "the new structure shows")
    asked = shelf.times
    for _ in range(5):
        shelf.ask()
    assert shelf.times == asked


def test_a_flip_that_the_origin_does_not_follow_is_not_asked_about_at_every_hit(shelf: Shelf) -> None:
    fetched_at_ms = stored_at(shelf)
    shelf.put("inventory", {"quantity": 0})
    shelf.ask()
    eventually(lambda: stored_at(shelf) > fetched_at_ms, "the page is refreshed")
    asked = shelf.times
    for _ in range(20):
        assert "schema.org/OutOfStock" in shelf.ask()
    assert shelf.times == asked


def stored_at(shelf: Shelf) -> int:
    stored = shelf.explain()["stored"]
    assert isinstance(stored, dict)
    return int(stored["fetched_at_ms"])


# ---------------------------------------------------------------------------------------- what is refused


def test_a_slot_that_is_refused_is_told_with_its_reason(empty_shelf: Shelf) -> None:
    shelf = empty_shelf
    twice = product_page(extra='<p class="price">€19.99</p>', sku=shelf.sku)
    shelf.says(twice)
    shelf.ask()
    why = "css:.price matches 2 places in the page; narrow it or write all = true"
    refused = shelf.explain()["refused_slots"]
    assert isinstance(refused, list)
    assert {"slot": "price", "because": why} in refused
    eventually(lambda: shelf.recorded(why), "the record of the fill says it")
    shelf.refresh()
    assert shelf.logged(why) == 1
    shelf.put("prices", {"amount": "5.00", "currency": "EUR"})
    assert shelf.ask() == twice


def test_a_page_with_a_token_outside_slots_is_not_stored_and_that_is_told(empty_shelf: Shelf) -> None:
    shelf = empty_shelf

    async def with_token(_: web.BaseRequest) -> web.StreamResponse:
        token = f'<form><input type="hidden" name="csrf_token" value="{secrets.token_urlsafe(24)}"></form>'
        page = product_page(extra=token, sku=shelf.sku)
        return web.Response(text=page, content_type="text/html")

    shelf.origin.answers(shelf.path, with_token)
    for _ in range(2):
        told = shelf.node.ask(shelf.path)
        assert told.status == 200
        assert "; hit" not in told.cache_status
        assert "leak-gate" in told.cache_status
    assert shelf.logged("leak-gate") == 1
    eventually(lambda: shelf.recorded("csrf_token"), "the record of the fill says it")
    assert shelf.explain()["stored"] is None
