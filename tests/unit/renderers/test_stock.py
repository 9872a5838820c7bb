"""A shop's own words about stock, gathered from the pages it shows."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renderers.faults import Missing, Unprintable
from renderers.page import Values
from renderers.stock import StockFormat, learn_stock


class Case(NamedTuple):
    raw: str
    states: Values
    prints: dict[int, str | None]
    """Quantities and what is then written; None: nothing known for it."""
    hint: Values | None = None


CASES = [
    Case("Only 3 left", {"quantity": 3}, {1: "Only 1 left", 5: "Only 5 left", 6: None, 0: None}),
    Case("Only 8 left", {"quantity": 8}, {8: "Only 8 left", 9: None}),
    Case(
        "In stock (13 available)",
        {"quantity": 13},
        {1: "In stock (1 available)", 900: "In stock (900 available)", 0: None},
    ),
    Case("<b>1,300</b> available", {"quantity": 1300}, {12345: "<b>12,345</b> available"}),
    Case("0 in stock", {"quantity": 0}, {0: "0 in stock", 5: "5 in stock"}),
    Case("Out of stock", {"availability": "OutOfStock"}, {0: "Out of stock", -2: "Out of stock", 1: None}),
    Case("Ausverkauft", {"availability": "OutOfStock"}, {0: "Ausverkauft"}),
    Case("In stock", {"availability": "InStock"}, {1: "In stock", 50: "In stock", 0: None}),
    Case(
        "Auf Lager, in 1-3 Werktagen bei Ihnen",
        {"availability": "InStock"},
        {4: "Auf Lager, in 1-3 Werktagen bei Ihnen"},
    ),
    Case("10+ available", {"availability": "InStock"}, {40: "10+ available"}),
    Case("More than 10 in stock", {"availability": "InStock"}, {40: "More than 10 in stock"}),
    Case("Last items", {"availability": "LimitedAvailability"}, {2: "Last items", 40: None}),
    Case("Currently not available", {"availability": "OutOfStock"}, {0: "Currently not available"}),
    Case("Coming home soon", {"availability": "OutOfStock"}, {0: "Coming home soon"}, {"availability": "SoldOut"}),
    Case("Dispo &#8211; 4 pièces", {"quantity": 4}, {7: "Dispo &#8211; 7 pièces"}),
    Case("4 left of 20 in stock", {"quantity": 4}, {5: "5 left of 20 in stock"}, {"quantity": 4}),
]


def learnt(raw: str, hint: Values | None = None) -> StockFormat:
    form = learn_stock(raw, hint)
    assert isinstance(form, StockFormat), form
    return form


def written(form: StockFormat, value: object) -> str | None:
    try:
        return form.print(value)
    except Missing:
        return None


@pytest.mark.parametrize("case", CASES, ids=[c.raw for c in CASES])
def test_a_sentence_teaches_its_state(case: Case) -> None:
    form = learnt(case.raw, case.hint)
    assert form.parse(case.raw) == case.states
    assert form.print(case.states) == case.raw
    assert {quantity: written(form, {"quantity": quantity}) for quantity in case.prints} == case.prints


@pytest.mark.parametrize(
    ("raw", "hint", "reason"),
    [
        ("3 left of 20 in stock", None, "2 numbers"),
        ("Coming home soon", None, "offers/availability"),
        ("1.5 left", None, "no count"),
        ("٣ left", None, "Arabic-indic"),
        ("", None, "not known"),
    ],
)
def test_an_unclear_sentence_is_refused_with_a_reason(raw: str, hint: Values | None, reason: str) -> None:
    refusal = learn_stock(raw, hint)
    assert isinstance(refusal, str)
    assert reason in refusal


def test_pages_of_a_kind_teach_each_other() -> None:
    form = learnt("In stock (13 available)").joined(learnt("Only 3 left")).joined(learnt("Out of stock"))
    words = {quantity: form.print({"quantity": quantity}) for quantity in (0, 1, 3, 4, 13)}
    assert words == {
        0: "Out of stock",
        1: "Only 1 left",
        3: "Only 3 left",
        4: "In stock (4 available)",
        13: "In stock (13 available)",
    }


def test_a_page_s_own_wording_goes_first() -> None:
    form = learnt("In stock (13 available)").joined(learnt("Only 20 left")).joined(learnt("13 in the shop, only few"))
    assert form.print({"quantity": 13}) == "In stock (13 available)"


def test_one_piece_and_many_are_worded_apart() -> None:
    form = learnt("1 item available").joined(learnt("7 items available"))
    assert form.print({"quantity": 1}) == "1 item available"
    assert form.print({"quantity": 2}) == "2 items available"


def test_the_stated_availability_goes_before_the_quantity() -> None:
    form = learnt("In stock (13 available)").joined(learnt("Out of stock"))
    assert form.print({"quantity": 5, "availability": "OutOfStock"}) == "Out of stock"
    assert form.print({"quantity": 5, "availability": "InStock"}) == "In stock (5 available)"
    assert written(form, {"availability": "InStock"}) is None
    assert written(form, {"availability": "PreOrder"}) is None
    assert written(form, {}) is None


def test_a_state_of_its_own_is_learnt_under_its_name() -> None:
    form = learnt("Pre-order now, available in May", {"availability": "PreOrder"})
    assert form.parse("Pre-order now, available in May") == {"availability": "PreOrder"}
    assert form.print({"availability": "PreOrder"}) == "Pre-order now, available in May"
    assert written(form, {"quantity": 4}) is None


def test_a_quantity_or_a_name_alone_is_enough() -> None:
    form = learnt("Only 3 left").joined(learnt("Sold out"))
    assert form.print(2) == "Only 2 left"
    assert form.print(0) == "Sold out"
    assert form.print("SoldOut") == "Sold out"


@pytest.mark.parametrize("value", [True, 1.5, ["InStock"], {"quantity": "3"}])
def test_anything_else_is_unprintable(value: object) -> None:
    with pytest.raises(Unprintable):
        learnt("Only 3 left").print(value)


@given(st.sampled_from(["Only {} left", "{} available", "In stock ({})", "<b>{}</b> pieces"]), st.integers(0, 999_999))
def test_every_count_is_read_back(sentence: str, count: int) -> None:
    form = learnt(sentence.format(count))
    assert form.parse(form.print({"quantity": count})) == {"quantity": count}
    assert form.print(form.parse(sentence.format(count))) == sentence.format(count)


@given(st.text("0123456789 onlyleftinstk<b>-+&#;", max_size=24))
def test_any_text_is_learnt_exactly_or_refused(raw: str) -> None:
    form = learn_stock(raw)
    if isinstance(form, StockFormat):
        assert form.print(form.parse(raw)) == raw


@pytest.mark.parametrize("source", ["Only x left", "Only 3", "only 3 left", "Only 03 left"])
def test_another_sentence_is_not_parsed(source: str) -> None:
    with pytest.raises(ValueError, match="not one of the sentences"):
        learnt("Only 3 left").parse(source)
