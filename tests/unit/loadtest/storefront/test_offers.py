"""How the shop writes money and stock, and what it takes from a merchant."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadtest.storefront.offers import (
    Offer,
    OfferError,
    availability,
    decimal,
    euro,
    parse_cents,
    parse_quantity,
    stock_line,
)


class Stock(NamedTuple):
    id: str
    quantity: int
    line: str
    available: str


STOCK = [
    Stock("nothing left", 0, "Out of stock", "https://schema.org/OutOfStock"),
    Stock("the last one", 1, "Only 1 left", "https://schema.org/InStock"),
    Stock("last of the few", 5, "Only 5 left", "https://schema.org/InStock"),
    Stock("first of plenty", 6, "In stock", "https://schema.org/InStock"),
]


@pytest.mark.parametrize("case", STOCK, ids=[case.id for case in STOCK])
def test_stock_is_told_in_three_ways(case: Stock) -> None:
    assert (stock_line(case.quantity), availability(case.quantity)) == (case.line, case.available)


def test_prices_have_thousands_and_two_places_for_people_and_plain_ones_for_machines() -> None:
    assert [(euro(cents), decimal(cents)) for cents in (5, 4990, 129_900, 123_456_789)] == [
        ("€0.05", "0.05"),
        ("€49.90", "49.90"),
        ("€1,299.00", "1299.00"),
        ("€1,234,567.89", "1234567.89"),
    ]


@given(st.integers(1, 100_000_000))
def test_what_the_shop_prints_a_merchant_can_type(cents: int) -> None:
    assert parse_cents(euro(cents)) == parse_cents(decimal(cents)) == cents


@pytest.mark.parametrize("text", ["", "free", "-3", "0", "1e3", "NaN", "1.999", "Infinity", "1000000.01", "€"])
def test_a_price_that_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(OfferError, match="price"):
        parse_cents(text)


@pytest.mark.parametrize("text", ["", "-1", "1.5", "+5", "٣", "1000001", "many"])
def test_a_stock_level_that_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(OfferError, match="stock level"):
        parse_quantity(text)


@pytest.mark.parametrize(("listed", "reduced"), [(None, False), (900, False), (1000, False), (1001, True)])
def test_only_a_higher_list_price_is_a_reduction(listed: int | None, reduced: bool) -> None:
    assert Offer(1000, listed, 3).reduced is reduced
