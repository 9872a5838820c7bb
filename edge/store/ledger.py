"""What the page store holds and in which order it lets go: bytes charged, recency per entry, oldest first per origin.

Everything is in the same transactions as the entries themselves, so it is true after any crash. Runs on the writer
thread.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable, Iterable
from typing import NamedTuple

import lmdb

from edge.store.page_records import PageDatabases

_ROW = struct.Struct(">8sQQ16s")
"""Origin, recency in Unix milliseconds, bytes charged, digest of the resource it is a variant of."""
_ORDER_KEY = struct.Struct(">8sQ16s")
_USED = struct.Struct(">Q")
_USED_KEY = b"used"
_LAST_ORIGIN = b"\xff" * 8
NO_RESOURCE = bytes(16)

_ENTRY_BYTES = 512
"""Ledger, order and index nodes of one entry."""


def charge(lengths: Iterable[int], *, page_bytes: int) -> int:
    """Bytes of the map that one entry takes whose record and parts have these lengths; never less than it does."""
    return _ENTRY_BYTES + sum(_value_bytes(length, page_bytes) for length in lengths)


def _value_bytes(length: int, page_bytes: int) -> int:
    if length < page_bytes // 2 - 128:  # lies in a leaf; leaves under random insertion are two thirds full
        return length * 3 // 2 + 96
    return -(-(length + 16) // page_bytes) * page_bytes + 96


class Account(NamedTuple):
    """What the ledger notes of one entry."""

    origin: str
    at_ms: int
    """When it was last used, Unix milliseconds."""
    size_bytes: int
    resource: bytes = NO_RESOURCE
    """Digest of the resource it is a variant of."""


class Ledger:
    """Charges, recency and the eviction order of one ``pages`` environment."""

    def __init__(self, dbs: PageDatabases) -> None:
        self._dbs = dbs

    def used_bytes(self, txn: lmdb.Transaction[bytes]) -> int:
        """Bytes charged for all entries."""
        raw = txn.get(_USED_KEY, db=self._dbs.meta)
        return int(_USED.unpack(raw)[0]) if raw is not None else 0

    def enter(self, txn: lmdb.Transaction[bytes], digest: bytes, account: Account) -> None:
        """Charge for an entry in place of what it was charged before."""
        self.leave(txn, digest)
        origin_id = hashlib.blake2b(account.origin.encode(), digest_size=8).digest()
        row = _ROW.pack(origin_id, account.at_ms, account.size_bytes, account.resource)
        txn.put(digest, row, db=self._dbs.ledger)
        txn.put(_ORDER_KEY.pack(origin_id, account.at_ms, digest), account.origin.encode(), db=self._dbs.order)
        self._add(txn, account.size_bytes)

    def leave(self, txn: lmdb.Transaction[bytes], digest: bytes) -> None:
        """Give back what an entry was charged; nothing if it is not in the ledger."""
        raw = txn.pop(digest, db=self._dbs.ledger)
        if raw is not None:
            origin_id, at_ms, size_bytes, _ = _ROW.unpack(raw)
            txn.delete(_ORDER_KEY.pack(origin_id, at_ms, digest), db=self._dbs.order)
            self._add(txn, -size_bytes)

    def resource(self, txn: lmdb.Transaction[bytes], digest: bytes) -> bytes:
        """Digest of the resource an entry is a variant of; NO_RESOURCE for none."""
        raw = txn.get(digest, db=self._dbs.ledger)
        return bytes(_ROW.unpack(raw)[3]) if raw is not None else NO_RESOURCE

    def touch(self, txn: lmdb.Transaction[bytes], digest: bytes, at_ms: int) -> None:
        """Make an entry, and the resource it is a variant of, as recent as ``at_ms``; nothing if it left meanwhile."""
        raw = txn.get(digest, db=self._dbs.ledger)
        if raw is None:
            return
        origin_id, known_ms, size_bytes, resource = _ROW.unpack(raw)
        if known_ms < at_ms:
            name = txn.pop(_ORDER_KEY.pack(origin_id, known_ms, digest), db=self._dbs.order)
            txn.put(_ORDER_KEY.pack(origin_id, at_ms, digest), name or b"", db=self._dbs.order)
            txn.put(digest, _ROW.pack(origin_id, at_ms, size_bytes, resource), db=self._dbs.ledger)
        if resource != NO_RESOURCE:
            self.touch(txn, resource, at_ms)

    def oldest(self, txn: lmdb.Transaction[bytes], protected: Callable[[str], bool]) -> bytes | None:
        """The least recently used entry among origins not ``protected``; None when there is none."""
        candidates: list[tuple[int, bytes]] = []
        with txn.cursor(db=self._dbs.order) as cursor:
            more = cursor.first()
            while more:
                origin_id, at_ms, digest = _ORDER_KEY.unpack(cursor.key())
                if not protected(cursor.value().decode()):
                    candidates.append((at_ms, digest))
                more = origin_id < _LAST_ORIGIN and cursor.set_range(_after(origin_id))
        return min(candidates)[1] if candidates else None

    def _add(self, txn: lmdb.Transaction[bytes], size_bytes: int) -> None:
        txn.put(_USED_KEY, _USED.pack(max(0, self.used_bytes(txn) + size_bytes)), db=self._dbs.meta)


def _after(origin_id: bytes) -> bytes:
    return (int.from_bytes(origin_id, "big") + 1).to_bytes(8, "big")
