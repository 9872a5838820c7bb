"""Keys and values of rows on their way in and out of the API, one at a time or in bulk."""

from __future__ import annotations

import msgspec

from edge.store.tables import Row
from renderers.page import Values
from renderers.rows import RowProblem

KEY_BYTES = 400
RESERVED_KEY = "changes"
"""``/tables/TABLE/changes`` is the stream of a table's changes, so no row can have this key."""

_pack = msgspec.msgpack.Encoder(order="deterministic").encode
_unpack = msgspec.msgpack.Decoder(dict[str, object]).decode


def key_fault(key: str) -> tuple[str, str] | None:
    """(what is wrong, what to write) for a key no row can have."""
    try:
        length = len(key.encode())
    except UnicodeEncodeError:
        return "the key is not UTF-8", "send its UTF-8 bytes percent-encoded"
    if not 0 < length <= KEY_BYTES:
        return f"the key has {length} bytes of UTF-8", f"write a key of 1 to {KEY_BYTES} bytes"
    if key == RESERVED_KEY:
        return f"{RESERVED_KEY!r} is the address of the table's changes", "write another key"
    if not key.isprintable():
        return "the key has control characters", "write a key of printable characters"
    return None


def packed(values: Values) -> bytes:
    """A row's value as it is stored: equal values are equal bytes. Raises RowProblem."""
    try:
        return _pack(values)
    except OverflowError:
        raise RowProblem("", "a number has more than 64 bits", "write it as a text in quotes") from None
    except (TypeError, RecursionError) as exc:
        raise RowProblem("", f"a value cannot be kept: {exc}", "write texts, numbers, lists and objects") from exc


def unpacked(value: bytes) -> Values:
    """The fields of a stored value."""
    return _unpack(value)


def listed(key: str, row: Row) -> dict[str, object]:
    """A row as lists and the stream of changes show it; the value of a deleted one is null."""
    value = unpacked(row.value) if row.value is not None else None
    return {"key": key, "value": value, "version": row.version}
