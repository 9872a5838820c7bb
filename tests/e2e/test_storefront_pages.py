"""The demo shop's pages as its edge configuration cuts them: nothing refused, and every value in all its places."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession

from edge.config.kinds import kind_specs
from edge.config.load import load
from loadtest.storefront.application import Settings, Storefront, serving
from loadtest.storefront.catalogue import build_catalogue
from loadtest.storefront.offers import Offer
from loadtest.storefront.rendering import HERE
from renderers.cut import compile_page
from renderers.page import Compiled, origin_bytes

CATALOGUE = build_catalogue()
KINDS = {spec.name: spec for spec in kind_specs(load(HERE / "vitrine.toml"))}
PRODUCT = CATALOGUE.products[0]
PATHS = [
    ("home", "/"),
    *(("category", f"/category/{category.slug}") for category in CATALOGUE.categories),
    *(("product", product.url) for product in CATALOGUE.products[::45]),
]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("shop")


@pytest.fixture
async def shop(data: Path) -> AsyncIterator[Storefront]:
    async with serving(Settings(data=data, delay_s=0)) as running:
        yield running


async def compiled(shop: Storefront, kind: str, path: str) -> tuple[bytes, Compiled]:
    async with ClientSession() as session, session.get(shop.url + path) as response:
        body = await response.read()
        page = compile_page(body, KINDS[kind], content_type=response.headers["Content-Type"], url_path=path)
    return body, page


@pytest.mark.parametrize(("kind", "path"), PATHS)
async def test_no_slot_is_refused_and_only_list_prices_may_be_missing(shop: Storefront, kind: str, path: str) -> None:
    body, got = await compiled(shop, kind, path)
    assert got.refused == ()
    assert set(got.absent) <= {"was-price", "card-was-price"}
    assert origin_bytes(got.page) == body


@pytest.mark.parametrize(
    ("offer", "price_slots", "inventory"),
    [
        (Offer(1_299_00, 1_499_00, 3), 6, {"quantity": 3, "availability": "InStock"}),
        (Offer(49_90, None, 40), 5, {"quantity": 40, "availability": "InStock"}),
        (Offer(49_90, None, 0), 5, {"quantity": 0, "availability": "OutOfStock"}),
    ],
    ids=["reduced and nearly gone", "in stock", "sold out"],
)
async def test_price_and_stock_are_read_from_every_place_in_every_state(
    shop: Storefront, offer: Offer, price_slots: int, inventory: dict[str, object]
) -> None:
    shop.ledger.set_offer(PRODUCT.sku, offer)
    _, got = await compiled(shop, "product", PRODUCT.url)
    tables = Counter(table for slot in got.page.slots if slot.sku == PRODUCT.sku for table in slot.tables)
    assert tables == {"prices": price_slots, "inventory": 3, "promotions": 1}
    assert sum(slot.visitor for slot in got.page.slots) == 1
    readings = {reading.table: reading.values for reading in got.page.readings if reading.sku == PRODUCT.sku}
    assert readings["inventory"] == inventory
    assert (got.page.sku, got.page.currencies) == (PRODUCT.sku, ("EUR",))
