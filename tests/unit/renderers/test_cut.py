from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renderers.cut import compile_page
from renderers.fragments import Missing, Scope, compile_fill, fragment
from renderers.page import Compiled, KindSpec, Page, SlotSpec, Values, origin_bytes
from renderers.sinks import to_bytes

MONEY = "{{ prices.amount | money }}"
AMOUNT = "{{ prices.amount }}"
STOCK = "{{ inventory.quantity | stock }}"
LD = "json:script[type='application/ld+json']#/offers/price"


def compiled(page: bytes | str, *slots: SlotSpec, sku: str | None = "path:A", currency: str | None = None) -> Compiled:
    body = page.encode() if isinstance(page, str) else page
    spec = KindSpec(name="k", sku=sku, slots=slots, currency=currency)
    result = compile_page(body, spec, content_type="text/html", url_path="/A")
    assert origin_bytes(result.page) == body
    assert result.page.spec_digest == spec.digest
    return result


def slot(name: str, at: str, fill: str = AMOUNT, **more: object) -> SlotSpec:
    return SlotSpec(name=name, at=at, fill=fill, **more)  # type: ignore[arg-type]  # Names are checked by the struct.


def filled(page: Page, rows: dict[str, Values]) -> bytes:
    """The page with one set of rows for every SKU."""
    pieces = [page.segments[0]]
    for hole, segment in zip(page.slots, page.segments[1:], strict=True):
        scope = Scope({table: rows.get(table) for table in hole.tables})
        try:
            printed = fragment(compile_fill(hole.fill), hole.sink, hole.learnt, scope)
            pieces += (to_bytes(hole.sink, printed, page.charset), segment)
        except Missing:
            pieces += (hole.origin, segment)
    return b"".join(pieces)


def refused(result: Compiled) -> set[str]:
    return {item.slot for item in result.refused}


def test_one_new_price_shows_in_every_place_and_nothing_else_changes() -> None:
    page = (
        '<script type="application/ld+json">{"offers":{"price":"19.99"}}</script>'
        "<b>19,99 €</b><i title='19,99 &euro;'>19.99</i><p>19.99"
    )
    slots = (slot("ld", LD), slot("b", "css:b", MONEY), slot("t", "css:i@title", MONEY), slot("i", "css:i"))
    result = compiled(page, *slots)
    assert result.refused == ()
    assert filled(result.page, {"prices": {"amount": "1234.5"}}).decode() == (
        '<script type="application/ld+json">{"offers":{"price":"1234.50"}}</script>'
        "<b>1234,50 €</b><i title='1234,50 &euro;'>1234.50</i><p>19.99"
    )


def test_a_page_knows_its_sku_charset_and_currencies() -> None:
    page = compiled("<meta charset=koi8-r><b>19,99 €</b>".encode(), slot("b", "css:b"), currency="EUR").page
    assert (page.sku, page.charset, page.currencies) == ("A", "koi8-r", ("EUR",))


def test_a_refused_slot_takes_its_row_with_it_and_leaves_other_rows_alone() -> None:
    page = "<b>19,99 €</b><i>call</i><u>Only 3 left</u>"
    result = compiled(page, slot("b", "css:b", MONEY), slot("i", "css:i", MONEY), slot("u", "css:u", STOCK))
    assert refused(result) == {"b", "i"}
    assert [(item.name, item.tables) for item in result.page.slots] == [("u", ("inventory",))]
    assert [reading.table for reading in result.page.readings] == ["inventory"]


def test_a_slot_of_two_rows_hands_a_refusal_on() -> None:
    both = "{% if inventory.quantity %}" + AMOUNT + "{% else %}-{% endif %}"
    page = "<b>Only 3 left</b><i>5.00</i><u>5.00</u><s>call</s>"
    slots = (slot("b", "css:b", STOCK), slot("i", "css:i", both), slot("u", "css:u"))
    assert refused(compiled(page, *slots)) == set()
    assert refused(compiled(page, *slots, slot("s", "css:s"))) == {"b", "i", "u", "s"}
    unprovable = "<div><p><em title=5.00></p><p>x</div>"
    result = compiled(page + unprovable, *slots, slot("e", "css:p:first-child em@title"))
    assert refused(result) == {"b", "i", "u", "e"}
    assert "changes the page elsewhere" in result.refused[0].reason


def test_the_rows_of_other_skus_are_not_taken_along() -> None:
    card = slot("c", "css:b", MONEY, each="css:li", sku="css:li@id")
    cards = "<li id={0}><b>5 €</b></li><li id={1}><b>call</b></li>"
    result = compiled(cards.format("W", "X") + cards.format("Y", "Z"), card, sku=None)
    assert [item.sku for item in result.page.slots] == ["W", "Y"]
    assert [item.slot for item in result.refused] == ["c"]


