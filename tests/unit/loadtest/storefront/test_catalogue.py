"""Five hundred products, the same ones everywhere."""

from __future__ import annotations

import hashlib
import re

import pytest

from loadtest.storefront.catalogue import Catalogue, build_catalogue

CATALOGUE = build_catalogue()


def test_there_are_fifty_products_in_each_of_ten_categories() -> None:
    assert [len(CATALOGUE.in_category(category)) for category in CATALOGUE.categories] == [50] * 10


def test_skus_and_addresses_are_unique_and_plain() -> None:
    assert len({product.sku for product in CATALOGUE.products}) == 500
    assert len({product.slug for product in CATALOGUE.products}) == 500
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", product.slug) for product in CATALOGUE.products)


def test_two_builds_agree_on_every_field() -> None:
    digests = [hashlib.sha256(repr(build_catalogue().products).encode()).digest() for _ in range(2)]
    assert digests[0] == digests[1]


def test_a_product_is_found_by_what_names_it() -> None:
    product = CATALOGUE.products[123]
    assert CATALOGUE.by_sku(product.sku) is product
    assert CATALOGUE.by_slug(product.slug) is product
    assert CATALOGUE.by_sku("no-such") is None
    assert CATALOGUE.by_slug("no-such") is None
    assert CATALOGUE.category("no-such") is None


def test_opening_offers_show_every_kind_of_stock_and_price() -> None:
    offers = [product.opening for product in CATALOGUE.products]
    assert all(offer.amount_cents > 0 for offer in offers)
    assert 15 < sum(offer.quantity == 0 for offer in offers) < 60
    assert 40 < sum(1 <= offer.quantity <= 5 for offer in offers) < 140
    assert 80 < sum(offer.reduced for offer in offers) < 180
    assert any(offer.amount_cents >= 100_000 for offer in offers)


def test_a_list_price_is_never_below_the_price() -> None:
    assert all(offer.reduced or offer.list_cents is None for offer in (p.opening for p in CATALOGUE.products))


def test_related_products_are_others_of_the_same_category() -> None:
    product = CATALOGUE.products[0]
    related = CATALOGUE.related(product, 8)
    assert len(set(related)) == 8
    assert product not in related
    assert {other.category.slug for other in related} == {product.category.slug}


def test_a_series_runs_through_the_categories() -> None:
    product = CATALOGUE.products[0]
    others = CATALOGUE.same_series(product, 4)
    assert {other.series for other in others} == {product.series}
    assert len({other.category.slug for other in others} | {product.category.slug}) == 5


@pytest.mark.parametrize("query", ["MAREN", "maren lamp", "mar", "AO-LGT", "opal brass"])
def test_a_search_finds_products_that_have_every_word(query: str) -> None:
    found = CATALOGUE.search(query)
    assert 0 < len(found) < 100
    for product in found:
        text = (
            f"{product.name} {product.category.name} {product.colour.name} {product.material} {product.sku}".casefold()
        )
        assert all(word in text for word in re.findall(r"\w+", query.casefold()))


@pytest.mark.parametrize("query", ["", "  ", "!!!", "zebra", "maren zebra"])
def test_a_search_for_nothing_we_have_finds_nothing(query: str) -> None:
    assert CATALOGUE.search(query) == ()


def test_products_are_found_in_a_catalogue_of_one() -> None:
    only = CATALOGUE.products[7]
    assert Catalogue([only]).search(only.name) == (only,)
