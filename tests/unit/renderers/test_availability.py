"""Each spelling of schema.org's availability names is kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renderers.availability import NAMES, AvailabilityFormat, availability_name, learn_availability
from renderers.faults import Missing, Unprintable


@pytest.mark.parametrize(
    ("raw", "out", "preorder"),
    [
        ("https://schema.org/InStock", "https://schema.org/OutOfStock", "https://schema.org/PreOrder"),
        ("http://schema.org/InStock", "http://schema.org/OutOfStock", "http://schema.org/PreOrder"),
        ("InStock", "OutOfStock", "PreOrder"),
        ("in_stock", "out_of_stock", "preorder"),
        ("in stock", "out of stock", "preorder"),
        ("in-stock", "out-of-stock", "preorder"),
        ("instock", "outofstock", "preorder"),
        ("IN_STOCK", "OUT_OF_STOCK", "PREORDER"),
        ("INSTOCK", "OUTOFSTOCK", "PREORDER"),
        ("inStock", "outOfStock", "preOrder"),
        ("In stock", "Out of stock", "Preorder"),
        ("In Stock", "Out Of Stock", "Preorder"),
    ],
)
def test_other_names_are_spelt_as_the_sample_was(raw: str, out: str, preorder: str) -> None:
    learnt = learn_availability(raw)
    assert isinstance(learnt, AvailabilityFormat)
    assert learnt.parse(raw) == "InStock"
    assert learnt.print("InStock") == raw
    assert learnt.print({"availability": "OutOfStock"}) == out
    assert learnt.print("PreOrder") == preorder
    assert availability_name(f" {out}\n") == "OutOfStock"


@given(st.builds(AvailabilityFormat, st.just(""), st.integers(0, 9)), st.sampled_from(NAMES))
def test_every_name_is_read_back(form: AvailabilityFormat, name: str) -> None:
    assert form.parse(form.print(name)) == name
    learnt = learn_availability(form.print(name))
    assert isinstance(learnt, AvailabilityFormat)
    assert learnt.print(learnt.parse(form.print(name))) == form.print(name)


@pytest.mark.parametrize(
    "raw", ["", "yes", "https://schema.org/", "https://schema.org/in_stock", "https://example.org/InStock"]
)
def test_other_text_is_refused(raw: str) -> None:
    refusal = learn_availability(raw)
    assert isinstance(refusal, str)
    assert "inventory | stock" in refusal
    assert availability_name(raw) is None


def test_a_row_without_availability_is_missing_and_an_unknown_name_unprintable() -> None:
    form = AvailabilityFormat("", 0)
    with pytest.raises(Missing):
        form.print({})
    with pytest.raises(Unprintable):
        form.print("Plenty")
    with pytest.raises(ValueError, match="not written as"):
        form.parse("plenty")
