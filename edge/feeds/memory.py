"""What a feed said last, and since when: how the next reading tells what is news. One SQLite file for each feed.

Rows cannot tell it: where an operator's row stands over the feed's, what the feed said is no longer in the table. It is
disposable: without it every statement is as old as the feed. Writing it and writing rows are not one transaction, and
need not be: what the feed says is kept first, rows follow, and only then is the feed not read again until it changes.

All methods block; they are for one thread at a time.
"""

from __future__ import annotations

import hashlib
import logging
import sqlite3
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, Self

import msgspec

from edge.errors import StoreError, StoreFull
from edge.feeds.state import FeedState
from edge.model import Ms
from origin_adapters.feeds import Patch

logger = logging.getLogger("vitrine.feeds")

_SCHEMA = """
CREATE TABLE IF NOT EXISTS said (
  tbl TEXT, key TEXT, digest BLOB, since_ms INTEGER, run INTEGER, PRIMARY KEY (tbl, key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS note (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS page (
  target TEXT PRIMARY KEY, read_ms INTEGER DEFAULT 0, changed INTEGER DEFAULT 0) WITHOUT ROWID;
"""
_STAGE = """
DROP TABLE IF EXISTS stage.staged;
CREATE TABLE stage.staged (
  tbl TEXT, key TEXT, patch BLOB, digest BLOB, said_ms INTEGER, line INTEGER, torn INTEGER DEFAULT 0,
  PRIMARY KEY (tbl, key)) WITHOUT ROWID;
DROP TABLE IF EXISTS stage.unread;
CREATE TABLE stage.unread (key TEXT PRIMARY KEY) WITHOUT ROWID;
"""
_encode = msgspec.msgpack.Encoder(order="deterministic").encode
_decode = msgspec.msgpack.Decoder(dict[str, object]).decode


class Statement(NamedTuple):
    """What a feed says of one row."""

    table: str
    key: str
    patch: Patch
    said_ms: Ms
    """Since when, if it is new."""
    line: int


class Pending(NamedTuple):
    """A statement with the time since when it has been said."""

    table: str
    key: str
    patch: Patch
    since_ms: Ms


class Torn(NamedTuple):
    """Two items of one feed that say different things of one row, which keeps what it had."""

    key: str
    line: int
    """Of the first of them."""


