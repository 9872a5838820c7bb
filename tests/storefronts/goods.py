"""What the storefronts of the tests sell."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from aiohttp import web


@dataclass(frozen=True)
class Product:
    number: int
    sku: str
    slug: str
    name: str
    cents: int
    list_cents: int | None = None
    quantity: int = 12

    @property
    def price(self) -> str:
        return f"{self.cents / 100:.2f}"

    @property
    def list_price(self) -> str:
        return f"{(self.list_cents or 0) / 100:.2f}"

    @property
    def in_stock(self) -> bool:
        return self.quantity > 0


PRODUCTS = (
    Product(34, "woo-album", "album", "Album", 1500),
    Product(35, "woo-beanie", "beanie", "Beanie", 1800, 2000),
    Product(36, "woo-belt", "belt", "Belt", 5500),
    Product(37, "woo-cap", "cap", "Cap", 1600, 1800, quantity=3),
    Product(38, "woo-hoodie", "hoodie", "Hoodie with Logo", 129_900, quantity=0),
    Product(39, "woo-long-sleeve", "long-sleeve-tee", "Long Sleeve Tee", 2500),
    Product(40, "woo-polo", "polo", "Polo", 2050),
)


def others(product: Product) -> list[Product]:
    """What the shop shows beside a product."""
    at = PRODUCTS.index(product)
    return [PRODUCTS[(at + step) % len(PRODUCTS)] for step in (1, 2, 3, 4)]


def by_slug(slug: str) -> Product:
    """Raises 404."""
    for product in PRODUCTS:
        if product.slug == slug:
            return product
    raise web.HTTPNotFound


def secret() -> str:
    """What nobody can guess, as letters and digits."""
    return secrets.token_hex(16)


def page(text: str, **headers: str) -> web.Response:
    return web.Response(text=text, content_type="text/html", charset="utf-8", headers=headers)
