"""Pages put together: the same bytes while nothing changed, other bytes as soon as something did."""

from __future__ import annotations

import asyncio
import gzip
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.assemble.assembler import Assembled, Assembler, StoredPage
from edge.assemble.holdings import Moment
from edge.store.tables import TableReader, TableWriter
from renderers.page import origin_bytes
from tests.unit.edge.assemble.conftest import cut, stored

if TYPE_CHECKING:
    from tests.unit.edge.assemble.conftest import Tables

NOON = 1_790_000_000_000
SHOP = """<html><head><meta name="sku" content="A-1"><script>var s = {"price": 19.99};</script></head>
<body><h1>Cup</h1><p class="price">€19.99</p><p class="promo">Welcome</p>
<p class="stock">In stock</p><input name="t" value="origins-own-token"></body></html>"""
PRICED = {
    "price": ("css:.price", "{{ prices.amount | money }}"),
    "state": ("json:script#/price", "{{ prices.amount }}"),
}
PROMOTED = {**PRICED, "promo": ("css:.promo", "{{ promotions.label }}")}
PERSONAL = {**PRICED, "csrf": ("css:input@value", '{{ visitor.csrf("c") }}')}


class Somebody:
    def __init__(self, token: str) -> None:
        self._token = token

    def csrf(self, _name: str) -> str:
        return self._token


def assemble(
    assembler: Assembler,
    page: StoredPage,
    *,
    now_ms: int = NOON,
    gzipped: bool = False,
    visitor: Somebody | None = None,
    country: str | None = None,
) -> Assembled:
    place = {"country": country} if country else None
    return assembler.assemble(page, Moment(now_ms, place), gzip=gzipped, visitor=visitor)


def instant(after_noon_ms: int) -> str:
    return datetime.fromtimestamp((NOON + after_noon_ms) / 1000, UTC).isoformat(timespec="milliseconds")


async def test_without_rows_a_page_is_the_origins_byte_for_byte(tables: Tables) -> None:
    page = stored(cut(SHOP, PRICED))
    assembled = assemble(Assembler(tables.reader, {}), page)
    assert assembled.body == SHOP.encode() == origin_bytes(page.page)
    assert assembled.rows == ()


async def test_rows_fill_the_slots_and_are_named(tables: Tables) -> None:
    page = stored(cut(SHOP, PRICED))
    await tables.put("prices", "A-1", amount="5.00", currency="EUR")
    assembled = assemble(Assembler(tables.reader, {}), page)
    assert assembled.body == SHOP.replace("19.99", "5.00").encode()
    assert assembled.rows == (f"prices:A-1@{NOON}",)


async def test_a_write_shows_in_the_very_next_response(tables: Tables) -> None:
    page, assembler = stored(cut(SHOP, PRICED)), Assembler(tables.reader, {})
    for amount in ("5.00", "6.00", "7.00"):
        await tables.put("prices", "A-1", amount=amount, currency="EUR")
        assert f"€{amount}".encode() in assemble(assembler, page).body


async def test_while_nothing_is_written_the_same_bytes_are_sent(tables: Tables) -> None:
    page, assembler = stored(cut(SHOP, PRICED)), Assembler(tables.reader, {})
    assert assemble(assembler, page).body is assemble(assembler, page).body
    assert assemble(assembler, page, gzipped=True).body is assemble(assembler, page, gzipped=True).body


async def test_a_write_elsewhere_costs_no_new_page(tables: Tables) -> None:
    page, assembler = stored(cut(SHOP, PRICED)), Assembler(tables.reader, {})
    before = assemble(assembler, page).body
    await tables.put("prices", "B-2", amount="1.00", currency="EUR")
    await tables.put("promotions", "p", all=True, label="Sale")
    assert assemble(assembler, page).body is before


async def test_a_row_that_appears_where_none_was_is_noticed(tables: Tables) -> None:
    page, assembler = stored(cut(SHOP, PRICED)), Assembler(tables.reader, {})
    before = assemble(assembler, page).body
    await tables.put("prices", "A-1", amount="5.00", currency="EUR")
    assert assemble(assembler, page).body != before
    await tables.delete("prices", "A-1")
    assert assemble(assembler, page).body == before


