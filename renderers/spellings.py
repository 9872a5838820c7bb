"""Characters that may be written in more than one way, and which way a source text uses.

A style is one integer: the picks of several choices in mixed radix, so that it stays small in the store. Pick 0 of each
choice is the one used when the source shows no evidence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple


class Choice(NamedTuple):
    """One class of characters and the ways in which a source may write its members."""

    concerns: re.Pattern[str]
    """Matches exactly the characters of the class."""
    ways: tuple[Callable[[str], str], ...]


def literally(char: str) -> str:
    """The character itself."""
    return char


def always(source: str) -> Callable[[str], str]:
    """A way that writes ``source`` for the one character of its class."""
    return lambda _char: source


def combinations(choices: Sequence[Choice]) -> int:
    """How many styles ``choices`` allow."""
    total = 1
    for choice in choices:
        total *= len(choice.ways)
    return total


def picks(choices: Sequence[Choice], style: int) -> tuple[int, ...]:
    """The pick of each choice in ``style``."""
    found: list[int] = []
    for choice in choices:
        style, pick = divmod(style, len(choice.ways))
        found.append(pick)
    return tuple(found)


def learn(choices: Sequence[Choice], tokens: Iterable[tuple[str, str]]) -> int | None:
    """The style in which each (character, source) token is written; None when no single style explains them all."""
    left = [set(range(len(choice.ways))) for choice in choices]
    for char, source in tokens:
        for index, choice in enumerate(choices):
            if choice.concerns.fullmatch(char):
                left[index] = {pick for pick in left[index] if choice.ways[pick](char) == source}
    if not all(left):
        return None
    style = 0
    for choice, remaining in zip(reversed(choices), reversed(left), strict=True):
        style = style * len(choice.ways) + min(remaining)
    return style
