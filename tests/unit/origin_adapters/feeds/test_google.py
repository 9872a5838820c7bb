from __future__ import annotations

import io
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from origin_adapters.feeds.google import google_item, read_google
from origin_adapters.feeds.item import BadItem, FeedBroken, Item, Patch

RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0">
<channel>
<title>Shop</title><link>https://shop.example/</link>
<item>
<g:id>A-1</g:id>
<title>Chair</title>
<link>https://shop.example/p/1</link>
<g:title>Oak chair</g:title>
<g:price>99.00 EUR</g:price>
<g:availability>in_stock</g:availability>
<g:quantity>7</g:quantity>
<g:image_link>https://shop.example/1.jpg</g:image_link>
<g:image_link>https://shop.example/2.jpg</g:image_link>
<g:shipping><g:country>DE</g:country><g:price>4.90 EUR</g:price></g:shipping>
<pubDate>Sat, 21 Nov 2026 02:00:00 GMT</pubDate>
</item>
<item><g:id>A-2</g:id><g:price>12.00 EUR</g:price></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xmlns:x="http://base.google.com/ns/1.0">
<title>Shop</title>
<entry>
<id>urn:uuid:1</id><x:id>A-1</x:id><title>Chair</title>
<link rel="edit" href="https://shop.example/edit/1"/><link href="https://shop.example/p/1"/>
<updated>2026-11-21T02:00:00Z</updated>
<x:price>99.00 EUR</x:price><x:availability>preorder</x:availability>
</entry></feed>"""
TSV = (
    "id\ttitle\tprice\tsale price\tavailability\timage link\r\n"
    "A-1\tChair\t99.00 EUR\t\tin stock\thttps://shop.example/1.jpg\r\n"
    'A-2\t24" shelf\t12.00 EUR\t9.00 EUR\tout of stock\t\r\n'
)
NONE: Patch = {"list_amount": None, "schedule": None}


def read(text: str | bytes, currency: str | None = None) -> list[Item | BadItem]:
    return list(read_google(io.BytesIO(text.encode() if isinstance(text, str) else text), currency))


def test_an_rss_feed_gives_prices_stock_and_products() -> None:
    first, second = read(RSS)
    assert first == Item(
        5,
        "A-1",
        {
            "prices": {"amount": "99.00", "currency": "EUR"} | NONE,
            "inventory": {"quantity": 7, "availability": "InStock"},
            "products": {
                "name": "Oak chair",
                "url": "https://shop.example/p/1",
                "image": "https://shop.example/1.jpg",
                "description": None,
                "brand": None,
            },
        },
        updated_ms=1_795_226_400_000,
    )
    assert isinstance(second, Item)
    assert (second.line, second.patches) == (18, {"prices": {"amount": "12.00", "currency": "EUR"} | NONE})


def test_an_atom_feed_is_read_by_its_namespaces() -> None:
    (first,) = read(ATOM)
    assert isinstance(first, Item)
    assert (first.key, first.updated_ms) == ("A-1", 1_795_226_400_000)
    assert first.patches["products"]["url"] == "https://shop.example/p/1"
    assert first.patches["inventory"] == {"availability": "PreOrder", "quantity": None}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_the_text_form_is_read_with_spaces_in_its_names(encoding: str) -> None:
    first, second = read(TSV.encode(encoding))
    assert isinstance(first, Item)
    assert isinstance(second, Item)
    assert first.patches["products"]["image"] == "https://shop.example/1.jpg"
    assert (second.line, second.patches["products"]["name"]) == (3, '24" shelf')
    assert second.patches["prices"]["list_amount"] == "12.00"


class Price(NamedTuple):
    id: str
    fields: dict[str, str]
    want: Patch


PERIOD = "2026-11-24T11:07+0100/2026-11-29T23:07-0800"
SCHEDULED: Patch = {
    "from": "2026-11-24T10:07:00Z",
    "until": "2026-11-30T07:07:00Z",
    "amount": "80.00",
    "list_amount": "99.00",
}
PRICES = [
    Price("a price", {"price": "99.00 EUR"}, {"amount": "99.00"} | NONE),
    Price(
        "a sale at once",
        {"price": "99.00 EUR", "sale_price": "80.00 EUR"},
        {"amount": "80.00", "list_amount": "99.00", "schedule": None},
    ),
    Price(
        "a sale with its dates",
        {"price": "99.00 EUR", "sale_price": "80.00 EUR", "sale_price_effective_date": PERIOD},
        {"amount": "99.00", "list_amount": None, "schedule": [SCHEDULED]},
    ),
    Price(
        "a sale of whole days in UTC",
        {"price": "99.00 EUR", "sale_price": "80.00 EUR", "sale_price_effective_date": "2026-11-24/2026-11-25"},
        {
            "amount": "99.00",
            "list_amount": None,
            "schedule": [SCHEDULED | {"from": "2026-11-24T00:00:00Z", "until": "2026-11-26T00:00:00Z"}],
        },
    ),
    Price("a sale that is none", {"price": "99.00 EUR", "sale_price": "99.00 EUR"}, {"amount": "99.00"} | NONE),
    Price("a sale for nothing", {"price": "99.00 EUR", "sale_price": "0 EUR"}, {"amount": "99.00"} | NONE),
    Price("dates without a sale", {"price": "99 EUR", "sale_price_effective_date": PERIOD}, {"amount": "99"} | NONE),
]


@pytest.mark.parametrize("case", PRICES, ids=lambda case: case.id)
def test_prices_and_sales(case: Price) -> None:
    made = google_item(1, {"id": "A", **case.fields})
    assert isinstance(made, Item)
    assert made.patches["prices"] == case.want | {"currency": "EUR"}


@pytest.mark.parametrize(
    ("spelt", "name"),
    [
        ("in_stock", "InStock"),
        ("in stock", "InStock"),
        ("out_of_stock", "OutOfStock"),
        ("out of stock", "OutOfStock"),
        ("preorder", "PreOrder"),
        ("backorder", "BackOrder"),
    ],
)
def test_stock_is_spelt_as_google_or_older_feeds_do(spelt: str, name: str) -> None:
    made = google_item(1, {"id": "A", "availability": spelt})
    assert isinstance(made, Item)
    assert made.patches == {"inventory": {"availability": name, "quantity": None}}


BAD = {
    "no id": {"price": "9 EUR"},
    "no currency": {"id": "A", "price": "9.00"},
    "two currencies": {"id": "A", "price": "9 EUR", "sale_price": "8 USD"},
    "a currency that is none": {"id": "A", "price": "9 EUX"},
    "no number": {"id": "A", "price": "ask us"},
    "a doubtful number": {"id": "A", "price": "1.299 EUR"},
    "a stock nobody knows": {"id": "A", "availability": "perhaps"},
    "a quantity in words": {"id": "A", "quantity": "many"},
    "dates that are none": {"id": "A", "price": "9 EUR", "sale_price": "8 EUR", "sale_price_effective_date": "soon"},
    "dates in the wrong order": {
        "id": "A",
        "price": "9 EUR",
        "sale_price": "8 EUR",
        "sale_price_effective_date": "2026-11-25/2026-11-01",
    },
    "nothing": {"id": "A"},
}


@pytest.mark.parametrize("fields", BAD.values(), ids=BAD.keys())
def test_an_item_is_bad_for(fields: dict[str, str]) -> None:
    made = google_item(7, fields)
    assert isinstance(made, BadItem)
    assert (made.line, "; " in made.reason) == (7, True)


def test_a_currency_stands_in_where_none_is_named() -> None:
    made = google_item(1, {"id": "A", "price": "9.00"}, "CHF")
    assert isinstance(made, Item)
    assert made.patches["prices"]["currency"] == "CHF"


def test_a_picture_s_bad_address_does_not_keep_the_price_back() -> None:
    made = google_item(1, {"id": "A", "price": "9 EUR", "image_link": "javascript:alert(1)", "title": "Chair"})
    assert isinstance(made, Item)
    assert made.patches["prices"]["amount"] == "9"
    assert (made.patches["products"]["name"], made.patches["products"]["image"]) == ("Chair", None)
    assert len(made.remarks) == 1


@pytest.mark.parametrize(
    "text",
    [
        RSS.replace("<item>", "<thing>").replace("</item>", "</thing>"),
        RSS[:-20],
        "<!DOCTYPE html><html><body>Please sign in</body></html>",
        "<html><body><br></body></html>",
        "sku\tprice\nA\t9 EUR\n",
        "id\tprice\n",
        "",
    ],
    ids=["no items", "an end inside", "a page", "another page", "no id column", "no rows", "nothing"],
)
def test_the_whole_feed_is_broken_by(text: str) -> None:
    with pytest.raises(FeedBroken, match="; "):
        read(text)


@given(st.binary(max_size=300))
def test_any_bytes_give_items_or_are_broken(data: bytes) -> None:
    for head in (b"", b"<rss><item>", b"id\tprice\n"):
        try:
            found = read(head + data)
        except FeedBroken:
            continue
        assert all(isinstance(item, Item | BadItem) for item in found)
