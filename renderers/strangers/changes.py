"""Places where two outlines differ, before anything is said about them."""

from __future__ import annotations

import enum
from typing import NamedTuple

from renderers.strangers.outline import Node

Extent = tuple[int, int]
"""Bytes from, and up to but not including."""


class Spot(enum.Enum):
    """What differs."""

    TEXT = "text"
    ATTRIBUTE = "attribute"
    VALUE = "value in a script"
    CODE = "script"
    STYLE = "style"
    COMMENT = "comment"
    BLOCK = "block"
    """Elements or text that have nothing to correspond to."""
    ORDER = "order"
    """The same blocks in another order; what differs inside them is told apart from it."""
    SPACE = "space"
    SPELLING = "spelling"
    """The same tag or JSON, written otherwise."""


class Change(NamedTuple):
    """One place where the outlines differ. Ranges are bytes of either outline's source."""

    spot: Spot
    at: Extent
    other_at: Extent
    node: Node
    """The element that has the attribute, or is around the difference."""
    other: Node
    first: bytes | None
    """The differing value as written; None: not there at all."""
    second: bytes | None
    name: str = ""
    """Of an attribute or of a value in a script (the path to it, with dots)."""
    label: str = ""
    """What the page calls the value: of a form field or a meta its ``name``, else ``name``."""
    hidden: bool = False
    """The value of a hidden form field."""
    pointer: tuple[str, ...] | None = None
