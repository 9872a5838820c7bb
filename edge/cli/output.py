"""What commands print: documents as JSON or as an outline, failures as one line."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import IO, Any

import click

from edge.errors import ConfigError, EdgeError


class Failure(click.ClickException):
    """What was asked for is not so. Printed as ``error: what is wrong; what to do``, exit status 1."""

    exit_code = 1

    def __init__(self, detail: str, remedy: str = "", more: tuple[str, ...] = ()) -> None:
        """``more``: further lines, each a fault of its own."""
        super().__init__(f"{detail}; {remedy}" if remedy else detail)
        self.more = more

    def show(self, file: IO[Any] | None = None) -> None:
        """Print to standard error."""
        click.echo(f"error: {self.message}", file=file or sys.stderr)
        for line in self.more:
            click.echo(f"  {line}", file=file or sys.stderr)


def failure_of(exc: EdgeError) -> Failure:
    """A failure of the node's own code, for people."""
    if isinstance(exc, ConfigError) and len(exc.problems) > 1:
        return Failure(f"{len(exc.problems)} faults in the configuration", more=exc.problems)
    return Failure(str(exc))


def print_json(value: object) -> None:
    """One JSON document on one line, for programs."""
    click.echo(json.dumps(value, ensure_ascii=False))


def print_outline(document: object) -> None:
    """A JSON document indented without its punctuation, for people."""
    for line in _outline(document, ""):
        click.echo(line)


def _outline(value: object, indent: str) -> Iterator[str]:
    if isinstance(value, dict):
        for name, item in value.items():
            if isinstance(item, dict | list) and item:
                yield f"{indent}{name}:"
                yield from _outline(item, indent + "  ")
            else:
                yield f"{indent}{name}: {_plain(item)}"
    elif isinstance(value, list):
        for item in value:
            lines = list(_outline(item, ""))
            yield f"{indent}- {lines[0] if lines else ''}"
            yield from (f"{indent}  {line}" for line in lines[1:])
    else:
        yield f"{indent}{_plain(value)}"


def _plain(value: object) -> str:
    match value:
        case None | [] | {}:
            return "-"
        case bool():
            return "yes" if value else "no"
        case _:
            return str(value)
