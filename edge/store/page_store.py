"""Writing pages, bounded: at the size limit the least recently used entries leave first. For the filler alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import lmdb
import msgspec

from edge import clock
from edge.errors import StoreFull
from edge.store.entry import Content, Entry, Primary, Renewal
from edge.store.page_records import kind_memory_key, vocabulary_key
from edge.store.page_shelf import Shelf, pack
from edge.store.translate import map_is_full
from edge.store.writer import Writer

T = TypeVar("T")

_HELD = 4096
"""Most memories of the publish gate; with one more, an arbitrary one goes."""
_ROUNDS = 5
_RELIEF = 16
"""Share of the store (one in so many bytes) that leaves when the map is full although the ledger says it is not."""


class PageStore:
    """Writes pages. All methods return once committed; a power cut may undo the last commit.

    ``protected(origin name)`` says whose entries must stay (an origin that is down: they could not be had again); it is
    asked on the writer thread. ``evicted`` counts the entries that had to leave.
    """

    def __init__(
        self,
        env: lmdb.Environment,
        writer: Writer,
        *,
        size_bytes: int,
        protected: Callable[[str], bool],
        now_ms: Callable[[], int] = clock.now_ms,
    ) -> None:
        self._shelf = Shelf(env, size_bytes=size_bytes, protected=protected)
        self._dbs = self._shelf.dbs
        self._writer = writer
        self._size_bytes = size_bytes
        self._now_ms = now_ms
        self.evicted = 0

    async def put(self, digest: bytes, entry: Entry, content: Content, *, primary: Primary | None = None) -> None:
        """Store a response in place of what its cache key held, the publish gate's memory included.

        ``primary`` names the resource that this is a variant of. Raises StoreFull, and then changes nothing: when the
        disk is full, the entry is larger than the store, or only entries of protected origins are left to evict.
        """
        parcel = pack(digest, entry, content, primary)
        now_ms = self._now_ms()
        evicted = await self._relieving(lambda txn: self._shelf.place(txn, parcel, now_ms))
        self.evicted += evicted

    async def freshen(self, digest: bytes, renewal: Renewal) -> bool:
        """Give an entry a new lifetime and fields after a 304; returns whether it was still there to freshen."""
        now_ms = self._now_ms()

        def renew(entry: Entry) -> Entry:
            return msgspec.structs.replace(
                entry, lifetime=renewal.lifetime, headers=renewal.headers, fetched_at_ms=renewal.fetched_at_ms
            )

        return await self._relieving(lambda txn: self._shelf.freshen(txn, digest, renew, now_ms))

    async def outdate(self, digests: Sequence[bytes]) -> None:
        """Make what these cache keys hold stale from now on, all variants included (RFC 9111 §4.4).

        What the RFCs decide is then validated before it is sent again, unless the origin fails. Of a page kind the
        operator decides: its grace begins now, and the page is refreshed behind it.
        """
        now_ms = self._now_ms()

        def renew(entry: Entry) -> Entry:
            lifetime = entry.lifetime
            grace = lifetime.grace if entry.kind is not None else 0
            ttl = min(lifetime.ttl, lifetime.age(now_ms // 1000))
            return msgspec.structs.replace(entry, lifetime=msgspec.structs.replace(lifetime, ttl=ttl, grace=grace))

        def write(txn: lmdb.Transaction[bytes]) -> None:
            for digest in digests:
                for variant in self._shelf.variants(txn, digest):
                    self._shelf.freshen(txn, variant, renew, now_ms)

        await self._relieving(write)

    async def remove(self, digest: bytes) -> bool:
        """Delete at once what a cache key holds, all its variants included. Returns whether there was anything."""
        return await self._relieving(lambda txn: self._shelf.forget(txn, digest))

    async def touch(self, digests: Sequence[bytes]) -> None:
        """Note a sample of the entries lately served; those long not noted are evicted first."""
        now_ms = self._now_ms()

        def write(txn: lmdb.Transaction[bytes]) -> None:
            for digest in digests:
                self._shelf.ledger.touch(txn, digest, now_ms)

        await self._relieving(write)

    async def set_origin_up(self, name: str, *, up: bool) -> None:
        """Tell every worker whether an origin is up."""
        state = b"up" if up else b"down"
        await self._relieving(lambda txn: txn.put(name.encode(), state, db=self._dbs.origins))

    async def set_vocabulary(self, kind: str, slot: str, words: bytes) -> None:
        """Keep what was learnt of the words a shop writes in one slot of a page kind."""
        await self._relieving(lambda txn: txn.put(vocabulary_key(kind, slot), words, db=self._dbs.vocabulary))

    async def remember_kind(self, origin: str, kind: str, memory: bytes) -> None:
        """Keep what the leak gate remembers of an origin's pages of one kind."""
        key = kind_memory_key(origin, kind)
        await self._relieving(lambda txn: txn.put(key, memory, db=self._dbs.vocabulary))

    async def hold(self, digest: bytes, memory: bytes | None) -> None:
        """Keep what the publish gate remembers of the successors it refused for an entry; None forgets it."""

        def write(txn: lmdb.Transaction[bytes]) -> None:
            txn.delete(digest, db=self._dbs.held)
            if memory is None:
                return
            if txn.stat(self._dbs.held)["entries"] >= _HELD:
                with txn.cursor(db=self._dbs.held) as cursor:
                    cursor.first()
                    cursor.delete()
            txn.put(digest, memory, db=self._dbs.held)

        await self._relieving(write)

    async def _relieving(self, write: Callable[[lmdb.Transaction[bytes]], T]) -> T:
        """Run a write; while the map has no room in one piece for it, evict and try again.

        Pages freed by one commit can be used two commits later, hence several rounds.
        """
        for _ in range(_ROUNDS):
            try:
                return await self._writer.run(write)
            except StoreFull as exc:
                if not map_is_full(exc):
                    raise
            evicted = await self._writer.run(lambda txn: self._shelf.evict(txn, self._size_bytes // _RELIEF))
            self.evicted += evicted
        return await self._writer.run(write)
