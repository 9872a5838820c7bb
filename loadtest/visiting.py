"""A visitor and an operator of the demo, as plain HTTP: what is asked, what came, how long it took."""

from __future__ import annotations

import http.client
import json
import re
import time
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from urllib.parse import quote, urlsplit

_LIMIT_S = 20.0


@dataclass(frozen=True, slots=True)
class Reply:
    """One response, whole."""

    status: int
    fields: dict[str, str]
    """Names in lower case."""
    text: str
    elapsed_ms: float

    @property
    def cache_status(self) -> str:
        """What the edge says it did."""
        return self.fields.get("cache-status", "")

    @property
    def from_store(self) -> bool:
        """The edge did not go to the origin for it."""
        return "; hit" in self.cache_status


def get(url: str, path: str, headers: dict[str, str] | None = None) -> Reply:
    """GET over a connection of its own. Raises OSError."""
    return _send(url, "GET", path, None, headers or {})


@dataclass(frozen=True, slots=True)
class Operator:
    """Writes rows through the admin API."""

    admin_url: str
    data: Path

    def put(self, table: str, key: str, row: dict[str, object]) -> Reply:
        """State a row; returns once it is durable."""
        token = (self.data / "admin.token").read_text().strip()
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        reply = _send(self.admin_url, "PUT", f"/tables/{table}/{quote(key, safe='')}", json.dumps(row), headers)
        if reply.status not in {200, 201}:
            raise RuntimeError(f"PUT {table}/{key} answered {reply.status}: {reply.text}")
        return reply


def _send(url: str, method: str, path: str, body: str | None, headers: dict[str, str]) -> Reply:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=_LIMIT_S)
    started_s = time.perf_counter()
    try:
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        text = response.read().decode("utf-8", "replace")
    finally:
        connection.close()
    elapsed_ms = (time.perf_counter() - started_s) * 1000
    return Reply(response.status, {name.lower(): value for name, value in response.getheaders()}, text, elapsed_ms)


@dataclass(frozen=True, slots=True)
class Product:
    """What a product page of the demo shop says, read in each place on its own."""

    visible: str
    json_ld: str
    state: str
    meta: str
    stock: str
    promotion: str
    sku: str

    @property
    def prices(self) -> set[str]:
        """The price in every place, as plain decimals; one element when the page agrees with itself."""
        return {self.visible, self.json_ld, self.state, self.meta}


def read_product(page: str) -> Product:
    """Read a product page. Raises ValueError when a place is missing."""
    json_ld = json.loads(_only(r'<script type="application/ld\+json">(.*?)</script>', page))
    state = json.loads(_only(r'<script id="state">[^{]*(\{.*?\});?\s*</script>', page), parse_float=str)
    return Product(
        visible=plain_price(_only(r'class="price-line".*?class="price"[^>]*>([^<]*)<', page)),
        json_ld=str(json_ld["offers"]["price"]),
        state=str(state["product"]["price"]),
        meta=_only(r'property="product:price:amount" content="([^"]*)"', page),
        stock=_only(r'class="stock-line".*?class="stock[^"]*"[^>]*>([^<]*)<', page).strip(),
        promotion=_only(r'<div class="promo"[^>]*>(.*?)</div>', page).strip(),
        sku=str(json_ld["sku"]),
    )


def card_price(page: str, sku: str) -> str | None:
    """The price on a product's card in a list; None when the list does not show it."""
    for card in re.findall(r'class="product-card".*?</article>', page, re.DOTALL):
        if f'data-sku="{sku}"' in card:
            return plain_price(_only(r'class="price"[^>]*>([^<]*)<', card))
    return None


def plain_price(text: str) -> str:
    """``€1,299.00`` -> ``1299.00``."""
    return re.sub(r"[^0-9.]", "", unescape(text))


def _only(pattern: str, page: str) -> str:
    match = re.search(pattern, page, re.DOTALL)
    if match is None:
        raise ValueError(f"the page has nothing like {pattern}")
    return match[1]
