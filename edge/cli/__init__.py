"""The ``vitrine`` command. Each command lives in its own module and is imported only when it is used."""

from __future__ import annotations

import importlib
import os
import sys

import click

from edge.cli.output import Failure, failure_of
from edge.errors import EdgeError

COMMANDS = {
    "check": "edge.cli.check:check",
    "demo": "edge.cli.demo:demo_command",
    "explain": "edge.cli.explain:explain",
    "inspect": "edge.cli.inspect:inspect",
    "feeds": "edge.cli.feeds:feeds",
    "refresh": "edge.cli.refresh:refresh",
    "serve": "edge.cli.serve:serve",
    "status": "edge.cli.status:status",
    "tables": "edge.cli.tables:tables",
}
"""Where each command is, as ``module:name``."""


class Commands(click.Group):
    """The top of the command tree. Failures the node expects become one readable line and exit status 1."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click calls it so
        """Names in the order of help."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click calls it so
        """Import one command."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command = getattr(importlib.import_module(module), name)
        return command if isinstance(command, click.Command) else None

    def invoke(self, ctx: click.Context) -> object:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except EdgeError as exc:
            raise failure_of(exc) from exc


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def commands() -> None:
    """An edge node for shops: stored pages with today's price, stock and promotions in them."""


def main() -> None:
    """Entry of the ``vitrine`` script. Exit status: 0 done, 1 the thing asked for is not so, 2 wrong usage."""
    try:
        commands(prog_name="vitrine")
    except Exception as exc:
        if os.environ.get("VITRINE_DEBUG"):
            raise
        Failure(f"vitrine failed: {type(exc).__name__}: {exc}", "set VITRINE_DEBUG=1 to see where").show()
        sys.exit(1)
