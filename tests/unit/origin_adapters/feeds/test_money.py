from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from origin_adapters.feeds.money import Money, read_money


class Case(NamedTuple):
    text: str
    want: Money
    currency: str | None = None


CASES = [
    Case("19.99 EUR", Money("19.99", "EUR")),
    Case("EUR 19.99", Money("19.99", "EUR")),
    Case("19.99EUR", Money("19.99", "EUR")),
    Case(" 19,99 eur ", Money("19.99", "EUR")),
    Case("19,99 €", Money("19.99", "EUR")),
    Case("£5", Money("5", "GBP")),
    Case("1299 USD", Money("1299", "USD")),
    Case("1,299.00 USD", Money("1299.00", "USD")),
    Case("1.299,00 EUR", Money("1299.00", "EUR")),
    Case("1'299.50 CHF", Money("1299.50", "CHF")),
    Case("1 299,00 EUR", Money("1299.00", "EUR")),
    Case("1\u202f299,00\xa0€", Money("1299.00", "EUR")),
    Case("1,299,000 JPY", Money("1299000", "JPY")),
    Case("1,234,567.89 INR", Money("1234567.89", "INR")),
    Case("007.50 EUR", Money("7.50", "EUR")),
    Case("0.125 EUR", Money("0.125", "EUR")),
    Case("1.250 KWD", Money("1.250", "KWD")),
    Case("1299.000 EUR", Money("1299.000", "EUR")),
    Case("19.99", Money("19.99", None)),
    Case("19.99", Money("19.99", "EUR"), currency="EUR"),
    Case("19.99 USD", Money("19.99", "USD"), currency="EUR"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.text} {case.currency or ''}")
def test_prices_are_read_as_shops_write_them(case: Case) -> None:
    assert read_money(case.text, case.currency) == case.want


@pytest.mark.parametrize("text", ["1.299 EUR", "1,299", "19.990 VND", "999,000 €"])
def test_a_price_that_may_be_a_thousand_times_another_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="may be"):
        read_money(text)


@pytest.mark.parametrize(
    "text",
    ["", "free", "-5 EUR", "5 EUR EUR", "EUR 5 EUR", "5..0", "1,29,900.00 EUR", "1,299,00 EUR", "1.299.00", "5 $", "٣"],
)
def test_what_is_no_price_says_what_to_write(text: str) -> None:
    with pytest.raises(ValueError, match="write one such as"):
        read_money(text)


@given(st.integers(0, 10**9), st.sampled_from([("", "."), (",", "."), (".", ","), ("'", "."), ("\xa0", ",")]))
def test_cents_survive_every_spelling(cents: int, marks: tuple[str, str]) -> None:
    group, mark = marks
    whole = f"{cents // 100:,}".replace(",", group)
    want = f"{cents // 100}.{cents % 100:02}"
    assert read_money(f"{whole}{mark}{cents % 100:02} EUR") == Money(want, "EUR")