async def test_a_new_page_is_another_page(tables: Tables) -> None:
    assembler = Assembler(tables.reader, {})
    old, new = stored(cut(SHOP, PRICED)), stored(cut(SHOP.replace("Cup", "Mug"), PRICED), version=b"version2")
    assert b"Cup" in assemble(assembler, old).body
    assert b"Mug" in assemble(assembler, new).body


async def test_a_schedule_takes_effect_at_its_instant_without_a_write(tables: Tables) -> None:
    page, assembler = stored(cut(SHOP, PRICED)), Assembler(tables.reader, {})
    entry = {"from": instant(1_000), "until": instant(2_000), "amount": "9.00"}
    await tables.put("prices", "A-1", amount="5.00", currency="EUR", schedule=[entry])
    shown = [b"9.00" in assemble(assembler, page, now_ms=NOON + ms).body for ms in (0, 999, 1_000, 1_999, 2_000)]
    assert shown == [False, False, True, True, False]


async def test_a_row_grows_too_old_without_a_write(tables: Tables) -> None:
    page, assembler = stored(cut(SHOP, PRICED)), Assembler(tables.reader, {"prices": 1_000})
    await tables.put("prices", "A-1", amount="5.00", currency="EUR")
    assert [b"5.00" in assemble(assembler, page, now_ms=NOON + ms).body for ms in (999, 1_000)] == [True, False]


async def test_a_promotion_starts_and_ends_and_is_for_its_place(tables: Tables) -> None:
    page, assembler = stored(cut(SHOP, PROMOTED)), Assembler(tables.reader, {})
    await tables.put("promotions", "p", all=True, label="Sale", starts_at=instant(1_000), ends_at=instant(2_000))
    await tables.put("promotions", "fr", all=True, label="Soldes", starts_at=instant(1_500), countries=["FR"])

    def promo(ms: int, country: str | None = None) -> str:
        text = assemble(assembler, page, now_ms=NOON + ms, country=country).body.decode()
        return text.partition('"promo">')[2].partition("<")[0]

    assert [promo(ms) for ms in (0, 999, 1_000, 1_999, 2_000)] == ["Welcome", "Welcome", "Sale", "Sale", "Welcome"]
    assert [promo(1_600, country) for country in ("DE", "FR", None, "FR")] == ["Sale", "Soldes", "Sale", "Soldes"]
    await tables.delete("promotions", "fr")
    assert promo(1_600, "FR") == "Sale"


async def test_what_a_clock_that_was_ahead_has_shown_is_not_shown_any_more(tables: Tables) -> None:
    page, assembler = stored(cut(SHOP, PROMOTED)), Assembler(tables.reader, {})
    await tables.put("promotions", "p", all=True, label="Sale", starts_at=instant(1_000))
    assert b"Sale" in assemble(assembler, page, now_ms=NOON + 1_000).body
    assert b"Sale" not in assemble(assembler, page, now_ms=NOON).body


# ------------------------------------------------------------------------------------------------- ETags


async def test_the_etag_changes_when_a_value_does_and_only_then(tables: Tables) -> None:
    page, assembler = stored(cut(SHOP, PRICED)), Assembler(tables.reader, {})
    origin = assemble(assembler, page).etag
    await tables.put("prices", "A-1", amount="5.00", currency="EUR")
    five = assemble(assembler, page).etag
    assert five != origin
    await tables.put("prices", "A-1", amount="5.00", currency="EUR", list_amount="8.00")
    assert assemble(assembler, page).etag == five, "the row changed, what the page shows did not"
    await tables.put("prices", "A-1", amount="19.99", currency="EUR")
    assert assemble(assembler, page).etag == origin
    await tables.delete("prices", "A-1")
    assert assemble(assembler, page).etag == origin
    assert assemble(assembler, stored(page.page, version=b"version2")).etag != origin
    assert origin.startswith('W/"')