def test_values_that_disagree_refuse_the_row_and_say_both() -> None:
    result = compiled("<b>19.99</b><i>21.00</i>", slot("b", "css:b"), slot("i", "css:i"))
    assert result.page.slots == ()
    assert any("19.99" in item.reason and "21" in item.reason for item in result.refused)


def test_a_fill_that_prints_something_else_once_the_whole_page_is_read_is_refused() -> None:
    now = "{% if prices.list_amount %}only " + MONEY + "{% else %}" + MONEY + "{% endif %}"
    was = slot("s", "css:s", "{{ prices.list_amount | money }}")
    assert refused(compiled("<b>only $5.00</b><s>$9.00</s>", slot("b", "css:b", now), was)) == set()
    assert refused(compiled("<b>$5.00</b><s>$9.00</s>", slot("b", "css:b", now), was)) == {"b", "s"}


def test_a_place_that_cannot_be_proven_is_refused() -> None:
    result = compiled("<table><tr class=x><td>5.00</table><b>5.00</b>", slot("x", "css:.x"), slot("b", "css:b"))
    assert refused(result) == {"x", "b"}
    result = compiled("<p><b title=5.00>5.00</p><p>2", slot("x", "css:p:first-child b@title"))
    assert "changes the page elsewhere" in result.refused[0].reason


def test_an_unquoted_attribute_cannot_be_left_by_its_value() -> None:
    page = compiled("<a data-p=$5.00 href=x>", slot("a", "css:a@data-p", MONEY)).page
    (only,) = page.slots
    assert only.origin == b"$5.00"
    page = compiled("<a title=Lamp href=x>", slot("a", "css:a@title", "{{ products.name }}")).page
    got = filled(page, {"products": {"name": "a b>c onclick=x"}})
    assert compiled(got, slot("a", "css:a@title", "{{ products.name }}")).page.readings[0].values == {
        "name": "a b>c onclick=x"
    }


def test_a_page_that_cannot_be_read_is_served_whole() -> None:
    result = compiled(b"<div>" * 5_000 + b"<b>5</b>", slot("b", "css:b"))
    assert result.page.segments == (b"<div>" * 5_000 + b"<b>5</b>",)
    assert "nests more than" in result.refused[0].reason
    shifted = b"\x1b$B\x1b(B<b>5.00</b>"
    spec = KindSpec(name="k", sku="path:A", slots=(slot("b", "css:b"),))
    result = compile_page(shifted, spec, content_type="text/html; charset=iso-2022-jp", url_path="/A")
    assert origin_bytes(result.page) == shifted
    assert "decoding and encoding" in result.refused[0].reason


@pytest.mark.parametrize("charset", ["utf-8", "windows-1251", "shift_jis", "gb18030", "utf-16-le"])
def test_a_page_keeps_its_charset(charset: str) -> None:
    text = "\ufeff" * (charset == "utf-16-le") + "<title>Цена</title><b>12 990 руб.</b><i>Осталось 3 шт.</i>"
    body = text.encode(charset)
    spec = KindSpec(name="k", sku="path:A", slots=(slot("b", "css:b", MONEY), slot("i", "css:i", STOCK)))
    result = compile_page(body, spec, content_type=f"text/html; charset={charset}", url_path="/A")
    assert result.refused == ()
    assert origin_bytes(result.page) == body
    got = filled(result.page, {"prices": {"amount": "9500"}, "inventory": {"quantity": 2}})
    assert got == text.replace("12 990", "9 500").replace("3 шт", "2 шт").encode(charset)


def test_vocabulary_of_other_pages_reaches_the_slot_of_its_name() -> None:
    spec = KindSpec(name="k", sku="path:A", slots=(slot("u", "css:u", STOCK), slot("a", "css:a@href", AVAILABILITY)))
    pages = [
        f"<u>{stock}</u><a href=https://schema.org/{state}>".encode()
        for stock, state in (("Only 3 left", "InStock"), ("Sold out", "OutOfStock"))
    ]
    seen = compile_page(pages[1], spec, content_type="text/html", url_path="/A").page
    vocabulary = {item.name: item.learnt.formats for item in seen.slots}
    alone = compile_page(pages[0], spec, content_type="text/html", url_path="/A").page
    taught = compile_page(pages[0], spec, content_type="text/html", url_path="/A", vocabulary=vocabulary).page
    sold_out: dict[str, Values] = {"inventory": {"quantity": 0, "availability": "OutOfStock"}}
    assert b"<u>Only 3 left</u>" in filled(alone, sold_out)
    assert b"<u>Sold out</u>" in filled(taught, sold_out)


