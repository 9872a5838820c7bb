"""The demo shop over HTTP: what visitors, merchants, machines and demonstrators get."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from http.cookies import SimpleCookie
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as ET

import pytest
from aiohttp import ClientConnectionError, ClientResponse, ClientSession, DummyCookieJar
from selectolax.lexbor import LexborHTMLParser, LexborNode

from loadtest.storefront.application import Settings, Storefront, serving
from loadtest.storefront.catalogue import Product, build_catalogue
from loadtest.storefront.offers import Offer

CATALOGUE = build_catalogue()
LAMP = next(p for p in CATALOGUE.products if p.category.slug == "lighting")
OFFER = Offer(1_299_00, 1_499_00, 3)

Ask = Callable[..., Awaitable[ClientResponse]]


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Storefront]:
    async with serving(Settings(data=tmp_path, delay_s=0)) as running:
        running.ledger.set_offer(LAMP.sku, OFFER)
        yield running


@pytest.fixture
async def ask(shop: Storefront) -> AsyncIterator[Ask]:
    """Requests without a cookie jar: each is a stranger's unless it brings its own cookies."""
    async with ClientSession(cookie_jar=DummyCookieJar()) as session:

        async def send(method: str, path: str, /, **more: object) -> ClientResponse:
            response = await session.request(method, shop.url + path, allow_redirects=False, **more)  # type: ignore[arg-type]
            await response.read()
            return response

        yield send


@pytest.fixture
async def visitor(shop: Storefront) -> AsyncIterator[Visitor]:
    async with ClientSession(base_url=shop.url) as session:
        yield Visitor(session)


class Visitor:
    """A browser: keeps cookies, follows redirects, fills in forms."""

    def __init__(self, session: ClientSession) -> None:
        self._session = session
        self.cookies: dict[str, str] = {}
        self.status = 0

    async def open(self, path: str) -> LexborHTMLParser:
        return await self._send("GET", path, None)

    async def post(self, page: LexborHTMLParser, form: str, **fields: str) -> LexborHTMLParser:
        found = page.css_first(form)
        assert found is not None, f"no {form} on this page"
        hidden = {
            str(field.attributes["name"]): field.attributes.get("value") or ""
            for field in found.css("input[type=hidden]")
        }
        return await self._send("POST", str(found.attributes["action"]), hidden | fields)

    async def _send(self, method: str, path: str, data: dict[str, str] | None) -> LexborHTMLParser:
        header = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        async with self._session.request(method, path, data=data, headers=header, allow_redirects=False) as response:
            self.status = response.status
            for name, morsel in cookies_of(response).items():
                self.cookies[name] = morsel.value
                if morsel["max-age"] == "0":
                    del self.cookies[name]
            if response.status == 303:
                return await self._send("GET", response.headers["Location"], None)
            return LexborHTMLParser(await response.text())


def cookies_of(response: ClientResponse) -> SimpleCookie:
    cookies = SimpleCookie()
    for line in response.headers.getall("Set-Cookie", []):
        cookies.load(line)
    return cookies


def one(page: LexborHTMLParser | LexborNode, selector: str) -> LexborNode:
    found = page.css(selector)
    assert len(found) == 1, f"{selector} stands {len(found)} times on the page"
    return found[0]


def text_at(page: LexborHTMLParser | LexborNode, selector: str) -> str:
    return one(page, selector).text(strip=True)


async def parsed(response: ClientResponse) -> LexborHTMLParser:
    return LexborHTMLParser(await response.text())


