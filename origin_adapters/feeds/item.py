"""What a feed says of one product, whatever its format: rows as merge patches, or why an item is not taken."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from renderers import rows
from renderers.rows import RowProblem

Patch = dict[str, object]
"""A row as a JSON merge patch (RFC 7396): None where the feed says that there is no such value."""


class Item(msgspec.Struct, frozen=True):
    """One product of a feed."""

    line: int
    """Where it begins, counted from 1."""
    key: str
    patches: dict[str, Patch]
    """By table; what the feed does not speak of is not there."""
    updated_ms: int | None = None
    """When the item says it last changed: Unix milliseconds; None when it does not say."""
    remarks: tuple[str, ...] = ()
    """What of the item was left out, and why."""


class BadItem(msgspec.Struct, frozen=True):
    """A product whose rows keep what they had."""

    line: int
    key: str | None
    reason: str
    """What is wrong; what to write."""


class FeedBroken(ValueError):
    """The feed as a whole cannot be believed: nothing of it counts. ``line`` None: no line is to blame."""

    def __init__(self, line: int | None, detail: str, remedy: str) -> None:
        place = f"line {line}: " if line is not None else ""
        super().__init__(f"{place}{detail}; {remedy}")
        self.line = line


def item(line: int, key: str, stated: Mapping[str, Patch], updated_ms: int | None = None) -> Item | BadItem:
    """The item whose patches are ``stated``, each made canonical, or the first reason why it cannot be."""
    patches: dict[str, Patch] = {}
    for table, patch in stated.items():
        try:
            patches[table] = canonical(table, patch)
        except RowProblem as exc:
            return BadItem(line, key, f"{table}.{exc}" if exc.field else f"{table}: {exc}")
    if not patches:
        return BadItem(line, key, "it states no price, no stock and nothing else; fill at least one of its fields")
    return Item(line, key, patches, updated_ms)


def canonical(table: str, patch: Patch) -> Patch:
    """The patch with its values as the table keeps them, Nones kept. Raises RowProblem."""
    none: Patch = {name: None for name, value in patch.items() if value is None}
    return none | rows.merge(table, {}, patch)
