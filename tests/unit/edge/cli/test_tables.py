from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

import pytest

from edge.cli.tables import row_path

if TYPE_CHECKING:
    from tests.unit.edge.cli.conftest import Run

ROW = '{"amount": "19.90", "currency": "EUR"}'


async def test_a_row_is_put_read_changed_and_deleted(run: Run) -> None:
    put = await run("tables", "put", "prices", "A/1", ROW)
    assert (put.exit_code, put.stdout) == (0, f"prices/A%2F1: {ROW}\n")
    got = await run("tables", "get", "prices", "A/1")
    assert (got.exit_code, json.loads(got.stdout)) == (0, json.loads(ROW))
    patched = await run("tables", "patch", "prices", "A/1", '{"amount": "9.90"}')
    assert (patched.exit_code, json.loads(patched.stdout.partition(": ")[2])["amount"]) == (0, "9.90")
    deleted = await run("tables", "delete", "prices", "A/1")
    assert (deleted.exit_code, deleted.stdout) == (0, "prices/A%2F1: deleted\n")


async def test_programs_get_json(run: Run) -> None:
    put = json.loads((await run("tables", "put", "prices", "A", ROW, "--json")).stdout)
    got = json.loads((await run("tables", "get", "prices", "A", "--json")).stdout)
    assert (put["row"], put["value"], got["etag"]) == ("applied", json.loads(ROW), put["etag"])


async def test_a_row_may_come_from_standard_input(run: Run) -> None:
    assert (await run("tables", "put", "prices", "A", stdin=ROW)).exit_code == 0
    assert (await run("tables", "put", "prices", "A", "-", stdin=ROW)).exit_code == 0


async def test_an_old_event_is_told_apart(run: Run) -> None:
    await run("tables", "put", "prices", "A", ROW, "--source-version", "7")
    old = await run("tables", "put", "prices", "A", '{"amount": "1.00"}', "--source-version", "6")
    assert (old.exit_code, old.stdout) == (0, f"prices/A: kept, the node holds a newer row: {ROW}\n")


async def test_a_condition_that_does_not_hold_fails(run: Run) -> None:
    await run("tables", "put", "prices", "A", ROW)
    refused = await run("tables", "put", "prices", "A", ROW, "--if-match", '"other"')
    assert refused.exit_code == 1
    assert refused.stderr.startswith("error: the row is not as expected")


class Case(NamedTuple):
    id: str
    args: tuple[str, ...]
    exit_code: int
    says: str


CASES = [
    Case(
        "no such row", ("get", "prices", "A"), 1, "error: prices has no row 'A'; GET /tables/prices lists what there is"
    ),
    Case("no such row to delete", ("delete", "prices", "A"), 1, "error: prices has no row 'A'"),
    Case(
        "no such table",
        ("get", "price", "A"),
        1,
        "error: there is no table 'price'; use one of inventory, notes, prices",
    ),
    Case(
        "a row that is none", ("put", "prices", "A", '{"amount": "1,99"}'), 1, "error: amount: '1,99' is not an amount"
    ),
    Case("a row that is no JSON", ("put", "prices", "A", "{"), 1, "error: the body is not JSON"),
    Case("a key too long", ("put", "prices", "k" * 401, ROW), 1, "error: the key has 401 bytes of UTF-8; write a key"),
    Case("no key", ("put", "prices"), 2, "Missing argument 'KEY'"),
    Case("an option nobody knows", ("put", "prices", "A", ROW, "--force"), 2, "No such option"),
    Case("a version of nothing", ("put", "prices", "A", ROW, "--source-version", "0"), 2, "Invalid value"),
    Case("a command nobody knows", ("drop", "prices"), 2, "No such command"),
]


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
async def test_what_is_not_so_is_one_line_and_wrong_usage_is_2(case: Case, run: Run) -> None:
    result = await run("tables", *case.args)
    assert (result.exit_code, result.stdout) == (case.exit_code, "")
    assert case.says in result.stderr
    assert "Traceback" not in result.stderr
    if case.exit_code == 1:
        assert result.stderr.count("\n") == 1


def test_a_key_is_one_part_of_the_path() -> None:
    assert row_path("notes", "a/b ?ü") == "/tables/notes/a%2Fb%20%3F%C3%BC"
