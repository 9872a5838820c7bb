from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import msgpack  # type: ignore[import-untyped]
import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.edge.cli.conftest import Run
    from tests.unit.edge.conftest import AdminNode

ROWS = {
    "A": {"skus": ["x", "y"], "label": "Sale, now; \"here\"\n[2 for 1]"},
    "B": {"all": True, "near": {"lat": 52.5, "lon": 13.4, "radius_m": 500.0}},
    "C": {"tags": ["a|b"], "countries": ["DE"], "html": "<b>ü</b>"},
}  # fmt: skip


async def held(run: Run, table: str) -> dict[str, object]:
    lines = (await run("tables", "export", table)).stdout.splitlines()
    return {row["key"]: row["value"] for row in map(json.loads, lines)}


@pytest.mark.parametrize("extension", ["ndjson", "csv", "msgpack"])
async def test_what_is_exported_is_imported_again(extension: str, run: Run, elsewhere: Path) -> None:
    for key, row in ROWS.items():
        assert (await run("tables", "put", "promotions", key, json.dumps(row))).exit_code == 0
    before = await held(run, "promotions")
    file = elsewhere / f"rows.{extension}"
    exported = await run("tables", "export", "promotions", "--output", str(file))
    assert (exported.exit_code, exported.stdout) == (0, f"{file}: 3 rows\n")
    for key in ROWS:
        await run("tables", "delete", "promotions", key)
    imported = await run("tables", "import", "promotions", str(file))
    assert (imported.exit_code, imported.stdout) == (0, "promotions: 3 of 3 rows applied\n")
    assert await held(run, "promotions") == before == ROWS


async def test_an_export_has_every_page(run: Run, elsewhere: Path) -> None:
    file = elsewhere / "rows.ndjson"
    file.write_text("".join(json.dumps({"key": f"{number:05}", "n": number}) + "\n" for number in range(2500)))
    assert (await run("tables", "import", "notes", str(file))).exit_code == 0
    assert list(await held(run, "notes")) == [f"{number:05}" for number in range(2500)]
    assert len((await run("tables", "export", "notes", "--prefix", "0001")).stdout.splitlines()) == 10


async def test_each_format_goes_to_standard_output(run: Run) -> None:
    await run("tables", "put", "notes", "A", '{"b": 1, "a": "x"}')
    packed = await run("tables", "export", "notes", "--format", "msgpack")
    assert msgpack.unpackb(packed.stdout_bytes) == {"key": "A", "value": {"a": "x", "b": 1}}
    table = list(csv.reader(io.StringIO((await run("tables", "export", "notes", "--format", "csv")).stdout)))
    assert table == [["key", "a", "b"], ["A", "x", "1"]]


async def test_bad_rows_are_listed_with_their_lines(run: Run, elsewhere: Path) -> None:
    file = elsewhere / "rows.csv"
    file.write_text("sku,amount\nA,1.00\nB,cheap\n,2.00\n")
    result = await run("tables", "import", "prices", str(file))
    assert (result.exit_code, result.stdout) == (1, "")
    assert [line.partition(";")[0] for line in result.stderr.splitlines()] == [
        "error: 2 of 3 rows are bad, so none was imported",
        "  line 3: B amount: 'cheap' is not an amount",
        "  line 4: the row has no key",
    ]
    assert await held(run, "prices") == {}


async def test_standard_input_needs_its_format_said(run: Run) -> None:
    unsaid = await run("tables", "import", "notes", "-", stdin="key,n\nA,1\n")
    assert (unsaid.exit_code, "add --format" in unsaid.stderr) == (2, True)
    said = await run("tables", "import", "notes", "-", "--format", "csv", "--json", stdin="key,n\nA,1\n")
    assert json.loads(said.stdout) == {"rows": 1, "applied": 1, "kept": 0}


async def test_a_file_that_is_not_there_is_named(run: Run) -> None:
    result = await run("tables", "import", "notes", "gone.csv")
    assert (result.exit_code, result.stderr.partition(";")[0]) == (
        1,
        "error: gone.csv cannot be read (No such file or directory)",
    )


async def test_a_failed_export_leaves_the_file_that_was_there(run: Run, elsewhere: Path) -> None:
    file = elsewhere / "rows.ndjson"
    file.write_text("old")
    assert (await run("tables", "export", "nothing", "--output", str(file))).exit_code == 1
    assert (file.read_text(), [path.name for path in elsewhere.iterdir()]) == ("old", ["rows.ndjson"])


async def test_a_refused_upload_says_why_although_it_is_still_being_sent(
    run: Run, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VITRINE_TOKEN", "wrong")
    file = elsewhere / "rows.ndjson"
    file.write_bytes(b'{"key":"A","text":"' + b"x" * 900_000 + b'"}\n')
    result = await run("tables", "import", "notes", str(file))
    assert (result.exit_code, "this token is not known here" in result.stderr) == (1, True)


async def test_imported_events_keep_what_is_newer(run: Run, admin_node: AdminNode, elsewhere: Path) -> None:
    await admin_node.call("PUT", "/tables/notes/A", {"n": 2}, X_Source_Version="9")
    file = elsewhere / "rows.ndjson"
    file.write_text('{"key":"A","n":1}\n{"key":"B","n":1}\n')
    result = await run("tables", "import", "notes", str(file), "--source-version", "8")
    assert result.stdout == "notes: 1 of 2 rows applied, 1 kept what is newer\n"
