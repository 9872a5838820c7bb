"""``vitrine feeds``: how each feed is, and reading one now."""

from __future__ import annotations

from urllib.parse import quote

import click

from edge.cli.client import Client, Request
from edge.cli.find import node_command
from edge.cli.output import Failure, print_json, print_outline

_TIMEOUT_S = 900.0
"""Shops take their time to make a feed of everything they sell."""


@click.command()
@click.option("--run", "name", metavar="NAME", help="Read this feed now, whole and whatever it said of its changes.")
@node_command
def feeds(client: Client, name: str | None, *, as_json: bool) -> None:
    """Where prices, stock and products come from by themselves: what was read last, and what was wrong with it."""
    show = print_json if as_json else print_outline
    if name is None:
        show(client.get("/feeds").document)
        return
    document = client.call(Request("POST", f"/feeds/{quote(name, safe='')}/read", timeout_s=_TIMEOUT_S)).document
    show(document)
    if document.get("state") != "good":
        raise Failure(f"feed {name}: {document.get('detail')}", "its rows stay as they were")
