"""The 500 products: what they are called, how they are described, what they cost on the first day.

Everything is derived from the SKU, so two processes on two machines sell the same things.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

import msgspec

from loadtest.storefront.assortment import CATEGORIES, COLOURS, SERIES, Category, Colour, Kind
from loadtest.storefront.dice import Dice
from loadtest.storefront.offers import Offer
from loadtest.storefront.wording import CLOSINGS, MIDDLES, OPENINGS

_WORD = re.compile(r"\w+")


class Product(msgspec.Struct, frozen=True):
    """One thing the shop sells, without its price and stock."""

    sku: str
    slug: str
    name: str
    series: str
    category: Category
    kind: Kind
    colour: Colour
    material: str
    size: tuple[int, int, int]
    """Width, depth and height in centimetres."""
    weight_kg: float
    badge: str | None
    description: tuple[str, ...]
    """Paragraphs of plain text."""
    opening: Offer
    """Price and stock on the shop's first day."""

    @property
    def url(self) -> str:
        """Path of the product page."""
        return f"/product/{self.slug}"


class Catalogue:
    """Finds products. Immutable after construction."""

    def __init__(self, products: Iterable[Product]) -> None:
        self.products = tuple(products)
        self.categories = CATEGORIES
        self._by_sku = {product.sku: product for product in self.products}
        self._by_slug = {product.slug: product for product in self.products}
        self._categories = {category.slug: category for category in CATEGORIES}
        self._words = {product.sku: _words(_searchable(product)) for product in self.products}

    def by_sku(self, sku: str) -> Product | None:
        """The product with that SKU, or None."""
        return self._by_sku.get(sku)

    def by_slug(self, slug: str) -> Product | None:
        """The product whose page has that slug, or None."""
        return self._by_slug.get(slug)

    def category(self, slug: str) -> Category | None:
        """The category with that slug, or None."""
        return self._categories.get(slug)

    def in_category(self, category: Category) -> tuple[Product, ...]:
        """The category's products in shop order."""
        return tuple(product for product in self.products if product.category is category)

    def related(self, product: Product, count: int) -> tuple[Product, ...]:
        """Products of the same category, other than this one, always the same for the same product."""
        others = [other for other in self.in_category(product.category) if other.sku != product.sku]
        return tuple(Dice(product.sku).sample("related", others, count))

    def same_series(self, product: Product, count: int) -> tuple[Product, ...]:
        """Products of other categories in the same series."""
        others = [other for other in self.products if other.series == product.series and other.sku != product.sku]
        return tuple(others[:count])

    def chosen(self, label: str, count: int) -> tuple[Product, ...]:
        """A selection for the home page, spread over categories."""
        dice = Dice(label)
        shelves = dice.sample("categories", self.categories, len(self.categories))
        picks = [dice.pick(category.slug, self.in_category(category)) for category in shelves]
        return tuple(picks[:count])

    def search(self, query: str) -> tuple[Product, ...]:
        """Products that have every word of the query as a word or the start of one. Empty for an empty query."""
        wanted = _words(query)
        if not wanted:
            return ()
        return tuple(
            product
            for product in self.products
            if all(any(have.startswith(word) for have in self._words[product.sku]) for word in wanted)
        )


def build_catalogue() -> Catalogue:
    """All 500 products, 50 in each of ten categories."""
    return Catalogue(
        _product(category, position, series) for category in CATEGORIES for position, series in enumerate(SERIES)
    )


def _product(category: Category, position: int, series: str) -> Product:
    sku = f"AO-{category.code}-{position + 1:04d}"
    dice = Dice(sku)
    kind = category.kinds[position % len(category.kinds)]
    colour = dice.pick("colour", COLOURS)
    material = dice.pick("material", kind.materials)
    width, depth, height = (
        max(1, round(side * dice.between(f"side{axis}", 0.9, 1.2))) for axis, side in enumerate(kind.size)
    )
    name = f"{series} {kind.name}"
    return Product(
        sku=sku,
        slug=_slug(f"{name} {colour.name}"),
        name=name,
        series=series,
        category=category,
        kind=kind,
        colour=colour,
        material=material,
        size=(width, depth, height),
        weight_kg=max(0.3, round((width * depth * height) ** 0.5 / 42, 1)),
        badge=dice.pick("badge", (None, None, None, None, "New", "Bestseller", "Made to order")),
        description=_description(dice, series, kind, colour, material),
        opening=_opening(dice, kind),
    )


def _description(dice: Dice, series: str, kind: Kind, colour: Colour, material: str) -> tuple[str, ...]:
    facts = {
        "series": series,
        "kind": kind.name,
        "colour": colour.name.lower(),
        "material": material,
        "Material": material[0].upper() + material[1:],
    }
    first, second = dice.sample("middle", MIDDLES, 2)
    sentences = (dice.pick("opening", OPENINGS), first, second, dice.pick("closing", CLOSINGS))
    return tuple(sentence.format_map(facts) for sentence in sentences)


def _opening(dice: Dice, kind: Kind) -> Offer:
    low, high = kind.price
    euros = dice.whole("price", low, high)
    cents = (round(euros, -1) if euros >= 500 else euros) * 100 + (0 if euros >= 150 else dice.pick("end", (0, 50, 90)))
    reduced = dice.share("reduced") < 0.25
    amount = cents - int(cents * dice.pick("cut", (10, 15, 20, 25))) // 10_000 * 100 if reduced else cents
    stock = dice.share("stock")
    quantity = 0 if stock < 0.06 else dice.whole("few", 1, 5) if stock < 0.22 else dice.whole("many", 6, 84)
    return Offer(amount, cents if reduced else None, quantity)


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def _searchable(product: Product) -> str:
    return f"{product.name} {product.category.name} {product.colour.name} {product.material} {product.sku}"


def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(text.casefold()))
