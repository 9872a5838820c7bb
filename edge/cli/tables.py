"""``vitrine tables``: rows read and written; whole tables are in ``edge.cli.transfer``, changes in ``watch``."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import wraps
from urllib.parse import quote

import click

from edge.cli.client import Answer, Client, Request
from edge.cli.find import node_command
from edge.cli.output import print_json
from edge.cli.transfer import export_rows, import_rows
from edge.cli.watch import watch


@click.group()
def tables() -> None:
    """Read and write the tables that pages are filled from."""


tables.add_command(import_rows)
tables.add_command(export_rows)
tables.add_command(watch)


def writing_command(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command the arguments and options of a write, and pass it the ``path`` and ``headers`` they mean."""

    @click.argument("table")
    @click.argument("key")
    @click.option(
        "--source-version", type=click.IntRange(min=1), help="Mark an event: its source's version of the row."
    )
    @click.option("--if-match", metavar="ETAG", help="Only if the row still has this ETag; * for any row.")
    @node_command
    @wraps(function)
    def command(*, table: str, key: str, source_version: int | None, if_match: str | None, **rest: object) -> None:
        headers = {"Content-Type": "application/json"}
        if source_version is not None:
            headers["X-Source-Version"] = str(source_version)
        if if_match is not None:
            headers["If-Match"] = if_match
        function(path=row_path(table, key), headers=headers, **rest)

    return command


@tables.command()
@writing_command
@click.argument("row", metavar="[JSON]", required=False)
def put(client: Client, path: str, headers: dict[str, str], *, row: str | None, as_json: bool) -> None:
    """State the row TABLE KEY. Without JSON the row is read from standard input."""
    _print_write(client.call(Request("PUT", path, headers=headers, body=_body(row))), path, as_json=as_json)


@tables.command()
@writing_command
@click.argument("row", metavar="[JSON]", required=False)
def patch(client: Client, path: str, headers: dict[str, str], *, row: str | None, as_json: bool) -> None:
    """Change members of the row TABLE KEY; null removes one. Without JSON they are read from standard input."""
    _print_write(client.call(Request("PATCH", path, headers=headers, body=_body(row))), path, as_json=as_json)


@tables.command()
@writing_command
def delete(client: Client, path: str, headers: dict[str, str], *, as_json: bool) -> None:
    """Delete the row TABLE KEY."""
    _print_write(client.call(Request("DELETE", path, headers=headers)), path, as_json=as_json)


@tables.command()
@click.argument("table")
@click.argument("key")
@node_command
def get(client: Client, table: str, key: str, *, as_json: bool) -> None:
    """Print the row TABLE KEY as JSON."""
    answer = client.get(row_path(table, key))
    if as_json:
        print_json({"key": key, "value": answer.document, "etag": answer.headers.get("etag")})
    else:
        print_json(answer.document)


def row_path(table: str, key: str) -> str:
    """The row's place in the admin API. A key may hold anything, slashes included."""
    return f"/tables/{quote(table, safe='')}/{quote(key, safe='')}"


def _body(row: str | None) -> bytes:
    return (sys.stdin.read() if row is None or row == "-" else row).encode("utf-8", "surrogateescape")


def _print_write(answer: Answer, path: str, *, as_json: bool) -> None:
    fate = answer.headers.get("vitrine-row", "applied")
    value = json.loads(answer.body) if answer.body else None
    if as_json:
        print_json({"row": fate, "value": value, "etag": answer.headers.get("etag")})
        return
    name = path.removeprefix("/tables/")
    if fate == "kept":
        click.echo(f"{name}: kept, the node holds a newer row: {json.dumps(value, ensure_ascii=False)}")
    elif value is None:
        click.echo(f"{name}: deleted")
    else:
        click.echo(f"{name}: {json.dumps(value, ensure_ascii=False)}")
