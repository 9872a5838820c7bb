"""Bulk import: every row of an upload, or none and a list of the bad ones.

The upload goes to an unnamed file on disk, is read and validated row by row into a second one, and only when nothing is
wrong is that applied, in transactions of bounded size. So memory stays flat whatever the upload's length, and the
price an operator puts meanwhile waits for one batch, not for the whole import. What the batches are not is one
transaction: pages may show the first rows before the last is in, and a disk that fills up or a process that dies
half-way leaves the rows applied so far. Importing again completes it; no other row is touched.
"""

from __future__ import annotations

import asyncio
import struct
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

import msgspec
from aiohttp import web

from edge.admin.auth import DID
from edge.admin.formats import READERS, ROW_BYTES, BadRow, FileRow, Reader, Shape
from edge.admin.parts import PARTS, Document
from edge.admin.problem import ApiProblem
from edge.admin.rows import key_fault, packed
from edge.admin.tables_api import source_version_of, table_name
from edge.errors import StoreFull
from edge.store.tables import Put
from renderers.rows import RowProblem, validate

_BATCH = 2000
"""Rows in one transaction."""
_SHOWN = 100
"""Bad rows that are listed; the rest are counted."""
_CHUNK_BYTES = 2**18
_UPLOAD_BYTES = 8 * 2**30

_LENGTH = struct.Struct(">I")
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(tuple[str, bytes | None, int]).decode


@dataclass(slots=True)
class _Checked:
    """What checking found."""

    rows: int = 0
    bad: int = 0
    shown: list[dict[str, object]] = field(default_factory=list)

    def blame(self, line: int, **members: object) -> None:
        self.bad += 1
        if len(self.shown) < _SHOWN:
            self.shown.append({"line": line, **members})


class _Import(NamedTuple):
    """What one upload is to become."""

    reader: Reader
    shape: Shape
    source_version: int


async def import_rows(request: web.Request) -> web.Response:
    """``POST /tables/{table}``: answers how many rows were applied, and how many kept what is newer."""
    parts = request.app[PARTS]
    table = table_name(request, parts)
    reader = READERS.get(request.content_type)
    if reader is None:
        detail = f"{request.content_type} is not a format of rows"
        raise ApiProblem(415, detail, f"send one of {', '.join(READERS)}", known=list(READERS))
    key_names = tuple(dict.fromkeys(("key", parts.tables[table].key, "sku")))
    job = _Import(reader, Shape(table, key_names), source_version_of(request))
    with _spool(parts.spool) as upload, _spool(parts.spool) as accepted:
        await _receive(request, upload)
        checked = await asyncio.to_thread(_check, job, upload, accepted)
        if checked.bad:
            detail = f"{checked.bad} of {checked.rows} rows are bad, so none was imported"
            remedy = "correct the rows listed, then send all again"
            raise ApiProblem(400, detail, remedy, bad=checked.bad, errors=checked.shown)
        applied = await _apply(request, table, accepted)
    return web.json_response({"rows": checked.rows, "applied": applied, "kept": checked.rows - applied})


async def _receive(request: web.Request, upload: BinaryIO) -> None:
    received = 0
    async for chunk in request.content.iter_chunked(_CHUNK_BYTES):
        received += len(chunk)
        if received > _UPLOAD_BYTES:
            raise ApiProblem(413, f"an upload is at most {_UPLOAD_BYTES >> 30} GiB", "send the rows in several files")
        await asyncio.to_thread(_write, upload, chunk)
    upload.seek(0)


def _check(job: _Import, upload: BinaryIO, accepted: BinaryIO) -> _Checked:
    """Read every row; accepted ones go to the second file for as long as none was bad."""
    checked = _Checked()
    for found in job.reader(upload, job.shape):
        checked.rows += 1
        if isinstance(found, BadRow):
            checked.blame(found.line, detail=found.detail, remedy=found.remedy)
            continue
        if fault := key_fault(found.key):
            checked.blame(found.line, detail=fault[0], remedy=fault[1])
            continue
        try:
            frame = _frame(job, found)
        except RowProblem as exc:
            checked.blame(found.line, key=found.key, field=exc.field, detail=exc.reason, remedy=exc.remedy)
            continue
        if not checked.bad:
            _write(accepted, frame)
    accepted.seek(0)
    return checked


def _frame(job: _Import, found: FileRow) -> bytes:
    """One acceptable row, its length before it. Raises RowProblem."""
    value = None if found.value is None else packed(validate(job.shape.table, found.value))
    if value is not None and len(value) > ROW_BYTES:
        raise RowProblem("", "the row is over 1 MiB", "write less")
    raw = _encode((found.key, value, found.source_version or job.source_version))
    return _LENGTH.pack(len(raw)) + raw


async def _apply(request: web.Request, table: str, accepted: BinaryIO) -> int:
    """Put the accepted rows, batch by batch. Returns how many now hold."""
    applied = rows = 0
    while batch := await asyncio.to_thread(_next_batch, table, accepted):
        try:
            outcomes = await request.app[PARTS].writer.put_many(batch)
        except StoreFull as exc:
            detail = f"the store is full: the first {rows} rows are in, the rest is not"
            raise ApiProblem(507, detail, "free room on the disk, then send all again", rows=rows) from exc
        rows += len(batch)
        applied += sum(outcome.applied for outcome in outcomes)
        did: Document = {"rows": rows, "applied": applied}
        request[DID] = did
    return applied


def _next_batch(table: str, accepted: BinaryIO) -> list[Put]:
    batch: list[Put] = []
    while len(batch) < _BATCH and (head := accepted.read(_LENGTH.size)):
        key, value, source_version = _decode(accepted.read(_LENGTH.unpack(head)[0]))
        batch.append(Put(table, key, value, source_version))
    return batch


@contextmanager
def _spool(folder: Path) -> Iterator[BinaryIO]:
    """A file without a name: gone when it is closed, or when the process dies."""
    with _disk(), tempfile.TemporaryFile(dir=folder) as file:
        yield cast(BinaryIO, file)  # typeshed's wrapper type is the same thing


def _write(file: BinaryIO, raw: bytes) -> None:
    with _disk():
        file.write(raw)


@contextmanager
def _disk() -> Iterator[None]:
    """Turn what the disk refuses into StoreFull."""
    try:
        yield
    except OSError as exc:
        raise StoreFull(f"no room for the upload: {exc.strerror}") from exc
