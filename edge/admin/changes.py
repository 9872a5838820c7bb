"""A table's changes as server-sent events (WHATWG HTML §9.2), resumable, each row as it is now.

The node keeps one entry per row in the order of latest changes, not a log: a reader that was away gets the newest value
of every row that changed meanwhile and none of the values in between. It never misses a row, however long it was away.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

import msgspec
from aiohttp import web

from edge.admin.parts import PARTS, AdminParts
from edge.admin.problem import ApiProblem
from edge.admin.rows import listed
from edge.admin.tables_api import table_name
from edge.clock import monotonic_s
from edge.store.tables import Change

STOPPING = web.AppKey("stopping", asyncio.Event)
"""Set when the node drains: streams end, and their readers resume elsewhere."""

_BATCH = 500
_POLL_S = 0.05
"""How often the store is asked for its transaction id. Asking takes microseconds; replicated rows come this way too."""
_HEARTBEAT_S = 15.0


async def stream_changes(request: web.Request) -> web.StreamResponse:
    """``GET /tables/{table}/changes``: from now on, or after ``Last-Event-ID`` or ``?after=`` (0: every row first).

    ``event: row`` or ``event: deleted``; ``data`` is the row as lists show it; ``id`` is where to resume.
    """
    parts = request.app[PARTS]
    table = table_name(request, parts)
    with parts.reader.snapshot() as snapshot:
        last = snapshot.last_seq()
    seq = _resume_point(request, last)
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
    await response.prepare(request)
    with suppress(ConnectionResetError):
        await response.write(b"retry: 1000\nid: %d\n\n" % seq)
        await _follow(parts, response, table=table, seq=seq, stopping=request.app[STOPPING])
    return response


async def _follow(
    parts: AdminParts, response: web.StreamResponse, *, table: str, seq: int, stopping: asyncio.Event
) -> None:
    """Send changes until the reader leaves (ConnectionResetError) or the node drains."""
    seen_txn = -1
    quiet_since = monotonic_s()
    while not stopping.is_set():
        txn_id = parts.reader.txn_id()
        changes = _changes(parts, seq) if txn_id != seen_txn else []
        if changes:
            seq = changes[-1].seq
            await response.write(b"".join(_event(change) for change in changes if change.table == table) + _id(seq))
            quiet_since = monotonic_s()
            continue
        seen_txn = txn_id
        if monotonic_s() - quiet_since >= _HEARTBEAT_S:
            await response.write(b": still here\n" + _id(seq))
            quiet_since = monotonic_s()
        with suppress(TimeoutError):
            async with asyncio.timeout(_POLL_S):
                await stopping.wait()


def _changes(parts: AdminParts, seq: int) -> list[Change]:
    with parts.reader.snapshot() as snapshot:
        return snapshot.changed_since(seq, limit=_BATCH)


def _event(change: Change) -> bytes:
    name = b"deleted" if change.row.value is None else b"row"
    return b"event: %b\nid: %d\ndata: %b\n\n" % (name, change.seq, msgspec.json.encode(listed(change.key, change.row)))


def _id(seq: int) -> bytes:
    """Moves the reader's resume point past other tables' changes without an event (an event needs data)."""
    return b"id: %d\n\n" % seq


def _resume_point(request: web.Request, last: int) -> int:
    text = request.headers.get("Last-Event-ID") or request.query.get("after")
    if text is None:
        return last
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise ApiProblem(400, f"Last-Event-ID is {text!r}", "send an id this stream gave, or 0 for every row")
    seq = int(text)
    # A number the node has not reached yet comes from before its tables were replaced: begin anew, miss nothing.
    return seq if seq <= last else 0
