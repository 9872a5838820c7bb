"""Files that rot: pages are set aside and fetched again, tables stop the start and say how to restore."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.conftest import MakeNode, Node, ScriptedOrigin, eventually

STYLE = "/style.css"


@pytest.fixture
def node(origin: ScriptedOrigin, make_node: MakeNode) -> Node:
    """A node that has stored something and holds a row, and was stopped."""
    origin.says(STYLE, "body{}" * 2_000, content_type="text/css", cache_control="max-age=600")
    made = make_node(origin.url)
    made.start()
    eventually(lambda: "; hit" in made.ask(STYLE).cache_status, "it is stored")
    for number in range(200):
        made.put("inventory", f"k{number}", {"quantity": number})
    assert made.stop() == 0
    return made


def rot(file: Path) -> None:
    """Overwrite every page of the file but the first two, which only say where the others are."""
    data = bytearray(file.read_bytes())
    for start in range(2 * 4096, len(data), 4096):
        data[start : start + 24] = b"\xaa" * 24
    file.write_bytes(data)


def test_damaged_pages_are_set_aside_and_filled_again(origin: ScriptedOrigin, node: Node) -> None:
    asked = origin.times(STYLE)
    rot(node.data / "pages" / "data.mdb")
    node.start()
    assert node.ask(STYLE).text == "body{}" * 2_000
    assert origin.times(STYLE) == asked + 1
    eventually(lambda: "; hit" in node.ask(STYLE).cache_status, "it is stored again")
    assert "damaged and were set aside" in node.log
    assert [path.name.partition("-")[0] for path in node.data.glob("pages.damaged-*")] == ["pages.damaged"]
    assert '"quantity": 7' in node.admin("/tables/inventory/k7").text.replace('":', '": ')


@pytest.mark.parametrize("kept", [0, 100, 8_192, 20_000])
def test_pages_cut_short_are_set_aside(node: Node, kept: int) -> None:
    file = node.data / "pages" / "data.mdb"
    file.write_bytes(file.read_bytes()[:kept])
    node.start()
    assert node.ask(STYLE).status == 200


def test_damaged_tables_stop_the_start_and_say_how_to_restore(node: Node) -> None:
    file = node.data / "tables" / "data.mdb"
    whole = file.read_bytes()
    rot(file)
    damaged = file.read_bytes()
    started_s = time.monotonic()
    node.launch()
    eventually(lambda: node.ended, "the node ends")
    assert time.monotonic() - started_s < 15
    assert node.stop() == 1
    assert "To restore: stop the node" in node.log
    assert "vitrine tables import" in node.log
    assert "Traceback" not in node.log
    assert file.read_bytes() == damaged, "nothing was changed"
    file.write_bytes(whole)
    node.start()
    assert '"quantity":199' in node.admin("/tables/inventory/k199").text.replace(" ", "")
