"""The shop's own database, on disk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from loadtest.storefront.ledger import Customer, Ledger, SoldOutError, open_ledger
from loadtest.storefront.offers import Offer

OPENING = {"A": Offer(1000, None, 3), "B": Offer(250, 300, 1), "C": Offer(99_00, None, 0)}
SOMEONE = Customer("Noor", "noor@example.org", "Kade 1, Gent")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with open_ledger(tmp_path / "new", OPENING) as opened:
        yield opened


def test_a_new_ledger_holds_the_opening_offers(ledger: Ledger) -> None:
    assert ledger.offers(["A", "B", "C", "none"]) == OPENING


def test_a_changed_offer_survives_the_next_start(tmp_path: Path) -> None:
    with open_ledger(tmp_path, OPENING) as first:
        first.set_offer("A", Offer(777, 999, 12))
    with open_ledger(tmp_path, OPENING) as second:
        assert second.offer("A") == Offer(777, 999, 12)


def test_unknown_products_are_key_errors(ledger: Ledger) -> None:
    with pytest.raises(KeyError):
        ledger.offer("none")
    with pytest.raises(KeyError):
        ledger.set_offer("none", OPENING["A"])
    with pytest.raises(KeyError):
        ledger.add("basket", "none", 1)


def test_units_add_up_and_go_again(ledger: Ledger) -> None:
    ledger.add("mine", "A", 1)
    ledger.add("mine", "A", 2)
    ledger.add("mine", "B", 1)
    assert [(line.sku, line.quantity, line.total_cents) for line in ledger.basket("mine")] == [
        ("A", 3, 3000),
        ("B", 1, 250),
    ]
    assert (ledger.basket_count("mine"), ledger.basket_count("yours")) == (4, 0)
    ledger.set_line("mine", "A", 0)
    assert ledger.basket_count("mine") == 1


def test_no_basket_holds_more_than_there_is(ledger: Ledger) -> None:
    ledger.add("mine", "A", 3)
    with pytest.raises(SoldOutError, match="only 3"):
        ledger.add("mine", "A", 1)
    with pytest.raises(SoldOutError, match="sold out"):
        ledger.add("mine", "C", 1)
    assert ledger.basket_count("mine") == 3


def test_an_order_takes_its_units_from_stock_and_empties_the_basket(ledger: Ledger) -> None:
    ledger.add("mine", "A", 2)
    first = ledger.order("mine", SOMEONE)
    ledger.add("mine", "B", 1)
    assert ledger.order("mine", SOMEONE) == first + 1
    assert (ledger.offer("A").quantity, ledger.offer("B").quantity, ledger.basket("mine")) == (1, 0, ())


def test_an_order_that_cannot_be_delivered_changes_nothing(ledger: Ledger) -> None:
    ledger.add("slow", "A", 2)
    ledger.add("slow", "B", 1)
    ledger.add("quick", "B", 1)
    ledger.order("quick", SOMEONE)
    with pytest.raises(SoldOutError, match="just sold out"):
        ledger.order("slow", SOMEONE)
    assert (ledger.offer("A").quantity, ledger.basket_count("slow")) == (3, 3)


def test_an_empty_basket_is_not_an_order(ledger: Ledger) -> None:
    with pytest.raises(SoldOutError, match="empty"):
        ledger.order("nobody", SOMEONE)
