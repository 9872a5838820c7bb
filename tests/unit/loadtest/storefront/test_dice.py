"""Choices that repeat."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from loadtest.storefront.dice import Dice


def test_choices_are_the_same_on_every_machine() -> None:
    dice = Dice("AO-SEA-0001")
    assert dice.whole("pinned", 0, 999) == 373
    assert dice.between("pinned", 0, 1) == 0.4
    assert dice.pick("pinned", "abcdef") == "c"


@given(st.text(), st.text(), st.integers(-50, 50), st.integers(0, 100))
def test_choices_stay_within_their_bounds(seed: str, label: str, low: int, width: int) -> None:
    dice = Dice(seed)
    assert low <= dice.whole(label, low, low + width) <= low + width
    assert low <= dice.between(label, low, low + width) <= low + width


@given(st.text(), st.lists(st.integers(), unique=True), st.integers(0, 12))
def test_a_sample_repeats_nothing(seed: str, options: list[int], count: int) -> None:
    chosen = Dice(seed).sample("label", options, count)
    assert len(chosen) == len(set(chosen)) == min(count, len(options))
    assert set(chosen) <= set(options)


def test_labels_are_independent_and_spread() -> None:
    dice = Dice("seed")
    rolled = [dice.whole(f"label {number}", 1, 6) for number in range(600)]
    assert min(rolled.count(face) for face in range(1, 7)) > 60
