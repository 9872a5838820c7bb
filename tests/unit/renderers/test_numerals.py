"""Decimal numbers as parts, and which number of a text is meant."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renderers.faults import Unprintable
from renderers.masked import mask
from renderers.numerals import Numeral, canonical, foreign_digits, grouped, parts, pick


@pytest.mark.parametrize(
    ("value", "want"),
    [
        ("19.90", "19.9"),
        ("5", "5"),
        ("-0", "0"),
        ("-0.00", "0"),
        ("007.5", "7.5"),
        (5, "5"),
        (Decimal("1E+3"), "1000"),
        (Decimal("19.90"), "19.9"),
        ("0.10", "0.1"),
        ("-0.5", "-0.5"),
        ("100", "100"),
    ],
)
def test_equal_amounts_are_equal_strings(value: object, want: str) -> None:
    assert canonical(value) == want


@pytest.mark.parametrize("value", ["", ".5", "1e3", "+1", " 1", "1,5", "٥", None, 1.5, True, [], Decimal("Infinity")])
def test_anything_else_is_no_number(value: object) -> None:
    with pytest.raises(Unprintable, match="not a decimal number"):
        parts(value)


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12))
def test_the_canonical_string_is_the_same_number(value: Decimal) -> None:
    assert Decimal(canonical(value)) == value
    assert canonical(canonical(value)) == canonical(value)


@pytest.mark.parametrize(
    ("digits", "indian", "want"),
    [
        ("1", False, "1"),
        ("123", True, "123"),
        ("1234", False, "1,234"),
        ("1234", True, "1,234"),
        ("123456", False, "123,456"),
        ("123456", True, "1,23,456"),
        ("12345678", True, "1,23,45,678"),
        ("12345678", False, "12,345,678"),
    ],
)
def test_grouping(digits: str, indian: bool, want: str) -> None:
    assert grouped(digits, ",", indian=indian) == want
    assert grouped(digits, "", indian=indian) == digits


@pytest.mark.parametrize(
    ("source", "hint", "precision", "value"),
    [
        ("1.299", None, 2, "1299"),
        ("1.299", None, 3, "1.299"),
        ("1.299", "1.299", 2, "1.299"),
        ("1.299", "1299", 3, "1299"),
        ("1.299", "7", 2, "1299"),
        ("1,29,900.50", None, 2, "129900.5"),
        ("12,99", None, 2, "12.99"),
        ("12 of 30", "30", 2, "30"),
        ("20% off 80", None, 2, "80"),
        ("0", None, 2, "0"),
        ("1&#44;299", None, 2, "1299"),
    ],
)
def test_the_number_that_is_meant(source: str, hint: str | None, precision: int, value: str) -> None:
    numeral = pick(mask(source), hint, precision)
    assert isinstance(numeral, Numeral)
    assert numeral.value == value


@pytest.mark.parametrize(
    ("source", "hint", "reason"),
    [
        ("12 of 30", None, "2 numbers"),
        ("30 of 30", "30", "2 times"),
        ("1,2,3", None, "not one number"),
        ("007", None, "not one number"),
        ("20%", None, "no number"),
        ("no", None, "no number"),
        ("६", None, "Devanagari"),
    ],
)
def test_no_number_is_guessed(source: str, hint: str | None, reason: str) -> None:
    refusal = pick(mask(source), hint, 2)
    assert isinstance(refusal, str)
    assert reason in refusal


def test_superscripts_and_fractions_are_no_foreign_digits() -> None:
    assert foreign_digits("5 m² ½") is None
