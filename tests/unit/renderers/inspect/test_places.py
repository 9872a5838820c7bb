from __future__ import annotations

from typing import NamedTuple

import pytest

from renderers.inspect.places import places
from tests.storefronts.samples import read

H1 = "<h1>Cup</h1>"
SHOWN = f"{H1}<b class=price>$5.00</b>"
AMOUNT, MONEY = "{{ prices.amount }}", "{{ prices.amount | money }}"


class Case(NamedTuple):
    id: str
    markup: str
    want: list[tuple[str, str, str]]
    """Field and form, place, fill of every place but the price in ``SHOWN``."""


CASES = [
    Case("a meta tag", '<meta property="product:price:amount" content="5.00">',
         [("price meta", "@content", AMOUNT)]),
    Case("a meta tag with another amount", '<meta property="product:price:amount" content="4.00">', []),
    Case("a meta tag that is no price", '<meta name="weight" content="5.00">', []),
    Case("microdata", '<i itemprop="price" content="5.00"></i>', [("price microdata", "@content", AMOUNT)]),
    Case("an attribute", '<i data-price-amount="5"></i>', [("price attribute", "@data-price-amount", AMOUNT)]),
    Case("an attribute for people", '<i data-label="Now $5.00"></i>', [("price attribute", "@data-label", MONEY)]),
    Case("an attribute that is no price", '<i data-weight="5"></i>', []),
    Case("a form", '<input name="price" value="5.00">', [("price attribute", "@value", AMOUNT)]),
    Case("JSON-LD", '<script type="application/ld+json">{"@type": "Product", "offers": {"price": 5}}</script>',
         [("price json-ld", "#/offers/price", AMOUNT)]),
    Case("JSON-LD of something else", '<script type="application/ld+json">{"@type": "Thing", "price": 5}</script>', []),
    Case("state", '<script>s = {"product": {"price": 5, "weight": 5}}</script>',
         [("price state", "#/product/price", AMOUNT)]),
    Case("state for people", '<script>s = {"price": "$5.00"}</script>', [("price state", "#/price", MONEY)]),
    Case("JSON-LD written for people", '<script type="application/ld+json">{"@type": "Product", "offers": '
         '{"price": "$5.00"}}</script>', [("price json-ld", "#/offers/price", MONEY)]),
    Case("state in cents", '<script>s = {"price": 500}</script>',
         [("price state", "#/price", "{{ (prices.amount * 100) | round }}")]),
    Case("state of the basket", '<script>s = {"cart": {"price": 5}}</script>', []),
    Case("what it costs regularly", '<script>s = {"regular": {"price": 5}}</script>',
         [("regular-price state", "#/regular/price", "{{ (prices.list_amount or prices.amount) | number }}")]),
    Case("an availability", '<link itemprop="availability" href="http://schema.org/InStock">',
         [("availability microdata", "@href", "{{ inventory.availability | availability }}")]),
    Case("a list price", "<s>$9.00</s>", [("list-price text", "", "{{ prices.list_amount | money }}")]),
    Case("an amount in another product's card", '<p><a href="/product/jug">Jug</a> <b>$5.00</b></p>', []),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_where_the_price_stands(case: Case) -> None:
    found = [
        (f"{place.field.value} {place.form.value}", place.inside, place.fill)
        for place in places(read(SHOWN + case.markup))
        if place.raw != "$5.00" or place.inside
    ]
    assert found == case.want


STOCK = [
    ("named so", '<p class="stock">In stock</p>', "In stock"),
    ("with a count", '<p class="availability"><i></i> 13 available</p>', "13 available"),
    ("with its count beside it", '<p class="stock"><b>3</b> <span>left in stock</span></p>', "3 left in stock"),
    ("labelled", "<table><tr><th>Availability</th><td>In stock</td></tr></table>", "In stock"),
    ("labelled in its own text", "<ul><li>Availability: Out Of Stock</li></ul>", "Availability: Out Of Stock"),
    ("in German", '<p class="stock">Nur noch 3 auf Lager</p>', "Nur noch 3 auf Lager"),
    ("about something else", '<p class="text">Available in three colours</p>', None),
    ("on a button", '<button class="stock">Notify me when in stock</button>', None),
    ("in a story", f'<p class="stock">{"Always " * 20} in stock</p>', None),
    ("of another product", '<p class="stock"><a href="/product/jug">Jug</a> <b class=price>$1</b> In stock</p>', None),
]


@pytest.mark.parametrize(("markup", "want"), [case[1:] for case in STOCK], ids=[case[0] for case in STOCK])
def test_where_the_stock_is_told(markup: str, want: str | None) -> None:
    page = read(f"<div>{SHOWN}</div><section><div>{markup}</div></section>")
    assert [place.raw for place in places(page) if place.field.value == "stock"] == ([want] if want else [])


@pytest.mark.parametrize(
    ("state", "want"),
    [
        ('{"quantity": 3}', ["#/quantity"]),
        ('{"quantity": 4}', []),
        ('{"stock_quantity": 4}', ["#/stock_quantity"]),
        ('{"width": 3}', []),
    ],
)
def test_a_count_in_state_is_the_one_that_is_told(state: str, want: list[str]) -> None:
    page = read(f'{SHOWN}<p class="stock">Only 3 left</p><script>s = {state}</script>')
    assert [place.inside for place in places(page) if place.field.value == "quantity"] == want


def test_one_piece_is_no_evidence_since_baskets_hold_one_as_well() -> None:
    page = read(f'{SHOWN}<p class="stock">Only 1 left</p><script>s = {{"items": [{{"quantity": 1}}]}}</script>')
    assert not [place for place in places(page) if place.field.value == "quantity"]
