"""``vitrine demo``: the demo shop and an edge in front of it."""

from __future__ import annotations

import signal
import sys
import tempfile
from pathlib import Path

import click
from rich.console import Console

from edge.cli.output import Failure
from loadtest.demo import Demo, Ports, demo
from loadtest.processes import NotReadyError
from loadtest.story import Story, first_product, report


@click.command("demo")
@click.option("--check", is_flag=True, help="Run the whole story once; exit status 0 only if every step held.")
@click.option("--ports", type=click.Choice(["fixed", "auto"]), default="fixed", help="fixed: 9000, 8080, 8081.")
@click.option("--delay", default="350ms", show_default=True, help="The shop's median response time.")
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True)
def demo_command(ports: str, delay: str, workers: int, *, check: bool) -> None:
    """Start a demo shop and an edge in front of it; Ctrl-C stops both."""
    chosen = Ports.free() if ports == "auto" else Ports()
    with tempfile.TemporaryDirectory(prefix="vitrine-demo-") as scratch:
        try:
            with demo(chosen, Path(scratch), delay=delay, workers=workers) as started:
                sys.exit(_check(started) if check else _serve(started))
        except NotReadyError as exc:
            raise Failure(str(exc), "free the ports, or choose free ones with --ports auto") from exc


def _check(started: Demo) -> int:
    console = Console(width=None if sys.stdout.isatty() else 150)
    results = []
    for result in Story(started).run():
        word = {True: "holds", False: "does not hold", None: "comes later"}[result.held]
        click.echo(f"{word}: {result.title}", err=True)
        results.append(result)
    return 0 if report(results, console) else 1


def _serve(started: Demo) -> int:
    path, sku = first_product(started.shop_url)
    click.echo(
        f"""READY

  the shop itself    {started.shop_url}
  through the edge   {started.edge_url}
  admin API          {started.admin_url}
  token              {started.data / "admin.token"}

Try:
  curl -sD- -o/dev/null {started.edge_url}{path}     (twice: see Cache-Status)
  .venv/bin/vitrine tables put --data {started.data} prices {sku} '{{"amount": "99.00", "currency": "EUR"}}'
  .venv/bin/vitrine explain --data {started.data} {started.edge_url}{path}
  .venv/bin/vitrine status --data {started.data}

Ctrl-C stops both."""
    )
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        signal.pause()
    except KeyboardInterrupt:
        click.echo("stopping")
    return 0
