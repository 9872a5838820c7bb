"""Styles as small integers."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renderers.spellings import Choice, always, combinations, learn, literally, picks

CHOICES = (
    Choice(re.compile("a"), (literally, always("A"), always("@"))),
    Choice(re.compile("b"), (always("B"), literally)),
)


@given(st.integers(0, combinations(CHOICES) - 1))
def test_a_style_is_learnt_from_what_it_writes(style: int) -> None:
    one, other = picks(CHOICES, style)
    tokens = [("a", CHOICES[0].ways[one]("a")), ("x", "x"), ("b", CHOICES[1].ways[other]("b"))]
    assert learn(CHOICES, tokens) == style


def test_without_evidence_the_first_way_is_taken() -> None:
    assert learn(CHOICES, [("x", "x")]) == 0
    assert picks(CHOICES, 0) == (0, 0)


@pytest.mark.parametrize("tokens", [[("a", "a"), ("a", "A")], [("b", "?")]])
def test_mixed_or_unknown_spellings_have_no_style(tokens: list[tuple[str, str]]) -> None:
    assert learn(CHOICES, tokens) is None
