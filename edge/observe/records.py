"""Decision records: one JSON line for each request, written off the event loop.

``put`` appends to a bounded queue (0.2 us) and never waits: when the disk is slower than the visitors, records are
dropped and counted, requests are not delayed.
"""

from __future__ import annotations

import threading
import zlib
from collections import deque
from pathlib import Path

import msgspec

from edge.model import Ms
from edge.observe.rotating import RotatingFile

QUEUE_RECORDS = 20_000
_BATCH_RECORDS = 1_000
_GATHER_S = 0.05
"""How long records gather before they are written together."""


class DecisionRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """What became of one request and why. None (left out of the line): does not apply, or was not reached."""

    ts: Ms
    """When the answer was sent; ``total_us`` earlier the request had arrived."""
    id: str
    """Of this request, on this node."""
    client: str
    """Client address (trusted proxies considered)."""
    method: str
    host: str
    target: str
    """Path and query as received."""
    status: int
    kind: str | None = None
    """Page kind."""
    verdict: str
    detail: str | None = None
    """The reason, as in Cache-Status."""
    key: str | None = None
    """Cache key's digest in hexadecimal."""
    age_s: int | None = None
    ttl_s: int | None = None
    """Freshness left; negative once stale."""
    origin_ms: int | None = None
    """Time spent waiting for the origin."""
    total_us: int
    """From the request's head to the last byte handed over."""
    bytes: int
    """Body bytes sent."""
    encoding: str | None = None
    """Content coding sent; None: identity."""
    rows: tuple[str, ...] = ()
    """``table:key@version`` of each row that filled a slot."""
    worker: str


_encoder = msgspec.json.Encoder()


class RecordWriter:
    """Writes records to ``path`` from a thread of its own, rotating to ``path.1`` (newest) ... ``path.<keep>``.

    ``sample`` is the share of requests recorded, chosen by request id so that it is the same in every process;
    answers of status 500 and above are always recorded. A file holds at most ``max_bytes`` (one record at least).
    Each process needs a path of its own. ``put``, ``take_dropped`` and ``close`` belong to one thread.
    """

    def __init__(self, path: Path, *, sample: float, max_bytes: int, keep: int) -> None:
        self._file = RotatingFile(path, max_bytes=max_bytes, keep=keep)
        self._below = int(sample * 2**32)
        self._queue: deque[DecisionRecord] = deque()
        self._wake = threading.Event()
        self._closing = threading.Event()
        self._refused = 0
        self._lost = 0
        self._reported = 0
        self._thread = threading.Thread(target=self._run, name=f"records {path.name}", daemon=True)
        self._thread.start()

    @property
    def fault(self) -> str | None:
        """Why the last records could not be written; None when they were."""
        return self._file.fault

    def put(self, record: DecisionRecord) -> None:
        """Queue a record if it is in the sample; drop and count it when the queue is full or closed. Never waits."""
        if record.status < 500 and zlib.crc32(record.id.encode("utf-8", "replace")) >= self._below:
            return
        if len(self._queue) >= QUEUE_RECORDS or self._closing.is_set():
            self._refused += 1
            return
        self._queue.append(record)
        if not self._wake.is_set():
            self._wake.set()

    def take_dropped(self) -> int:
        """Records dropped since this was last asked: queue full, or the file could not be written."""
        dropped = self._refused + self._lost
        fresh, self._reported = dropped - self._reported, dropped
        return fresh

    def close(self) -> None:
        """Write what is queued and end the thread. Waits for it; further records are dropped."""
        self._closing.set()
        self._wake.set()
        self._thread.join()

    def _run(self) -> None:
        closing = False
        while not closing:
            self._wake.wait()
            self._closing.wait(_GATHER_S)
            self._wake.clear()
            closing = self._closing.is_set()  # read before draining: nothing is queued after it was set
            self._drain()
        self._file.close()

    def _drain(self) -> None:
        while self._queue:
            batch = [self._queue.popleft() for _ in range(min(len(self._queue), _BATCH_RECORDS))]
            self._lost += len(batch) - self._file.append([_line(record) for record in batch])


def _line(record: DecisionRecord) -> bytes:
    try:
        return _encoder.encode(record) + b"\n"
    except UnicodeEncodeError:  # a target or header with bytes that are no UTF-8
        plain: dict[str, object] = msgspec.to_builtins(record)
        readable = {name: _readable(value) if isinstance(value, str) else value for name, value in plain.items()}
        return _encoder.encode(readable) + b"\n"


def _readable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()
