"""``vitrine check``: every error of the configuration and its templates at once."""

from __future__ import annotations

import json
from pathlib import Path

import click

from edge.cli.find import CONFIG
from edge.cli.output import print_json
from edge.config.json_schema import json_schema
from edge.config.load import load
from edge.errors import ConfigError


@click.command()
@click.option("--config", type=click.Path(path_type=Path, dir_okay=False), default=CONFIG, show_default=True)
@click.option("--schema", is_flag=True, help="Print the file's JSON Schema instead, for editors.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def check(ctx: click.Context, config: Path, *, schema: bool, as_json: bool) -> None:
    """Check the configuration and the templates it names.

    Each fault is one line: file:line: what is wrong; what to write.
    """
    if schema:
        click.echo(json.dumps(json_schema(), indent=2))
        return
    problems: tuple[str, ...] = ()
    summary = ""
    try:
        loaded = load(config)
        counts = (("origin", len(loaded.origins)), ("page kind", len(loaded.pages)), ("table", len(loaded.all_tables)))
        summary = ", ".join(f"{count} {noun}{'' if count == 1 else 's'}" for noun, count in counts)
    except ConfigError as exc:
        problems = exc.problems
    if as_json:
        print_json({"ok": not problems, "problems": problems})
    elif problems:
        click.echo("\n".join(problems), err=True)
    else:
        click.echo(f"{config}: in order ({summary})")
    ctx.exit(1 if problems else 0)
