"""``vitrine tables watch``: a table's changes as they happen."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import quote

import click

from edge.cli.client import Client, Request, Unreachable
from edge.cli.find import node_command
from edge.cli.output import Failure, print_json

_SILENCE_S = 60.0
"""The node says something every 15 s; longer silence is a lost connection."""
_RETRY_S = 1.0


class _Event(NamedTuple):
    """One server-sent event. ``data`` is empty for one that only moves the resume point."""

    last_id: str
    data: str


@click.command()
@click.argument("table")
@click.option("--after", metavar="ID", help="Resume after this id; 0 prints every row first.")
@node_command
def watch(client: Client, table: str, after: str | None, *, as_json: bool) -> None:
    """Print every change of TABLE until interrupted, reconnecting when the node restarts."""
    last_id = after
    connected = False
    try:
        while True:
            try:
                for event in _events(client, table, last_id):
                    connected = True
                    last_id = event.last_id or last_id
                    if event.data:
                        _print(json.loads(event.data), as_json=as_json)
            except Unreachable as exc:
                if not connected:
                    raise
                click.echo(f"{exc.message.partition(';')[0]}; trying again", err=True)
            time.sleep(_RETRY_S)
    except KeyboardInterrupt:
        return


def _events(client: Client, table: str, last_id: str | None) -> Iterator[_Event]:
    """Events as the stream's lines state them (WHATWG HTML §9.2.6)."""
    headers = {"Accept": "text/event-stream"} | ({} if last_id is None else {"Last-Event-ID": last_id})
    path = f"/tables/{quote(table, safe='')}/changes"
    fields = {"id": "", "data": ""}
    for line in client.lines(Request("GET", path, headers=headers, timeout_s=_SILENCE_S)):
        name, _, value = line.partition(": ")
        if not line:
            yield _Event(fields["id"], fields["data"])
            fields = {"id": "", "data": ""}
        elif name in fields:
            fields[name] = value


def _print(row: object, *, as_json: bool) -> None:
    if not isinstance(row, dict):
        raise Failure("the node sent something that is no row", "use a command of the node's own version")
    if as_json:
        print_json(row)
    elif row["value"] is None:
        click.echo(f"{row['key']}: deleted")
    else:
        click.echo(f"{row['key']}: {json.dumps(row['value'], ensure_ascii=False)}")
