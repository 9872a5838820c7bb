"""The formats that filters print with: learnt from the origin's bytes, kept with the slot, shared within a kind."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import msgspec

from renderers.amounts import AmountFormat, learn_money, learn_number, learn_plain
from renderers.availability import AvailabilityFormat, learn_availability
from renderers.numerals import canonical
from renderers.page import Values
from renderers.stock import StockFormat, learn_stock

Format = AmountFormat | AvailabilityFormat | StockFormat

FILTERS = ("availability", "money", "number", "stock")
"""Formatting filters a fill may name."""
PLAIN = "plain"
"""The format of an amount or quantity that a fill prints without any filter."""
_TYPES: dict[str, type[Format]] = {
    "availability": AvailabilityFormat,
    "money": AmountFormat,
    "number": AmountFormat,
    PLAIN: AmountFormat,
    "stock": StockFormat,
}
_SHORTEST = AmountFormat(prefix="", suffix="", mark=".", decimals=0, group="", at_least=True)

Formats = Iterable[tuple[str, bytes]]
"""(kind, packed format) pairs, as in ``Learnt.formats``."""


class Hint(msgspec.Struct, frozen=True):
    """What is known of a value before its bytes are read: the value itself (None: nothing) and its currency."""

    value: object = None
    currency: str | None = None


def learn(kind: str, raw: str, hint: Hint) -> Format | str:
    """The format of ``kind`` that ``raw`` is written in, or a sentence why there is none."""
    match kind:
        case "stock":
            return learn_stock(raw, _as_row(hint.value))
        case "availability":
            return learn_availability(raw)
        case "money":
            return learn_money(raw, _as_amount(hint.value), hint.currency)
        case "number":
            return learn_number(raw, _as_amount(hint.value))
        case _:
            return learn_plain(raw)


def _as_row(value: object) -> Values:
    if isinstance(value, dict):
        return value
    return {} if value is None else {"quantity" if isinstance(value, int) else "availability": value}


def _as_amount(value: object) -> str | None:
    try:
        return None if value is None else canonical(value)
    except ValueError:
        return None


def pack(form: Format) -> bytes:
    """``form`` as the store keeps it."""
    return msgspec.msgpack.encode(form)


@lru_cache(maxsize=4096)
def unpack(kind: str, data: bytes) -> Format | None:
    """The format packed in ``data``; None when nothing was learnt, but for a plain number, which any shop can write."""
    if not data:
        return _SHORTEST if kind == PLAIN else None
    return msgspec.msgpack.decode(data, type=_TYPES[kind])


def enrich(kind: str, own: bytes, others: Formats) -> bytes:
    """``own`` with what other formats of the kind add: states it has no wording for, a group or mark it did not show.

    What ``own`` was learnt from prints as before.
    """
    form = unpack(kind, own) if own else None
    for name, data in others:
        other = unpack(kind, data) if name == kind and data else None
        if other is None or other == form:
            continue
        if form is None:
            form = other
        elif isinstance(form, StockFormat) and isinstance(other, StockFormat):
            form = form.joined(other)
        elif isinstance(form, AmountFormat) and isinstance(other, AmountFormat):
            form = form.completed(other)
    return b"" if form is None else pack(form)
