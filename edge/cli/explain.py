"""``vitrine explain``: why a request is answered as it is."""

from __future__ import annotations

import click

from edge.cli.client import Client
from edge.cli.find import node_command
from edge.cli.output import print_json, print_outline


@click.command()
@click.argument("url")
@click.option("--header", "headers", multiple=True, metavar="'K: V'", help="A request header; repeat for more.")
@click.option("--ip", metavar="A", help="The visitor's address.")
@click.option("--country", metavar="C", help="Two letters, instead of what the address says.")
@click.option("--at", metavar="TIME", help="Evaluate today's rows at that time (ISO 8601 or epoch seconds).")
@node_command
def explain(client: Client, url: str, headers: tuple[str, ...], *, as_json: bool, **asked: str | None) -> None:
    """Explain the whole decision about URL, hop by hop."""
    query = [("url", url), *(("header", header) for header in headers)]
    query += [(name, value) for name, value in asked.items() if value is not None]
    document = client.get("/explain", tuple(query)).document
    (print_json if as_json else print_outline)(document)
