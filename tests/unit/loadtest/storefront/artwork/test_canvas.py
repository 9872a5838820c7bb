"""Colours and outlines."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from loadtest.storefront.artwork.canvas import mix, shade, turned

colours = st.from_regex(r"#[0-9a-f]{6}", fullmatch=True)


@given(colours, st.floats(-1, 1))
def test_a_shade_is_a_colour(colour: str, amount: float) -> None:
    assert re.fullmatch(r"#[0-9a-f]{6}", shade(colour, amount))


@given(colours, colours)
def test_the_ends_of_a_mix_and_of_a_shade_are_pure(one: str, other: str) -> None:
    assert (mix(one, other, 0), mix(one, other, 1)) == (one, other)
    assert (shade(one, 0), shade(one, 1), shade(one, -1)) == (one, "#ffffff", "#000000")


def test_a_turned_outline_is_symmetrical() -> None:
    numbers = [
        float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", turned([(40, 100), (90, 300), (60, 500)], "none"))
    ]
    across = numbers[0::2]
    assert (min(across), max(across)) == (400 - max(across) + 400, max(across))
    assert 490 in across
    assert 310 in across