async def test_both_codings_have_one_etag_and_one_content(tables: Tables) -> None:
    page, assembler = stored(cut(SHOP, PRICED)), Assembler(tables.reader, {})
    await tables.put("prices", "A-1", amount="5.00", currency="EUR")
    plain, packed = assemble(assembler, page), assemble(assembler, page, gzipped=True)
    assert gzip.decompress(packed.body) == plain.body
    assert packed.etag == plain.etag


# ----------------------------------------------------------------------------------------------- visitors


async def test_what_is_a_visitors_own_is_never_sent_to_another(tables: Tables) -> None:
    page, assembler = stored(cut(SHOP, PERSONAL)), Assembler(tables.reader, {})
    assert page.personal
    hers = assemble(assembler, page, visitor=Somebody("hers-1234567890"))
    his = assemble(assembler, page, visitor=Somebody("his-0987654321"))
    assert b"hers-1234567890" in hers.body
    assert b"hers" not in his.body
    assert hers.etag != his.etag
    again = assemble(assembler, page, visitor=Somebody("hers-1234567890"), gzipped=True)
    assert gzip.decompress(again.body) == hers.body
    assert again.etag == hers.etag


async def test_a_visitors_value_is_in_no_memo(tables: Tables) -> None:
    page, assembler = stored(cut(SHOP, PERSONAL)), Assembler(tables.reader, {})
    for gzipped in (False, True):
        assemble(assembler, page, visitor=Somebody("hers-1234567890"), gzipped=gzipped)
    kept = repr([memo.bodies for memo in assembler._memos.values()] + [m.filled for m in assembler._memos.values()])
    assert "hers" not in kept


async def test_without_a_visitor_the_slot_is_the_origins(tables: Tables) -> None:
    page = stored(cut(SHOP, PERSONAL))
    assert assemble(Assembler(tables.reader, {}), page).body == SHOP.encode()


async def test_a_visitors_value_that_does_not_print_takes_no_page_down(tables: Tables) -> None:
    page = stored(cut(SHOP, PERSONAL))
    assembled = assemble(Assembler(tables.reader, {}), page, visitor=Somebody("x" * 100_000))
    assert assembled.body == SHOP.encode()


# ----------------------------------------------------------------------------------------- availability


LD = """<html><meta name="sku" content="A-1"><script>var s = {"a": "https://schema.org/InStock"};</script></html>"""
AVAILABLE = {"a": ("json:script#/a", "{{ inventory.availability | availability }}")}


async def test_a_flip_of_availability_newer_than_the_page_asks_for_a_refresh(tables: Tables) -> None:
    page = cut(LD, AVAILABLE)
    await tables.put("inventory", "A-1", quantity=0)

    def wants(fetched_at_ms: int) -> bool:
        return assemble(Assembler(tables.reader, {}), stored(page, fetched_at_ms=fetched_at_ms)).wants_refresh

    assert wants(NOON - 1)
    assert not wants(NOON), "the page was fetched after the row was written"
    await tables.put("inventory", "A-1", quantity=7)
    assert not wants(NOON - 1), "the page says in stock as well"


# ------------------------------------------------------------------------------------------------- laws


def lines() -> st.SearchStrategy[str]:
    return st.text(st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="<>&"), max_size=40)


@settings(max_examples=40, deadline=None)
@given(before=lines(), after=lines(), cents=st.integers(1, 10**8))
def test_whatever_the_page_and_the_price_gzip_and_identity_say_the_same(
    shared: tuple[TableWriter, TableReader], before: str, after: str, cents: int
) -> None:
    writer, reader = shared
    html = f'<meta name="sku" content="A-1"><p>{before}</p><b>€19.99</b><p>{after}</p>'
    page = stored(cut(html, {"price": ("css:b", "{{ prices.amount | money }}")}))
    amount = f"{cents // 100}.{cents % 100:02d}"
    row = msgspec.msgpack.encode({"amount": amount, "currency": "EUR"})
    asyncio.run(writer.put("prices", "A-1", row))
    assembler = Assembler(reader, {})
    plain, packed = assemble(assembler, page), assemble(assembler, page, gzipped=True)
    assert gzip.decompress(packed.body) == plain.body
    assert plain.body.decode() == html.replace("€19.99", f"€{int(cents // 100):,}.{cents % 100:02d}")
