"""Fills, both ways: what the origin's bytes say (read), and a slot's bytes from rows (fragment)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import msgspec

from renderers.fills import Fill, FillError, compile_fill
from renderers.page import Learnt, Sink, Values

__all__ = [
    "Fill",
    "FillError",
    "Missing",
    "Read",
    "Scope",
    "Unprintable",
    "Visitor",
    "Vocabulary",
    "compile_fill",
    "enrich",
    "fragment",
    "read",
]

Vocabulary = Sequence[tuple[str, bytes]]
"""Formats learnt for the same slot of other pages of the kind: the shape of ``Learnt.formats``."""


class Missing(LookupError):
    """A row, field or wording the fill needs is not there: this slot keeps the origin's bytes."""


class Unprintable(ValueError):
    """A value that this sink or format cannot hold: every slot of that (sku, table) keeps the origin's bytes."""


class Visitor(Protocol):
    """What a fill may ask of the visitor."""

    def csrf(self, name: str) -> str:
        """The visitor's own token: the value of the cookie ``name``."""


class Scope(msgspec.Struct, frozen=True):
    """The values one fragment is made of. ``rows``: effective values by table, None when there is no row."""

    rows: Mapping[str, Values | None]
    place: Mapping[str, object] | None = None
    visitor: Visitor | None = None


class Read(msgspec.Struct, frozen=True):
    """What one slot's bytes teach. ``values``: fields by table; amounts as shortest decimal strings ("1299", "19.9")."""

    learnt: Learnt
    values: dict[str, Values]


def read(
    fill: Fill,
    sink: Sink,
    raw: str,
    known: Mapping[str, Values],
    *,
    quote: str | None = None,
    vocabulary: Vocabulary = (),
) -> Read | str:
    """What ``raw`` says, or a sentence why it cannot be read.

    ``quote`` (attributes only): the character before the value, ``"`` or ``'``, "" when unquoted, None when unknown.
    """
    raise NotImplementedError


def enrich(learnt: Learnt, vocabulary: Vocabulary) -> Learnt:
    """``learnt`` with what other pages of the kind taught about states and groupings this page does not show."""
    raise NotImplementedError


def fragment(fill: Fill, sink: Sink, learnt: Learnt, scope: Scope) -> str:
    """The slot's text. Raises Missing or Unprintable."""
    raise NotImplementedError
