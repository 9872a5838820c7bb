"""Rows as the renderers see them, for the judgement of a new page."""

from __future__ import annotations

import msgspec

from edge.errors import RowError
from edge.store.tables import Row, Snapshot
from renderers import rows
from renderers.page import Reading, Values

_decode = msgspec.msgpack.Decoder(dict[str, object]).decode


def effective_row(snapshot: Snapshot, table: str, key: str, *, now_ms: int) -> Values | None:
    """The row of (table, key) as it holds now; None when there is none, or one that does not decode."""
    row = _row(snapshot, table, key)
    if row is None or row.value is None:
        return None
    try:
        values = _decode(row.value)
    except msgspec.MsgspecError:
        return None
    return rows.effective(table, values, now_ms)[0]


def overruled(snapshot: Snapshot, reading: Reading) -> bool:
    """There is a row of the reading's, and the origin changed after it was written."""
    row = _row(snapshot, reading.table, reading.sku)
    return row is not None and row.value is not None and row.version <= reading.changed_at_ms


def _row(snapshot: Snapshot, table: str, key: str) -> Row | None:
    """A page may state a SKU that is no possible key: then there is no row."""
    try:
        return snapshot.get(table, key)
    except RowError:
        return None
