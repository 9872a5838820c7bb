"""Rows as the renderers see them, for the judgement of a new page."""

from __future__ import annotations

import msgspec

from edge.store.tables import Snapshot
from renderers import rows
from renderers.page import Values

_decode = msgspec.msgpack.Decoder(dict[str, object]).decode


def effective_row(snapshot: Snapshot, table: str, key: str, *, now_ms: int) -> Values | None:
    """The row of (table, key) as it holds now; None when there is none, or one that does not decode."""
    row = snapshot.get(table, key)
    if row is None or row.value is None:
        return None
    try:
        values = _decode(row.value)
    except msgspec.MsgspecError:
        return None
    return rows.effective(table, values, now_ms)[0]
