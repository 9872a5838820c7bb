"""How the shop states a price and a stock level. Money is whole euro cents inside the shop."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

import msgspec

CURRENCY = "EUR"

_LOW_STOCK = 5
_MOST_CENTS = 100_000_000
_MOST_UNITS = 1_000_000


class OfferError(ValueError):
    """A price or stock level that the shop does not take. The message is shown to the merchant."""


class Offer(msgspec.Struct, frozen=True):
    """What one product costs today and how many are there."""

    amount_cents: int
    list_cents: int | None
    """The price before a reduction; None when the product is not reduced."""
    quantity: int

    @property
    def reduced(self) -> bool:
        """Whether a was-price is shown: a list price not above the price is no reduction."""
        return self.list_cents is not None and self.list_cents > self.amount_cents


def euro(cents: int) -> str:
    """The price as visitors read it: ``€1,299.00``."""
    return f"€{cents // 100:,}.{cents % 100:02d}"


def decimal(cents: int) -> str:
    """The price as machines read it, always with two places: ``1299.00``."""
    return f"{cents // 100}.{cents % 100:02d}"


def stock_line(quantity: int) -> str:
    """The sentence under the price."""
    if quantity <= 0:
        return "Out of stock"
    return f"Only {quantity} left" if quantity <= _LOW_STOCK else "In stock"


def availability(quantity: int) -> str:
    """The schema.org ItemAvailability address for JSON-LD."""
    return "https://schema.org/InStock" if quantity > 0 else "https://schema.org/OutOfStock"


def parse_cents(text: str) -> int:
    """Cents from what a merchant types (``1,299.00``, ``€49``, ``49.5``). Raises OfferError."""
    cleaned = text.strip().removeprefix("€").replace(",", "").strip()
    try:
        amount = Decimal(cleaned)
    except InvalidOperation as exc:
        raise OfferError(f"{text!r} is not a price; write it like 49.90") from exc
    if not amount.is_finite() or amount.as_tuple().exponent not in (0, -1, -2):
        raise OfferError(f"{text!r} is not a price; write it like 49.90")
    cents = int(amount * 100)
    if not 0 < cents <= _MOST_CENTS:
        raise OfferError(f"{text!r} is out of range; write a price above 0 and up to {euro(_MOST_CENTS)}")
    return cents


def parse_quantity(text: str) -> int:
    """Units in stock from what a merchant types. Raises OfferError."""
    cleaned = text.strip()
    if not (cleaned.isascii() and cleaned.isdigit()) or int(cleaned) > _MOST_UNITS:
        raise OfferError(f"{text!r} is not a stock level; write a whole number from 0 to {_MOST_UNITS}")
    return int(cleaned)
