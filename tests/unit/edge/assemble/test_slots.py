"""A value shows in every slot of the page or in none (design, law 5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from edge.assemble.holdings import Holdings, Moment, RowCache
from edge.assemble.slots import Filled, FragmentCache, fill_slots, visitor_fragment
from renderers.cut import compile_page
from renderers.page import KindSpec, Page, SlotSpec
from tests.unit.edge.assemble.conftest import cut

if TYPE_CHECKING:
    from tests.unit.edge.assemble.conftest import Tables

NOON = 1_790_000_000_000
SHOP = """<html><head><meta name="sku" content="A-1"><script>var s = {"price": 19.99, "left": 12};</script></head>
<body><p class="price">€19.99</p><p class="was">€29.99</p><p class="both">€19.99 (12 left)</p></body></html>"""
PRICE = ("css:.price", "{{ prices.amount | money }}")
STATE = ("json:script#/price", "{{ prices.amount }}")
LEFT = ("json:script#/left", "{{ inventory.quantity }}")
WAS = ("css:.was", "{{ prices.list_amount | money }}")
BOTH = ("css:.both", "{{ prices.amount | money }} ({{ inventory.quantity }} left)")


def fill(tables: Tables, page: Page, cache: FragmentCache | None = None) -> Filled:
    with tables.reader.snapshot() as snapshot:
        holdings = Holdings(snapshot, RowCache({}), page, Moment(NOON))
        return fill_slots(page, holdings, cache or FragmentCache(), None)


def shown(filled: Filled) -> dict[str, bytes | None]:
    return {note.slot: fragment for note, fragment in zip(filled.notes, filled.fragments, strict=True)}


def reasons(filled: Filled) -> dict[str, str | None]:
    return {note.slot: note.reason for note in filled.notes}


async def test_one_row_shows_in_all_its_slots(tables: Tables) -> None:
    page = cut(SHOP, {"price": PRICE, "state": STATE, "left": LEFT})
    await tables.put("prices", "A-1", amount="1234.50", currency="EUR")
    filled = fill(tables, page)
    assert shown(filled) == {"price": "€1,234.50".encode(), "state": b"1234.50", "left": b"12"}
    assert reasons(filled) == {"price": None, "state": None, "left": "no row"}


async def test_without_rows_every_slot_is_the_origins(tables: Tables) -> None:
    page = cut(SHOP, {"price": PRICE, "state": STATE, "left": LEFT, "was": WAS})
    filled = fill(tables, page)
    assert filled.fragments == tuple(slot.origin for slot in page.slots)
    assert {note.source for note in filled.notes} == {"origin"}


async def test_a_value_one_sink_cannot_hold_shows_nowhere(tables: Tables) -> None:
    """A JSON number cannot be a name, so the visible text must not say it either."""
    html = '<meta name="sku" content="A-1"><b>12</b><script>var s = {"n": 12};</script>'
    page = cut(html, {"text": ("css:b", "{{ labels.text }}"), "number": ("json:script#/n", "{{ labels.text }}")})
    await tables.put_raw("labels", "A-1", b"\x81\xa4text\xa3abc")
    filled = fill(tables, page)
    assert shown(filled) == {"text": b"12", "number": b"12"}
    why = reasons(filled)
    assert why["number"] is not None
    assert why["text"] == f"slot number: {why['number']}"
    await tables.put_raw("labels", "A-1", b"\x81\xa4text\xa213")
    assert shown(fill(tables, page)) == {"text": b"13", "number": b"13"}


async def test_a_field_the_row_lacks_leaves_only_its_own_slot_to_the_origin(tables: Tables) -> None:
    page = cut(SHOP, {"price": PRICE, "was": WAS})
    await tables.put("prices", "A-1", amount="15.00", currency="EUR")
    assert shown(fill(tables, page)) == {"price": "€15.00".encode(), "was": "€29.99".encode()}


async def test_a_slot_that_keeps_the_origins_price_keeps_it_everywhere(tables: Tables) -> None:
    """``both`` lacks its inventory row and stays €19.99, so no other slot may say another price."""
    page = cut(SHOP, {"price": PRICE, "state": STATE, "both": BOTH})
    await tables.put("prices", "A-1", amount="15.00", currency="EUR")
    filled = fill(tables, page)
    assert shown(filled) == {"price": "€19.99".encode(), "state": b"19.99", "both": "€19.99 (12 left)".encode()}
    assert reasons(filled)["price"] == "slot both keeps what the origin says of the same value"
    await tables.put("inventory", "A-1", quantity=3)
    assert shown(fill(tables, page)) == {
        "price": "€15.00".encode(),
        "state": b"15.00",
        "both": "€15.00 (3 left)".encode(),
    }


async def test_what_gives_way_makes_others_give_way(tables: Tables) -> None:
    """``pair`` lacks the list price, so the price stays; ``both`` shows the price, so the quantity stays as well."""
    html = SHOP.replace('<p class="was">€29.99</p>', '<p class="pair">€19.99 €29.99</p>')
    pair = ("css:.pair", "{{ prices.amount | money }} {{ prices.list_amount | money }}")
    page = cut(html, {"pair": pair, "both": BOTH, "left": LEFT})
    await tables.put("prices", "A-1", amount="15.00", currency="EUR")
    await tables.put("inventory", "A-1", quantity=3)
    filled = fill(tables, page)
    assert filled.fragments == tuple(slot.origin for slot in page.slots)
    assert reasons(filled)["left"] == "slot both keeps what the origin says of the same value"


async def test_a_promotion_the_origin_knows_nothing_of_contradicts_nothing(tables: Tables) -> None:
    html = '<meta name="sku" content="A-1"><b>€29.99</b><i></i><u>News</u>'
    page = cut(
        html,
        {
            "was": ("css:b", "{{ prices.list_amount | money }}"),
            "saving": (
                "css:i",
                "{% if promotions %}{{ promotions.label }}: {{ prices.list_amount | money }}{% endif %}",
            ),
            "label": ("css:u", "{{ promotions.label }}"),
        },
    )
    await tables.put("prices", "A-1", amount="15.00", currency="EUR")
    await tables.put("promotions", "p", all=True, label="Sale")
    assert shown(fill(tables, page)) == {"was": "€29.99".encode(), "saving": b"", "label": b"Sale"}


async def test_products_of_a_list_do_not_concern_each_other(tables: Tables) -> None:
    html = '<i data-sku="A"><b>€1.00</b></i><i data-sku="B"><b>€2.00</b></i>'
    spec = cut_list(html)
    await tables.put("prices", "B", amount="9.00", currency="EUR")
    assert fill(tables, spec).fragments == ("€1.00".encode(), "€9.00".encode())


def cut_list(html: str) -> Page:
    slot = SlotSpec(name="price", each="css:i", sku="css:i@data-sku", at="css:b", fill="{{ prices.amount | money }}")
    compiled = compile_page(
        html.encode(), KindSpec(name="list", slots=(slot,)), content_type="text/html; charset=utf-8", url_path="/"
    )
    assert compiled.refused == ()
    return compiled.page


async def test_a_fragment_is_printed_once_for_each_version_of_its_row(tables: Tables) -> None:
    page, cache = cut(SHOP, {"price": PRICE}), FragmentCache()
    await tables.put("prices", "A-1", amount="15.00", currency="EUR")
    first = fill(tables, page, cache).fragments[0]
    assert fill(tables, page, cache).fragments[0] is first
    await tables.put("prices", "A-1", amount="16.00", currency="EUR")
    assert fill(tables, page, cache).fragments[0] == "€16.00".encode()


async def test_fragments_are_kept_by_the_bytes_they_take(tables: Tables) -> None:
    page = cut('<meta name="sku" content="A-1"><b>Tea</b>', {"text": ("css:b", "{{ labels.text }}")})
    cache = FragmentCache(limit_bytes=10_000)
    for number in range(20):
        text = f"{number:04}" * 500
        await tables.put_raw("labels", "A-1", msgspec.msgpack.encode({"text": text}))
        assert fill(tables, page, cache).fragments == (text.encode(),)
    assert 0 < sum(map(len, cache._fragments.values())) <= 10_000


async def test_characters_a_charset_lacks_are_written_as_the_sink_can(tables: Tables) -> None:
    html = b'<meta name=sku content=A-1><b>Tea</b><script>var s = {"t": "Tea"};</script>'
    slots = (
        SlotSpec(name="text", at="css:b", fill="{{ labels.text }}"),
        SlotSpec(name="json", at="json:script#/t", fill="{{ labels.text }}"),
    )
    compiled = compile_page(
        html, KindSpec(name="p", sku="meta:sku", slots=slots), content_type="text/html; charset=latin1", url_path="/"
    )
    await tables.put_raw("labels", "A-1", b"\x81\xa4text\xa3\xe2\x86\x92")
    assert fill(tables, compiled.page).fragments == (b"&#8594;", b"\\u2192")


class Somebody:
    def csrf(self, name: str) -> str:
        return f"token-of-{name}"


async def test_a_visitors_slot_is_left_open(tables: Tables) -> None:
    html = '<meta name="sku" content="A-1"><input name="t" value="origins-own-token">'
    page = cut(html, {"csrf": ("css:input@value", '{{ visitor.csrf("c") }}')})
    filled = fill(tables, page)
    assert filled.fragments == (None,)
    assert filled.notes[0].source == "visitor"
    assert visitor_fragment(page.slots[0], page.charset, Somebody()) == b"token-of-c"
