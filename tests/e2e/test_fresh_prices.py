"""What the node exists for: the next request shows the new price, in every place, whichever worker answers."""

from __future__ import annotations

import asyncio
import http.client
import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from urllib.parse import quote, urlsplit

import aiohttp
import pytest

from loadtest.demo import Demo
from loadtest.story import first_product
from loadtest.visiting import Operator, card_price, get, read_product
from tests.conftest import eventually

CONNECTIONS = 8
PUTS = 1_000


class Line:
    """One kept connection."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=20)

    def ask(self, method: str, path: str, body: str | None = None, headers: dict[str, str] | None = None) -> str:
        self._connection.request(method, path, body, headers or {})
        response = self._connection.getresponse()
        text: str = response.read().decode()
        assert response.status in {200, 201, 204}, f"{method} {path}: {response.status} {text}"
        return text

    def close(self) -> None:
        self._connection.close()


@pytest.fixture
def operator(running_demo: Demo) -> Operator:
    return Operator(running_demo.admin_url, running_demo.data)


@pytest.fixture
def lines(running_demo: Demo) -> Iterator[list[Line]]:
    opened = [Line(running_demo.edge_url) for _ in range(CONNECTIONS)]
    yield opened
    for line in opened:
        line.close()


def category_of(demo: Demo, sku: str) -> str:
    """A category that shows the product."""
    sitemap = get(demo.shop_url, "/sitemap.xml").text
    paths: list[str] = re.findall(r"<loc>[^<]*?(/category/[^<]+)</loc>", sitemap)
    return next(path for path in paths if card_price(get(demo.shop_url, path).text, sku) is not None)


def worker_requests(demo: Demo) -> dict[str, int]:
    """Decision records by worker."""
    files = sorted((demo.data / "records").glob("worker-*.ndjson"))
    return {file.stem: len(file.read_bytes().splitlines()) for file in files}


def test_the_next_request_shows_the_new_price_in_every_place(running_demo: Demo, operator: Operator) -> None:
    path, sku = first_product(running_demo.shop_url)
    category = category_of(running_demo, sku)
    for page in (path, category):
        get(running_demo.edge_url, page)
    for amount in ("101.50", "9.99", "1299.00"):
        operator.put("prices", sku, {"amount": amount, "currency": "EUR"})
        product = read_product(get(running_demo.edge_url, path).text)
        assert product.prices == {amount}
        assert card_price(get(running_demo.edge_url, category).text, sku) == amount


def test_a_thousand_puts_are_each_read_back_by_the_very_next_request(
    running_demo: Demo, lines: list[Line], record_property: Callable[[str, object], None]
) -> None:
    path, sku = first_product(running_demo.shop_url)
    before = worker_requests(running_demo)
    token = (running_demo.data / "admin.token").read_text().strip()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    stale = 0
    put_s: list[float] = []
    get_s: list[float] = []
    with closing(Line(running_demo.admin_url)) as admin:
        for number in range(PUTS):
            amount = f"{10 + number}.{number % 100:02d}"
            row = json.dumps({"amount": amount, "currency": "EUR"})
            started_s = time.perf_counter()
            admin.ask("PUT", f"/tables/prices/{quote(sku)}", row, headers)
            put_at_s = time.perf_counter()
            page = lines[number % CONNECTIONS].ask("GET", path)
            put_s.append(put_at_s - started_s)
            get_s.append(time.perf_counter() - put_at_s)
            stale += read_product(page).prices != {amount}
    assert stale == 0
    puts_ms, gets_ms = (1000 * sorted(times)[PUTS // 2] for times in (put_s, get_s))
    record_property("median_put_ms", round(puts_ms, 2))
    record_property("median_get_ms", round(gets_ms, 2))
    print(f"\n{PUTS} puts read back, none stale: median put {puts_ms:.2f} ms, next request {gets_ms:.2f} ms")

    def both_answered() -> bool:
        after = worker_requests(running_demo)
        return sum(after.get(name, 0) > before.get(name, 0) for name in after) == 2

    eventually(both_answered, "both workers have answered some of the requests")


def test_a_row_deleted_gives_the_page_back_to_the_origin_at_once(running_demo: Demo, operator: Operator) -> None:
    path, sku = first_product(running_demo.shop_url)
    said = read_product(get(running_demo.shop_url, path).text).prices
    operator.put("prices", sku, {"amount": "5.55", "currency": "EUR"})
    assert read_product(get(running_demo.edge_url, path).text).prices == {"5.55"}
    token = (running_demo.data / "admin.token").read_text().strip()
    with closing(Line(running_demo.admin_url)) as admin:
        admin.ask("DELETE", f"/tables/prices/{quote(sku)}", headers={"Authorization": f"Bearer {token}"})
    assert read_product(get(running_demo.edge_url, path).text).prices == said


@pytest.mark.parametrize("crowd", [200])
async def test_a_crowd_before_a_cold_page_is_one_fill(running_demo: Demo, crowd: int) -> None:
    sitemap = get(running_demo.shop_url, "/sitemap.xml").text
    path = re.findall(r"<loc>[^<]*?(/product/[^<]+)</loc>", sitemap)[-1]
    connector = aiohttp.TCPConnector(limit=0, force_close=True)
    async with aiohttp.ClientSession(connector=connector) as visitors:

        async def visit() -> tuple[int, str, bytes]:
            async with visitors.get(running_demo.edge_url + path) as response:
                return response.status, response.headers["Cache-Status"], await response.read()

        await visitors.put(f"{running_demo.shop_url}/_control/delay", json={"median_ms": 300, "sigma": 0})
        try:
            replies = await asyncio.gather(*(visit() for _ in range(crowd)))
        finally:
            await visitors.put(f"{running_demo.shop_url}/_control/delay", json={"median_ms": 0})
        async with visitors.get(f"{running_demo.shop_url}/_control/stats") as response:
            stats = await response.json()
    assert {status for status, _, _ in replies} == {200}
    assert stats["requests"][path] <= 2, "once, and once more as the leak gate's second stranger"
    assert sum("collapsed" in cache_status for _, cache_status, _ in replies) > crowd // 2
    assert sum("; hit" not in cache_status and "collapsed" not in cache_status for _, cache_status, _ in replies) == 1
    assert len({re.sub(rb'value="[A-Za-z0-9]{32}"', b"", body) for _, _, body in replies}) == 1
