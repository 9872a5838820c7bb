"""How ``pages`` lies in LMDB: the databases, checksummed records, and bodies in chunks.

``entries``     digest -> checksum, entry and the length and checksum of each part of its content
``chunks``      digest, part, index -> bytes
``vary``        digest -> checksum, the field names a resource varies on and the digests of its variants
``ledger``      digest -> origin, recency, bytes charged, resource it is a variant of (ledger.py)
``order``       origin, recency, digest -> origin's name: the eviction order
``meta``        ``used`` -> bytes charged in all
``origins``     name -> whether it is up
``vocabulary``  page kind NUL slot -> bytes; page kind NUL NUL origin -> the leak gate's memory of the kind
``held``        digest -> the publish gate's memory of refused successors
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from typing import TypeVar

import lmdb
import msgspec

from edge.store.entry import Content, Entry, PlainContent
from renderers.page import Page, Pressed

T = TypeVar("T")

CHUNK_BYTES = 65_536 - 16
"""A chunk and LMDB's page header fill whole pages. Larger values of many sizes fragment the map until it is full."""

_CHUNK_KEY = struct.Struct(">16sBH")


class Part(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One byte string of a content. Part 0 is the body or page, part 1 its compressed form."""

    length: int
    crc32: int


class Stored(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """The record under a digest."""

    entry: Entry
    parts: tuple[Part, ...]


class Variants(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """The record of a resource whose responses vary."""

    key: str
    names: tuple[str, ...]
    digests: tuple[bytes, ...]
    """Variants stored so far, oldest first; one that was evicted may still be named."""


encode = msgspec.msgpack.Encoder().encode
decode_stored = msgspec.msgpack.Decoder(Stored).decode
decode_variants = msgspec.msgpack.Decoder(Variants).decode
decode_page = msgspec.msgpack.Decoder(Page).decode
decode_pressed = msgspec.msgpack.Decoder(tuple[Pressed, ...]).decode


class PageDatabases:
    """Handles of an open ``pages`` environment."""

    def __init__(self, env: lmdb.Environment) -> None:
        with env.begin() as txn:  # without one, lmdb would wait for the writer thread, and hold the GIL meanwhile
            self.entries = env.open_db(b"entries", txn, create=False)
            self.chunks = env.open_db(b"chunks", txn, create=False)
            self.vary = env.open_db(b"vary", txn, create=False)
            self.ledger = env.open_db(b"ledger", txn, create=False)
            self.order = env.open_db(b"order", txn, create=False)
            self.meta = env.open_db(b"meta", txn, create=False)
            self.origins = env.open_db(b"origins", txn, create=False)
            self.vocabulary = env.open_db(b"vocabulary", txn, create=False)
            self.held = env.open_db(b"held", txn, create=False)


def seal(record: Stored | Variants) -> bytes:
    """A record with its checksum."""
    body = encode(record)
    return zlib.crc32(body).to_bytes(4, "big") + body


def unseal(raw: bytes, decode: Callable[[memoryview], T]) -> T | None:
    """The record; None when its bytes are not what was stored, or were stored by another version of the node."""
    body = memoryview(raw)[4:]
    if zlib.crc32(body).to_bytes(4, "big") != raw[:4]:
        return None
    try:
        return decode(body)
    except msgspec.MsgspecError:
        return None


def vocabulary_key(kind: str, slot: str) -> bytes:
    """Where the words of one slot of a page kind stand."""
    return f"{kind}\0{slot}".encode()


def kind_memory_key(origin: str, kind: str) -> bytes:
    """Where the leak gate's memory of a page kind stands. No slot's name begins with NUL."""
    return vocabulary_key(kind, f"\0{origin}")


def content_parts(content: Content) -> tuple[bytes, ...]:
    """The byte strings a content is stored as."""
    if isinstance(content, PlainContent):
        return (content.body,) if content.gzipped is None else (content.body, content.gzipped)
    return encode(content.page), encode(content.pressed)


def describe(part: bytes) -> Part:
    """What the entry's record says of a part."""
    return Part(len(part), zlib.crc32(part))


def write_part(txn: lmdb.Transaction[bytes], dbs: PageDatabases, digest: bytes, number: int, part: bytes) -> None:
    """Store one part in chunks."""
    view = memoryview(part)
    for index, start in enumerate(range(0, len(part), CHUNK_BYTES)):
        txn.put(_CHUNK_KEY.pack(digest, number, index), view[start : start + CHUNK_BYTES], db=dbs.chunks)


def read_part(txn: lmdb.Transaction[bytes], dbs: PageDatabases, digest: bytes, number: int, part: Part) -> bytes | None:
    """One part joined; None when a chunk is missing or its bytes are not what was stored."""
    chunks: list[bytes] = []
    for index in range(-(-part.length // CHUNK_BYTES)):
        chunk = txn.get(_CHUNK_KEY.pack(digest, number, index), db=dbs.chunks)
        if chunk is None:
            return None
        chunks.append(chunk)
    data = chunks[0] if len(chunks) == 1 else b"".join(chunks)
    return data if len(data) == part.length and zlib.crc32(data) == part.crc32 else None


def delete_parts(txn: lmdb.Transaction[bytes], dbs: PageDatabases, digest: bytes) -> None:
    """Remove every chunk under a digest, whatever its record says."""
    with txn.cursor(db=dbs.chunks) as cursor:
        found = cursor.set_range(digest)
        while found and cursor.key().startswith(digest):
            found = cursor.delete()
