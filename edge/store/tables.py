"""Tables as the rest of the node uses them: rows and their order, reading, writing."""

from __future__ import annotations

from edge.store.row import Expect, PreconditionFailed, Row, next_row
from edge.store.table_reader import Change, Snapshot, TableReader
from edge.store.table_writer import Outcome, Put, TableWriter

__all__ = [
    "Change",
    "Expect",
    "Outcome",
    "PreconditionFailed",
    "Put",
    "Row",
    "Snapshot",
    "TableReader",
    "TableWriter",
    "next_row",
]
