"""Feeds that are one document: asked for, read as a stream, judged whole, and only then believed."""

from __future__ import annotations

import hashlib
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

from edge.admin.rows import key_fault
from edge.config.schema import Feed
from edge.errors import StoreFull
from edge.feeds.applying import Tables, apply
from edge.feeds.dating import said_at_ms
from edge.feeds.fetch import Answer, Asking, Unread, fetch
from edge.feeds.judging import distrust, loss
from edge.feeds.memory import Memory, Statement
from edge.feeds.sources import Source
from edge.feeds.state import FeedState, Health, Validators, shortened, unchanged
from edge.feeds.threads import in_thread, in_thread_until
from edge.feeds.unpacked import unpacked
from edge.fill.origin import OriginClient
from edge.model import Ms
from origin_adapters.feeds import BadItem, ColumnMap, FeedBroken, Item, column_map, read

_BATCH = 1000
_SHOWN = 5
_CONFIRMATIONS = 4
"""So often, in the time a row may grow old, even an unchanged feed is read whole, and its rows confirmed."""


class Outcome(NamedTuple):
    """A reading that counts."""

    state: FeedState
    changed: dict[str, int]
    """Rows that took effect, by table."""


class DocumentFeed:
    """One feed of format google-merchant, csv or ndjson."""

    def __init__(self, feed: Feed, where: Source, memory: Memory, tables: Tables, spool: Path) -> None:
        self._feed = feed
        self._where = where
        self._memory = memory
        self._tables = tables
        self._spool = spool
        self._read_as = read_as(feed)
        self._columns: ColumnMap | None = column_map(feed.columns, feed.currency) if feed.columns else None

    async def read(self, client: OriginClient, state: FeedState, *, by_hand: bool) -> Outcome:
        """Read it if it changed, ``by_hand`` in any case.

        Raises Unread, OriginError, StoreError: then the rows keep what they had, or get the rest at the next reading.
        """
        asked_at_ms = self._tables.now_ms()
        with _spooled(self._spool) as file:
            answer = await fetch(client, self._where, self._asking(state, asked_at_ms, by_hand=by_hand), file)
            if answer is None:
                return Outcome(unchanged(state, asked_at_ms=asked_at_ms), {})
            stop = threading.Event()
            tally = await in_thread_until(stop, lambda: self._stage(file, answer, state, stop))
        await in_thread(self._memory.settle)
        applied = await apply(self._memory, self._tables, confirmed_ms=answer.asked_at_ms)
        known, absent, gone = await in_thread(self._memory.absent, limit=_SHOWN)
        fresh = FeedState(
            health=Health.GOOD,
            detail=loss(known, absent) or "",
            notes=shortened([*tally.notes, *applied.problems, *(f"{key}: no longer in the feed" for key in gone)]),
            asked_at_ms=asked_at_ms,
            good_at_ms=asked_at_ms,
            read_at_ms=asked_at_ms,
            source_ms=answer.source_ms,
            items=tally.items,
            bad=tally.bad + len(applied.problems),
            absent=absent,
            rows_changed=applied.changed.total(),
            validators=answer.validators,
            read_as=self._read_as,
            tables_seq=self._tables.last_seq(),
        )
        return Outcome(fresh, dict(applied.changed))

    def _asking(self, state: FeedState, now_ms: Ms, *, by_hand: bool) -> Asking:
        """Only if it changed; whole if it was read otherwise than it would now, or its rows are to be stated again."""
        limit_bytes = int(self._feed.max_size)
        if by_hand or state.read_as != self._read_as:
            return Asking(Validators(), conditional=False, limit_bytes=limit_bytes)
        ages = [age for table, age in self._tables.max_age_ms.items() if self._may_write(table)]
        due = bool(ages) and now_ms - state.read_at_ms > min(ages) // _CONFIRMATIONS
        conditional = not due and self._tables.last_seq() >= state.tables_seq
        return Asking(state.validators, conditional, limit_bytes)

    def _may_write(self, table: str) -> bool:
        return not self._feed.tables or table in self._feed.tables

    def _stage(self, file: BinaryIO, answer: Answer, state: FeedState, stop: threading.Event) -> _Tally:
        """Read the whole feed into the memory's stage. Raises Unread when it cannot be believed."""
        tally = _Tally()
        plain = unpacked(file, limit_bytes=int(self._feed.max_size), stop=stop)
        found = read(self._feed.format, plain, self._columns, self._feed.currency)
        statements = self._statements(found, answer, state, tally)
        self._memory.begin()
        try:
            while (batch := list(islice(statements, _BATCH))) or tally.unread:
                self._memory.stage(batch, unread=tally.unread)
                tally.unread.clear()
        except FeedBroken as exc:
            raise Unread(f"it cannot be read: {exc}") from exc
        torn, examples = self._memory.torn(limit=_SHOWN)
        for key, line in examples:
            tally.blame(f"line {line}: {key} stands twice and says different things; write it once")
        tally.bad += torn - len(examples)
        if why := distrust(tally.items, tally.bad, tally.first_bad):
            raise Unread(why)
        return tally

    def _statements(
        self, found: Iterator[Item | BadItem], answer: Answer, state: FeedState, tally: _Tally
    ) -> Iterator[Statement]:
        for item in found:
            tally.items += 1
            fault = _fault(item)
            if isinstance(item, BadItem) or fault is not None:
                tally.blame(f"line {item.line}: {item.key or 'an item'}: {fault}")
                if item.key is not None and not isinstance(item, Item):
                    tally.unread.append(item.key)
                continue
            for remark in item.remarks:
                tally.note(f"line {item.line}: {item.key}: left out: {remark}")
            said_ms = said_at_ms(answer.source_ms, item.updated_ms, read_before_ms=state.source_ms)
            for table, patch in item.patches.items():
                if self._may_write(table):
                    yield Statement(table, item.key, patch, said_ms, item.line)


class _Tally:
    """What was met so far."""

    def __init__(self) -> None:
        self.items = 0
        self.bad = 0
        self.notes: list[str] = []
        self.unread: list[str] = []
        """Keys of bad items, for the memory."""
        self.first_bad = ""

    def blame(self, text: str) -> None:
        self.bad += 1
        self.first_bad = self.first_bad or text
        self.note(text)

    def note(self, text: str) -> None:
        if len(self.notes) < _SHOWN:
            self.notes.append(text)


def _fault(item: Item | BadItem) -> str | None:
    if isinstance(item, BadItem):
        return item.reason
    fault = key_fault(item.key)
    return f"{fault[0]}; {fault[1]}" if fault is not None else None


def read_as(feed: Feed) -> str:
    """Digest of what decides how a feed is read: read with another one, it says other things."""
    told = (feed.url, feed.origin, feed.format, sorted(feed.columns.items()), feed.currency, sorted(feed.tables))
    return hashlib.blake2b(repr(told).encode(), digest_size=12).hexdigest()


@contextmanager
def _spooled(folder: Path) -> Iterator[BinaryIO]:
    """A file without a name: gone when it is closed, or when the process dies."""
    try:
        file = cast(BinaryIO, tempfile.TemporaryFile(dir=folder))  # noqa: SIM115 - closed below
    except OSError as exc:
        raise StoreFull(f"no room for the feed: {exc.strerror}") from exc
    with file:
        yield file
