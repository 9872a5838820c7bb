"""Prices as feeds write them: ``19.99 EUR``, ``EUR 19.99``, ``1.299,00 €``. A doubtful one is refused."""

from __future__ import annotations

import re
from typing import NamedTuple

_SPACES = " \xa0\u202f\u2009"
_SIGNS = {"€": "EUR", "£": "GBP"}
"""Signs that mean one currency wherever they stand."""
_UNIT = "[A-Za-z]{3}|" + "|".join(_SIGNS)
_PRICE = re.compile(rf"(?P<before>{_UNIT})?[{_SPACES}]*(?P<number>[0-9].*?)[{_SPACES}]*(?P<after>{_UNIT})?")
_PLAIN = re.compile(r"([0-9]+)(?:([.,])([0-9]+))?")
_GROUPED = re.compile(rf"([0-9]{{1,3}}(?:([.,'’{_SPACES}])[0-9]{{3}})(?:\2[0-9]{{3}})*)(?:([.,])([0-9]+))?")
_NO_DIGIT = re.compile("[^0-9]")
_THOUSANDTHS = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})
"""Currencies of three decimals (ISO 4217)."""


class Money(NamedTuple):
    """``amount`` is a decimal string; ``currency`` an ISO 4217 code, None when the text names none."""

    amount: str
    currency: str | None


def read_money(text: str, currency: str | None = None) -> Money:
    """The price written as ``text``. ``currency``: the one meant where none is named.

    Raises ValueError whose text says what is wrong; what to write. ``1.299`` may be either of two prices, and so is
    refused where the currency has no thousandths.
    """
    match = _PRICE.fullmatch(text.strip())
    if match is None or (match["before"] and match["after"]):
        raise ValueError(f'{text[:40]!r} is not a price; write one such as "19.99 EUR"')
    unit = match["before"] or match["after"]
    named = _SIGNS.get(unit, unit.upper()) if unit else currency
    return Money(_amount(match["number"], text, named), named)


def _amount(number: str, text: str, currency: str | None) -> str:
    plain, grouped = _PLAIN.fullmatch(number), _GROUPED.fullmatch(number)
    if plain is not None:
        whole, mark, fraction = plain.groups()
        doubtful = mark and len(fraction) == 3 and len(whole) <= 3 and int(whole) and currency not in _THOUSANDTHS
        if doubtful:
            raise ValueError(
                f'{text[:40]!r} may be {whole}.{fraction} or {whole}{fraction}; write "{whole}{fraction}.00"'
            )
    elif grouped is not None and grouped[2] != grouped[3]:
        whole, fraction = _NO_DIGIT.sub("", grouped[1]), grouped[4]
    else:
        raise ValueError(f'{text[:40]!r} is not a price; write one such as "1299.00 EUR"')
    return f"{int(whole)}.{fraction}" if fraction else str(int(whole))
