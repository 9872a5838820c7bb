"""Statements of a feed become rows: only those that change something, as events of the time they were first said."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec

from edge.admin.rows import packed, unpacked
from edge.feeds.dating import AgeLimits, event_version
from edge.feeds.memory import Memory, Pending
from edge.feeds.threads import in_thread
from edge.model import Ms
from edge.store.tables import Expect, PreconditionFailed, Row, TableReader, TableWriter
from renderers import rows
from renderers.page import Values
from renderers.rows import RowProblem

_BATCH = 500
"""Rows read, compared and written together."""
_ATTEMPTS = 3
"""A row that others change between reading and writing is judged again so often, then left alone until next time."""


class Tables(NamedTuple):
    """The tables as feeds use them."""

    reader: TableReader
    writer: TableWriter
    max_age_ms: Mapping[str, Ms]
    """By table; tables whose rows never grow too old are left out."""
    now_ms: Callable[[], Ms]

    def last_seq(self) -> int:
        """The number of the latest change to any row."""
        with self.reader.snapshot() as snapshot:
            return snapshot.last_seq()


@dataclass(slots=True)
class Applied:
    """What came of a reading."""

    changed: Counter[str] = field(default_factory=Counter)
    """Rows that took effect, by table."""
    problems: list[str] = field(default_factory=list)
    """Statements that do not fit the row held."""


class _Change(NamedTuple):
    """One row to state, if it is still as it was when that was decided."""

    pending: Pending
    value: bytes
    source_version: int
    expect: Expect


async def apply(memory: Memory, tables: Tables, *, confirmed_ms: Ms) -> Applied:
    """State every row that the last reading changes. ``confirmed_ms``: when the source was asked. Raises StoreError."""
    applied = Applied()
    after = ("", "")
    while batch := await in_thread(memory.pending, after, limit=_BATCH):
        after = (batch[-1].table, batch[-1].key)
        for _ in range(_ATTEMPTS):
            changes = await in_thread(_plan, tables, batch, confirmed_ms, applied.problems)
            outcomes = await asyncio.gather(*(_state(tables.writer, change) for change in changes))
            done = [change for change, held in zip(changes, outcomes, strict=True) if held]
            applied.changed.update(change.pending.table for change in done)
            anew = [(pending.table, pending.key) for pending, _, version, _ in done if version == confirmed_ms]
            if anew:
                await in_thread(memory.confirmed, anew, confirmed_ms)
            batch = [change.pending for change, held in zip(changes, outcomes, strict=True) if held is None]
            if not batch:
                break
    return applied


async def _state(writer: TableWriter, change: _Change) -> bool | None:
    """Whether the row took effect; None when it had changed meanwhile."""
    table, key = change.pending.table, change.pending.key
    try:
        outcome = await writer.put(table, key, change.value, source_version=change.source_version, expect=change.expect)
    except PreconditionFailed:
        return None
    return outcome.applied


def _plan(tables: Tables, batch: Sequence[Pending], confirmed_ms: Ms, problems: list[str]) -> list[_Change]:
    """What is to be stated, by the rows held now."""
    changes = []
    now_ms = tables.now_ms()
    with tables.reader.snapshot() as snapshot:
        held = [snapshot.get(pending.table, pending.key) for pending in batch]
    for pending, row in zip(batch, held, strict=True):
        old = _values(row)
        try:
            new = rows.merge(pending.table, old or {}, pending.patch)
            value = packed(new)
        except RowProblem as exc:
            problems.append(f"{pending.table} {pending.key}: {exc}")
            continue
        version = event_version(
            row,
            same=old is not None and rows.agrees(new, old) and rows.agrees(old, new),
            said_ms=pending.since_ms,
            confirmed_ms=confirmed_ms,
            age_limits=AgeLimits(tables.max_age_ms.get(pending.table), now_ms),
        )
        if version is not None:
            changes.append(_Change(pending, value, version, _as_it_is(row)))
    return changes


def _values(row: Row | None) -> Values | None:
    """What the row says; None when there is none, or one that cannot be read and so is written anew."""
    if row is None or row.value is None:
        return None
    try:
        return unpacked(row.value)
    except msgspec.MsgspecError:
        return None


def _as_it_is(row: Row | None) -> Expect:
    return Expect(none_match=("*",)) if row is None or row.value is None else Expect(match=(row.etag,))
