from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.unit.edge.cli.conftest import Run


async def test_feeds_are_an_outline_for_people_and_json_for_programs(run: Run) -> None:
    assert (await run("feeds")).stdout == "feeds:\n  - name: shop\n    state: good\n"
    assert json.loads((await run("feeds", "--json")).stdout) == {"feeds": [{"name": "shop", "state": "good"}]}


async def test_reading_one_now_says_how_it_is_then(run: Run) -> None:
    read = await run("feeds", "--run", "shop")
    assert (read.exit_code, "state: good" in read.stdout) == (0, True)


async def test_a_feed_that_fails_is_exit_status_1(run: Run) -> None:
    read = await run("feeds", "--run", "broken", "--json")
    assert (read.exit_code, json.loads(read.stdout)["state"]) == (1, "failing")
    assert "it answers 500; its rows stay as they were" in read.stderr


async def test_a_feed_that_is_not_there_is_exit_status_1(run: Run) -> None:
    read = await run("feeds", "--run", "other")
    assert (read.exit_code, "no feed 'other'" in read.stderr) == (1, True)
