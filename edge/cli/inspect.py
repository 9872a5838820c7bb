"""``vitrine inspect``: what the edge sees in a live product page, and a configuration that stores it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click
from rich.console import Console

from edge.cli.find import CONFIG
from edge.cli.output import Failure, print_json
from edge.config.load import load
from edge.errors import ConfigError
from edge.fill.origin import OriginClient
from edge.inspect.canary import Canary, Sighting, fly
from edge.inspect.conclusion import Inspection, conclude
from edge.inspect.gathering import gather
from edge.inspect.report import document, print_canary, print_report
from edge.inspect.visiting import shop_at
from edge.inspect.writing import configuration

_WIDTH = 120


@click.command()
@click.argument("url")
@click.option(
    "--write", type=click.Path(path_type=Path, file_okay=False), help="Write vitrine.toml into this directory."
)
@click.option("--canary", is_flag=True, help="Compare as two signed-in visitors instead; needs both cookies.")
@click.option("--cookie-a", metavar="COOKIES", help="Cookie header of one signed-in visitor: 'sessionid=...; a=b'.")
@click.option("--cookie-b", metavar="COOKIES", help="Cookie header of another one.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def inspect(  # noqa: PLR0913 (one for each option)
    ctx: click.Context,
    url: str,
    *,
    write: Path | None,
    canary: bool,
    cookie_a: str | None,
    cookie_b: str | None,
    as_json: bool,
) -> None:
    """Look at a product page of a shop that is not configured yet.

    Says where its price and stock stand, what differs between two strangers, and what its cookies mean; nothing is
    asked. Only the shop of URL is fetched, as somebody it has never seen.
    """
    if canary and not (cookie_a and cookie_b):
        raise click.UsageError("--canary compares two signed-in visitors; give both --cookie-a and --cookie-b")
    if canary:
        found = asyncio.run(_fly(url, Canary(str(cookie_a), str(cookie_b))))
        _print_sighting(found, as_json=as_json)
        ctx.exit(1 if found.leaks else 0)
    path = None if write is None else _free(write)
    inspection = asyncio.run(_inspect(url))
    if path is not None:
        _write(inspection, path)
    if as_json:
        print_json(document(inspection) | {"written": str(path) if path else None})
    else:
        print_report(_console(), inspection)
        click.echo(_next_step(url, path))


async def _inspect(url: str) -> Inspection:
    async with OriginClient((shop_at(url),)) as client:
        return conclude(await gather(client, url))


async def _fly(url: str, canary: Canary) -> Sighting:
    async with OriginClient((shop_at(url),)) as client:
        return await fly(client, url, canary)


def _print_sighting(found: Sighting, *, as_json: bool) -> None:
    if as_json:
        print_json(found.document)
    else:
        print_canary(_console(), found)


def _console() -> Console:
    """As wide as the terminal; elsewhere wide enough for selectors."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=_WIDTH)


def _free(folder: Path) -> Path:
    """The file to write; what is there already is never replaced. Raises Failure."""
    path = folder / CONFIG.name
    if path.exists():
        raise Failure(f"{path} is there already", "move it away, or name another directory with --write")
    return path


def _write(inspection: Inspection, path: Path) -> None:
    """Raises Failure."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(configuration(inspection), "utf-8")
    except OSError as exc:
        raise Failure(f"{path} cannot be written ({exc.strerror})", "name another directory with --write") from exc
    try:
        load(path)
    except ConfigError as exc:
        raise Failure(f"the configuration written to {path} has faults", "correct them by hand", exc.problems) from exc


def _next_step(url: str, path: Path | None) -> str:
    if path is None:
        return f"To write a configuration: vitrine inspect {url} --write DIR"
    return f"Written: {path}. To start the edge: vitrine serve --config {path}"
