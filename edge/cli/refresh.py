"""``vitrine refresh``: fetch a page again now."""

from __future__ import annotations

import json

import click

from edge.cli.client import Client, Request
from edge.cli.find import node_command
from edge.cli.output import print_json, print_outline


@click.command()
@click.argument("url")
@click.option("--accept", is_flag=True, help="Store what comes even if it lost its price or shrank.")
@node_command
def refresh(client: Client, url: str, *, accept: bool, as_json: bool) -> None:
    """Fetch URL from its origin again and say what became of it. The stored page serves until then."""
    body = json.dumps({"url": url, "accept": accept}).encode()
    request = Request("POST", "/refresh", headers={"Content-Type": "application/json"}, body=body)
    document = client.call(request).document
    (print_json if as_json else print_outline)(document)
