"""The demo's whole story, once: what a shop gains, step by step, each with a verdict that can fail."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from rich.console import Console
from rich.table import Table

from loadtest.demo import Demo
from loadtest.visiting import Operator, Product, Reply, card_price, get, read_product

_PROMOTION_LEAD_S = 1.5
_PROMOTION_LASTS_S = 1.5
_MARGIN_S = 0.03
"""How long after an instant a request is sent that must already see it."""


class NotSo(AssertionError):
    """A step did not hold; the message says what was seen instead."""


@dataclass(frozen=True, slots=True)
class Result:
    """One step's end. ``held`` None: the step belongs to a part of the product that is not built yet."""

    title: str
    held: bool | None
    elapsed_ms: float | None
    remark: str


class Story:
    """Tells the story on a running demo. Steps build on each other and run in order."""

    def __init__(self, demo: Demo) -> None:
        self._demo = demo
        self._operator = Operator(demo.admin_url, demo.data)
        self._path, self._cold_path, self._category = _find_pages(demo.shop_url)
        self._cold_ms = 0.0
        self._sku = ""

    def steps(self) -> tuple[tuple[str, Callable[[], tuple[float | None, str]] | str], ...]:
        """Title and body of every step; a text instead of a body says when it comes."""
        return (
            ("cold page: the edge fetches, cuts, stores", self._cold),
            ("warm page: answered from the store", self._warm),
            ("price change: in every place at the next request", self._price),
            ("stock change: at the next request", self._stock),
            ("promotion starts and ends on its second", self._promotion),
            ("redirect from a marketer's file", "comes with the rules"),
            ("experiment without flicker", "comes with the rules"),
            ("origin killed: the shop goes on selling", self._killed),
            ("price change while the origin is down", self._price_while_down),
            ("origin back: new pages again", self._back),
        )

    def run(self) -> Iterator[Result]:
        """Carry out every step, whatever became of the ones before it."""
        for title, body in self.steps():
            if isinstance(body, str):
                yield Result(title, None, None, body)
                continue
            try:
                elapsed_ms, remark = body()
                yield Result(title, True, elapsed_ms, remark)
            except (NotSo, OSError, ValueError, RuntimeError) as exc:
                yield Result(title, False, None, str(exc))

    def _cold(self) -> tuple[float, str]:
        reply = self._page()
        _expect("fwd=" in reply.cache_status, f"a first request that goes to the origin, not {reply.cache_status}")
        product = read_product(reply.text)
        _expect(len(product.prices) == 1, f"a page that agrees with itself, not prices {sorted(product.prices)}")
        self._sku, self._cold_ms = product.sku, reply.elapsed_ms
        return reply.elapsed_ms, f"{product.sku} costs {product.visible}"

    def _warm(self) -> tuple[float, str]:
        reply = self._page()
        _expect(reply.from_store, f"a hit, not {reply.cache_status}")
        return reply.elapsed_ms, f"{self._cold_ms / reply.elapsed_ms:.0f} times faster; {reply.cache_status}"

    def _price(self) -> tuple[float, str]:
        get(self._demo.edge_url, self._category)
        self._put_price("149.50")
        reply = self._expect_price("149.50")
        card = card_price(get(self._demo.edge_url, self._category).text, self._sku)
        _expect(card == "149.50", f"149.50 on the category's card, not {card}")
        return reply.elapsed_ms, "visible text, JSON-LD, state, meta and the category's card say 149.50"

    def _stock(self) -> tuple[float, str]:
        self._operator.put("inventory", self._sku, {"quantity": 3})
        reply = self._page()
        few = read_product(reply.text).stock
        _expect(few == "Only 3 left", f"'Only 3 left', not {few!r}")
        self._operator.put("inventory", self._sku, {"quantity": 0})
        none = read_product(self._page().text).stock
        _expect(none == "Out of stock", f"'Out of stock', not {none!r}")
        self._operator.put("inventory", self._sku, {"quantity": 12})
        return reply.elapsed_ms, "'Only 3 left', then 'Out of stock'"

    def _promotion(self) -> tuple[float, str]:
        starts = time.time() + _PROMOTION_LEAD_S
        ends = starts + _PROMOTION_LASTS_S
        row: dict[str, object] = {
            "skus": [self._sku],
            "label": "Today only",
            "html": "<strong>Today only:</strong> free delivery",
            "starts_at": _instant(starts),
            "ends_at": _instant(ends),
        }
        self._operator.put("promotions", "today-only", row)
        _expect(not self._product().promotion, "no promotion before its start")
        _wait_until(starts + _MARGIN_S)
        reply = self._page()
        _expect("Today only" in read_product(reply.text).promotion, "the promotion once its start has come")
        _wait_until(ends + _MARGIN_S)
        _expect(not self._product().promotion, "no promotion once its end has come")
        late_ms = round(_MARGIN_S * 1000)
        return reply.elapsed_ms, f"seen {late_ms} ms after its start, gone {late_ms} ms after its end"

    def _killed(self) -> tuple[float, str]:
        self._demo.kill_shop()
        reply = self._page()
        self._expect_price("149.50")
        return reply.elapsed_ms, reply.cache_status

    def _price_while_down(self) -> tuple[float, str]:
        self._put_price("139.00")
        reply = self._expect_price("139.00")
        return reply.elapsed_ms, "139.00 in every place, with no origin at all"

    def _back(self) -> tuple[float, str]:
        self._demo.start_shop()
        deadline = time.monotonic() + 20
        while True:
            reply = get(self._demo.edge_url, self._cold_path)
            if reply.status == 200 and "fwd=" in reply.cache_status:
                break
            _expect(time.monotonic() < deadline, f"a page never seen before, not {reply.status} {reply.cache_status}")
            time.sleep(0.2)
        self._expect_price("139.00")
        return reply.elapsed_ms, "a page never seen before is fetched again"

    def _page(self) -> Reply:
        reply = get(self._demo.edge_url, self._path)
        _expect(reply.status == 200, f"status 200, not {reply.status}: {reply.cache_status}")
        return reply

    def _product(self) -> Product:
        return read_product(self._page().text)

    def _put_price(self, amount: str) -> None:
        self._operator.put("prices", self._sku, {"amount": amount, "currency": "EUR"})

    def _expect_price(self, amount: str) -> Reply:
        reply = self._page()
        prices = read_product(reply.text).prices
        _expect(prices == {amount}, f"{amount} everywhere, not {sorted(prices)}")
        return reply