AVAILABILITY = "{{ inventory.availability | availability }}"
SPEC = KindSpec(
    name="k",
    sku="json-ld:sku",
    slots=(
        slot("price", "css:.price", MONEY),
        slot("all", "css:.all", MONEY, all=True),
        slot("attribute", "css:[data-p]@data-p"),
        slot("ld", LD),
        slot("state", "json:script#/p"),
        slot("stock", "css:.stock", STOCK),
        slot("card", "css:.price", MONEY, each="css:.card", sku="css:.card@data-sku"),
        slot("csrf", "css:input@value", '{{ visitor.csrf("t") }}', all=True),
        slot("promotion", "css:.promo", "{{ promotions.label }}", sku="path:A"),
    ),
)
PIECES = st.sampled_from(
    [
        '<script type="application/ld+json">{"@type":"Product","sku":"A","offers":{"price":"19.99"}}</script>',
        "<script>s={\"p\":19.99}</script>", "<script>", "</script>", "<!--", "-->", "<b class=price>19,99 €</b>",
        "<b class=price>19,99 €", "<i class=all>€19.99</i>", "<i class='all'>$ 19.99<p>", "<a data-p=19.99>",
        "<a data-p='21'>",
        "<u class=stock>Only 3 left</u>", "<div class=card data-sku=B>", "</div>", "<table>", "<td>",
        "<tr class=price>",
        "<input value=x>", "<input value='x' value=y>", "<p class=promo></p>", "</p>", "<svg>", "<title>", "<select>",
        "<![CDATA[", "]]>", "\0", "&amp", "<", "é", "</b>", "<template>", "<body class=price>", "</body>",
        "<plaintext>",
        "<textarea class=price>", "<b class=price data-p=19.99>19.99</b>", "\r\n", "<noscript>", "\ufeff",
    ]
)  # fmt: skip


def complete(page: Page) -> bool:
    """Whether the readings of every slot are on the page with its SKU."""
    held = {(reading.table, reading.sku) for reading in page.readings}
    return all((table, item.sku) in held for item in page.slots for table in item.tables if table != "promotions")


@given(st.lists(PIECES, max_size=20), st.sampled_from(["utf-8", "windows-1252", "utf-16-le"]))
def test_whatever_the_page_it_is_kept_and_filled_with_what_it_says(pieces: list[str], charset: str) -> None:
    body = "".join(pieces).encode(charset, "replace")
    result = compile_page(body, SPEC, content_type=f"text/html; charset={charset}", url_path="/A")
    page = result.page
    assert origin_bytes(page) == body
    assert complete(page)
    barred = {item.slot for item in result.refused}
    assert not {"price", "attribute", "ld", "state", "stock"} & barred & {item.name for item in page.slots}
    by_sku: dict[str | None, dict[str, Values]] = {}
    for reading in page.readings:
        by_sku.setdefault(reading.sku, {})[reading.table] = reading.values
    for item in page.slots:
        if not item.visitor:
            alone = Page((b"", b""), (item,), (), page.charset, None, (), b"")
            assert filled(alone, by_sku.get(item.sku, {})) == item.origin


@given(
    st.binary(max_size=200), st.sampled_from(["text/html", "text/html; charset=shift_jis", "text/html; charset=gbk"])
)
def test_no_bytes_are_too_strange_to_be_kept(body: bytes, content_type: str) -> None:
    assert origin_bytes(compile_page(body, SPEC, content_type=content_type, url_path="/\udcff").page) == body


def large(size: int) -> bytes:
    row = "<div class='row r{0}'><span class=label>Part {0}</span><span>Lorem ipsum dolor sit {0}</span></div>\n"
    head = '<script type="application/ld+json">{"@type":"Product","sku":"A","offers":{"price":"19.99"}}</script>'
    body = "<b class=price>19,99 €</b><i class=all>€19.99</i><a data-p=19.99></a><u class=stock>Only 3 left</u>"
    return (head + body + "".join(row.format(n) for n in range(size // len(row)))).encode()


@pytest.mark.parametrize(("size", "limit_s"), [(60_000, 0.15), (1_000_000, 1.0)], ids=["60 KB", "1 MB"])
def test_a_page_is_cut_and_proven_in_reasonable_time(size: int, limit_s: float) -> None:
    body = large(size)
    times = []
    for _ in range(3):
        begun = time.perf_counter()
        slots = compile_page(body, SPEC, content_type="text/html", url_path="/A").page.slots
        times.append(time.perf_counter() - begun)
        assert len(slots) == 5
    assert min(times) < limit_s
