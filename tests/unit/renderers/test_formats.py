"""Formats as they are stored and shared."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renderers.amounts import AmountFormat
from renderers.faults import Missing
from renderers.formats import Format, Hint, enrich, learn, pack, unpack
from renderers.stock import StockFormat


def taught(kind: str, raw: str, hint: Hint = Hint()) -> Format:  # noqa: B008 (frozen)
    form = learn(kind, raw, hint)
    assert not isinstance(form, str), form
    return form


SAMPLES = [
    ("money", "$1,299.00"),
    ("number", "13 pcs"),
    ("plain", "19.90"),
    ("stock", "Only 3 left"),
    ("availability", "in_stock"),
]


@pytest.mark.parametrize(("kind", "raw"), SAMPLES)
def test_a_format_survives_the_store(kind: str, raw: str) -> None:
    form = taught(kind, raw)
    assert unpack(kind, pack(form)) == form
    assert form.print(form.parse(raw)) == raw


@pytest.mark.parametrize(("kind", "raw"), SAMPLES)
def test_nothing_learnt_prints_nothing_but_plain_numbers(kind: str, raw: str) -> None:
    form = unpack(kind, b"")
    if kind == "plain":
        assert form is not None
        assert form.print("5.50") == "5.5"
    else:
        assert form is None
    assert enrich(kind, b"", [(kind, pack(taught(kind, raw)))]) == pack(taught(kind, raw))
    assert enrich(kind, b"", [("padding", b"?"), (kind, b"")]) == b""


def test_hints_reach_what_they_are_for() -> None:
    assert taught("money", "$80 (was $100)", Hint("80.00")).parse("$80 (was $100)") == "80"
    assert taught("money", "1.299", Hint(None, "KWD")).parse("1.299") == "1.299"
    assert taught("money", "$80", Hint(["not an amount"])).parse("$80") == "80"
    assert taught("number", "3 of 7", Hint(7)).parse("3 of 7") == "7"
    assert taught("stock", "3 left of 20", Hint(3)).parse("3 left of 20") == {"quantity": 3}
    assert taught("stock", "Coming home", Hint("SoldOut")).parse("Coming home") == {"availability": "OutOfStock"}


@pytest.mark.parametrize(
    ("own", "other", "amount", "want"),
    [
        ("CHF 19.90", "CHF 1'299.00", "1299", "CHF 1'299.00"),
        ("5 €", "1.299,50 €", "1299.5", "1.299,50 €"),
        ("$19.90", "1.299,50 €", "1299.5", "$1,299.50"),
        ("1299.00 kr", "1,299.00 kr", "12990", "12990.00 kr"),
    ],
)
def test_a_short_sample_takes_group_and_mark_from_a_longer_one(own: str, other: str, amount: str, want: str) -> None:
    form = unpack("money", enrich("money", pack(taught("money", own)), [("money", pack(taught("money", other)))]))
    assert isinstance(form, AmountFormat)
    assert form.print(amount) == want
    assert form.print(form.parse(own)) == own


def test_wordings_gather() -> None:
    others = [
        ("stock", pack(taught("stock", raw))) for raw in ("Out of stock", "In stock (13 available)", "Out of stock")
    ]
    form = unpack("stock", enrich("stock", pack(taught("stock", "Only 3 left")), others))
    assert isinstance(form, StockFormat)
    assert len(form.wordings) == 3
    assert form.print({"quantity": 0}) == "Out of stock"
    missing = unpack("stock", pack(taught("stock", "Only 3 left")))
    assert missing is not None
    with pytest.raises(Missing):
        missing.print({"quantity": 0})


MONEY = st.sampled_from(
    ["$5", "$19.99", "5 €", "1.299,00 €", "CHF 5.–", "1 299,00 kr", "$1,299", "¥1,299", "₹1,29,900"]
)


@given(MONEY, st.lists(MONEY, max_size=4))
def test_what_was_learnt_prints_as_before(own: str, others: list[str]) -> None:
    form = unpack(
        "money", enrich("money", pack(taught("money", own)), [("money", pack(taught("money", o))) for o in others])
    )
    assert form is not None
    assert form.print(form.parse(own)) == own
