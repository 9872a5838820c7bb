"""The demo shop in a real Chromium, through the edge: what two shoppers see, and what they never see."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from loadtest.demo import Demo
from loadtest.story import first_product
from loadtest.visiting import Operator

pytestmark = pytest.mark.browser

CHROMIUM = Path("/usr/bin/chromium")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium; the tests that need it fail, and say its name, where it is missing."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture
def shopper(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context()
    yield context
    context.close()


def look_at(context: BrowserContext, url: str) -> Page:
    """A page opened afresh, every error of its scripts collected as a failure."""
    page = context.new_page()
    page.on("pageerror", lambda error: pytest.fail(f"a script of the page failed: {error}"))
    response = page.goto(url)
    assert response is not None
    assert response.status == 200
    return page


def shown(page: Page, selector: str) -> str:
    return page.locator(selector).first.inner_text().strip()


def test_a_shopper_sees_the_price_of_the_moment_also_on_the_way_back(
    running_demo: Demo, shopper: BrowserContext
) -> None:
    path, sku = first_product(running_demo.shop_url)
    operator = Operator(running_demo.admin_url, running_demo.data)
    operator.put("prices", sku, {"amount": "111.00", "currency": "EUR"})
    page = look_at(shopper, running_demo.edge_url + path)
    assert shown(page, ".price-line .price") == "€111.00"
    operator.put("prices", sku, {"amount": "99.00", "currency": "EUR"})
    page.reload()
    assert shown(page, ".price-line .price") == "€99.00"
    state = page.evaluate("window.__STATE__.product.price")
    assert state == 99


def test_two_shoppers_fill_baskets_of_their_own(running_demo: Demo, chromium: Browser) -> None:
    path, _ = first_product(running_demo.shop_url)
    first, second = chromium.new_context(), chromium.new_context()
    try:
        page = look_at(first, running_demo.edge_url + path)
        with page.expect_navigation():
            page.locator(".buy-form .buy-button").first.click()
        assert shown(look_at(first, running_demo.edge_url + path), ".basket-count") == "1"
        assert shown(look_at(second, running_demo.edge_url + path), ".basket-count") == "0"
        assert shown(look_at(second, f"{running_demo.edge_url}/basket"), ".basket-count") == "0"
        assert shown(look_at(first, f"{running_demo.edge_url}/basket"), ".basket-count") == "1"
    finally:
        first.close()
        second.close()


def test_a_stitched_page_is_the_page_chromium_shows(running_demo: Demo, shopper: BrowserContext) -> None:
    """The gzip member that is put together from pieces decodes in a browser to what the shop itself shows."""
    path, sku = first_product(running_demo.shop_url)
    Operator(running_demo.admin_url, running_demo.data).put("prices", sku, {"amount": "123.45", "currency": "EUR"})
    stored = look_at(shopper, running_demo.edge_url + path)
    assert "€123.45" in shown(stored, ".price-line")
    headings = [
        item.inner_text() for item in look_at(shopper, running_demo.shop_url + path).locator("h1, h2, h3").all()
    ]
    assert [item.inner_text() for item in stored.locator("h1, h2, h3").all()] == headings
