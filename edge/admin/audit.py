"""The append-only record of every write: who, when, what, and what came of it. One JSON object a line."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from edge.errors import StoreError, StoreFull


class AuditLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One write, done or refused."""

    at_ms: int
    """Unix time on this node when its result was known."""
    who: str
    """Name of the token."""
    client: str
    """Address of the peer."""
    method: str
    path: str
    status: int
    did: dict[str, object] = {}
    """What changed: a row's version, the number of rows, the URL refreshed."""


class _Batch:
    """Lines that share one fsync, and what became of it."""

    def __init__(self) -> None:
        self.lines: list[bytes] = []
        self.ended = asyncio.Event()
        self.error: StoreError | None = StoreError("the audit line was not written: the node is stopping")


class AuditLog:
    """Appends to one file between ``__enter__`` and ``__exit__``. For one event loop."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._open: _Batch | None = None
        self._writing = asyncio.Lock()
        self._fd = -1
        self._torn = False
        """Whether the file ends inside a line, as after a full disk or a power cut."""

    def __enter__(self) -> Self:
        try:
            self._fd = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
            end = os.fstat(self._fd).st_size
            self._torn = end > 0 and os.pread(self._fd, 1, end - 1) != b"\n"
        except OSError as exc:
            raise StoreError(f"cannot open {self._path}: {exc.strerror}") from exc
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        os.close(self._fd)

    async def append(self, line: AuditLine) -> None:
        """Return once the line is on disk; lines that arrive together share one fsync. Raises StoreError, StoreFull."""
        raw = msgspec.json.encode(line) + b"\n"
        if self._open is not None:
            batch = self._open
            batch.lines.append(raw)
            await batch.ended.wait()
        else:
            batch = self._open = _Batch()
            batch.lines.append(raw)
            await self._flush(batch)
        if batch.error is not None:
            raise batch.error

    async def _flush(self, batch: _Batch) -> None:
        try:
            async with self._writing:
                self._open = None
                await asyncio.to_thread(self._write, b"".join(batch.lines))
                batch.error = None
        except StoreError as exc:
            batch.error = exc
        finally:
            if self._open is batch:
                self._open = None
            batch.ended.set()

    def _write(self, raw: bytes) -> None:
        raw = b"\n" + raw if self._torn else raw
        try:
            written = os.write(self._fd, raw)
            self._torn = written < len(raw)
            os.fsync(self._fd)
        except OSError as exc:
            raise StoreError(f"cannot write {self._path}: {exc.strerror}") from exc
        if self._torn:
            raise StoreFull(f"no room left for {self._path}")
