"""Writing tables. Each call returns once its rows are on disk; calls that arrive together share a commit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import lmdb

from edge import clock
from edge.store.row import Expect, Row, next_row
from edge.store.table_records import TableDatabases, held_row, row_key, store_row
from edge.store.writer import Writer

ANY = Expect()

Statement = Callable[[Row | None], bytes | None]
"""From the row held to the value to store; None deletes."""


class Put(NamedTuple):
    """One row of a bulk write. ``value`` None deletes."""

    table: str
    key: str
    value: bytes | None
    source_version: int = 0


class Outcome(NamedTuple):
    """The row held after a write, and whether this write is what made it so (an old event does not)."""

    row: Row
    applied: bool


class TableWriter:
    """Writes rows as node ``node``. ``dirty`` keeps a dirty mark for each row changed here.

    All methods raise RowError for a key that cannot be one, StoreFull when the disk or the map has no room.
    """

    def __init__(
        self,
        env: lmdb.Environment,
        writer: Writer,
        *,
        node: str,
        dirty: bool = False,
        now_ms: Callable[[], int] = clock.now_ms,
    ) -> None:
        self._dbs = TableDatabases(env)
        self._writer = writer
        self._node = node
        self._dirty = dirty
        self._now_ms = now_ms
        self.on_applied: Callable[[str], None] = lambda _table: None
        """Called with the table of each row stated here that took effect."""

    async def put(
        self, table: str, key: str, value: bytes, *, source_version: int = 0, expect: Expect = ANY
    ) -> Outcome:
        """State a row. Above 0, ``source_version`` makes it an event. Raises PreconditionFailed."""
        return await self._state((table, key), _stating(value), source_version, expect)

    async def delete(self, table: str, key: str, *, source_version: int = 0, expect: Expect = ANY) -> Outcome:
        """Leave a tombstone, whether or not there was a row. Raises PreconditionFailed."""
        return await self._state((table, key), _stating(None), source_version, expect)

    async def patch(
        self,
        table: str,
        key: str,
        merge: Callable[[bytes | None], bytes],
        *,
        source_version: int = 0,
        expect: Expect = ANY,
    ) -> Outcome:
        """State what ``merge`` makes of the value held (None: no row), read and written in one transaction.

        ``merge`` runs on the writer thread; what it raises undoes the patch and reaches the caller.
        """
        return await self._state((table, key), lambda held: merge(held.value if held else None), source_version, expect)

    async def put_many(self, rows: Iterable[Put]) -> list[Outcome]:
        """State rows in one transaction, all or none; one outcome per row, in order."""
        keyed = [(row_key(put.table, put.key), put) for put in rows]

        def write(txn: lmdb.Transaction[bytes]) -> list[Outcome]:
            return [self._next(txn, key, _stating(put.value), put.source_version, ANY) for key, put in keyed]

        outcomes = await self._writer.run(write)
        for (_, put), outcome in zip(keyed, outcomes, strict=True):
            if outcome.applied:
                self.on_applied(put.table)
        return outcomes

    async def apply(self, rows: Sequence[tuple[str, str, Row]]) -> int:
        """Keep rows (table, key, row) of other nodes where they beat what is held; returns how many did.

        Idempotent, and whatever order rows arrive in, every node ends with the same ones. Leaves no dirty marks.
        """
        keyed = [(row_key(table, key), row) for table, key, row in rows]

        def write(txn: lmdb.Transaction[bytes]) -> int:
            applied = 0
            for key, row in keyed:
                if row.beats(held_row(txn, self._dbs, key)):
                    store_row(txn, self._dbs, key, row)
                    applied += 1
            return applied

        return await self._writer.run(write)

    async def published(self, rows: Sequence[tuple[str, str, Row]]) -> None:
        """Drop the dirty marks of rows that are still the ones published; a row changed meanwhile stays dirty."""
        keyed = [(row_key(table, key), row) for table, key, row in rows]

        def write(txn: lmdb.Transaction[bytes]) -> None:
            for key, row in keyed:
                held = held_row(txn, self._dbs, key)
                if held is None or held.order == row.order:
                    txn.delete(key, db=self._dbs.dirty)

        await self._writer.run(write)

    async def _state(self, name: tuple[str, str], statement: Statement, source_version: int, expect: Expect) -> Outcome:
        key = row_key(*name)
        outcome = await self._writer.run(lambda txn: self._next(txn, key, statement, source_version, expect))
        if outcome.applied:
            self.on_applied(name[0])
        return outcome

    def _next(
        self, txn: lmdb.Transaction[bytes], key: bytes, statement: Statement, source_version: int, expect: Expect
    ) -> Outcome:
        held = held_row(txn, self._dbs, key)
        expect.check(held)
        row = next_row(held, statement(held), node=self._node, now_ms=self._now_ms(), source_version=source_version)
        if held is not None and not row.beats(held):
            return Outcome(held, applied=False)
        store_row(txn, self._dbs, key, row)
        if self._dirty:
            txn.put(key, b"", db=self._dbs.dirty)
        return Outcome(row, applied=True)


def _stating(value: bytes | None) -> Statement:
    return lambda _: value
