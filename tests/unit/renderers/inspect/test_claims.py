from __future__ import annotations

import json

import pytest

from renderers.inspect.claims import Claims, claims
from renderers.inspect.scripts import scripts
from renderers.locate import parse

NOTHING = Claims(product=False, name=None, prices=(), list_prices=(), currency=None, availability=None)


def read(markup: str) -> Claims:
    tree = parse(markup.encode())
    return claims(tree, scripts(tree))


def linked(value: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(value)}</script>'


def test_a_page_that_declares_nothing_claims_nothing() -> None:
    assert read("<h1>Cup</h1><p>$5.00") == NOTHING


def test_json_ld_is_read_whole() -> None:
    offer = {"price": "19.90", "priceCurrency": "EUR", "availability": "https://schema.org/OutOfStock"}
    found = read(linked({"@type": "Product", "name": "Cup", "brand": {"name": "Oak"}, "offers": [offer]}))
    assert found == Claims(
        product=True, name="Cup", prices=("19.9",), list_prices=(), currency="EUR", availability="OutOfStock"
    )


def test_a_list_price_is_told_from_the_price() -> None:
    listed = {"price": "25.00", "priceType": "https://schema.org/ListPrice"}
    found = read(linked({"@type": "Product", "offers": {"priceSpecification": [listed, {"price": 19.9}]}}))
    assert (found.prices, found.list_prices) == (("19.9",), ("25",))


def test_prices_of_other_products_are_not_claimed() -> None:
    related = {"@type": "Product", "offers": {"price": "1.00"}}
    found = read(linked({"@type": "Product", "name": "Cup", "isRelatedTo": related, "offers": {"price": "2.00"}}))
    assert found.prices == ("2",)


@pytest.mark.parametrize(
    ("markup", "price"),
    [
        ('<div itemtype="https://schema.org/Product"><b itemprop="price" content="5.50">from 5.50</b>', "5.5"),
        ('<div itemtype="https://schema.org/Product"><b itemprop="price">€5.50</b>', "5.5"),
        ('<meta property="product:price:amount" content="5.50"><meta property="og:type" content="product">', "5.5"),
        ('<meta property="og:price:amount" content="5,50"><meta property="og:type" content="og:product">', "5.5"),
    ],
)
def test_microdata_and_meta_tags_are_read(markup: str, price: str) -> None:
    found = read(markup)
    assert found.product
    assert found.prices == (price,)