async def test_a_product_page_states_its_price_and_stock_in_every_place_alike(ask: Ask) -> None:
    page = await parsed(await ask("GET", LAMP.url))
    product = json.loads(text_at(page, "script[type='application/ld+json']"))
    state = json.loads(text_at(page, "script#state").removeprefix("window.__STATE__ = ").removesuffix(";"))
    assert text_at(page, ".price-line .price") == text_at(page, ".bar-price") == "€1,299.00"
    assert text_at(page, ".price-line .was-price") == "€1,499.00"
    assert text_at(page, ".stock-line .stock") == "Only 3 left"
    assert one(page, "meta[property='product:price:amount']").attributes["content"] == "1299.00"
    assert product["sku"] == state["product"]["sku"] == LAMP.sku
    assert product["offers"] | {"price": "1299.00", "priceCurrency": "EUR"} == product["offers"]
    assert product["offers"]["availability"] == "https://schema.org/InStock"
    assert (state["product"]["price"], state["product"]["quantity"]) == (1299.0, 3)
    assert text_at(page, "[data-promo]") == ""


async def test_a_sold_out_page_has_a_notice_form_instead_of_the_buy_button(shop: Storefront, ask: Ask) -> None:
    shop.ledger.set_offer(LAMP.sku, Offer(1_299_00, None, 0))
    page = await parsed(await ask("GET", LAMP.url))
    assert text_at(page, ".stock-line .stock") == "Out of stock"
    assert (page.css("form.buy-form"), page.css(".was-price:has(~ .tax)")) == ([], [])
    assert len(page.css("form.notify-form input[name=csrf_token]")) == 1
    assert "schema.org/OutOfStock" in text_at(page, "script[type='application/ld+json']")


@pytest.mark.parametrize(
    "path", ["/", "/category/lighting", "/category/lighting?sort=price-up&page=2", LAMP.url, "/search?q=oak"]
)
async def test_two_strangers_see_the_same_page_but_for_their_token(ask: Ask, path: str) -> None:
    pages = []
    for _ in range(2):
        response = await ask("GET", path)
        html, cookies = await response.text(), cookies_of(response)
        assert response.status == 200
        assert "sessionid" in cookies
        pages.append((html.replace(cookies["csrftoken"].value, "TOKEN") if "csrftoken" in cookies else html, cookies))
    (one, ones), (other, others) = pages
    assert one == other
    assert ones["sessionid"].value != others["sessionid"].value


@pytest.mark.parametrize("product", CATALOGUE.products[::83], ids=lambda product: product.slug)
async def test_product_pages_are_of_a_real_shop_s_size_and_never_stored(ask: Ask, product: Product) -> None:
    response = await ask("GET", product.url)
    assert 45_000 < len(await response.read()) < 75_000
    assert "no-store" in response.headers["Cache-Control"]


async def test_each_card_names_its_product_once_and_its_price(ask: Ask) -> None:
    page = await parsed(await ask("GET", "/category/lighting"))
    cards = page.css(".product-card")
    assert len(cards) == 24
    for card in cards:
        assert [len(card.css("a")), len(card.css("a[data-sku]")), len(card.css(".price"))] == [1, 1, 1]
    named = {one(card, "a").attributes["data-sku"]: text_at(card, ".price") for card in cards}
    assert named[LAMP.sku] == "€1,299.00"


async def test_a_category_can_be_narrowed_sorted_and_paged(ask: Ask) -> None:
    page = await parsed(await ask("GET", "/category/lighting?kind=arc_lamp&sort=price-down"))
    prices = [float(price.text().strip("€").replace(",", "")) for price in page.css(".product-card .price")]
    assert len(prices) == 10
    assert prices == sorted(prices, reverse=True)
    pages = [await parsed(await ask("GET", f"/category/lighting?page={number}")) for number in (1, 2, 3, 99)]
    numbers = [[card.attributes["data-sku"] for card in shown.css("a[data-sku]")] for shown in pages]
    assert numbers[2] == numbers[3]
    assert len({sku for shown in numbers for sku in shown}) == 50


@pytest.mark.parametrize("query", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "oak & ash"])
async def test_a_search_never_writes_markup_of_its_own(ask: Ask, query: str) -> None:
    response = await ask("GET", "/search", params={"q": query})
    page = await parsed(response)
    assert one(page, "#q").attributes["value"] == query
    assert query not in await response.text()


