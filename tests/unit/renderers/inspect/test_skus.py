from __future__ import annotations

from typing import NamedTuple

import pytest

from renderers.inspect.skus import Rank, sku_choices
from tests.storefronts.samples import read, shop

PRICE = "<h1>{name}</h1><b class=price>$5.00</b>"
CUP, JUG = {"name": "cup", "n": "17", "sku": "C-1"}, {"name": "jug", "n": "18", "sku": "J-1"}


class Case(NamedTuple):
    id: str
    template: str
    spec: str
    rank: Rank


LD = '<script type="application/ld+json">{{"@type": "Product", "%s": "{sku}"}}</script>'
CASES = [
    Case("JSON-LD", LD % "sku", "json-ld:sku", Rank.SKU),
    Case("a trade number", LD % "gtin13", "json-ld:gtin13", Rank.TRADE_NUMBER),
    Case("microdata", "<i itemprop=sku>{sku}</i>", "css:[itemprop='sku']", Rank.SKU),
    Case("microdata unseen", '<meta itemprop="sku" content="{sku}">', "css:[itemprop='sku']@content", Rank.SKU),
    Case("a meta tag", '<meta property="product:retailer_item_id" content="{sku}">',
         "meta:product:retailer_item_id", Rank.SKU),
    Case("a name", '<p class=meta>SKU: <span class="sku">{sku}</span></p>', "css:.meta .sku", Rank.SKU),
    Case("a label", "<table><tr><th>Article number</th><td>{sku}</td></tr></table>",
         "css:th:lexbor-contains('Article number') + td", Rank.SKU),
    Case("a label that says what it is", "<table><tr><th>UPC</th><td>{sku}</td></tr></table>",
         "css:th:lexbor-contains('UPC') + td", Rank.TRADE_NUMBER),
    Case("an attribute", '<form class=buy data-product-sku="{sku}"></form>', "css:.buy@data-product-sku", Rank.SKU),
    Case("a form", '<input type=hidden name=product_id value="{n}">', "css:input[name='product_id']@value",
         Rank.PRODUCT_ID),
    Case("a button", '<button name=add-to-cart value="{n}">', "css:button[name='add-to-cart']@value", Rank.PRODUCT_ID),
    Case("state", '<script id=s>s = {{"product": {{"sku": "{sku}"}}}}</script>', "json:script#s#/product/sku",
         Rank.SKU),
    Case("the address", "", "path:([^/]+?)/?$", Rank.PATH),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_the_best_way_to_find_the_sku(case: Case) -> None:
    best = sku_choices(shop(PRICE + case.template, CUP, JUG))[0]
    assert (best.spec, best.rank) == (case.spec, case.rank)


def test_better_numbers_come_first_and_the_others_are_told() -> None:
    template = PRICE + '<input name=product_id value="{n}"><i itemprop=sku>{sku}</i>'
    assert [choice.rank for choice in sku_choices(shop(template, CUP, JUG))] == [Rank.SKU, Rank.PRODUCT_ID, Rank.PATH]


def test_what_is_the_same_on_two_products_is_no_sku() -> None:
    (choice,) = sku_choices(shop(PRICE + "<i itemprop=sku>{sku}</i>", CUP, JUG | {"sku": "C-1"}))
    assert choice.rank is Rank.PATH


def test_what_only_some_products_have_is_no_sku() -> None:
    (choice,) = sku_choices([read("<h1>x</h1><i itemprop=sku>A-1</i>"), read("<h1>y</h1>", "/product/jug")])
    assert choice.rank is Rank.PATH


def test_numbers_of_other_products_on_the_page_are_not_its_own() -> None:
    template = PRICE + '<p><a href="/product/other-{n}" data-sku="X-{n}">Other</a><b>$1</b></p>'
    (choice,) = sku_choices(shop(template, CUP, JUG))
    assert choice.rank is Rank.PATH


def test_pages_told_apart_by_a_parameter_alone_have_no_path_to_read() -> None:
    pages = [read("<h1>x</h1>", "/index.php?product_id=1"), read("<h1>y</h1>", "/index.php?product_id=2")]
    assert sku_choices(pages) == ()


def test_numbers_in_addresses_are_found_without_what_surrounds_them() -> None:
    pages = [read("<h1>x</h1>", "/catalogue/a-cup_17/"), read("<h1>y</h1>", "/catalogue/a-jug_18/")]
    (choice,) = sku_choices(pages)
    assert choice.values == ("17", "18")
