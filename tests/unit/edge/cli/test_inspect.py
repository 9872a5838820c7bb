from __future__ import annotations

import asyncio
import json
from pathlib import Path

import click.testing

from edge.cli import commands
from edge.config.load import load
from tests.storefronts import magento
from tests.storefronts.serving import serving


async def inspected(*args: str, path: str = "/album.html") -> click.testing.Result:
    """What the command says of a shop that runs meanwhile."""
    async with serving(lambda _: magento.application()) as url:
        return await asyncio.to_thread(click.testing.CliRunner().invoke, commands, ["inspect", url + path, *args])


async def test_a_report_and_a_configuration_that_check_accepts(elsewhere: Path) -> None:
    result = await inspected("--write", "shop")
    assert result.exit_code == 0
    assert "This page would be stored" in result.output
    assert "vitrine serve --config shop/vitrine.toml" in result.output
    checked = click.testing.CliRunner().invoke(commands, ["check", "--config", "shop/vitrine.toml"])
    assert (checked.exit_code, checked.output) == (0, "shop/vitrine.toml: in order (1 origin, 1 page kind, 4 tables)\n")
    assert [kind.name for kind in load(elsewhere / "shop" / "vitrine.toml").pages] == ["product"]


async def test_without_write_nothing_is_written(elsewhere: Path) -> None:
    result = await inspected()
    assert "--write DIR" in result.output
    assert list(elsewhere.iterdir()) == []


async def test_programs_read_one_document(elsewhere: Path) -> None:
    result = await inspected("--json", "--write", ".")
    document = json.loads(result.output)
    assert (document["product"]["sku"], document["stored"], document["written"]) == ("woo-album", True, "vitrine.toml")
    assert (elsewhere / "vitrine.toml").exists()


async def test_a_file_that_is_there_is_never_replaced(elsewhere: Path) -> None:
    (elsewhere / "vitrine.toml").write_text("mine")
    result = await inspected("--write", ".")
    assert (result.exit_code, (elsewhere / "vitrine.toml").read_text()) == (1, "mine")
    assert (
        result.output == "error: vitrine.toml is there already; move it away, or name another directory with --write\n"
    )


async def test_a_page_that_cannot_be_looked_at_is_one_readable_line() -> None:
    result = await inspected(path="/nothing.html")
    assert result.exit_code == 1
    assert result.output.startswith("error: http://127.0.0.1:")
    assert result.output.endswith("answers 404; open a product in a browser and inspect its address\n")


async def test_a_canary_needs_two_visitors() -> None:
    result = await inspected("--canary", "--cookie-a", "a=1")
    assert result.exit_code == 2
    assert "give both --cookie-a and --cookie-b" in result.output


async def test_a_canary_says_whether_anything_of_theirs_would_be_stored() -> None:
    cookies = ("--canary", "--cookie-a", "X-Magento-Vary=a", "--cookie-b", "PHPSESSID=b")
    result = await inspected(*cookies)
    assert result.exit_code == 0
    assert "Visitor A: X-Magento-Vary keeps them out of the store" in result.output
    assert "Nothing of theirs would be stored" in result.output
    assert json.loads((await inspected(*cookies, "--json")).output)["leaks"] == []
