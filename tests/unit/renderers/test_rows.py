"""Rows of the built-in tables: what they take, how they change, what they mean at a time."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renderers.fields import instant_ms
from renderers.page import Values
from renderers.rows import BUILT_IN, RowProblem, agrees, effective, merge, validate

NOON = "2026-12-01T12:00:00Z"
ONE = "2026-12-01T13:00:00Z"
TWO = "2026-12-01T14:00:00Z"


def ms(instant: str) -> int:
    found = instant_ms(instant)
    assert found is not None
    return found


SALE: Values = {
    "amount": "100.00",
    "currency": "EUR",
    "schedule": [
        {"from": NOON, "until": ONE, "amount": "80.00", "list_amount": "100.00"},
        {"from": ONE, "until": TWO, "amount": "70"},
    ],
}


GOOD: list[tuple[str, Values]] = [
    ("prices", {"amount": "19.90"}),
    ("prices", SALE),
    ("prices", {"amount": "5", "schedule": [{"until": NOON, "amount": "4"}, {"from": NOON, "amount": "3"}]}),
    ("inventory", {"quantity": -2}),
    ("inventory", {"availability": "PreOrder", "restock_at": NOON}),
    ("promotions", {"all": True, "label": "Sale", "near": {"lat": 52.5, "lon": 13.4, "radius_m": 5000.0}}),
    ("promotions", {"skus": ["A"], "countries": ["DE"], "regions": ["DE-BY"], "starts_at": NOON, "ends_at": ONE}),
    ("products", {"name": "Shirt", "tags": ["red"], "discontinued": False}),
    ("products", {}),
    ("ratings", {"stars": "4.5", "count": 12, "parts": [{"a": True}]}),
]


@pytest.mark.parametrize(("table", "row"), GOOD)
def test_a_good_row_is_kept_as_written(table: str, row: Values) -> None:
    assert validate(table, row) == row


def test_null_stands_for_a_field_left_out() -> None:
    assert validate("prices", {"amount": "5", "list_amount": None}) == {"amount": "5"}
    assert validate("ratings", {"stars": None, "count": 1}) == {"count": 1}


class Bad(NamedTuple):
    table: str
    row: object
    field: str
    says: str


BAD = [
    Bad("prices", [], "", "JSON object"),
    Bad("ratings", "x", "", "JSON object"),
    Bad("prices", {}, "amount", "missing"),
    Bad("prices", {"amount": 19.99}, "amount", 'write "19.99" in quotes'),
    Bad("prices", {"amount": "5", "price": "5"}, "price", "amount, currency, list_amount, schedule"),
    Bad("prices", {"amount": "5", "schedule": [{"from": NOON, "amount": 1.5}]}, "schedule[0].amount", '"1.5"'),
    Bad("prices", {"amount": "5", "schedule": [{"from": NOON}]}, "schedule[0].amount", "missing"),
    Bad("prices", {"amount": "5", "schedule": [{"amount": "4"}]}, "schedule[0]", "neither from nor until"),
    Bad(
        "prices",
        {"amount": "5", "schedule": [{"from": ONE, "until": NOON, "amount": "4"}]},
        "schedule[0].until",
        "later",
    ),
    Bad(
        "prices",
        {"amount": "5", "schedule": [{"from": NOON, "until": TWO, "amount": "4"}, {"from": ONE, "amount": "3"}]},
        "schedule[1].from",
        "overlaps schedule[0]",
    ),
    Bad(
        "prices",
        {"amount": "5", "schedule": [{"from": NOON, "amount": "4"}, {"from": TWO, "amount": "3"}]},
        "schedule[1].from",
        "overlaps schedule[0]",
    ),
    Bad(
        "prices",
        {"amount": "5", "schedule": [{"until": NOON, "amount": "4"}, {"until": TWO, "amount": "3"}]},
        "schedule[1].from",
        "overlaps schedule[0]",
    ),
    Bad("inventory", {}, "quantity", "neither quantity nor availability"),
    Bad("inventory", {"quantity": "many"}, "quantity", "digits only"),
    Bad("promotions", {"label": "Sale"}, "skus", "none of them"),
    Bad("promotions", {"skus": ["A"], "all": True}, "skus", "skus and all"),
    Bad("promotions", {"all": False}, "skus", "none of them"),
    Bad("promotions", {"all": True, "starts_at": ONE, "ends_at": ONE}, "ends_at", "later"),
    Bad("promotions", {"all": True, "near": {"lat": 1, "lon": 2}}, "near.radius_m", "missing"),
    Bad("promotions", {"all": True, "near": 5}, "near", "lat, lon, radius_m"),
    Bad("products", {"url": "javascript:x"}, "url", "path"),
    Bad("ratings", {"stars": 4.5}, "stars", '"4.5"'),
]


@pytest.mark.parametrize("case", BAD, ids=[f"{case.table} {case.field} {case.says}" for case in BAD])
def test_a_bad_row_names_the_field_and_the_remedy(case: Bad) -> None:
    with pytest.raises(RowProblem) as caught:
        validate(case.table, case.row)
    assert caught.value.field == case.field
    assert case.says in str(caught.value)
    assert caught.value.remedy


def test_a_patch_replaces_adds_and_removes() -> None:
    old = validate("prices", {"amount": "5", "currency": "EUR", "list_amount": "6"})
    assert merge("prices", old, {"amount": "4.50", "list_amount": None}) == {"amount": "4.50", "currency": "EUR"}
    promotion = validate("promotions", {"all": True, "near": {"lat": 1, "lon": 2, "radius_m": 5}})
    assert merge("promotions", promotion, {"near": {"radius_m": 9}})["near"] == {
        "lat": 1.0,
        "lon": 2.0,
        "radius_m": 9.0,
    }


def test_a_patch_that_leaves_no_row_is_refused() -> None:
    with pytest.raises(RowProblem, match="amount: it is missing"):
        merge("prices", {"amount": "5"}, {"amount": None})


@pytest.mark.parametrize(
    ("at", "amount", "list_amount", "edge"),
    [
        (ms(NOON) - 1, "100.00", None, NOON),
        (ms(NOON), "80.00", "100.00", ONE),
        (ms(ONE) - 1, "80.00", "100.00", ONE),
        (ms(ONE), "70", None, TWO),
        (ms(TWO) - 1, "70", None, TWO),
        (ms(TWO), "100.00", None, None),
    ],
)
def test_a_schedule_holds_from_its_first_instant_until_before_its_last(
    at: int, amount: str, list_amount: str | None, edge: str | None
) -> None:
    values, until_ms = effective("prices", SALE, at)
    want: Values = {"amount": amount, "currency": "EUR"}
    if list_amount is not None:
        want["list_amount"] = list_amount
    assert values == want
    assert until_ms == (None if edge is None else ms(edge))


@given(st.integers(ms(NOON) - 10**7, ms(TWO) + 10**7), st.integers(0, 10**7))
def test_nothing_changes_before_the_edge_that_was_announced(now: int, later: int) -> None:
    values, until_ms = effective("prices", SALE, now)
    if until_ms is None or now + later < until_ms:
        assert effective("prices", SALE, now + later)[0] == values


@pytest.mark.parametrize(
    ("row", "availability"),
    [
        ({"quantity": 3}, "InStock"),
        ({"quantity": 0}, "OutOfStock"),
        ({"quantity": -1}, "OutOfStock"),
        ({"quantity": 0, "availability": "PreOrder"}, "PreOrder"),
    ],
)
def test_availability_follows_the_quantity_unless_stated(row: Values, availability: str) -> None:
    assert effective("inventory", row, 0) == ({**row, "availability": availability}, None)


def test_other_rows_hold_as_they_are() -> None:
    assert effective("products", {"name": "a"}, 0) == ({"name": "a"}, None)
    assert "prices" in BUILT_IN


@pytest.mark.parametrize(
    ("stated", "held", "same"),
    [
        ({"amount": "19.9"}, {"amount": "19.90", "currency": "EUR"}, True),
        ({"amount": "19.9"}, {"amount": "19.91"}, False),
        ({"amount": "19.9"}, {"currency": "EUR"}, False),
        ({"quantity": 3}, {"quantity": 3}, True),
        ({"name": "a"}, {"name": "b"}, False),
        ({}, {}, True),
    ],
)
def test_amounts_agree_as_numbers(stated: Values, held: Values, same: bool) -> None:
    assert agrees(stated, held) is same
