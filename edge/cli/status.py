"""``vitrine status``: how the node is."""

from __future__ import annotations

import click

from edge.cli.client import Client
from edge.cli.find import node_command
from edge.cli.output import print_json, print_outline


@click.command()
@node_command
def status(client: Client, *, as_json: bool) -> None:
    """Node, workers, filler, store and origins."""
    document = client.get("/status").document
    (print_json if as_json else print_outline)(document)
