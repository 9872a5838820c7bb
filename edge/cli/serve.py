"""``vitrine serve``: run the node in the foreground."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Unpack

import click

from edge.cli.find import CONFIG
from edge.config.load import Flags, load, overridden
from edge.config.schema import Config
from edge.supervisor import Supervisor


@click.command()
@click.option(
    "--config", type=click.Path(path_type=Path, dir_okay=False), help="Default: vitrine.toml, if it is there."
)
@click.option("--origin", metavar="URL", help="The shop. Alone, it is a complete set-up.")
@click.option("--listen", metavar="HOST:PORT", help="The public port.")
@click.option("--admin", metavar="HOST:PORT", help="The admin port.")
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="Where the node keeps its files.")
@click.option("--workers", type=click.IntRange(1, 256), help="Processes that serve hits.")
def serve(config: Path | None, **flags: Unpack[Flags]) -> None:
    """Serve until SIGTERM or Ctrl-C, which drain. SIGHUP reloads the configuration.

    Flags override the file.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(process)d %(message)s")

    def read() -> Config:
        path = config or (CONFIG if CONFIG.exists() or not flags.get("origin") else None)
        return overridden(load(path) if path else None, **flags)

    supervisor = Supervisor(read(), read)
    asyncio.run(supervisor.run(lambda public, admin: click.echo(f"READY http://{public} admin http://{admin}")))
