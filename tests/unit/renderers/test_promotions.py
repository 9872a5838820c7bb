"""Which promotion a visitor sees, and until when."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renderers.page import Values
from renderers.promotions import Place, Promotions, concerns

BERLIN = {"lat": 52.52, "lon": 13.405}
POTSDAM = {"lat": 52.3906, "lon": 13.0645}


def at(seconds: int) -> str:
    return f"1970-01-01T00:00:{seconds:02}Z"


ROWS: list[tuple[str, Values]] = [
    ("all", {"all": True, "label": "all"}),
    ("early", {"skus": ["A"], "label": "early", "starts_at": at(10), "ends_at": at(30)}),
    ("late", {"skus": ["A"], "label": "late", "starts_at": at(20), "ends_at": at(25)}),
    ("tagged", {"tags": ["red"], "label": "tagged", "starts_at": at(5)}),
    ("b-tie", {"skus": ["T"], "label": "b", "starts_at": at(10)}),
    ("a-tie", {"skus": ["T"], "label": "a", "starts_at": at(10)}),
    ("german", {"skus": ["G"], "label": "german", "countries": ["DE"], "ends_at": at(40)}),
]
EVERY: list[tuple[str, Values, int | None]] = [(key, values, None) for key, values in ROWS]


class Case(NamedTuple):
    id: str
    sku: str
    tags: list[str]
    now_s: float
    want: str
    edge_s: int | None
    place: Place | None = None


CASES = [
    Case("before any start the one for all", "A", [], 9.999, "all", 10),
    Case("at its first instant", "A", [], 10, "early", 20),
    Case("the later start wins", "A", [], 20, "late", 25),
    Case("until before its last instant", "A", [], 24.999, "late", 25),
    Case("the earlier one again", "A", [], 25, "early", 30),
    Case("after all ends", "A", [], 30, "all", None),
    Case("by tag", "B", ["blue", "red"], 6, "tagged", None),
    Case("another product", "B", [], 6, "all", None),
    Case("ties go to the lowest key", "T", [], 10, "a", None),
    Case("in its country", "G", [], 0, "all", 40, {"country": "FR"}),
    Case("without a place", "G", [], 0, "all", 40),
]


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_active(case: Case) -> None:
    values, edge_ms = Promotions(EVERY).active(case.sku, case.tags, now_ms=int(case.now_s * 1000), place=case.place)
    assert values is not None
    assert values["label"] == case.want
    assert edge_ms == (None if case.edge_s is None else case.edge_s * 1000)


def test_a_promotion_for_a_place_is_shown_there() -> None:
    index = Promotions([("g", {"all": True, "countries": ["DE"], "label": "g"}, None)])
    assert index.active("A", [], now_ms=0, place={"country": "DE"})[0] is not None
    assert index.active("A", [], now_ms=0, place=None) == (None, None)


def test_a_promotion_yet_to_come_announces_its_start() -> None:
    index = Promotions([("s", {"skus": ["A"], "starts_at": at(10), "label": "s"}, None)])
    assert index.active("A", [], now_ms=0, place=None) == (None, 10_000)


@given(st.sampled_from(["A", "T", "G"]), st.integers(0, 50_000), st.integers(0, 50_000))
def test_nothing_changes_before_the_edge_that_was_announced(sku: str, now_ms: int, later_ms: int) -> None:
    index = Promotions(EVERY)
    values, edge_ms = index.active(sku, ["red"], now_ms=now_ms, place=None)
    if edge_ms is None or now_ms + later_ms < edge_ms:
        assert index.active(sku, ["red"], now_ms=now_ms + later_ms, place=None)[0] == values


@pytest.mark.parametrize(
    ("promotion", "place", "shown"),
    [
        ({}, None, True),
        ({"countries": ["DE", "AT"]}, {"country": "AT"}, True),
        ({"countries": ["DE"]}, {"country": "AT"}, False),
        ({"regions": ["DE-BY"]}, {"country": "DE", "region": "DE-BY"}, True),
        ({"regions": ["BY"]}, {"country": "DE", "region": "DE-BY"}, True),
        ({"regions": ["DE-BY"]}, {"country": "AT", "region": "AT-9"}, False),
        ({"regions": ["DE-BY"]}, {"country": "DE"}, False),
        ({"near": {**BERLIN, "radius_m": 30_000}}, POTSDAM, True),
        ({"near": {**BERLIN, "radius_m": 20_000}}, POTSDAM, False),
        ({"near": {**BERLIN, "radius_m": 20_040_000}}, {}, False),
        ({"near": {"lat": 52.52}}, POTSDAM, False),
        ({"countries": ["DE"], "near": {**BERLIN, "radius_m": 30_000}}, POTSDAM, False),
    ],
)
def test_every_condition_on_the_place_must_hold(promotion: Values, place: Place | None, shown: bool) -> None:
    assert concerns(promotion, place) is shown


def test_a_promotion_ends_when_its_row_is_too_old_at_the_latest() -> None:
    sale: Values = {"all": True, "label": "s", "ends_at": at(20)}
    for expires_ms, ends_ms in ((10_000, 10_000), (30_000, 20_000)):
        index = Promotions([("s", sale, expires_ms)])
        assert index.active("A", [], now_ms=ends_ms - 1, place=None) == (sale, ends_ms)
        assert index.active("A", [], now_ms=ends_ms, place=None) == (None, None)
