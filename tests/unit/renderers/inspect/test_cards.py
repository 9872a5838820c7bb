from __future__ import annotations

from renderers.inspect.cards import Cards, NoCards, find_cards
from tests.storefronts.samples import HOST, read

PAGE = "<h1>Cup</h1><b class=price>$5.00</b><div class=related>%s</div>"
SKUS = {f"{HOST}/product/jug": "J-1"}


def card(name: str, sku: str, price: str = "<b class=price>$7.00</b>") -> str:
    return f'<article class="card"><a href="/product/{name}" data-sku="{sku}"><img></a>{price}</article>'


def test_cards_that_name_their_product_as_its_page_does_get_slots() -> None:
    found = find_cards([read(PAGE % (card("jug", "J-1") + card("pot", "P-1")))], SKUS)
    assert isinstance(found, Cards)
    assert (found.each, found.sku, found.seen) == ("css:.card", "css:a@data-sku", 2)
    assert [target.at for target in found.slots.targets] == ["css:.price"]


def test_reduced_cards_have_a_list_price() -> None:
    reduced = "<s class=was>$9.00</s> <b class=price>$7.00</b>"
    found = find_cards([read(PAGE % (card("jug", "J-1", reduced) + card("pot", "P-1")))], SKUS)
    assert isinstance(found, Cards)
    fills = {target.at: next(iter(target.places.values())).fill for target in found.slots.targets}
    assert fills == {"css:.was": "{{ prices.list_amount | money }}", "css:.price": "{{ prices.amount | money }}"}


def test_a_number_that_is_not_the_page_s_sku_is_not_taken() -> None:
    found = find_cards([read(PAGE % (card("jug", "4711") + card("pot", "P-1")))], SKUS)
    assert isinstance(found, NoCards)
    assert "is not the SKU" in found.reason


def test_a_number_that_could_not_be_compared_is_not_taken() -> None:
    found = find_cards([read(PAGE % card("pot", "P-1"))], SKUS)
    assert isinstance(found, NoCards)
    assert "is not known" in found.reason


def test_a_link_alone_is_no_sku() -> None:
    found = find_cards([read(PAGE % '<p class=card><a href="/product/jug">Jug</a> <b>$7</b></p>')], SKUS)
    assert isinstance(found, NoCards)
    assert "link alone" in found.reason


def test_links_without_a_price_are_no_cards() -> None:
    assert find_cards([read(PAGE % '<p class=card><a href="/product/jug">Jug</a></p>')], SKUS) is None
