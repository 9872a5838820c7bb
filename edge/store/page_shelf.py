"""What one write transaction does to the page store: place, freshen, forget, evict. Runs on the writer thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import lmdb

from edge.errors import StoreFull
from edge.store.entry import Content, Entry, Primary
from edge.store.ledger import NO_RESOURCE, Account, Ledger, charge
from edge.store.page_records import (
    PageDatabases,
    Stored,
    Variants,
    content_parts,
    decode_stored,
    decode_variants,
    delete_parts,
    describe,
    seal,
    unseal,
    write_part,
)

VARIANTS = 64
"""Most variants kept of one resource; with one more, the oldest goes. An origin may vary on anything."""

_LIST_BYTES = 4000
"""Longest list of variants to expect."""


class Parcel(NamedTuple):
    """A response ready to place: encoded and summed up before the writer thread sees it."""

    digest: bytes
    origin: str
    record: bytes
    parts: tuple[bytes, ...]
    primary: Primary | None


def pack(digest: bytes, entry: Entry, content: Content, primary: Primary | None) -> Parcel:
    """Encode a response for :meth:`Shelf.place`."""
    parts = content_parts(content)
    return Parcel(digest, entry.origin, seal(Stored(entry, tuple(map(describe, parts)))), parts, primary)


class Shelf:
    """The page store's contents, never charged more than ``size_bytes``. ``protected`` names origins not to evict."""

    def __init__(self, env: lmdb.Environment, *, size_bytes: int, protected: Callable[[str], bool]) -> None:
        self.dbs = PageDatabases(env)
        self.ledger = Ledger(self.dbs)
        self._page_bytes = env.stat()["psize"]
        self._size_bytes = size_bytes
        self._protected = protected

    def place(self, txn: lmdb.Transaction[bytes], parcel: Parcel, at_ms: int) -> int:
        """Store a response in place of what its digest held; returns how many entries left. Raises StoreFull."""
        digest, primary = parcel.digest, parcel.primary
        cost = self._charge(len(parcel.record), *map(len, parcel.parts))
        self.forget(txn, digest)
        evicted = self._make_room(txn, cost + (self._charge(_LIST_BYTES) if primary is not None else 0))
        txn.put(digest, parcel.record, db=self.dbs.entries)
        for number, part in enumerate(parcel.parts):
            write_part(txn, self.dbs, digest, number, part)
        resource = primary.digest if primary is not None else NO_RESOURCE
        self.ledger.enter(txn, digest, Account(parcel.origin, at_ms, cost, resource))
        if primary is not None:
            self._join(txn, primary, digest, Account(parcel.origin, at_ms, 0))
        return evicted

    def freshen(self, txn: lmdb.Transaction[bytes], digest: bytes, renew: Callable[[Entry], Entry], at_ms: int) -> bool:
        """Replace an entry and keep its content. Returns False when it is not there, or not readable."""
        raw = txn.get(digest, db=self.dbs.entries)
        stored = unseal(raw, decode_stored) if raw is not None else None
        if stored is None:
            return False
        entry = renew(stored.entry)
        record = seal(Stored(entry, stored.parts))
        cost = self._charge(len(record), *(part.length for part in stored.parts))
        txn.put(digest, record, db=self.dbs.entries)
        resource = self.ledger.resource(txn, digest)
        self.ledger.enter(txn, digest, Account(entry.origin, at_ms, cost, resource))
        self.ledger.touch(txn, digest, at_ms)
        return True

    def variants(self, txn: lmdb.Transaction[bytes], digest: bytes) -> tuple[bytes, ...]:
        """Where the variants of a resource lie; the digest itself when its responses are not known to vary."""
        variants = self._variants(txn, digest)
        return variants.digests if variants is not None else (digest,)

    def forget(self, txn: lmdb.Transaction[bytes], digest: bytes) -> bool:
        """Delete an entry, readable or not, or a resource with all its variants. Returns whether there was any."""
        variants = self._variants(txn, digest)
        listed = txn.delete(digest, db=self.dbs.vary)
        for variant in variants.digests if variants is not None else ():
            self._delete(txn, variant)
        return self._delete(txn, digest) or listed

    def evict(self, txn: lmdb.Transaction[bytes], free_bytes: int) -> int:
        """Let the least recently used entries go until ``free_bytes`` less are charged, or only protected ones stay.

        Returns how many left; a resource goes with its variants and counts once.
        """
        target_bytes = self.ledger.used_bytes(txn) - free_bytes
        evicted = 0
        while self.ledger.used_bytes(txn) > target_bytes:
            victim = self.ledger.oldest(txn, self._protected)
            if victim is None:
                break
            self.forget(txn, victim)
            evicted += 1
        return evicted

    def _make_room(self, txn: lmdb.Transaction[bytes], cost: int) -> int:
        if cost > self._size_bytes:
            raise StoreFull(f"the entry takes {cost} bytes, the whole store holds {self._size_bytes}")
        evicted = self.evict(txn, self.ledger.used_bytes(txn) + cost - self._size_bytes)
        if self.ledger.used_bytes(txn) + cost > self._size_bytes:
            raise StoreFull("only entries of origins that are down are left to evict")
        return evicted

    def _join(self, txn: lmdb.Transaction[bytes], primary: Primary, digest: bytes, account: Account) -> None:
        """Name a variant in its resource's list, the newest last; what the resource held before it varied goes."""
        known = self._variants(txn, primary.digest)
        self._delete(txn, primary.digest)
        digests = (*(d for d in (known.digests if known is not None else ()) if d != digest), digest)
        for surplus in digests[:-VARIANTS]:
            self._delete(txn, surplus)
        record = seal(Variants(primary.key, primary.names, digests[-VARIANTS:]))
        txn.put(primary.digest, record, db=self.dbs.vary)
        self.ledger.enter(txn, primary.digest, account._replace(size_bytes=self._charge(len(record))))

    def _variants(self, txn: lmdb.Transaction[bytes], digest: bytes) -> Variants | None:
        raw = txn.get(digest, db=self.dbs.vary)
        return unseal(raw, decode_variants) if raw is not None else None

    def _delete(self, txn: lmdb.Transaction[bytes], digest: bytes) -> bool:
        found = txn.delete(digest, db=self.dbs.entries)
        delete_parts(txn, self.dbs, digest)
        txn.delete(digest, db=self.dbs.held)
        self.ledger.leave(txn, digest)
        return found

    def _charge(self, *lengths: int) -> int:
        return charge(lengths, page_bytes=self._page_bytes)
