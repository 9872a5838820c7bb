"""The commands that ask the node one thing, and the tree they hang on."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click.testing
import pytest

from edge.admin.parts import ExplainQuery
from edge.cli import COMMANDS, commands, main

if TYPE_CHECKING:
    from tests.unit.edge.cli.conftest import Run
    from tests.unit.edge.conftest import AdminNode


def invoke(*args: str) -> click.testing.Result:
    return click.testing.CliRunner().invoke(commands, args)


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_explains_itself(command: str) -> None:
    result = invoke(command, "--help")
    assert (result.exit_code, result.output.startswith(f"Usage: commands {command}")) == (0, True)
    assert f"  {command} " in invoke("--help").output


async def test_status_is_an_outline_for_people_and_json_for_programs(run: Run) -> None:
    assert (await run("status")).stdout == "node: edge-1\nworkers:\n  - slot: 0\n    up: yes\n"
    assert json.loads((await run("status", "--json")).stdout)["workers"] == [{"slot": 0, "up": True}]


async def test_explain_asks_the_whole_question(run: Run, admin_node: AdminNode) -> None:
    options = (
        "--header",
        "Cookie: a=b; c=d",
        "--header",
        "X-A: ü",
        "--ip",
        "10.0.0.1",
        "--country",
        "DE",
        "--at",
        "10",
    )
    result = await run("explain", "https://shop.example/p?a=1&b=2", *options)
    assert (result.exit_code, "hop: identify" in result.stdout) == (0, True)
    assert admin_node.explained == [
        ExplainQuery(
            url="https://shop.example/p?a=1&b=2",
            headers=(("Cookie", "a=b; c=d"), ("X-A", "ü")),
            ip="10.0.0.1",
            country="DE",
            at_ms=10_000,
        )
    ]
    assert json.loads((await run("explain", "/p", "--json")).stdout)["url"] == "/p"


async def test_a_bad_question_is_one_line(run: Run) -> None:
    result = await run("explain", "/p", "--at", "tomorrow")
    assert (result.exit_code, result.stderr) == (
        1,
        "error: at is 'tomorrow'; write a time such as 2026-12-01T00:00:00Z\n",
    )


async def test_refresh_says_what_became_of_it(run: Run, admin_node: AdminNode) -> None:
    assert (await run("refresh", "/p/1")).stdout == "outcome: stored\n"
    assert (await run("refresh", "/p/1", "--accept", "--json")).stdout == '{"outcome": "stored"}\n'
    assert admin_node.refreshed == [("/p/1", False), ("/p/1", True)]


def test_check_prints_every_fault_and_fails(elsewhere: Path) -> None:
    (elsewhere / "vitrine.toml").write_text("[nod]\n[store]\nsize = 1\n")
    result = invoke("check")
    assert (result.exit_code, result.stdout) == (1, "")
    assert [line.split(":")[1] for line in result.stderr.splitlines()] == ["1", "1", "3"]
    told = json.loads(invoke("check", "--json").stdout)
    assert (told["ok"], len(told["problems"])) == (False, 3)


def test_check_of_a_good_file_says_what_is_in_it(elsewhere: Path) -> None:
    (elsewhere / "shop.toml").write_text('[[origins]]\nurl = "http://127.0.0.1:9000"\n')
    result = invoke("check", "--config", "shop.toml")
    assert (result.exit_code, result.stdout) == (0, "shop.toml: in order (1 origin, 0 page kinds, 4 tables)\n")
    assert json.loads(invoke("check", "--config", "shop.toml", "--json").stdout) == {"ok": True, "problems": []}


def test_check_of_no_file_fails() -> None:
    result = invoke("check")
    assert (result.exit_code, result.stderr.startswith("vitrine.toml: there is no such file")) == (1, True)


def test_check_prints_the_schema() -> None:
    assert json.loads(invoke("check", "--schema").stdout)["title"] == "vitrine.toml"


def test_a_bug_is_one_line_unless_asked(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setitem(COMMANDS, "check", "edge.cli.check:no_such_name")
    monkeypatch.setattr(sys, "argv", ["vitrine", "check"])
    with pytest.raises(SystemExit) as caught:
        main()
    assert (caught.value.code, capsys.readouterr().err.startswith("error: vitrine failed: AttributeError")) == (1, True)
    monkeypatch.setenv("VITRINE_DEBUG", "1")
    with pytest.raises(AttributeError):
        main()