class Memory:
    """One feed's memory, from ``__enter__`` to ``__exit__``. Raises StoreError, StoreFull.

    Where no file can be kept it lasts as long as the process: a full disk must not stop a node from starting.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stage = path.with_name(path.name + ".stage")
        self._db: sqlite3.Connection

    def __enter__(self) -> Self:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            try:
                self._open(str(self._path), str(self._stage))
            except sqlite3.DatabaseError as exc:
                logger.warning("%s is damaged (%s) and begun anew: what the feed says counts from now", self._path, exc)
                self._forget()
                self._open(str(self._path), str(self._stage))
        except (sqlite3.Error, OSError) as exc:
            logger.warning("%s cannot be kept (%s): the feed is remembered until the node stops", self._path, exc)
            self._open(":memory:", ":memory:")
        return self

    def __exit__(self, *_exc: object) -> None:
        self._db.close()
        self._stage.unlink(missing_ok=True)

    def _open(self, path: str, stage: str) -> None:
        self._stage.unlink(missing_ok=True)
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        try:
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")
            self._db.executescript(_SCHEMA)
            self._db.execute("ATTACH ? AS stage", (stage,))
            self._db.execute("PRAGMA stage.journal_mode=OFF")
            self._db.execute("PRAGMA stage.synchronous=OFF")
        except sqlite3.DatabaseError:
            self._db.close()
            raise

    def _forget(self) -> None:
        for part in ("", "-wal", "-shm"):
            self._path.with_name(self._path.name + part).unlink(missing_ok=True)

    def begin(self) -> None:
        """Forget what was staged."""
        with _translated():
            self._db.executescript(_STAGE)

    def stage(self, statements: Iterable[Statement], *, unread: Iterable[str] = ()) -> None:
        """Keep statements until it is known whether the reading counts. Of two that differ on one row neither will.

        ``unread``: keys of items that are there and could not be read.
        """
        rows = (
            (table, key, (patch := _encode(said)), hashlib.blake2b(patch, digest_size=12).digest(), said_ms, line)
            for table, key, said, said_ms, line in statements
        )
        with _translated(), self._db:
            self._db.execute("BEGIN")
            self._db.executemany(
                "INSERT INTO stage.staged (tbl, key, patch, digest, said_ms, line) VALUES (?, ?, ?, ?, ?, ?) "
                "ON CONFLICT (tbl, key) DO UPDATE SET torn = torn OR digest <> excluded.digest",
                rows,
            )
            self._db.executemany("INSERT OR IGNORE INTO stage.unread VALUES (?)", ((key,) for key in unread))

    def torn(self, *, limit: int) -> tuple[int, list[Torn]]:
        """How many products are stated in two ways, and up to ``limit`` of them."""
        with _translated():
            (count,) = self._db.execute("SELECT count(DISTINCT key) FROM stage.staged WHERE torn").fetchone()
            found = self._db.execute(
                "SELECT key, min(line) FROM stage.staged WHERE torn GROUP BY key ORDER BY 2 LIMIT ?", (limit,)
            )
            return count, [Torn(*row) for row in found]

    def settle(self) -> None:
        """What was staged is what the feed says now. A statement that stayed keeps its time, a new one is later."""
        with _translated(), self._db:
            self._db.execute("BEGIN")
            self._db.execute("INSERT INTO note VALUES ('run', 1) ON CONFLICT (name) DO UPDATE SET value = value + 1")
            self._db.execute(
                "INSERT INTO said SELECT tbl, key, digest, said_ms, (SELECT value FROM note WHERE name = 'run') "
                "FROM stage.staged WHERE NOT torn ON CONFLICT (tbl, key) DO UPDATE SET "
                "since_ms = CASE WHEN digest = excluded.digest THEN since_ms "
                "ELSE max(excluded.since_ms, since_ms + 1) END, "
                "digest = excluded.digest, run = excluded.run"
            )
            self._db.execute(
                "UPDATE said SET run = (SELECT value FROM note WHERE name = 'run') WHERE key IN "
                "(SELECT key FROM stage.staged WHERE torn UNION SELECT key FROM stage.unread)"
            )

    def absent(self, *, limit: int) -> tuple[int, int, list[str]]:
        """(products known, how many of them the last reading did not have, up to ``limit`` of those)."""
        last = "(SELECT value FROM note WHERE name = 'run')"
        with _translated():
            (known,) = self._db.execute("SELECT count(DISTINCT key) FROM said").fetchone()
            gone = f"FROM (SELECT key FROM said GROUP BY key HAVING max(run) < {last})"  # noqa: S608 - our own text
            (count,) = self._db.execute(f"SELECT count(*) {gone}").fetchone()
            return known, count, [key for (key,) in self._db.execute(f"SELECT key {gone} LIMIT ?", (limit,))]

    def pending(self, after: tuple[str, str], *, limit: int) -> list[Pending]:
        """Up to ``limit`` statements of the last reading that come after (table, key) ``after``, in that order."""
        with _translated():
            found = self._db.execute(
                "SELECT tbl, key, patch, since_ms FROM stage.staged JOIN said USING (tbl, key) "
                "WHERE NOT torn AND (tbl, key) > (?, ?) ORDER BY tbl, key LIMIT ?",
                (*after, limit),
            )
            return [Pending(table, key, _decode(patch), since_ms) for table, key, patch, since_ms in found]

    def confirmed(self, rows: Iterable[tuple[str, str]], at_ms: Ms) -> None:
        """The feed's statements on these (table, key) count from ``at_ms``: they were stated anew."""
        with _translated(), self._db:
            self._db.execute("BEGIN")
            self._db.executemany(
                "UPDATE said SET since_ms = max(since_ms, ?) WHERE tbl = ? AND key = ?",
                ((at_ms, table, key) for table, key in rows),
            )

    def state(self) -> FeedState:
        """What was noted of the feed; a new one's when nothing was, or nothing that can still be read."""
        with _translated():
            row = self._db.execute("SELECT value FROM note WHERE name = 'state'").fetchone()
        if row is not None:
            with suppress(msgspec.MsgspecError):
                return msgspec.json.decode(row[0], type=FeedState)
        return FeedState()

    def note(self, state: FeedState) -> None:
        """Keep the feed's state."""
        with _translated():
            self._db.execute("INSERT OR REPLACE INTO note VALUES ('state', ?)", (msgspec.json.encode(state),))

    def know_pages(self, targets: Iterable[str]) -> None:
        """Pages to read from now on."""
        with _translated(), self._db:
            self._db.execute("BEGIN")
            self._db.executemany("INSERT OR IGNORE INTO page (target) VALUES (?)", ((target,) for target in targets))

    def forget_page(self, target: str) -> None:
        """A page that is gone."""
        with _translated():
            self._db.execute("DELETE FROM page WHERE target = ?", (target,))

    def next_pages(self, *, limit: int) -> list[str]:
        """Up to ``limit`` pages: first those that said something new last time, then those not read for longest."""
        with _translated():
            found = self._db.execute("SELECT target FROM page ORDER BY changed DESC, read_ms, target LIMIT ?", (limit,))
            return [target for (target,) in found]

    def page_read(self, target: str, at_ms: Ms, *, changed: bool) -> None:
        """A page was read, and said something new or did not."""
        with _translated():
            self._db.execute("UPDATE page SET read_ms = ?, changed = ? WHERE target = ?", (at_ms, changed, target))


class _translated:  # noqa: N801 - reads as the clause it is
    """SQLite's failures as StoreError."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, trace: object) -> None:
        if isinstance(exc, sqlite3.OperationalError) and "full" in str(exc):
            raise StoreFull(f"the feed's memory cannot be written: {exc}") from exc
        if isinstance(exc, sqlite3.Error):
            raise StoreError(
                f"the feed's memory in DATA/feeds failed: {exc}; remove its file and start the node"
            ) from exc
