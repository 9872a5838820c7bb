"""Shop pages and what becomes of them: ``NAME.html`` as an origin sends it, ``NAME.json`` its kind and the outcome.

After a wanted change of outcome, ``VITRINE_GOLDEN=write make test`` writes the new ones; review them as a diff.
"""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest

from renderers.cut import compile_page
from renderers.fragments import Missing, Scope, compile_fill, fragment
from renderers.page import Compiled, KindSpec, Page, Slot, Values, origin_bytes
from renderers.sinks import to_bytes

PAGES = sorted(Path(__file__).parent.glob("pages/*.html"))
TOKEN = "a-token-of-this-visitor"


class WantedSlot(msgspec.Struct, frozen=True):
    name: str
    sku: str | None
    sink: str
    origin: str
    filled: str
    """With ``Golden.rows`` for every SKU; the origin's bytes where a row is missing."""


class Wanted(msgspec.Struct, frozen=True):
    sku: str | None
    charset: str
    currencies: tuple[str, ...]
    slots: tuple[WantedSlot, ...]
    readings: tuple[tuple[str, str, Values], ...]
    refused: tuple[tuple[str, str], ...]
    absent: tuple[str, ...]


class Golden(msgspec.Struct, frozen=True):
    content_type: str
    url_path: str
    kind: KindSpec
    rows: dict[str, Values]
    want: Wanted | None


class Visitor:
    def csrf(self, name: str) -> str:
        return TOKEN


def read(path: Path) -> Golden:
    return msgspec.json.decode(path.with_suffix(".json").read_bytes(), type=Golden)


def compiled(path: Path) -> Compiled:
    golden = read(path)
    return compile_page(path.read_bytes(), golden.kind, content_type=golden.content_type, url_path=golden.url_path)


def filled(page: Page, slot: Slot, rows: dict[str, Values]) -> bytes:
    scope = Scope({table: rows.get(table) for table in slot.tables}, None, Visitor())
    try:
        return to_bytes(slot.sink, fragment(compile_fill(slot.fill), slot.sink, slot.learnt, scope), page.charset)
    except Missing:
        return slot.origin


def outcome(result: Compiled, rows: dict[str, Values]) -> Wanted:
    page = result.page
    return Wanted(
        sku=page.sku,
        charset=page.charset,
        currencies=page.currencies,
        slots=tuple(
            WantedSlot(
                slot.name,
                slot.sku,
                slot.sink.value,
                slot.origin.decode(page.charset),
                filled(page, slot, rows).decode(page.charset),
            )
            for slot in page.slots
        ),
        readings=tuple((reading.table, reading.sku, reading.values) for reading in page.readings),
        refused=tuple((refused.slot, refused.reason) for refused in result.refused),
        absent=result.absent,
    )


@pytest.mark.parametrize("path", PAGES, ids=[path.stem for path in PAGES])
def test_a_page_becomes_what_was_reviewed(path: Path) -> None:
    golden = read(path)
    got = outcome(compiled(path), golden.rows)
    if os.environ.get("VITRINE_GOLDEN") == "write":
        text = msgspec.json.format(msgspec.json.encode(msgspec.structs.replace(golden, want=got)), indent=2)
        path.with_suffix(".json").write_bytes(text + b"\n")
        golden = read(path)
    assert got == golden.want


@pytest.mark.parametrize("path", PAGES, ids=[path.stem for path in PAGES])
def test_filled_with_what_it_says_a_page_is_the_origins(path: Path) -> None:
    page = compiled(path).page
    rows: dict[str | None, dict[str, Values]] = {}
    for reading in page.readings:
        rows.setdefault(reading.sku, {})[reading.table] = reading.values
    pieces = [page.segments[0]]
    for slot, segment in zip(page.slots, page.segments[1:], strict=True):
        pieces += (slot.origin if slot.visitor else filled(page, slot, rows.get(slot.sku, {})), segment)
    assert b"".join(pieces) == origin_bytes(page) == path.read_bytes()