async def test_the_basket_cookie_exists_only_while_something_lies_in_the_basket(visitor: Visitor) -> None:
    page = await visitor.open(LAMP.url)
    assert (set(visitor.cookies), text_at(page, ".basket-count")) == ({"sessionid", "csrftoken"}, "0")
    page = await visitor.post(page, "form.buy-form", quantity="2")
    assert (visitor.status, text_at(page, ".basket-count"), text_at(page, ".line-price")) == (200, "2", "€2,598.00")
    assert "basket" in visitor.cookies
    page = await visitor.post(page, "form.line-form", remove="1")
    assert ("basket" in visitor.cookies, text_at(page, ".basket-count")) == (False, "0")


async def test_more_than_there_is_does_not_go_into_a_basket(visitor: Visitor) -> None:
    page = await visitor.post(await visitor.open(LAMP.url), "form.buy-form", quantity="4")
    assert (visitor.status, text_at(page, "[role=alert]")) == (409, "There are only 3 of these left.")
    assert "basket" not in visitor.cookies


async def test_an_order_takes_units_from_stock_and_shows_at_once(shop: Storefront, visitor: Visitor) -> None:
    await visitor.post(await visitor.open(LAMP.url), "form.buy-form", quantity="3")
    page = await visitor.post(
        await visitor.open("/checkout"), "form.checkout-form", name="Noor", email="nobody", address="x"
    )
    assert (visitor.status, len(page.css("[role=alert]"))) == (422, 1)
    page = await visitor.post(page, "form.checkout-form", name="Noor", email="n@example.org", address="Kade 1")
    assert (visitor.status, text_at(page, "h1")) == (200, "Thank you!")
    assert "basket" not in visitor.cookies
    assert shop.ledger.offer(LAMP.sku).quantity == 0
    assert text_at(await visitor.open(LAMP.url), ".stock-line .stock") == "Out of stock"


@pytest.mark.parametrize(
    ("cookie", "field", "status"),
    [
        ("a-token_of-someone-else-16", "a-token_of-someone-else-16", 303),
        ("A" * 128, "A" * 128, 303),
        ("a-token_of-someone-else-16", "a-token_of-someone-else-17", 403),
        ("short", "short", 403),
        ("A" * 129, "A" * 129, 403),
        ("with spaces and = signs", "with spaces and = signs", 403),
        (None, "a-token_of-someone-else-16", 403),
        ("a-token_of-someone-else-16", None, 403),
        (None, None, 403),
    ],
)
async def test_a_form_holds_only_with_the_well_formed_token_of_its_cookie(
    ask: Ask, cookie: str | None, field: str | None, status: int
) -> None:
    data = {"sku": LAMP.sku} | ({"csrf_token": field} if field else {})
    headers = {"Cookie": f"csrftoken={cookie}"} if cookie else {}
    assert (await ask("POST", "/basket/add", data=data, headers=headers)).status == status


async def test_a_page_carries_the_token_its_visitor_brought(ask: Ask) -> None:
    response = await ask("GET", LAMP.url, headers={"Cookie": "csrftoken=brought-from-elsewhere-1"})
    field = one(await parsed(response), "input[name=csrf_token]")
    assert field.attributes["value"] == cookies_of(response)["csrftoken"].value == "brought-from-elsewhere-1"


async def test_what_the_merchant_saves_shows_in_the_next_page(visitor: Visitor) -> None:
    page = await visitor.open(f"/merchant?q={LAMP.sku}")
    page = await visitor.post(page, "form.merchant-row", amount="€1,050.50", list_amount="", quantity="40")
    assert text_at(page, "[role=status]") == f"{LAMP.sku} saved."
    page = await visitor.open(LAMP.url)
    assert (text_at(page, ".price-line .price"), text_at(page, ".stock-line .stock")) == ("€1,050.50", "In stock")
    page = await visitor.post(
        await visitor.open(f"/merchant?q={LAMP.sku}"), "form.merchant-row", amount="cheap", quantity="1"
    )
    assert (visitor.status, LAMP.sku in text_at(page, "[role=alert]")) == (422, True)


