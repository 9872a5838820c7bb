"""What one field of a row may hold: each check returns the canonical value or says what to write instead."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache

import nh3
from babel.core import get_global

from renderers.availability import NAMES, availability_name
from renderers.page import Values

Check = Callable[[str, object], object]
"""(field as the reader knows it, value) -> canonical value. Raises RowProblem."""

_CURRENCIES = frozenset(get_global("all_currencies"))
_TERRITORIES = frozenset(get_global("territory_currencies"))
_AMOUNT = re.compile(r"(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,6})?")
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,14})")
_REGION = re.compile(r"(?:[A-Z]{2}-)?[A-Z0-9]{1,3}")
_URL = re.compile(r"https?://[^\s<>\"\\]+|/(?![/\\])[^\s<>\"\\]*")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MAX_TEXT = 65_536
_MAX_INTEGER = 10**15
_MAX_ITEMS = 1_000

_CLEANER = nh3.Cleaner(
    attributes={**nh3.ALLOWED_ATTRIBUTES, "*": {"class", "lang", "dir", "title"}},
    url_schemes={"http", "https", "mailto", "tel"},
)
"""Marketers' markup: nh3's allow-list and classes; no script, no handler, no style, no form."""


class RowProblem(ValueError):
    """A value a table does not take: ``field``, ``reason`` and ``remedy``; the text says all three."""

    def __init__(self, field: str, reason: str, remedy: str) -> None:
        super().__init__(f"{field}: {reason}; {remedy}" if field else f"{reason}; {remedy}")
        self.field = field
        self.reason = reason
        self.remedy = remedy


def amount(field: str, value: object) -> str:
    """A price: a decimal string without sign, exponent or grouping, or a whole number."""
    if isinstance(value, float):
        raise RowProblem(field, f"{value!r} is a binary fraction, which is not exact", f'write "{value}" in quotes')
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str):
        raise RowProblem(field, f"{_shown(value)} is not an amount", 'write a decimal string such as "19.99"')
    if text.startswith("-"):
        raise RowProblem(field, f"{_shown(text)} is below zero", 'write an amount of "0" or more')
    if not _AMOUNT.fullmatch(text):
        raise RowProblem(
            field,
            f"{_shown(text)} is not an amount",
            'write at most 15 digits and 6 decimals after a ".", such as "1299.00"',
        )
    return text


def currency(field: str, value: object) -> str:
    """An ISO 4217 code in upper case."""
    code = value.upper() if isinstance(value, str) else ""
    if code not in _CURRENCIES:
        raise RowProblem(field, f"{_shown(value)} is not a currency", 'write its ISO 4217 code, such as "EUR"')
    return code


def integer(field: str, value: object) -> int:
    """A whole number; its decimal string is taken too, since CSV has no numbers."""
    if isinstance(value, str) and _INTEGER.fullmatch(value):
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > _MAX_INTEGER:
        raise RowProblem(field, f"{_shown(value)} is not a whole number", "write digits only, such as 12")
    return value


def boolean(field: str, value: object) -> bool:
    """true or false; the words are taken too, since CSV has no truth values."""
    if isinstance(value, str):
        value = {"true": True, "false": False}.get(value.lower(), value)
    if not isinstance(value, bool):
        raise RowProblem(field, f"{_shown(value)} is neither true nor false", "write true or false")
    return value


def text(field: str, value: object) -> str:
    """Any text that a page can show."""
    if not isinstance(value, str):
        raise RowProblem(field, f"{_shown(value)} is not a text", "write it in quotes")
    if len(value) > _MAX_TEXT:
        raise RowProblem(field, f"it is {len(value)} characters long", f"write {_MAX_TEXT} at most")
    if re.search("[\x00\ud800-\udfff]", value):
        raise RowProblem(field, "it holds U+0000 or half a character", "remove it; no page can show it")
    return value


def url(field: str, value: object) -> str:
    """An http(s) URL or a path on the shop; anything else (``javascript:``) could run in a visitor's page."""
    if not isinstance(value, str) or not _URL.fullmatch(value):
        raise RowProblem(
            field, f"{_shown(value)} is not a URL", 'write "https://..." or a path that starts with one "/"'
        )
    return value


def markup(field: str, value: object) -> str:
    """HTML reduced to the allow-list, so that a stored row can be shown as it is."""
    return _CLEANER.clean(text(field, value))


