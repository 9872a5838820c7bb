"""One table row and the order that every node keeps rows in. Pure: the time and the node's name are arguments."""

from __future__ import annotations

import hashlib

import msgspec

from edge.errors import RowError


class Row(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What is kept under one table key (design, section 4). A MessagePack array in the store: append, never reorder."""

    epoch: int
    source_version: int
    """The event source's own version or time; 0 for a write by an operator."""
    version: int
    """Unix milliseconds, or one more than the version it replaced if that is larger."""
    node: str
    value: bytes | None
    """A MessagePack map. None is a tombstone, which keeps a late old write from reviving the row."""
    surpassed: int = 0
    """For a write: the newest source version it or the writes under it replaced. An event must be newer to count."""

    @property
    def order(self) -> tuple[int, int, int, str]:
        """The later row is the one every node keeps, whatever order rows arrive in."""
        return (self.epoch, self.source_version, self.version, self.node)

    @property
    def etag(self) -> str:
        """Strong entity-tag of the row, quotes included (RFC 9110 §8.8.3); equal on every node that holds this row."""
        return f'"{hashlib.blake2b(repr(self.order).encode(), digest_size=10).hexdigest()}"'

    def beats(self, other: Row | None) -> bool:
        """Whether this row replaces ``other``; anything replaces nothing."""
        return other is None or self.order > other.order


def next_row(held: Row | None, value: bytes | None, *, node: str, now_ms: int, source_version: int = 0) -> Row:
    """The row that stating ``value`` (None deletes) on this node makes of ``held``; ``held`` itself if it counts not.

    ``source_version`` 0 is a write: it takes the held epoch, plus one if it replaces an event, and so beats every event
    under way. Above 0 it is an event: it keeps the held epoch, and counts only if newer than what its source said.
    """
    if held is None:
        return Row(0, source_version, now_ms, node, value)
    version = max(now_ms, held.version + 1)
    if source_version == 0:
        surpassed = max(held.source_version, held.surpassed)
        return Row(held.epoch + (held.source_version > 0), 0, version, node, value, surpassed)
    known = max(held.source_version, held.surpassed)
    if source_version < known or (source_version == known and (held.source_version == 0 or held.value == value)):
        return held
    return Row(held.epoch, source_version, version, node, value)


class PreconditionFailed(RowError):
    """The row is not as the caller expected. ``row`` is what is held, None when there is none."""

    status = 412

    def __init__(self, row: Row | None) -> None:
        state = f"its ETag is {row.etag}" if row is not None and row.value is not None else "it does not exist"
        super().__init__(f"the row is not as expected: {state}; read it again, then repeat the change")
        self.row = row


class Expect(msgspec.Struct, frozen=True):
    """A write's preconditions (RFC 9110 §13.1.1, §13.1.2): entity-tags, or ``("*",)`` for any row. None: not asked."""

    match: tuple[str, ...] | None = None
    none_match: tuple[str, ...] | None = None

    def check(self, row: Row | None) -> None:
        """Raises PreconditionFailed. A tombstone is no row."""
        live = row if row is not None and row.value is not None else None
        if self.match is not None and not _names(self.match, live):
            raise PreconditionFailed(row)
        if self.none_match is not None and _names(self.none_match, live):
            raise PreconditionFailed(row)


def _names(tags: tuple[str, ...], row: Row | None) -> bool:
    return row is not None and ("*" in tags or row.etag in tags)
