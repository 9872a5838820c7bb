from __future__ import annotations

import os
import timeit
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge.store.environment import set_aside
from edge.store.page_records import CHUNK_BYTES, PageDatabases
from edge.store.pages import Entry, PageContent, PlainContent
from renderers.page import Learnt, Page, Pressed, Reading, Sink, Slot, origin_bytes

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.edge.store.conftest import Pages

EntryOf = Callable[..., Entry]
DigestOf = Callable[[str], bytes]

PAGE = Page(
    segments=(b"<p>\xa4 ", b"</p>" * 40_000),
    slots=(
        Slot(
            "price",
            "{{ prices.amount | money }}",
            Sink.HTML,
            "A-1",
            b"19.99",
            Learnt(1, (("money", b"x"),)),
            ("prices",),
        ),
    ),
    readings=(Reading("prices", "A-1", {"amount": "19.99", "tiers": [1, {"a": None}]}, 5),),
    charset="iso-8859-15",
    sku="A-1",
    currencies=("EUR",),
    spec_digest=b"12345678",
)
PRESSED = (Pressed(b"raw", 1, 2), Pressed(b"deflated", 3, 2**40))
KEY = bytes(16)

SIZES = [0, 1, 2_000, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 5 * CHUNK_BYTES, 1_000_000]


@pytest.mark.parametrize("size", SIZES)
async def test_a_body_comes_back_byte_for_byte(pages: Pages, entry_of: EntryOf, size: int) -> None:
    body = os.urandom(size)
    await pages.store.put(KEY, entry_of("a"), PlainContent(body, gzipped=body[::-1]))
    with pages.reader.view() as view:
        entry = view.lookup(KEY, "a")
        assert entry == entry_of("a")
        assert view.body(KEY, entry) == body
        assert view.gzipped(KEY, entry) == body[::-1]
        assert view.page(KEY, entry) is None


async def test_a_body_stored_without_a_compressed_form_has_none(pages: Pages, entry_of: EntryOf) -> None:
    await pages.store.put(KEY, entry_of("a"), PlainContent(b"\x89PNG"))
    with pages.reader.view() as view:
        assert view.gzipped(KEY, entry_of("a")) is None


async def test_a_page_comes_back_with_its_slots_and_pressed_segments(pages: Pages, entry_of: EntryOf) -> None:
    await pages.store.put(KEY, entry_of("a", page=True), PageContent(PAGE, PRESSED))
    with pages.reader.view() as view:
        entry = view.lookup(KEY, "a")
        assert entry is not None
        assert view.page(KEY, entry) == PAGE
        assert view.pressed(KEY, entry) == PRESSED
        assert view.body(KEY, entry) == origin_bytes(PAGE)
        assert view.gzipped(KEY, entry) is None


async def test_another_key_with_the_same_digest_is_not_served(pages: Pages, entry_of: EntryOf) -> None:
    await pages.store.put(KEY, entry_of("a"), PlainContent(b"a"))
    with pages.reader.view() as view:
        assert view.lookup(KEY, "b") is None


async def test_a_view_keeps_entry_and_body_together_while_both_are_replaced(pages: Pages, entry_of: EntryOf) -> None:
    await pages.store.put(KEY, entry_of("a"), PlainContent(b"old" * 50_000))
    with pages.reader.view() as view:
        entry = view.lookup(KEY, "a")
        await pages.store.put(KEY, entry_of("a", version=b"version2"), PlainContent(b"new"))
        assert entry is not None
        assert view.body(KEY, entry) == b"old" * 50_000


async def test_a_body_replaced_since_the_lookup_is_none_rather_than_another(pages: Pages, entry_of: EntryOf) -> None:
    await pages.store.put(KEY, entry_of("a"), PlainContent(b"old"))
    await pages.store.put(KEY, entry_of("a", version=b"version2"), PlainContent(b"new"))
    with pages.reader.view() as view:
        assert view.body(KEY, entry_of("a")) is None
    assert pages.damage == []


