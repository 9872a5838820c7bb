"""Visitors of a shop, for Locust: ``locust -f loadtest/shop.py --host http://127.0.0.1:8080``.

Each visit is a new visitor: no cookies, one way in (often a campaign link), a few pages with pauses to read them, now
and then a search, now and then something into the basket. What is sold is read from the shop's sitemap, so any shop
with one will do; ``--product-path`` and ``--category-path`` say how its addresses look.
"""

from __future__ import annotations

import json
import random
import re
import urllib.request
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, TextIO
from urllib.parse import quote, urlsplit

import gevent
from locust import FastHttpUser, events, task
from locust.env import Environment

_LOCATION = re.compile(r"<loc>\s*([^<\s]+)\s*</loc>")
_BUY_FORM = re.compile(r'<form[^>]*action="(/basket/add)"[^>]*>(.*?)</form>', re.DOTALL)
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
_SEARCHES = ("oak", "lamp", "ochre", "linen", "walnut chair", "vase", "brass", "mirror", "wool", "moss")

_CAMPAIGN_SHARE = 0.35
_SEARCH_SHARE = 0.2
_BASKET_SHARE = 0.12
_POPULARITY = 2.5
"""Above 1, few products get most visits: the share of the most popular k of n is (k / n) ** (1 / this)."""


class Range:
    """What a shop offers, as its sitemap tells."""

    def __init__(self, locations: Sequence[str], *, product_path: str, category_path: str) -> None:
        paths = [urlsplit(location).path for location in locations]
        self.products = [path for path in paths if path.startswith(product_path)]
        self.categories = [path for path in paths if path.startswith(category_path)]


class ShopState:
    """What all visitors of one test share."""

    def __init__(self, offered: Range, *, pause_s: float, seed: int) -> None:
        self.offered = offered
        self.pause_s = pause_s
        self.seed = seed
        self._users = 0

    def next_user(self) -> int:
        """A number of their own for each visitor, so that a test with a seed repeats."""
        self._users += 1
        return self._users


class Shopper(FastHttpUser):
    """A visitor. One task is one visit."""

    connection_timeout = 5.0
    network_timeout = 15.0
    shop: ClassVar[ShopState]
    """Set when a test starts, before its first visitor."""
    dice: random.Random

    def on_start(self) -> None:
        """Get choices of one's own."""
        self.dice = random.Random(f"{self.shop.seed}/{self.shop.next_user()}")

    @task
    def visit(self) -> None:
        """Come in, look around, perhaps buy, leave."""
        self.client.cookiejar.clear()
        if self.dice.random() < 0.5:
            self._look(self._product(), "product")
        else:
            self._look("/", "home")
            if self.shop.offered.categories:
                self._look(self.dice.choice(self.shop.offered.categories), "category")
        if self.dice.random() < _SEARCH_SHARE:
            self._look(f"/search?q={quote(self.dice.choice(_SEARCHES))}", "search")
        html = ""
        for _ in range(self.dice.randint(1, 5)):
            html = self._look(self._product(), "product")
        if self.dice.random() < _BASKET_SHARE:
            self._buy(html)

    def _product(self) -> str:
        products = self.shop.offered.products
        return products[int(len(products) * self.dice.random() ** _POPULARITY)]

    def _look(self, path: str, name: str) -> str:
        """Open a page and read it; gives its HTML, empty when it failed."""
        address = self._tagged(path) if self.dice.random() < _CAMPAIGN_SHARE else path
        with self.client.get(address, name=name, catch_response=True) as response:
            html: str = response.text or ""
            whole = "</html>" in html
            if response.status_code == 200 and not whole:
                response.failure("the page is not whole")
        gevent.sleep(self.dice.uniform(0.4, 1.6) * self.shop.pause_s)
        return html if whole else ""

    def _buy(self, html: str) -> None:
        form = _BUY_FORM.search(html)
        if form is None:  # sold out: the page has no such form
            return
        fields = dict(_HIDDEN.findall(form[2])) | {"quantity": "1"}
        with self.client.post(form[1], data=fields, name="basket add", catch_response=True) as response:
            if response.status_code == 409:  # somebody else took the last one meanwhile
                response.success()
            elif response.status_code == 200 and "Your basket" not in (response.text or ""):
                response.failure("the basket page did not follow")
        gevent.sleep(self.dice.uniform(0.4, 1.6) * self.shop.pause_s)

    def _tagged(self, path: str) -> str:
        tags = (
            f"utm_source=newsletter&utm_medium=email&utm_campaign=autumn-{self.dice.randint(1, 40)}",
            f"gclid=Cj0KCQ{self.dice.getrandbits(64):x}",
            f"fbclid=IwAR{self.dice.getrandbits(64):x}",
        )
        return f"{path}{'&' if '?' in path else '?'}{self.dice.choice(tags)}"


class SampleFile:
    """Writes each request as one JSON line: Locust itself keeps only rounded histograms."""

    def __init__(self, path: Path) -> None:
        self._file: TextIO = path.open("w", encoding="utf-8")

    def on_request(self, name: str, response_time: float, exception: BaseException | None, **_: object) -> None:
        """Note one finished request."""
        error = None if exception is None else str(exception) or type(exception).__name__
        self._file.write(json.dumps({"name": name, "ms": response_time, "error": error}) + "\n")

    def on_quit(self, **_: object) -> None:
        """Leave a whole file behind."""
        self._file.close()


@events.init_command_line_parser.add_listener  # type: ignore[untyped-decorator]
def _options(parser: ArgumentParser) -> None:
    parser.add_argument("--samples", default="", help="write every request to this file, one JSON object a line")
    parser.add_argument("--pause", type=float, default=2.0, help="mean pause between pages, in seconds")
    parser.add_argument("--seed", type=int, default=1, help="the same visits again")
    parser.add_argument("--product-path", default="/product/", help="how product addresses begin")
    parser.add_argument("--category-path", default="/category/", help="how category addresses begin")


@events.test_start.add_listener  # type: ignore[untyped-decorator]
def _read_sitemap(environment: Environment, **_: object) -> None:
    options = environment.parsed_options or Namespace()
    offered = Range(
        _locations(f"{environment.host}/sitemap.xml"),
        product_path=options.product_path,
        category_path=options.category_path,
    )
    if not offered.products:
        raise SystemExit(f"{environment.host}/sitemap.xml names no address that begins with {options.product_path}")
    Shopper.shop = ShopState(offered, pause_s=options.pause, seed=options.seed)
    if options.samples:
        samples = SampleFile(Path(options.samples))
        events.request.add_listener(samples.on_request)  # type: ignore[no-untyped-call]
        events.quitting.add_listener(samples.on_quit)  # type: ignore[no-untyped-call]


def _locations(sitemap: str) -> list[str]:
    """Addresses in a sitemap. Raises SystemExit: without them there is nothing to visit."""
    try:
        with urllib.request.urlopen(sitemap, timeout=15) as response:  # noqa: S310 - an address given by --host
            return _LOCATION.findall(response.read().decode("utf-8", "replace"))
    except OSError as exc:
        raise SystemExit(f"cannot read {sitemap}: {exc}") from exc