def availability(field: str, value: object) -> str:
    """A schema.org ItemAvailability name; its URL and feeds' spellings (``in_stock``) are taken too."""
    name = availability_name(value) if isinstance(value, str) else None
    if name is None:
        raise RowProblem(
            field, f"{_shown(value)} is not an availability of schema.org", f"write one of {', '.join(NAMES)}"
        )
    return name


def instant(field: str, value: object) -> str:
    """An ISO 8601 instant with its offset, kept as written."""
    if not isinstance(value, str) or instant_ms(value) is None:
        raise RowProblem(
            field,
            f"{_shown(value)} is not an instant with a time zone",
            'write ISO 8601 with the offset or Z, such as "2026-12-01T00:00:00Z"',
        )
    return value


@lru_cache(maxsize=16_384)
def instant_ms(value: str) -> int | None:
    """Unix milliseconds of an ISO 8601 instant (finer digits are cut off); None when it is none or has no offset."""
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return None if moment.tzinfo is None else (moment - _EPOCH) // timedelta(milliseconds=1)


def country(field: str, value: object) -> str:
    """An ISO 3166-1 alpha-2 code in upper case."""
    code = value.upper() if isinstance(value, str) else ""
    if code not in _TERRITORIES or len(code) != 2:
        remedy = 'write "GB"' if code == "UK" else 'write its ISO 3166 code of two letters, such as "DE"'
        raise RowProblem(field, f"{_shown(value)} is not a country", remedy)
    return code


def region(field: str, value: object) -> str:
    """An ISO 3166-2 subdivision, with its country (``DE-BY``) or for any country (``BY``)."""
    code = value.upper() if isinstance(value, str) else ""
    if not _REGION.fullmatch(code):
        raise RowProblem(field, f"{_shown(value)} is not a region", 'write its ISO 3166-2 code, such as "DE-BY"')
    return code


def number_between(low: float, high: float) -> Check:
    """A check for a coordinate or a distance; the one place where a row holds a binary fraction."""

    def check(field: str, value: object) -> float:
        if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,9}(?:\.[0-9]+)?", value):
            value = float(value)
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise RowProblem(field, f"{_shown(value)} is out of range", f"write a number from {low:g} to {high:g}")
        return float(value)

    return check


def listing(item: Check) -> Check:
    """A check for a list of such items, not empty."""

    def check(field: str, value: object) -> list[object]:
        if not isinstance(value, list | tuple) or not value or len(value) > _MAX_ITEMS:
            raise RowProblem(
                field, f"{_shown(value)} is not a list of 1 to {_MAX_ITEMS}", "write it in brackets: [..., ...]"
            )
        return [item(f"{field}[{index}]", entry) for index, entry in enumerate(value)]

    return check


def record(checks: Mapping[str, Check], *, needs: Sequence[str] = ()) -> Callable[[str, object], Values]:
    """A check for an object of these fields. null stands for a field left out."""

    def check(field: str, value: object) -> Values:
        if not isinstance(value, dict):
            raise RowProblem(field, f"{_shown(value)} is not an object", f"write {{{', '.join(checks)}}}")
        found: Values = {}
        for name, entry in value.items():
            at = f"{field}.{name}" if field else str(name)
            if name not in checks:
                raise RowProblem(at, "there is no such field", f"the fields are {', '.join(checks)}")
            if entry is not None:
                found[name] = checks[name](at, entry)
        for name in needs:
            if name not in found:
                at = f"{field}.{name}" if field else name
                raise RowProblem(at, "it is missing", f"write it; {', '.join(needs)} must be there")
        return found

    return check


def anything(field: str, value: object) -> object:
    """Any JSON value of a declared table but binary fractions, which do not print as they were written."""
    if isinstance(value, float):
        raise RowProblem(field, f"{value!r} is a binary fraction, which is not exact", f'write "{value}" in quotes')
    if isinstance(value, str):
        return text(field, value)
    if isinstance(value, list | tuple):
        return [anything(f"{field}[{index}]", entry) for index, entry in enumerate(value)]
    if isinstance(value, dict):
        return {str(name): anything(f"{field}.{name}" if field else str(name), entry) for name, entry in value.items()}
    if isinstance(value, int) and abs(value) > _MAX_INTEGER:
        raise RowProblem(field, f"{value} has more than 15 digits", "write it in quotes")
    if value is None or isinstance(value, int):
        return value
    raise RowProblem(field, f"{_shown(value)} is not a JSON value", "write texts, numbers, lists and objects")


def _shown(value: object) -> str:
    return repr(value) if len(repr(value)) <= 60 else f"{repr(value)[:57]}..."