async def test_a_script_changes_only_the_members_it_sends(ask: Ask) -> None:
    path = f"/merchant/products/{LAMP.sku}"
    changed = await ask("PUT", path, json={"amount": "1250"})
    assert await changed.json() == {"sku": LAMP.sku, "amount": "1250.00", "list_amount": "1499.00", "quantity": 3}
    await ask("PUT", path, json={"list_amount": None, "quantity": 0})
    assert await (await ask("GET", path)).json() == {
        "sku": LAMP.sku,
        "amount": "1250.00",
        "list_amount": None,
        "quantity": 0,
    }


class BadChange(NamedTuple):
    sku: str
    body: str
    status: int
    content_type: str = "application/json"


BAD_CHANGES = [
    BadChange(LAMP.sku, '{"amount": "0"}', 422),
    BadChange(LAMP.sku, '{"price": "3"}', 422),
    BadChange(LAMP.sku, "[]", 422),
    BadChange(LAMP.sku, "{", 422),
    BadChange(LAMP.sku, '{"amount": "3"}', 415, "text/plain"),
    BadChange("AO-XXX-0001", '{"amount": "3"}', 404),
]


@pytest.mark.parametrize("bad", BAD_CHANGES, ids=[bad.body + bad.content_type for bad in BAD_CHANGES])
async def test_a_bad_change_is_refused_and_changes_nothing(shop: Storefront, ask: Ask, bad: BadChange) -> None:
    headers = {"Content-Type": bad.content_type}
    response = await ask("PUT", f"/merchant/products/{bad.sku}", data=bad.body, headers=headers)
    assert (response.status, shop.ledger.offer(LAMP.sku)) == (bad.status, OFFER)


