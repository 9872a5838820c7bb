"""What a template may see and do."""

from __future__ import annotations

from decimal import Decimal

import pytest
from jinja2 import UndefinedError
from jinja2.exceptions import SecurityError
from markupsafe import Markup

from renderers.sandbox import HARMLESS, IN_MARKUP, IN_TEXT, Row, as_row, round_half_up


def test_a_row_s_amounts_are_numbers_and_its_markup_is_markup() -> None:
    row = as_row("prices", {"amount": "9.99", "list_amount": "19.99", "currency": "EUR"})
    assert row == {"amount": Decimal("9.99"), "list_amount": Decimal("19.99"), "currency": "EUR"}
    assert isinstance(as_row("promotions", {"html": "<b>"})["html"], Markup)
    assert not isinstance(as_row("products", {"html": "<b>"})["html"], Markup)
    assert as_row("prices", {"amount": "free"}) == {"amount": "free"}


def test_rows_nest_and_have_no_methods() -> None:
    row = as_row("shelves", {"items": "i", "at": {"keys": "k"}, "all": [{"pop": "p"}]})
    assert IN_TEXT.getattr(row, "items") == "i"
    at = IN_TEXT.getattr(row, "at")
    assert IN_TEXT.getattr(at, "keys") == "k"
    inner = row["all"]
    assert isinstance(inner, list)
    assert isinstance(inner[0], Row)


def test_an_absent_field_is_false_and_nothing_else() -> None:
    absent = Row().field("x")
    assert not absent
    with pytest.raises(UndefinedError, match="no x"):
        str(absent)


@pytest.mark.parametrize(
    ("value", "decimals", "want"), [("2.345", 2, "2.35"), ("-2.345", 2, "-2.35"), ("2.5", 0, "3"), ("1", 2, "1.00")]
)
def test_halves_are_rounded_away_from_zero(value: str, decimals: int, want: str) -> None:
    assert str(round_half_up(Decimal(value), decimals)) == want


@pytest.mark.parametrize(
    ("value", "decimals"), [("x", 0), (1.5, 0), (Decimal(1), 7), (Decimal(1), -1), (Decimal("1E40"), 2)]
)
def test_round_is_for_numbers_of_a_price_s_size(value: object, decimals: int) -> None:
    with pytest.raises(SecurityError):
        round_half_up(value, decimals)


def test_nothing_but_harmless_filters_and_no_globals_are_there() -> None:
    for environment in (IN_MARKUP, IN_TEXT):
        assert not environment.globals
        assert set(environment.filters) - HARMLESS == {
            "availability",
            "decimal",
            "money",
            "number",
            "round",
            "shape",
            "stock",
            "text",
        }
        assert set(environment.filters) >= HARMLESS
