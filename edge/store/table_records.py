"""How ``tables`` lies in LMDB: the databases, their keys, and rows with a checksum.

``rows``     table NUL key -> checksum, change number, row
``changes``  change number -> table NUL key; each row stands once, under its latest change
``dirty``    table NUL key -> nothing; rows this node has yet to publish (only when it replicates)
``meta``     ``seq`` -> last change number; ``generation`` NUL table -> number of the table's last change
"""

from __future__ import annotations

import struct
import zlib

import lmdb
import msgspec

from edge.errors import RowError
from edge.store.row import Row

KEY_BYTES = 400
TABLE_BYTES = 64

_HEAD = struct.Struct(">IQ")
SEQ = struct.Struct(">Q")
_SEQ_KEY = b"seq"

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Row).decode


class TableDatabases:
    """Handles of an open ``tables`` environment."""

    def __init__(self, env: lmdb.Environment) -> None:
        with env.begin() as txn:  # without one, lmdb would wait for the writer thread, and hold the GIL meanwhile
            self.rows = env.open_db(b"rows", txn, create=False)
            self.changes = env.open_db(b"changes", txn, create=False)
            self.dirty = env.open_db(b"dirty", txn, create=False)
            self.meta = env.open_db(b"meta", txn, create=False)


def row_key(table: str, key: str) -> bytes:
    """The LMDB key of a row. Raises RowError for a table or key that cannot be one."""
    table_bytes, key_bytes = table.encode(), key.encode("utf-8", "surrogatepass")
    if not 0 < len(table_bytes) <= TABLE_BYTES or b"\0" in table_bytes:
        raise RowError(f"table {table!r} is not a name of 1 to {TABLE_BYTES} bytes")
    if not 0 < len(key_bytes) <= KEY_BYTES:
        raise RowError(f"a key has 1 to {KEY_BYTES} bytes; this one has {len(key_bytes)}")
    return table_bytes + b"\0" + key_bytes


def split_row_key(stored: bytes) -> tuple[str, str]:
    """(table, key) of an LMDB key."""
    table, _, key = stored.partition(b"\0")
    return table.decode(), key.decode("utf-8", "surrogatepass")


def unpack(raw: bytes) -> tuple[int, Row] | None:
    """(change number, row) of a record; None when it is damaged."""
    if len(raw) < _HEAD.size or zlib.crc32(raw[4:]) != _HEAD.unpack_from(raw)[0]:
        return None
    try:
        return _HEAD.unpack_from(raw)[1], _decode(memoryview(raw)[_HEAD.size :])
    except msgspec.MsgspecError:
        return None


def held_row(txn: lmdb.Transaction[bytes], dbs: TableDatabases, stored_key: bytes) -> Row | None:
    """The row under ``stored_key`` as a writer sees it. A damaged one counts as absent, so that a write mends it."""
    raw = txn.get(stored_key, db=dbs.rows)
    found = unpack(raw) if raw is not None else None
    return found[1] if found else None


def store_row(txn: lmdb.Transaction[bytes], dbs: TableDatabases, stored_key: bytes, row: Row) -> None:
    """Put a row, renew its place in the change index and its table's generation."""
    old = txn.get(stored_key, db=dbs.rows)
    if old is not None and (known := unpack(old)):
        txn.delete(SEQ.pack(known[0]), db=dbs.changes)
    last = txn.get(_SEQ_KEY, db=dbs.meta)
    seq = SEQ.pack((SEQ.unpack(last)[0] if last else 0) + 1)
    body = seq + _encode(row)
    txn.put(stored_key, zlib.crc32(body).to_bytes(4, "big") + body, db=dbs.rows)
    txn.put(seq, stored_key, db=dbs.changes, append=True)
    txn.put(_SEQ_KEY, seq, db=dbs.meta)
    txn.put(generation_key(stored_key.partition(b"\0")[0]), seq, db=dbs.meta)


def generation_key(table: bytes) -> bytes:
    """Where a table's generation stands in ``meta``."""
    return b"generation\0" + table


def damaged_rows(env: lmdb.Environment) -> list[tuple[str, str]]:
    """(table, key) of every row whose record is damaged. Reads them all: about a second per million."""
    dbs = TableDatabases(env)
    with env.begin() as txn, txn.cursor(db=dbs.rows) as cursor:
        return [split_row_key(key) for key, raw in cursor if unpack(raw) is None]