async def test_machines_find_every_product_in_sitemap_and_feed(shop: Storefront, ask: Ask) -> None:
    robots = await (await ask("GET", "/robots.txt")).text()
    assert f"Sitemap: {shop.url}/sitemap.xml" in robots
    sitemap = ET.fromstring(await (await ask("GET", "/sitemap.xml")).text())
    places = [place.text for place in sitemap.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert len(places) == 511
    assert f"{shop.url}{LAMP.url}" in places
    feed = ET.fromstring(await (await ask("GET", "/feed.xml")).text())
    google = "{http://base.google.com/ns/1.0}"
    items = {item.findtext(f"{google}id"): item for item in feed.iter("item")}
    assert len(items) == 500
    assert [items[LAMP.sku].findtext(google + name) for name in ("price", "sale_price", "availability", "link")] == [
        "1499.00 EUR",
        "1299.00 EUR",
        "in_stock",
        f"{shop.url}{LAMP.url}",
    ]


@pytest.mark.parametrize(
    "path", ["/static/shop.css", f"/img/{LAMP.sku}-1.svg", "/img/hero.svg", "/favicon.svg", "/sitemap.xml"]
)
async def test_files_may_be_kept_and_are_confirmed_by_their_validator(ask: Ask, path: str) -> None:
    first = await ask("GET", path)
    assert (first.status, first.headers["Cache-Control"].split(",")[0]) == (200, "public")
    assert "Set-Cookie" not in first.headers
    again = await ask("GET", path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status, await again.read()) == (304, b"")
    assert (await ask("GET", path, headers={"If-None-Match": '"other"'})).status == 200


@pytest.mark.parametrize("path", ["/product/none", "/category/none", "/nothing/here"])
async def test_a_dead_link_leads_to_the_shop_s_own_page(ask: Ask, path: str) -> None:
    response = await ask("GET", path)
    assert (response.status, text_at(await parsed(response), "h1")) == (404, "We can't find that page")


@pytest.mark.parametrize(
    "path", ["/img/none-1.svg", f"/img/{LAMP.sku}-9.svg", "/static/none.css", "/static/..%2fapplication.py"]
)
async def test_a_missing_file_is_simply_missing(ask: Ask, path: str) -> None:
    assert (await ask("GET", path)).status == 404


async def test_an_error_outage_answers_503_to_all_but_the_controls(ask: Ask) -> None:
    assert (await ask("PUT", "/_control/outage", json={"mode": "error"})).status == 200
    assert [(await ask("GET", path)).status for path in ("/", LAMP.url, "/healthz")] == [503, 503, 503]
    await ask("PUT", "/_control/outage", json={"mode": "none"})
    assert [(await ask("GET", path)).status for path in ("/", LAMP.url, "/healthz")] == [200, 200, 200]


async def test_a_dropping_shop_closes_connections_without_an_answer(ask: Ask) -> None:
    await ask("PUT", "/_control/outage", json={"mode": "drop"})
    with pytest.raises(ClientConnectionError):
        await ask("GET", "/")
    await ask("PUT", "/_control/outage", json={"mode": "none"})
    assert (await ask("GET", "/")).status == 200


async def test_a_hanging_shop_says_nothing_until_the_outage_ends(shop: Storefront, ask: Ask) -> None:
    await ask("PUT", "/_control/outage", json={"mode": "hang"})
    reader, writer = await asyncio.open_connection("127.0.0.1", int(shop.url.rpartition(":")[2]))
    writer.write(b"GET / HTTP/1.1\r\nHost: shop\r\n\r\n")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(reader.read(1), 0.2)
    assert shop.conduct.requests["/"] == 1
    await ask("PUT", "/_control/outage", json={"mode": "none"})
    assert await asyncio.wait_for(reader.read(), 5) == b""
    writer.close()
    await writer.wait_closed()


async def test_pages_take_the_time_that_was_set_and_files_do_not(ask: Ask) -> None:
    clock = asyncio.get_running_loop().time
    assert (await ask("PUT", "/_control/delay", json={"median_ms": 120, "sigma": 0})).status == 200
    started = clock()
    await ask("GET", LAMP.url)
    paged = clock()
    await ask("GET", "/healthz")
    assert paged - started >= 0.12 > clock() - paged
    assert await (await ask("GET", "/_control/delay")).json() == {"median_ms": 120.0, "sigma": 0.0}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/_control/delay", '{"median_ms": -1}'),
        ("/_control/delay", '{"median_ms": "fast"}'),
        ("/_control/delay", '{"sigma": true}'),
        ("/_control/delay", '{"median_ms": NaN}'),
        ("/_control/outage", '{"mode": "often"}'),
        ("/_control/outage", '{"mode": []}'),
        ("/_control/outage", "none"),
        ("/_control/outage", "[]"),
    ],
)
async def test_a_control_that_makes_no_sense_is_refused(ask: Ask, path: str, body: str) -> None:
    assert (await ask("PUT", path, data=body)).status == 400


async def test_requests_are_counted_by_path(ask: Ask) -> None:
    for _ in range(3):
        await ask("GET", f"{LAMP.url}?utm_source=x")
    await ask("GET", "/nothing")
    stats = await (await ask("GET", "/_control/stats")).json()
    assert stats == {"total": 4, "requests": {LAMP.url: 3, "/nothing": 1}}
    await ask("DELETE", "/_control/stats")
    assert (await (await ask("GET", "/_control/stats")).json())["total"] == 0


@pytest.mark.parametrize("header", ["Via", "Forwarded", "X-Forwarded-For"])
@pytest.mark.parametrize("path", ["/_control/stats", "/_control/outage", "/_control/delay"])
async def test_controls_are_not_relayed(ask: Ask, path: str, header: str) -> None:
    assert (await ask("GET", path, headers={header: "1.1 edge"})).status == 403
