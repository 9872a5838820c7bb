"""Reading pages: views of one LMDB transaction. Reading never writes, not even recency."""

from __future__ import annotations

import os
from collections.abc import Callable
from types import TracebackType
from typing import NamedTuple, Self, TypeVar

import lmdb
import msgspec

from edge.store.entry import Entry
from edge.store.ledger import Ledger
from edge.store.page_records import (
    PageDatabases,
    Stored,
    decode_page,
    decode_pressed,
    decode_stored,
    decode_variants,
    kind_memory_key,
    read_part,
    unseal,
    vocabulary_key,
)
from edge.store.reading import begin, latest_txn_id, log_damage
from edge.store.translate import translate
from renderers.page import Page, Pressed, origin_bytes

T = TypeVar("T")


class Usage(NamedTuple):
    """How full the store is."""

    used_bytes: int
    """As charged against ``[store] size``; more than the sum of the bodies."""
    entries: int


class PageView:
    """The page store at one instant: an entry and its body belong together. Never keep it across an ``await``.

    Whatever is damaged counts as absent and is reported to the reader's ``on_damage``. LMDB's failures leave the
    ``with`` block as StoreError.
    """

    __slots__ = ("_dbs", "_env", "_found", "_on_damage", "_txn")

    _txn: lmdb.Transaction[bytes]

    def __init__(self, env: lmdb.Environment, dbs: PageDatabases, on_damage: Callable[[str], None]) -> None:
        self._env = env
        self._dbs = dbs
        self._on_damage = on_damage
        self._found: tuple[bytes, Stored] | None = None

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

    def lookup(self, digest: bytes, key_text: str) -> Entry | None:
        """The entry stored under a cache key."""
        stored = self._stored(digest)
        return stored.entry if stored is not None and stored.entry.key == key_text else None

    def lookup_vary(self, digest: bytes) -> tuple[str, ...] | None:
        """The request fields the resource under a cache key varies on; None when it is not known to vary."""
        raw = self._txn.get(digest, db=self._dbs.vary)
        variants = self._record(digest, raw, decode_variants) if raw is not None else None
        return variants.names if variants is not None else None

    def body(self, digest: bytes, entry: Entry) -> bytes | None:
        """The origin's body, byte for byte, a page's included. None as in :meth:`page`."""
        if entry.page:
            page = self.page(digest, entry)
            return origin_bytes(page) if page is not None else None
        return self._part(digest, entry, 0)

    def gzipped(self, digest: bytes, entry: Entry) -> bytes | None:
        """The body as one gzip member; None when none was stored, and as in :meth:`page`."""
        return None if entry.page else self._part(digest, entry, 1)

    def page(self, digest: bytes, entry: Entry) -> Page | None:
        """The page of an entry; None when it is not a page, damaged, or no longer the one that ``entry`` describes."""
        raw = self._part(digest, entry, 0) if entry.page else None
        return self._decoded(digest, raw, decode_page) if raw is not None else None

    def pressed(self, digest: bytes, entry: Entry) -> tuple[Pressed, ...] | None:
        """The page's segments deflated, one for one; None as in :meth:`page`."""
        raw = self._part(digest, entry, 1) if entry.page else None
        return self._decoded(digest, raw, decode_pressed) if raw is not None else None

    def entries(self, after: bytes = b"", *, limit: int) -> list[tuple[bytes, Entry]]:
        """Up to ``limit`` (digest, entry) with a digest above ``after``, in the order of digests."""
        found: list[tuple[bytes, Entry]] = []
        with self._txn.cursor(db=self._dbs.entries) as cursor:
            more = cursor.set_range(after + b"\0") if after else cursor.first()
            while more and len(found) < limit:
                stored = self._record(cursor.key(), cursor.value(), decode_stored)
                if stored is not None:
                    found.append((cursor.key(), stored.entry))
                more = cursor.next()
        return found

    def origin_up(self, name: str) -> bool:
        """Whether the filler last saw the origin up; an origin it never judged is."""
        return self._txn.get(name.encode(), db=self._dbs.origins) != b"down"

    def vocabulary(self, kind: str, slot: str) -> bytes | None:
        """What was learnt of the words a shop writes in one slot of a page kind."""
        return self._txn.get(vocabulary_key(kind, slot), db=self._dbs.vocabulary)

    def kind_memory(self, origin: str, kind: str) -> bytes | None:
        """What the leak gate remembers of an origin's pages of one kind."""
        return self._txn.get(kind_memory_key(origin, kind), db=self._dbs.vocabulary)

    def held(self, digest: bytes) -> bytes | None:
        """What the publish gate remembers of the successors it refused for an entry."""
        return self._txn.get(digest, db=self._dbs.held)

    def usage(self) -> Usage:
        """How full the store is."""
        return Usage(Ledger(self._dbs).used_bytes(self._txn), self._txn.stat(self._dbs.entries)["entries"])

    def _stored(self, digest: bytes) -> Stored | None:
        if self._found is not None and self._found[0] == digest:
            return self._found[1]
        raw = self._txn.get(digest, db=self._dbs.entries)
        stored = self._record(digest, raw, decode_stored) if raw is not None else None
        if stored is not None:
            self._found = (digest, stored)
        return stored

    def _part(self, digest: bytes, entry: Entry, number: int) -> bytes | None:
        stored = self._stored(digest)
        if stored is None or stored.entry.version != entry.version or number >= len(stored.parts):
            return None
        raw = read_part(self._txn, self._dbs, digest, number, stored.parts[number])
        if raw is None:
            self._on_damage(f"page entry {digest.hex()}, {entry.key}: part {number}")
        return raw

    def _record(self, digest: bytes, raw: bytes, decode: Callable[[memoryview], T]) -> T | None:
        record = unseal(raw, decode)
        if record is None:
            self._on_damage(f"page entry {digest.hex()}")
        return record

    def _decoded(self, digest: bytes, raw: bytes, decode: Callable[[bytes], T]) -> T | None:
        try:
            return decode(raw)
        except msgspec.MsgspecError as exc:  # whole, but written by another version of the node
            self._on_damage(f"page entry {digest.hex()}: {exc}")
            return None


class PageReader:
    """Reads an open ``pages`` environment. For the threads of one process; holds nothing between calls.

    ``on_damage`` is called with a description of each damaged record met; the filler's next fill mends it.
    """

    def __init__(self, env: lmdb.Environment, *, on_damage: Callable[[str], None] = log_damage) -> None:
        self._env = env
        self._dbs = PageDatabases(env)
        self._on_damage = on_damage
        self._data = os.path.join(env.path(), "data.mdb")
        self._inode = os.stat(self._data).st_ino

    def view(self) -> PageView:
        """The store at one instant; enter it with ``with``, once per request."""
        return PageView(self._env, self._dbs, self._on_damage)

    def txn_id(self) -> int:
        """The id of the latest commit; a fraction of a microsecond, so a worker can ask on every request."""
        return latest_txn_id(self._env)

    def replaced(self) -> bool:
        """Whether another environment has taken this one's place, because it was set aside; then open that one.

        Asks the file system: for once a second, not once a request.
        """
        try:
            return os.stat(self._data).st_ino != self._inode
        except FileNotFoundError:
            return True
