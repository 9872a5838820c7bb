"""The demo for all tests of a module, and a small shop whose every page a test decides."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from loadtest.demo import Demo, Ports, demo
from tests.conftest import MakeNode, Node, ScriptedOrigin

CONFIG = """
[[origins]]
name = "shop"
url = "http://127.0.0.1:1"
first_byte_timeout = "2s"

[cache]
bypass_cookies = ["basket"]

[tables.prices]
max_age = "24h"

[[pages]]
name = "product"
match = ["/product/*"]
sku = "json-ld:sku"
ttl = "10m"
grace = "1h"
error_grace = "30d"
currency = "EUR"

[[pages.slots]]
name = "price"
at = "css:.price"
fill = "{{ prices.amount | money }}"

[[pages.slots]]
name = "price-json-ld"
at = "json:script[type='application/ld+json']#/offers/price"
fill = "{{ prices.amount }}"

[[pages.slots]]
name = "availability"
at = "json:script[type='application/ld+json']#/offers/availability"
fill = "{{ inventory.availability | availability }}"
"""


def product_page(price: str = "19.99", *, availability: str = "InStock", extra: str = "", sku: str = "A-1") -> str:
    """A product page as the small shop sends it. Long enough that losing ``extra`` shrinks it."""
    return f"""<!doctype html><html><head><title>Cup</title>
<script type="application/ld+json">{{"@type": "Product", "sku": "{sku}", "name": "Cup", "offers": {{"@type": "Offer",
"price": "{price}", "priceCurrency": "EUR", "availability": "https://schema.org/{availability}"}}}}</script>
</head><body><h1>Cup</h1><p class="price">€{price}</p>{extra}</body></html>
"""


@pytest.fixture(scope="session")
def shop_config() -> str:
    """Configuration of an edge in front of the small shop."""
    return CONFIG


@pytest.fixture(scope="module")
def running_demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The demo shop, as fast as it can be, and an edge with two workers in front of it."""
    with demo(Ports.free(), tmp_path_factory.mktemp("demo"), delay="0ms") as started:
        yield started


@pytest.fixture(scope="module")
def small_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ScriptedOrigin, Node]]:
    """The small shop and a node with two workers in front of it, for tests that need no process of their own."""
    origin = ScriptedOrigin()
    maker = MakeNode(tmp_path_factory.mktemp("small-shop"))
    node = maker(origin.url, CONFIG, workers=2)
    try:
        node.start()
        yield origin, node
    finally:
        maker.close()
        origin.close()