def spoil(pages: Pages, database: str, change: Callable[[bytes], bytes | None]) -> None:
    """Change the last record of a database behind the store's back; None deletes it."""
    db = getattr(PageDatabases(pages.env), database)
    with pages.env.begin(write=True) as txn, txn.cursor(db=db) as cursor:
        assert cursor.last()
        key, changed = cursor.key(), change(cursor.value())
        txn.delete(key, db=db)
        if changed is not None:
            txn.put(key, changed, db=db)


@pytest.mark.parametrize("database", ["entries", "chunks"])
@pytest.mark.parametrize(
    "change",
    [lambda raw: raw[:-1] + bytes([raw[-1] ^ 1]), lambda raw: raw[:-1], lambda _: b"", lambda raw: bytes(len(raw))],
    ids=["one bit", "cut short", "empty", "zeroes"],
)
async def test_a_damaged_record_is_absent_reported_and_mended_by_the_next_fill(
    pages: Pages, entry_of: EntryOf, database: str, change: Callable[[bytes], bytes | None]
) -> None:
    body = os.urandom(100_000)
    await pages.store.put(KEY, entry_of("a"), PlainContent(body))
    spoil(pages, database, change)
    with pages.reader.view() as view:
        entry = view.lookup(KEY, "a")
        assert entry is None or view.body(KEY, entry) is None
    assert len(pages.damage) == 1
    assert KEY.hex() in pages.damage[0]
    await pages.store.put(KEY, entry_of("a"), PlainContent(body))
    with pages.reader.view() as view:
        assert view.body(KEY, entry_of("a")) == body
        assert view.usage().used_bytes < 120_000
    await pages.store.remove(KEY)
    with pages.reader.view() as view:
        assert view.usage() == (0, 0)


async def test_a_missing_chunk_is_noticed(pages: Pages, entry_of: EntryOf) -> None:
    await pages.store.put(KEY, entry_of("a"), PlainContent(bytes(100_000)))
    spoil(pages, "chunks", lambda _: None)
    with pages.reader.view() as view:
        assert view.body(KEY, entry_of("a")) is None
    assert len(pages.damage) == 1


async def test_a_page_of_another_version_of_the_node_is_absent(pages: Pages, entry_of: EntryOf) -> None:
    class OtherPage(msgspec.Struct, array_like=True):
        segments: int

    other = PageContent(OtherPage(5), PRESSED)  # type: ignore[arg-type]
    await pages.store.put(KEY, entry_of("a", page=True), other)
    with pages.reader.view() as view:
        assert view.page(KEY, entry_of("a", page=True)) is None
    assert len(pages.damage) == 1


async def test_reading_never_writes(pages: Pages, entry_of: EntryOf) -> None:
    await pages.store.put(KEY, entry_of("a"), PlainContent(b"a"))
    before = pages.reader.txn_id()
    for _ in range(100):
        with pages.reader.view() as view:
            assert view.body(KEY, entry_of("a")) == b"a"
            assert view.txn_id == before
    assert pages.reader.txn_id() == before


async def test_a_reader_notices_that_its_environment_was_set_aside(pages: Pages, tmp_path: Path) -> None:
    reader = pages.reader
    assert not reader.replaced()
    set_aside(tmp_path / "pages")
    assert reader.replaced()


async def test_a_lookup_costs_microseconds(pages: Pages, entry_of: EntryOf, digest_of: DigestOf) -> None:
    for number in range(500):
        await pages.store.put(digest_of(f"k{number}"), entry_of(f"k{number}"), PlainContent(bytes(3_000)))
    reader, digest = pages.reader, digest_of("k77")

    def look_up() -> None:
        with reader.view() as view:
            assert view.lookup(digest, "k77") is not None

    best_s = min(timeit.repeat(look_up, number=1_000, repeat=5)) / 1_000
    assert best_s < 50e-6, f"{best_s * 1e6:.1f} us"


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.binary(max_size=200_000), min_size=1, max_size=3))
async def test_the_latest_of_several_bodies_is_the_one_read(
    pages: Pages, entry_of: EntryOf, bodies: list[bytes]
) -> None:
    for number, body in enumerate(bodies):
        await pages.store.put(KEY, entry_of("a", version=number.to_bytes(8, "big")), PlainContent(body))
    with pages.reader.view() as view:
        entry = view.lookup(KEY, "a")
        assert entry is not None
        assert view.body(KEY, entry) == bodies[-1]
