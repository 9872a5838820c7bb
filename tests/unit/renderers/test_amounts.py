"""A price is read as the shop wrote it, and the next one is written the same way."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renderers.amounts import AmountFormat, learn_money, learn_number, learn_plain
from renderers.faults import Unprintable
from renderers.numerals import canonical


class Case(NamedTuple):
    raw: str
    amount: str
    prints: dict[str, str]
    """Other amounts and how they are then written."""
    hint: str | None = None
    currency: str | None = None


MONEY = [
    Case("$1,299.00", "1299", {"5": "$5.00", "1234567.8": "$1,234,567.80", "-5": "-$5.00", "0": "$0.00"}),
    Case("1.299,00 €", "1299", {"5.5": "5,50 €", "-3": "-3,00 €", "12345.67": "12.345,67 €"}),
    Case("CHF 5.–", "5", {"5.50": "CHF 5.50", "12": "CHF 12.–", "0": "CHF 0.–"}),
    Case("5,- EUR", "5", {"5.50": "5,50 EUR", "6": "6,- EUR"}),
    Case("kr 5:-", "5", {"6": "kr 6:-", "6.5": "kr 6,50"}),
    Case("1 299,00 €", "1299", {"1234567": "1 234 567,00 €"}),
    Case("1&nbsp;299,00&nbsp;&euro;", "1299", {"12345.6": "12&nbsp;345,60&nbsp;&euro;"}),
    Case("1\u202f299,00\xa0€", "1299", {"12345.6": "12\u202f345,60\xa0€"}),
    Case("1&#8239;299,00&#160;&#8364;", "1299", {"9": "9,00&#160;&#8364;"}),
    Case("&#8364; 12.50", "12.5", {"5": "&#8364; 5.00"}),
    Case("₹1,29,900", "129900", {"99": "₹99", "1234567": "₹12,34,567"}),
    Case("₹99,900", "99900", {"129900": "₹1,29,900"}),
    Case("¥1,299", "1299", {"5": "¥5"}),
    Case("CHF 1'299.00", "1299", {"12345": "CHF 12'345.00"}),
    Case("$1,299", "1299", {"5": "$5", "5.5": "$5.50"}),
    Case("$5", "5", {"5.5": "$5.50", "1299": "$1,299"}),
    Case("19.99", "19.99", {"1299": "1299.00"}),
    Case("19.99", "19.99", {"5": "5.00"}, hint="12"),
    Case("-$5.00", "-5", {"5": "$5.00", "-7": "-$7.00"}),
    Case("$-5.00", "-5", {"5": "$5.00", "-7": "$-7.00"}),
    Case("−5,00 €", "-5", {"5": "5,00 €", "-7": "−7,00 €"}),
    Case("&minus;5,00 €", "-5", {"-7": "&minus;7,00 €"}),
    Case("1.299", "1299", {"5": "5"}),
    Case("1.299", "1.299", {"5": "5.000"}, hint="1.299"),
    Case("1.299", "1.299", {"5": "5.000"}, currency="KWD"),
    Case("KWD 1.299", "1.299", {"5": "KWD 5.000"}),
    Case("0.299", "0.299", {"1": "1.000"}),
    Case("<b>$</b>1,299<sup>99</sup>", "1299.99", {"5": "<b>$</b>5<sup>00</sup>"}),
    Case('<i>1,299<i class="d2">.</i></i><i>00</i>', "1299", {"5.5": '<i>5<i class="d2">.</i></i><i>50</i>'}),
    Case("$<!-- 3 -->19.99", "19.99", {"5": "$<!-- 3 -->5.00"}),
    Case('<svg><path d="1 2"/><text>3</text></svg>$5.00', "5", {"6": '<svg><path d="1 2"/><text>3</text></svg>$6.00'}),
    Case("Save 20%: $80.00", "80", {"5": "Save 20%: $5.00"}),
    Case("$80.00 (was $100.00)", "80", {"5": "$5.00 (was $100.00)"}, hint="80.00"),
    Case("1 299,00 1 199,00", "1199", {"5": "1 299,00 5,00"}, hint="1199"),
    Case("1 299", "1299", {"5": "5"}, hint="299"),
    Case("ab $0.00", "0", {"1": "ab $1.00"}),
]


@pytest.mark.parametrize("case", MONEY, ids=[f"{c.raw} {c.hint or ''} {c.currency or ''}" for c in MONEY])
def test_money_is_written_as_the_sample_was(case: Case) -> None:
    learnt = learn_money(case.raw, case.hint, case.currency)
    assert isinstance(learnt, AmountFormat)
    assert learnt.parse(case.raw) == case.amount
    assert learnt.print(case.amount) == case.raw
    assert {amount: learnt.print(amount) for amount in case.prints} == case.prints
    assert {canonical(amount) for amount in case.prints} == {learnt.parse(text) for text in case.prints.values()}


@pytest.mark.parametrize(
    ("raw", "hint", "reason"),
    [
        ("", None, "no number"),
        ("Price on request", None, "no number"),
        ("$80.00 (was $100.00)", None, "2 numbers"),
        ("$80.00 (was $100.00)", "70", "2 numbers"),
        ("$80.00 now $80.00", "80", "2 times"),
        ("١٢٣ ر.س", None, "Arabic-indic digits"),
        ("१२३", None, "Devanagari digits"),
        ("1.2.3", None, "not one number"),
        ("1,299&#44;000", None, "not one number"),
    ],
)
def test_an_unclear_amount_is_refused_with_a_reason(raw: str, hint: str | None, reason: str) -> None:
    learnt = learn_money(raw, hint)
    assert isinstance(learnt, str)
    assert reason in learnt


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("$5.00", "5.001"),
        ("¥1,299", "5.5"),
        ("5 €", "5.5"),
        ("5.<sup>–</sup>", "5.5"),
        ("$5.00", "abc"),
        ("$5.00", "1e3"),
        ("$5.00", None),
        ("$5.00", True),
        ("$5.00", Decimal("NaN")),
        ("$5.00", "٥"),
    ],
)
def test_an_amount_the_format_cannot_show_exactly_is_unprintable(raw: str, value: object) -> None:
    learnt = learn_money(raw)
    assert isinstance(learnt, AmountFormat)
    with pytest.raises(Unprintable):
        learnt.print(value)


def test_surplus_zeros_are_exact() -> None:
    learnt = learn_money("$5.00")
    assert isinstance(learnt, AmountFormat)
    assert learnt.print("19.9900") == learnt.print(Decimal("19.99")) == "$19.99"
    assert learnt.print(19) == "$19.00"


AMOUNTS = st.decimals(-(10**12), 10**12, places=2).map(str)
AFFIXES = st.sampled_from(["", "$", "€ ", "<b>from</b> ", "&pound;", " \xa0€", "</b>", "kr"])


@st.composite
def formats(draw: st.DrawFn) -> AmountFormat:
    mark = draw(st.sampled_from([".", ",", "·", "<sup>", "&#44;"]))
    group = st.sampled_from([g for g in ("", ",", ".", "'", "&nbsp;", "\u202f") if g != mark])
    prefix = draw(AFFIXES)
    return AmountFormat(
        prefix=prefix,
        suffix=draw(AFFIXES),
        mark=mark,
        decimals=draw(st.integers(2, 4)),
        whole=draw(st.sampled_from([None, "", f"{mark}–", f"{mark}-"])),
        group=draw(st.none() | group),
        assumed_group=draw(group),
        indian=draw(st.booleans()),
        sign_at=draw(st.integers(0, len(prefix))),
        minus=draw(st.sampled_from(["-", "−", "&minus;"])),
    )


@given(formats(), AMOUNTS)
def test_what_was_printed_is_read_back(form: AmountFormat, amount: str) -> None:
    assert form.parse(form.print(amount)) == canonical(amount)


@given(formats().filter(lambda form: form.sign_at in {0, len(form.prefix)}), AMOUNTS)
def test_what_any_shop_prints_is_learnt_or_refused_but_never_changed(form: AmountFormat, amount: str) -> None:
    raw = form.print(amount)
    learnt = learn_money(raw, canonical(amount))
    if isinstance(learnt, AmountFormat):
        assert learnt.print(learnt.parse(raw)) == raw


@given(st.text("0123456789.,' -–$€%<>b&#;\xa0", max_size=20), st.none() | AMOUNTS)
def test_any_text_is_learnt_exactly_or_refused(raw: str, hint: str | None) -> None:
    for learnt in (learn_money(raw, hint), learn_number(raw, hint), learn_plain(raw)):
        if isinstance(learnt, AmountFormat):
            assert learnt.print(learnt.parse(raw)) == raw


@given(AMOUNTS, AMOUNTS)
def test_dollars_survive_learning_from_any_sample(sample: str, amount: str) -> None:
    raw = f"${Decimal(sample).copy_abs():,.2f}"
    learnt = learn_money(raw, canonical(sample))
    assert isinstance(learnt, AmountFormat)
    assert learnt.parse(raw) == canonical(Decimal(sample).copy_abs())
    assert learnt.parse(learnt.print(amount)) == canonical(amount)


NUMBERS = [
    Case("13 pcs", "13", {"1": "1 pcs"}),
    Case("4.5 of people", "4.5", {"4.25": "4.25 of people", "5": "5.0 of people"}),
    Case("20%", "20", {"12.5": "12.5%"}),
    Case("1,300", "1300", {"12345": "12,345"}),
    Case("-3 °C", "-3", {"4": "4 °C"}),
]


@pytest.mark.parametrize("case", NUMBERS, ids=[c.raw for c in NUMBERS])
def test_a_number_is_written_as_the_sample_was(case: Case) -> None:
    learnt = learn_number(case.raw, case.hint)
    assert isinstance(learnt, AmountFormat)
    assert learnt.parse(case.raw) == case.amount
    assert {amount: learnt.print(amount) for amount in case.prints} == case.prints


@pytest.mark.parametrize(
    ("raw", "prints"),
    [
        ("19.90", {"24.5": "24.50", "24": "24.00", "24.505": "24.505", "-1": "-1.00"}),
        ("19.99", {"24.5": "24.50"}),
        ("19.9", {"24": "24", "24.55": "24.55"}),
        ("1299", {"24.5": "24.5", "1000000": "1000000"}),
        ("1299.0", {"24": "24.0"}),
        ("12.9900", {"24": "24.0000"}),
    ],
)
def test_a_plain_number_keeps_its_decimals(raw: str, prints: dict[str, str]) -> None:
    learnt = learn_plain(raw)
    assert isinstance(learnt, AmountFormat)
    assert learnt.print(learnt.parse(raw)) == raw
    assert {amount: learnt.print(amount) for amount in prints} == prints


@pytest.mark.parametrize("raw", ["1,299.00", "$5", "007", "", "1e3", "+5", "5."])
def test_a_number_written_for_people_is_not_plain(raw: str) -> None:
    learnt = learn_plain(raw)
    assert isinstance(learnt, str)
    assert "| money" in learnt


def test_a_negative_zero_is_refused() -> None:
    assert isinstance(learn_plain("-0"), str)
    assert isinstance(learn_money("-$0.00"), str)


@pytest.mark.parametrize("source", ["$1,29.00", "€5.00", "$5.0", "$5", "$", "", "$05.00", "$-5.00"])
def test_source_in_another_format_is_not_parsed(source: str) -> None:
    learnt = learn_money("$1,299.00")
    assert isinstance(learnt, AmountFormat)
    with pytest.raises(ValueError, match="not an amount"):
        learnt.parse(source)
