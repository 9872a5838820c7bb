"""``vitrine tables import`` and ``export``: whole tables in and out of files."""

from __future__ import annotations

import csv
import io
import json
import os
import stat
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Literal
from urllib.parse import quote

import click
import msgspec

from edge.cli.client import IMPORT_TIMEOUT_S, Client, Request
from edge.cli.find import node_command
from edge.cli.output import Failure, print_json
from edge.cli.progress import Progress, counting

Format = Literal["ndjson", "csv", "msgpack"]
Listed = dict[str, object]
"""A row as the API lists it."""

_MEDIA_TYPES: dict[Format, str] = {
    "ndjson": "application/x-ndjson",
    "csv": "text/csv",
    "msgpack": "application/msgpack",
}
_EXTENSIONS: dict[str, Format] = {
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".csv": "csv",
    ".tsv": "csv",
    ".msgpack": "msgpack",
    ".mp": "msgpack",
}
_PAGE_ROWS = 1000
_CHUNK_BYTES = 2**16
_FORMATS = click.Choice(list(_MEDIA_TYPES))


@click.command("import")
@click.argument("table")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True, dir_okay=False))
@click.option("--format", "form", type=_FORMATS, help="Default: what the file's extension says.")
@click.option("--source-version", type=click.IntRange(min=1), help="Mark events: their source's version.")
@node_command
def import_rows(  # noqa: PLR0913 - one for each option
    client: Client, table: str, file: Path, *, form: Format | None, source_version: int | None, as_json: bool
) -> None:
    """Import every row of FILE into TABLE, or none and say which are bad. FILE - is standard input."""
    headers = {"Content-Type": _MEDIA_TYPES[_format(file, form)]}
    if source_version is not None:
        headers["X-Source-Version"] = str(source_version)
    with _opened(file) as source:
        size = _size(source)
        if size is not None:
            headers["Content-Length"] = str(size)
        with Progress(f"importing into {table}", size, "bytes") as progress:
            body = counting(iter(lambda: source.read(_CHUNK_BYTES), b""), progress, len)
            path = f"/tables/{quote(table, safe='')}"
            answer = client.call(Request("POST", path, headers=headers, body=body, timeout_s=IMPORT_TIMEOUT_S))
    if as_json:
        print_json(answer.document)
        return
    counts = {name: answer.document.get(name) for name in ("rows", "applied", "kept")}
    kept = f", {counts['kept']} kept what is newer" if counts["kept"] else ""
    click.echo(f"{table}: {counts['applied']} of {counts['rows']} rows applied{kept}")


@click.command("export")
@click.argument("table")
@click.option("--format", "form", type=_FORMATS, help="Default: what the output's extension says, else ndjson.")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Default: standard output.")
@click.option("--prefix", default="", help="Only rows whose key begins so.")
@node_command
def export_rows(  # noqa: PLR0913 - one for each option
    client: Client, table: str, *, form: Format | None, output: Path | None, prefix: str, as_json: bool
) -> None:
    """Write every row of TABLE in key order, in a form that import reads."""
    chosen = form or ("ndjson" if output is None else _format(output, None))
    write = {"ndjson": _write_ndjson, "csv": _write_csv, "msgpack": _write_msgpack}[chosen]
    if output is None:
        _export(client, table, prefix=prefix, write=write, out=sys.stdout.buffer)
        return
    beside = output.with_name(f".{output.name}.part")
    try:
        with beside.open("wb") as out:
            count = _export(client, table, prefix=prefix, write=write, out=out)
        beside.replace(output)  # a file that was there before is replaced by a whole one or stays
    except OSError as exc:
        raise Failure(f"{output} cannot be written ({exc.strerror})", "write somewhere else with --output") from exc
    finally:
        beside.unlink(missing_ok=True)
    if as_json:
        print_json({"rows": count, "file": str(output)})
    else:
        click.echo(f"{output}: {count} rows")


Write = Callable[[Iterable[Listed], BinaryIO], None]


def _export(client: Client, table: str, *, prefix: str, write: Write, out: BinaryIO) -> int:
    with Progress(f"exporting {table}", None, "rows") as progress:
        write(counting(_rows(client, table, prefix), progress, lambda _row: 1), out)
        out.flush()
        return progress.done


def _rows(client: Client, table: str, prefix: str) -> Iterator[Listed]:
    """Rows page by page. Each page is a snapshot; the export as a whole is not one."""
    after = ""
    while True:
        query = (("limit", str(_PAGE_ROWS)), ("prefix", prefix), *((("after", after),) if after else ()))
        page = client.get(f"/tables/{quote(table, safe='')}", query).document
        rows = page.get("rows")
        yield from ({"key": row["key"], "value": row["value"]} for row in (rows if isinstance(rows, list) else ()))
        following = page.get("next")
        if not isinstance(following, str):
            return
        after = following


def _write_ndjson(rows: Iterable[Listed], out: BinaryIO) -> None:
    for row in rows:
        out.write(msgspec.json.encode(row) + b"\n")


def _write_msgpack(rows: Iterable[Listed], out: BinaryIO) -> None:
    for row in rows:
        out.write(msgspec.msgpack.encode(row))


def _write_csv(rows: Iterable[Listed], out: BinaryIO) -> None:
    """The header needs the names of all fields, so rows wait in a file until the last one is known."""
    names: dict[str, None] = {}
    with tempfile.TemporaryFile() as waiting:
        for row in rows:
            value = row["value"]
            fields = value if isinstance(value, dict) else {}
            names.update(dict.fromkeys(fields))
            waiting.write(msgspec.json.encode({**fields, "key": row["key"]}) + b"\n")
        waiting.seek(0)
        text = io.TextIOWrapper(out, "utf-8", newline="", write_through=True)
        writer = csv.writer(text, lineterminator="\n")
        columns = ["key", *sorted(names.keys() - {"key"})]
        writer.writerow(columns)
        for line in waiting:
            fields = msgspec.json.decode(line)
            writer.writerow([_cell(fields.get(column)) for column in columns])
        text.detach()


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case str():
            return value
        case _:
            return json.dumps(value, ensure_ascii=False)


def _format(file: Path, form: Format | None) -> Format:
    if form is not None:
        return form
    known = _EXTENSIONS.get(file.suffix.lower())
    if known is None:
        raise click.UsageError(f"{file} does not say its format; add --format ndjson, csv or msgpack")
    return known


def _opened(file: Path) -> BinaryIO:
    if str(file) == "-":
        return sys.stdin.buffer
    try:
        return file.open("rb")
    except OSError as exc:
        raise Failure(f"{file} cannot be read ({exc.strerror})", "write the path of a file with rows") from exc


def _size(source: BinaryIO) -> int | None:
    """Bytes, if it is a plain file; a pipe does not know."""
    try:
        about = os.fstat(source.fileno())
    except OSError:
        return None
    return about.st_size if stat.S_ISREG(about.st_mode) else None
