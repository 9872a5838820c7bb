"""Reading tables: snapshots of one LMDB transaction, for workers (read-only) and the agent alike."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import NamedTuple, Self

import lmdb

from edge.store.reading import begin, latest_txn_id, log_damage
from edge.store.row import Row
from edge.store.table_records import SEQ, TableDatabases, generation_key, row_key, split_row_key, unpack
from edge.store.translate import translate


class Change(NamedTuple):
    """A row and the number of its latest change on this node. Numbers grow with every change and are never reused."""

    seq: int
    table: str
    key: str
    row: Row


class Snapshot:
    """The tables at one instant. Use it in one ``with`` block and never across an ``await``.

    A damaged row counts as absent and is reported to the reader's ``on_damage``. LMDB's failures leave as StoreError.
    """

    __slots__ = ("_dbs", "_env", "_on_damage", "_txn")

    _txn: lmdb.Transaction[bytes]

    def __init__(self, env: lmdb.Environment, dbs: TableDatabases, on_damage: Callable[[str], None]) -> None:
        self._env = env
        self._dbs = dbs
        self._on_damage = on_damage

    def __enter__(self) -> Self:
        self._txn = begin(self._env)
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        self._txn.abort()
        if isinstance(exc, lmdb.Error):
            raise translate(exc) from exc

    @property
    def txn_id(self) -> int:
        """Equal ids mean that nothing at all has changed in between."""
        return self._txn.id()

    def get(self, table: str, key: str) -> Row | None:
        """The row held, tombstones included; None when there never was one. Raises RowError for an impossible key."""
        stored_key = row_key(table, key)
        raw = self._txn.get(stored_key, db=self._dbs.rows)
        return self._row(stored_key, raw) if raw is not None else None

    def generation(self, table: str) -> int:
        """A number that grows with every change to the table; 0 before the first."""
        return self._number(generation_key(table.encode()))

    def last_seq(self) -> int:
        """The number of the latest change to any row; 0 before the first."""
        return self._number(b"seq")

    def scan(
        self, table: str, prefix: str = "", *, after: str | None = None, limit: int, tombstones: bool = False
    ) -> list[tuple[str, Row]]:
        """Up to ``limit`` (key, row) in key order whose key begins with ``prefix`` and comes after ``after``."""
        start = table.encode() + b"\0" + prefix.encode()
        resume = row_key(table, after) + b"\0" if after else start
        found: list[tuple[str, Row]] = []
        with self._txn.cursor(db=self._dbs.rows) as cursor:
            more = cursor.set_range(max(start, resume))
            while more and len(found) < limit and cursor.key().startswith(start):
                row = self._row(cursor.key(), cursor.value())
                if row is not None and (tombstones or row.value is not None):
                    found.append((split_row_key(cursor.key())[1], row))
                more = cursor.next()
        return found

    def changed_since(self, seq: int, *, limit: int) -> list[Change]:
        """Up to ``limit`` rows changed after change ``seq``, oldest first, each once and as it is now."""
        found: list[Change] = []
        with self._txn.cursor(db=self._dbs.changes) as cursor:
            more = cursor.set_range(SEQ.pack(seq + 1))
            while more and len(found) < limit:
                change, stored_key = SEQ.unpack(cursor.key())[0], cursor.value()
                raw = self._txn.get(stored_key, db=self._dbs.rows)
                record = self._record(stored_key, raw) if raw is not None else None
                if record is not None and record[0] == change:  # a damaged row may have left an older change behind
                    found.append(Change(change, *split_row_key(stored_key), record[1]))
                more = cursor.next()
        return found

    def dirty(self, *, limit: int) -> list[tuple[str, str]]:
        """Up to ``limit`` (table, key) that this node has yet to publish."""
        with self._txn.cursor(db=self._dbs.dirty) as cursor:
            keys = (split_row_key(key) for key in cursor.iternext(keys=True, values=False))
            return [key for key, _ in zip(keys, range(limit), strict=False)]

    def _number(self, key: bytes) -> int:
        raw = self._txn.get(key, db=self._dbs.meta)
        return int(SEQ.unpack(raw)[0]) if raw is not None else 0

    def _row(self, stored_key: bytes, raw: bytes) -> Row | None:
        record = self._record(stored_key, raw)
        return record[1] if record is not None else None

    def _record(self, stored_key: bytes, raw: bytes) -> tuple[int, Row] | None:
        record = unpack(raw)
        if record is None:
            self._on_damage("row {} {}".format(*split_row_key(stored_key)))
        return record


class TableReader:
    """Reads an open ``tables`` environment. For the threads of one process; holds nothing between calls.

    ``on_damage`` is called with a description of each damaged row met.
    """

    def __init__(self, env: lmdb.Environment, *, on_damage: Callable[[str], None] = log_damage) -> None:
        self._env = env
        self._dbs = TableDatabases(env)
        self._on_damage = on_damage

    def snapshot(self) -> Snapshot:
        """All tables at one instant; enter it with ``with``."""
        return Snapshot(self._env, self._dbs, self._on_damage)

    def txn_id(self) -> int:
        """The id of the latest commit; a fraction of a microsecond, so a worker can ask on every request."""
        return latest_txn_id(self._env)
