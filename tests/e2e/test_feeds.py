"""The merchant edits a price in the shop itself, and visitors at the edge see it: by the feed, with no other work."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator

import pytest

from loadtest.demo import Demo
from loadtest.processes import environment
from loadtest.story import first_product
from loadtest.visiting import Operator, card_price, get, read_product
from tests.conftest import VITRINE, MakeNode, ScriptedOrigin, Told, ask, eventually


@pytest.fixture(scope="module")
def product(running_demo: Demo) -> tuple[str, str, str]:
    """(path, SKU, a category that shows it) of a product, its pages stored."""
    path, sku = first_product(running_demo.shop_url)
    sitemap = get(running_demo.shop_url, "/sitemap.xml").text
    categories: list[str] = re.findall(r"<loc>[^<]*?(/category/[^<]+)</loc>", sitemap)
    category = next(found for found in categories if card_price(get(running_demo.shop_url, found).text, sku))
    for page in (path, category):
        get(running_demo.edge_url, page)
    return path, sku, category


@pytest.fixture
def back(running_demo: Demo, product: tuple[str, str, str]) -> Iterator[None]:
    """The shop is there again afterwards."""
    yield
    if running_demo.shop_process is None or running_demo.shop_process.poll() is not None:
        running_demo.start_shop()


def merchant_sets(demo: Demo, sku: str, **changed: object) -> None:
    told = ask(
        demo.shop_url,
        f"/merchant/products/{sku}",
        "PUT",
        headers={"Content-Type": "application/json"},
        body=json.dumps(changed).encode(),
    )
    assert told.status == 200, told.text


def admin(demo: Demo, path: str, method: str = "GET") -> Told:
    token = (demo.data / "admin.token").read_text().strip()
    return ask(demo.admin_url, path, method, headers={"Authorization": f"Bearer {token}"})


def read_feed(demo: Demo) -> subprocess.CompletedProcess[str]:
    command = [VITRINE, "feeds", "--run", "shop", "--json", "--admin", demo.admin_url, "--data", str(demo.data)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, env=environment(), check=False)


def shown(demo: Demo, product: tuple[str, str, str]) -> set[str | None]:
    """Every price of the product that the very next visitors see."""
    path, sku, category = product
    page = get(demo.edge_url, path)
    assert page.from_store, page.cache_status
    return {*read_product(page.text).prices, card_price(get(demo.edge_url, category).text, sku)}


def test_a_price_edited_in_the_shop_shows_everywhere_by_its_feed_alone(
    running_demo: Demo, product: tuple[str, str, str]
) -> None:
    merchant_sets(running_demo, product[1], amount="123.45", list_amount=None, quantity=2)
    read = read_feed(running_demo)
    assert read.returncode == 0, read.stderr
    assert shown(running_demo, product) == {"123.45"}
    assert read_product(get(running_demo.edge_url, product[0]).text).stock == "Only 2 left"
    state = json.loads(read.stdout)
    assert (state["state"], state["items"], state["bad"]) == ("good", 500, 0)


def test_reading_again_does_not_undo_what_the_operator_wrote_until_the_merchant_says_something_new(
    running_demo: Demo, product: tuple[str, str, str]
) -> None:
    merchant_sets(running_demo, product[1], amount="200.00")
    read_feed(running_demo)
    operator = Operator(running_demo.admin_url, running_demo.data)
    operator.put("prices", product[1], {"amount": "150.00", "currency": "EUR"})
    merchant_sets(running_demo, product[1], quantity=40)
    assert read_feed(running_demo).returncode == 0
    assert shown(running_demo, product) == {"150.00"}
    merchant_sets(running_demo, product[1], amount="175.00")
    assert read_feed(running_demo).returncode == 0
    assert shown(running_demo, product) == {"175.00"}


def test_a_shop_that_is_gone_leaves_its_last_prices_and_the_node_says_so(
    running_demo: Demo, product: tuple[str, str, str], back: None
) -> None:
    merchant_sets(running_demo, product[1], amount="99.00")
    assert read_feed(running_demo).returncode == 0
    running_demo.kill_shop()
    read = read_feed(running_demo)
    assert read.returncode == 1
    assert "its rows stay as they were" in read.stderr
    assert shown(running_demo, product) == {"99.00"}
    (feed,) = json.loads(admin(running_demo, "/status").text)["feeds"]
    assert (feed["name"], feed["state"], feed["items"]) == ("shop", "failing", 500)
    running_demo.start_shop()
    assert read_feed(running_demo).returncode == 0
    assert shown(running_demo, product) == {"99.00"}


def test_readings_are_counted_and_on_record(running_demo: Demo, product: tuple[str, str, str]) -> None:
    merchant_sets(running_demo, product[1], amount="77.00")
    read_feed(running_demo)
    lines = [json.loads(line) for line in (running_demo.data / "audit.ndjson").read_text().splitlines()]
    assert [line["did"]["changed"] for line in lines if line["who"] == "feed shop"][-1] == {"prices": 1}

    def counted() -> bool:
        metrics = get(running_demo.admin_url, "/metrics").text
        rows = re.search(r'^vitrine_feed_rows_total\{feed="shop",table="prices"\} [1-9]', metrics, re.MULTILINE)
        return rows is not None and 'vitrine_feed_items{feed="shop"} 500' in metrics

    eventually(counted, "the reading is in the metrics")


PAGES = """
[[origins]]
url = "http://127.0.0.1:1"
[[pages]]
name = "product"
match = ["/p/*"]
sku = "css:h1@data-sku"
[[pages.slots]]
name = "price"
at = "css:.price"
fill = "{{ prices.amount | money }}"
[[pages]]
name = "list"
match = ["/c"]
ttl = "1h"
[[pages.slots]]
name = "card"
each = "css:.card"
sku = "css:a@data-sku"
at = "css:.cost"
fill = "{{ prices.amount | money }}"
[[feeds]]
format = "page"
interval = "1s"
pace = "20/s"
"""
HTML = "text/html; charset=utf-8"


def test_a_shop_without_a_feed_has_live_prices_from_its_own_pages(origin: ScriptedOrigin, make_node: MakeNode) -> None:
    def shop_sets(price: str) -> None:
        page = f'<html><body><h1 data-sku="A">Chair</h1><p class="price">€{price}</p></body></html>'
        origin.says("/p/1", page, content_type=HTML)

    card = '<div class="card"><a data-sku="A" href="/p/1">Chair</a><b class="cost">€5.00</b></div>'
    origin.says("/c", f"<html><body>{card}</body></html>", content_type=HTML)
    origin.says("/sitemap.xml", f"<urlset><url><loc>{origin.url}/p/1</loc></url></urlset>")
    shop_sets("5.00")
    node = make_node(origin.url, PAGES)
    node.start()
    assert "€5.00" in node.ask("/c").text
    shop_sets("7.50")
    eventually(lambda: "€7.50" in node.ask("/c").text, "the list shows what the product's page says")
    (feed,) = json.loads(node.admin("/feeds").body)["feeds"]
    assert (feed["name"], feed["format"], feed["state"]) == ("pages", "page", "good")
