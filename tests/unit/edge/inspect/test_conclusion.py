"""Storefronts nobody has described: what inspect writes stores their pages, with no hand edit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest
from aiohttp import web

from edge.config.kinds import kind_specs
from edge.config.load import load
from edge.config.schema import Config
from edge.fill.origin import OriginClient
from edge.inspect.conclusion import Inspection, conclude, view
from edge.inspect.gathering import gather
from edge.inspect.visit import Visit
from edge.inspect.visiting import Stranger, shop_at
from edge.inspect.writing import configuration
from edge.model import RequestFacts, fields
from edge.routes import sites
from renderers.compare import compare
from renderers.cut import compile_page
from renderers.numerals import canonical
from renderers.page import Compiled, KindSpec, Page
from renderers.tokens import uncovered_tokens
from tests.storefronts import evershop, magento, opencart, woocommerce
from tests.storefronts.goods import PRODUCTS, Product, page, secret
from tests.storefronts.serving import serving


class Shop(NamedTuple):
    id: str
    make: Callable[[str], web.Application]
    target: Callable[[Product], str]
    """Where a product's page is."""
    sku: Callable[[Product], str]
    factor: str
    """What the shop shows for each unit of the price."""
    adapter: str
    not_products: tuple[str, ...]
    """Targets that the pattern of product pages must not cover."""
    fields: frozenset[str]
    """Slots the page of a product without a reduction has to have, as field and form."""
    left: int
    """How often the first product's price stands in its page outside slots."""


def _sku(product: Product) -> str:
    return product.sku


SHOPS = [
    Shop(
        "WooCommerce",
        woocommerce.application,
        lambda product: f"/product/{product.slug}/",
        _sku,
        "1",
        "woocommerce",
        ("/cart/", "/product-category/all/", "/my-account/"),
        frozenset({"price text", "price json-ld", "availability json-ld", "stock text"}),
        0,
    ),
    Shop(
        "Magento",
        lambda _: magento.application(),
        lambda product: f"/{product.slug}.html",
        _sku,
        "1",
        "magento",
        ("/checkout/cart/", "/customer/account/login/"),
        frozenset({"price text", "price meta", "price attribute", "stock text"}),
        1,  # JSON whose member names hold the product's number
    ),
    Shop(
        "OpenCart",
        lambda _: opencart.application(),
        lambda product: f"/index.php?route=product/product&product_id={product.number}",
        lambda product: str(product.number),
        "1.2",
        "opencart",
        ("/index.php?route=checkout/cart", "/index.php", "/index.php?route=account/account&product_id=34"),
        frozenset({"price text", "stock text"}),
        1,  # another product's price before tax
    ),
    Shop(
        "EverShop",
        lambda _: evershop.application(),
        evershop.path,
        _sku,
        "1",
        "evershop",
        ("/account/login", "/cart", "/"),
        frozenset({"price text", "price state", "regular-price state", "stock text"}),
        0,
    ),
]
SHOP = pytest.mark.parametrize("shop", SHOPS, ids=[shop.id for shop in SHOPS])


class Seen(NamedTuple):
    """What one inspection found and wrote, and every product page as a stranger gets it."""

    inspection: Inspection
    config: Config
    pages: dict[Product, tuple[Visit, Visit]]
    """For two strangers."""

    @property
    def kind(self) -> KindSpec:
        return next(kind for kind in kind_specs(self.config) if kind.name == "product")

    def cut(self, visit: Visit) -> Compiled:
        path = urlsplit(visit.url).path
        return compile_page(visit.body, self.kind, content_type=visit.content_type, url_path=path)


async def _look(shop: Shop, folder: Path) -> Seen:
    async with serving(shop.make) as url, OriginClient((shop_at(url),)) as client:
        inspection = conclude(await gather(client, url + shop.target(PRODUCTS[0])))
        pages = {}
        for product in PRODUCTS:
            page = url + shop.target(product)
            pages[product] = (await Stranger(client, url).visit(page), await Stranger(client, url).visit(page))
    file = folder / "vitrine.toml"
    file.write_text(configuration(inspection), "utf-8")
    return Seen(inspection, load(file), pages)


def _shown(shop: Shop, cents: int) -> str:
    """An amount of the catalogue as the shop's pages have it, canonical."""
    return canonical(f"{cents * float(shop.factor) / 100:.2f}")


def _segments(page: Page) -> bytes:
    return b"\0".join(page.segments)


@SHOP
async def test_what_is_written_stores_every_product_page_and_reads_it_right(shop: Shop, tmp_path: Path) -> None:
    seen = await _look(shop, tmp_path)
    assert seen.inspection.obstacles == ()
    for product, visits in seen.pages.items():
        for visit in visits:
            compiled = seen.cut(visit)
            assert compiled.refused == ()
            assert compiled.page.sku == shop.sku(product)
            (values,) = [
                reading.values
                for reading in compiled.page.readings
                if (reading.table, reading.sku) == ("prices", compiled.page.sku)
            ]
            expected = {"amount": _shown(shop, product.cents)}
            if product.list_cents is not None:
                expected["list_amount"] = _shown(shop, product.list_cents)
            assert values == expected
            cookies = [cookie.value for cookie in visit.cookies_set]
            assert uncovered_tokens(compiled.page, cookies) == ()