def report(results: list[Result], console: Console) -> bool:
    """Print the table; True when every step that is built held."""
    table = Table(title="The demo's story", title_justify="left")
    for heading in ("step", "time", "verdict", ""):
        table.add_column(heading, justify="right" if heading == "time" else "left", overflow="fold")
    for result in results:
        verdict = {True: "[green]holds[/]", False: "[red]DOES NOT HOLD[/]", None: "-"}[result.held]
        elapsed = "" if result.elapsed_ms is None else f"{result.elapsed_ms:.1f} ms"
        table.add_row(result.title, elapsed, verdict, result.remark)
    console.print(table)
    return all(result.held is not False for result in results)


def first_product(shop_url: str) -> tuple[str, str]:
    """Path and SKU of a product to try things with."""
    path = _find_pages(shop_url)[0]
    return path, read_product(get(shop_url, path).text).sku


def _find_pages(shop_url: str) -> tuple[str, str, str]:
    """Two product paths and a category that shows the first one."""
    sitemap = get(shop_url, "/sitemap.xml").text
    products = re.findall(r"<loc>[^<]*?(/product/[^<]+)</loc>", sitemap)
    categories = re.findall(r"<loc>[^<]*?(/category/[^<]+)</loc>", sitemap)
    sku = read_product(get(shop_url, products[0]).text).sku
    shows = next(path for path in categories if card_price(get(shop_url, path).text, sku) is not None)
    return products[0], products[-1], shows


def _expect(held: bool, wanted: str) -> None:  # noqa: FBT001 - reads as the sentence it is
    if not held:
        raise NotSo(f"expected {wanted}")


def _instant(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")


def _wait_until(instant_s: float) -> None:
    time.sleep(max(0.0, instant_s - time.time()))
