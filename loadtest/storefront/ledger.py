"""The shop's own database: prices and stock, baskets, orders. One SQLite file, used from one thread."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from loadtest.storefront.offers import Offer, OfferError

_SCHEMA = """
CREATE TABLE IF NOT EXISTS offers (
    sku TEXT PRIMARY KEY, amount_cents INTEGER NOT NULL, list_cents INTEGER, quantity INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS basket_lines (
    basket TEXT NOT NULL, sku TEXT NOT NULL REFERENCES offers, quantity INTEGER NOT NULL CHECK (quantity > 0),
    PRIMARY KEY (basket, sku)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS orders (
    number INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, email TEXT NOT NULL, address TEXT NOT NULL,
    total_cents INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS order_lines (
    number INTEGER NOT NULL REFERENCES orders, sku TEXT NOT NULL, quantity INTEGER NOT NULL,
    amount_cents INTEGER NOT NULL, PRIMARY KEY (number, sku)
) STRICT, WITHOUT ROWID;
"""
_MOST_PER_LINE = 99


class SoldOutError(OfferError):
    """There are fewer units than the basket asks for."""


class Line(msgspec.Struct, frozen=True):
    """One product in a basket, at today's price."""

    sku: str
    quantity: int
    amount_cents: int

    @property
    def total_cents(self) -> int:
        """Price times quantity."""
        return self.amount_cents * self.quantity


class Customer(msgspec.Struct, frozen=True):
    """Who an order goes to."""

    name: str
    email: str
    address: str


class Ledger:
    """Reads and writes the shop's database. Writes are committed when the call returns."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def offer(self, sku: str) -> Offer:
        """Today's offer. Raises KeyError for a SKU that was never seeded."""
        return self.offers((sku,))[sku]

    def offers(self, skus: Sequence[str]) -> dict[str, Offer]:
        """Today's offers of these SKUs; unknown ones are missing from the answer."""
        marks = ",".join("?" * len(skus))
        rows = self._connection.execute(
            f"SELECT sku, amount_cents, list_cents, quantity FROM offers WHERE sku IN ({marks})",  # noqa: S608 - marks only
            skus,
        )
        return {sku: Offer(amount, list_cents, quantity) for sku, amount, list_cents, quantity in rows}

    def set_offer(self, sku: str, offer: Offer) -> None:
        """Change one product's price and stock. Raises KeyError for an unknown SKU."""
        with self._connection:
            done = self._connection.execute(
                "UPDATE offers SET amount_cents = ?, list_cents = ?, quantity = ? WHERE sku = ?",
                (offer.amount_cents, offer.list_cents, offer.quantity, sku),
            )
        if done.rowcount == 0:
            raise KeyError(sku)

    def basket(self, basket: str) -> tuple[Line, ...]:
        """The basket's lines by SKU; empty for a basket nobody filled."""
        rows = self._connection.execute(
            "SELECT sku, b.quantity, amount_cents FROM basket_lines b JOIN offers USING (sku) "
            "WHERE basket = ? ORDER BY sku",
            (basket,),
        )
        return tuple(Line(*row) for row in rows)

    def basket_count(self, basket: str) -> int:
        """Units in the basket, for the page header."""
        (count,) = self._connection.execute(
            "SELECT COALESCE(SUM(quantity), 0) FROM basket_lines WHERE basket = ?", (basket,)
        ).fetchone()
        return int(count)

    def add(self, basket: str, sku: str, quantity: int) -> None:
        """Put units into the basket, on top of what is there. Raises KeyError and SoldOutError."""
        held = {line.sku: line.quantity for line in self.basket(basket)}.get(sku, 0)
        self.set_line(basket, sku, held + quantity)

    def set_line(self, basket: str, sku: str, quantity: int) -> None:
        """Fix how many units of a product are in the basket; 0 takes it out. Raises KeyError and SoldOutError."""
        have = self.offer(sku).quantity
        if quantity > min(have, _MOST_PER_LINE):
            fewer = f"There are only {min(have, _MOST_PER_LINE)} of these left."
            raise SoldOutError(fewer if have else "Sorry, this has just sold out.")
        with self._connection:
            if quantity == 0:
                self._connection.execute("DELETE FROM basket_lines WHERE basket = ? AND sku = ?", (basket, sku))
            else:
                self._connection.execute("REPLACE INTO basket_lines VALUES (?, ?, ?)", (basket, sku, quantity))

    def order(self, basket: str, customer: Customer) -> int:
        """Turn a basket into an order, take its units from stock, and return the order number.

        Raises SoldOutError, and changes nothing, when the basket is empty or a line can no longer be delivered.
        """
        lines = self.basket(basket)
        if not lines:
            raise SoldOutError("Your basket is empty.")
        total = sum(line.total_cents for line in lines)
        with self._connection:
            for line in lines:
                self._take(line)
            number = self._connection.execute(
                "INSERT INTO orders (name, email, address, total_cents) VALUES (?, ?, ?, ?)",
                (customer.name, customer.email, customer.address, total),
            ).lastrowid
            self._connection.executemany(
                "INSERT INTO order_lines VALUES (?, ?, ?, ?)",
                [(number, line.sku, line.quantity, line.amount_cents) for line in lines],
            )
            self._connection.execute("DELETE FROM basket_lines WHERE basket = ?", (basket,))
        return int(number or 0)

    def _take(self, line: Line) -> None:
        done = self._connection.execute(
            "UPDATE offers SET quantity = quantity - ? WHERE sku = ? AND quantity >= ?",
            (line.quantity, line.sku, line.quantity),
        )
        if done.rowcount == 0:
            raise SoldOutError("One of your things has just sold out. Please look at your basket again.")


@contextmanager
def open_ledger(data: Path, opening: Mapping[str, Offer]) -> Iterator[Ledger]:
    """Open ``data/shop.sqlite``, made and filled with the opening offers at first use."""
    data.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(data / "shop.sqlite", cached_statements=64)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.executescript(_SCHEMA)
        with connection:
            connection.executemany(
                "INSERT OR IGNORE INTO offers VALUES (?, ?, ?, ?)",
                [(sku, offer.amount_cents, offer.list_cents, offer.quantity) for sku, offer in opening.items()],
            )
        yield Ledger(connection)
    finally:
        connection.close()
