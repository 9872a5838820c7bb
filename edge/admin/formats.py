"""Rows in files: NDJSON, CSV and MessagePack, read one by one so that a file of any length needs little memory.

A row is ``{"key": K, "value": {...}}``, as lists and exports have it, optionally with ``source_version``; or its
fields with the key among them, named ``key`` or what the table's configuration calls it. A ``value`` of null deletes.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import BinaryIO, NamedTuple

import msgpack  # type: ignore[import-untyped]  # it ships no types
import msgspec

ROW_BYTES = 2**20

_WRAPPED = frozenset({"key", "value", "source_version", "version"})
_LISTS = {
    "promotions": frozenset({"skus", "tags", "countries", "regions"}),
    "products": frozenset({"tags"}),
}
"""Columns of the built-in tables that hold several texts."""


class Shape(NamedTuple):
    """What a reader has to know of the table."""

    table: str
    key_names: tuple[str, ...]
    """Names the key may have where it stands among the fields; the first one found is it."""


class FileRow(NamedTuple):
    """One row of a file. ``value`` None deletes."""

    line: int
    """Where it begins, counted from 1; in MessagePack, which has no lines, the number of the row."""
    key: str
    value: object
    source_version: int = 0


class BadRow(NamedTuple):
    """A row that cannot be read, or the end of a file that cannot be read on."""

    line: int
    detail: str
    remedy: str


Reader = Callable[[BinaryIO, Shape], Iterator[FileRow | BadRow]]


def read_ndjson(file: BinaryIO, shape: Shape) -> Iterator[FileRow | BadRow]:
    """One JSON object a line; empty lines are skipped."""
    for number, raw in enumerate(_lines(file), start=1):
        if len(raw) > ROW_BYTES:
            yield BadRow(number, "the line is over 1 MiB", "write one row a line, each under 1 MiB")
            continue
        text = raw.removeprefix(b"\xef\xbb\xbf").strip() if number == 1 else raw.strip()
        if not text:
            continue
        try:
            record = msgspec.json.decode(text)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as exc:
            yield BadRow(number, f"not JSON: {exc}", "write one JSON object a line")
            continue
        yield _row(number, record, shape)


def read_csv(file: BinaryIO, shape: Shape) -> Iterator[FileRow | BadRow]:
    """A header line, then one row a line; comma, semicolon or tab, as in the header. Empty cells are no fields.

    Lists and objects are written as JSON; the built-in tables' lists of texts also with bars: ``DE|FR``.
    """
    head = file.readline(ROW_BYTES).decode("utf-8-sig", "replace")
    file.seek(0)
    delimiter = max(",;\t", key=head.count)
    text = io.TextIOWrapper(file, "utf-8-sig", errors="surrogateescape", newline="")
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    columns: list[str] = []
    line = 1
    try:
        for cells in reader:
            if not columns:
                columns = [cell.strip() for cell in cells]
                if fault := _header_fault(columns, shape):
                    yield fault
                    return
            elif any(cells):
                yield _csv_row(line, columns, cells, shape)
            line = reader.line_num + 1
    except csv.Error as exc:
        yield BadRow(line, f"not CSV from here on: {exc}", 'write a quote inside a cell as ""')
    finally:
        text.detach()  # or it would close the file, which is the caller's


def read_msgpack(file: BinaryIO, shape: Shape) -> Iterator[FileRow | BadRow]:
    """One map after another, or one array of maps."""
    header_bytes, promised = _array_header(file.read(5))
    end = file.seek(0, io.SEEK_END) - header_bytes
    file.seek(header_bytes)
    unpacker = msgpack.Unpacker(file, max_buffer_size=2 * ROW_BYTES)
    number = read = 0
    try:
        for number, record in enumerate(unpacker, start=1):
            read = unpacker.tell()
            yield _row(number, record, shape)
    except (ValueError, msgpack.UnpackException) as exc:
        detail = f"not MessagePack from here on: {exc or type(exc).__name__}"
        yield BadRow(number + 1, detail, "write maps with text keys, each under 1 MiB, one after another")
    else:
        if read < end or number < promised:
            yield BadRow(number + 1, "the file ends inside a row", "send the whole file")


READERS: Mapping[str, Reader] = {
    "application/x-ndjson": read_ndjson,
    "text/csv": read_csv,
    "application/msgpack": read_msgpack,
}
"""By media type."""


def _row(line: int, record: object, shape: Shape) -> FileRow | BadRow:
    if not isinstance(record, dict):
        return BadRow(line, "a row is an object, not a single value", 'write {"key": "A-1", "value": {...}}')
    wrapped = "value" in record and record.keys() <= _WRAPPED
    name = "key" if wrapped else next((name for name in shape.key_names if name in record), "key")
    key = record.get(name)
    if not isinstance(key, str):
        found = "no key" if key is None else f"the key {key!r}, which is no text"
        return BadRow(line, f"the row has {found}", f"write the key as a text named {' or '.join(shape.key_names)}")
    if not wrapped:
        return FileRow(line, key, {member: value for member, value in record.items() if member != name})
    version = record.get("source_version", 0)
    if not isinstance(version, int) or not 0 <= version < 2**60:
        return BadRow(line, f"source_version is {version!r}", "write a whole number, or leave it out")
    return FileRow(line, key, record["value"], version)


def _header_fault(columns: list[str], shape: Shape) -> BadRow | None:
    twice = sorted({column for column in columns if columns.count(column) > 1})
    if twice:
        return BadRow(1, f"two columns are named {twice[0]!r}", "name each column once")
    if "" in columns:
        return BadRow(1, f"column {columns.index('') + 1} has no name", "name it or leave it out")
    if not set(shape.key_names) & set(columns):
        return BadRow(
            1, f"no column holds the key; there are {', '.join(columns)}", f"name one {' or '.join(shape.key_names)}"
        )
    return None


def _csv_row(line: int, columns: list[str], cells: list[str], shape: Shape) -> FileRow | BadRow:
    if len(cells) != len(columns):
        detail = f"{len(cells)} cells under {len(columns)} columns"
        return BadRow(line, detail, "quote a cell that holds the separator")
    if not _is_utf8("".join(cells)):
        return BadRow(line, "not UTF-8", "save the file as UTF-8")
    lists = _LISTS.get(shape.table, frozenset())
    filled = {column: cell.strip() for column, cell in zip(columns, cells, strict=True) if cell.strip()}
    record = {column: _cell(cell, is_list=column in lists) for column, cell in filled.items()}
    name = next(name for name in shape.key_names if name in columns)
    key = cells[columns.index(name)].strip()
    if not key:
        return BadRow(line, "the row has no key", f"fill the column {name!r}")
    return FileRow(line, key, {column: value for column, value in record.items() if column != name})


def _cell(cell: str, *, is_list: bool) -> object:
    """A cell as the row's field: a list or object where it is one, else text. Rows know which texts are numbers."""
    if cell[0] in "[{":
        with suppress(msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return msgspec.json.decode(cell)
    return [part.strip() for part in cell.split("|")] if is_list else cell


def _is_utf8(text: str) -> bool:
    """Whether the text came from UTF-8; bytes that did not are surrogates in it (PEP 383)."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _array_header(head: bytes) -> tuple[int, int]:
    """(bytes, number of items) of the MessagePack array that begins here; (0, 0) when none does."""
    match head[:1]:
        case b"\xdc":
            return 3, int.from_bytes(head[1:3], "big")
        case b"\xdd":
            return 5, int.from_bytes(head[1:5], "big")
        case first if first and first[0] & 0xF0 == 0x90:
            return 1, first[0] & 0x0F
    return 0, 0


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """Lines; of one that is too long only the beginning, the rest is skipped."""
    while line := file.readline(ROW_BYTES + 1):
        yield line
        while len(line) > ROW_BYTES and not line.endswith(b"\n"):
            line = file.readline(ROW_BYTES + 1)