@SHOP
async def test_the_price_is_covered_wherever_it_stands(shop: Shop, tmp_path: Path) -> None:
    seen = await _look(shop, tmp_path)
    planned = {f"{slot.field.value} {slot.form.value}" for slot in seen.inspection.proposal.slots}
    assert shop.fields <= planned
    product = PRODUCTS[0]
    (first, _) = seen.pages[product]
    segments = _segments(seen.cut(first).page)
    written = f"{product.cents * float(shop.factor) / 100:.2f}".encode()
    assert segments.count(written) + segments.count(b'"amount": 15.0') == shop.left


@SHOP
async def test_nothing_but_noise_differs_between_strangers_once_slots_cover_the_page(
    shop: Shop, tmp_path: Path
) -> None:
    seen = await _look(shop, tmp_path)
    for first, second in seen.pages.values():
        left = compare(view(first, seen.kind), view(second, seen.kind))
        assert not left.refuses, [one.where for one in left.differences]


@SHOP
async def test_the_pattern_covers_products_and_no_basket(shop: Shop, tmp_path: Path) -> None:
    seen = await _look(shop, tmp_path)
    for product in PRODUCTS:
        assert _kind(seen.config, shop.target(product)) == "product"
    for target in shop.not_products:
        assert _kind(seen.config, target) != "product"


@SHOP
async def test_the_platform_is_told_by_its_cookies_and_markup(shop: Shop, tmp_path: Path) -> None:
    seen = await _look(shop, tmp_path)
    assert seen.inspection.adapter == seen.config.origins[0].adapter == shop.adapter


def _kind(config: Config, target: str) -> str | None:
    path, _, query = target.partition("?")
    facts = RequestFacts(
        method="GET", scheme="http", host="a", path=path, query=query or None, fields=fields(), client="127.0.0.1"
    )
    kind = sites(config).identify(facts).kind
    return kind.name if kind is not None else None


async def _simple(form: Callable[[], str], cookie: Callable[[], str] = secret) -> Inspection:
    """Inspects a shop of two products whose pages hold a form, and whose first view sets a session cookie."""

    def make(_base: str) -> web.Application:
        async def product(request: web.Request) -> web.Response:
            name = request.match_info["name"]
            if name not in {"cup", "jug"}:
                raise web.HTTPNotFound
            answer = page(
                f"<title>{name}</title><div class=buy><h1>{name}</h1><b class=price>${len(name)}.50</b>{form()}</div>"
                "<a href=/product/cup>Cup</a> <a href=/product/jug>Jug</a>"
            )
            answer.set_cookie("session", cookie())
            return answer

        app = web.Application()
        app.router.add_get("/product/{name}", product)
        return app

    async with serving(make) as url, OriginClient((shop_at(url),)) as client:
        return conclude(await gather(client, f"{url}/product/cup"))


async def test_a_token_that_only_the_shop_s_session_knows_keeps_pages_out_of_the_store() -> None:
    found = await _simple(lambda: f'<input type=hidden name=_token value="{secret()}">')
    assert found.visitor_slots == ()
    assert ["css:input[name='_token']@value" in obstacle for obstacle in found.obstacles] == [True]


async def test_what_looks_like_a_token_and_is_the_same_for_everybody_is_nobody_s() -> None:
    found = await _simple(lambda: '<input type=hidden name=token value="5f0e8a5e0b0b4ac3b0f4d9f5d4f7d9e2">')
    assert (found.differences, found.obstacles) == ((), ())


async def test_a_text_that_differs_between_strangers_is_for_the_operator_to_judge() -> None:
    counts = iter(range(1_000))
    found = await _simple(lambda: f"<p class=greeting>You are our guest number {next(counts)} and a dear one</p>")
    assert found.obstacles
    assert "css:.greeting" in found.differences[0].where


async def test_without_anything_that_tells_products_apart_no_slot_can_have_a_row() -> None:
    def make(_base: str) -> web.Application:
        async def product(request: web.Request) -> web.Response:
            number = request.query.get("p", "0")
            return page(f"<title>{number}</title><div><h1>Cup {number}</h1><b class=price>${number}.50</b></div>")

        app = web.Application()
        app.router.add_get("/show", product)
        return app

    async with serving(make) as url, OriginClient((shop_at(url),)) as client:
        found = conclude(await gather(client, f"{url}/show?p=1"))
    assert found.obstacles == (
        "nothing on the pages tells one product from another, so no slot has a row; name it with sku",
    )
