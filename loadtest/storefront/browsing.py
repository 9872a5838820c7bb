"""Pages that visitors read: home, category, product, search."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from aiohttp import web

from loadtest.storefront.catalogue import Product
from loadtest.storefront.offers import Offer
from loadtest.storefront.rendering import CATALOGUE, LEDGER, not_found, page
from loadtest.storefront.reviews import opinion, questions
from loadtest.storefront.wording import CARE, PROMISES

_PER_PAGE = 24
_SORTS: dict[str, Callable[[tuple[Product, Offer]], tuple[int, str]]] = {
    "featured": lambda _: (0, ""),
    "price-up": lambda pair: (pair[1].amount_cents, pair[0].sku),
    "price-down": lambda pair: (-pair[1].amount_cents, pair[0].sku),
    "name": lambda pair: (0, pair[0].name),
}


def add_browsing(app: web.Application) -> None:
    """Route the pages."""
    app.router.add_get("/", _home)
    app.router.add_get("/category/{slug}", _category)
    app.router.add_get("/product/{slug}", _product)
    app.router.add_get("/search", _search)


async def _home(request: web.Request) -> web.Response:
    catalogue = request.app[CATALOGUE]
    loved, fresh = catalogue.chosen("loved", 8), catalogue.chosen("fresh", 4)
    tiles = [(category, catalogue.in_category(category)[3]) for category in catalogue.categories]
    return page(request, "home.html", loved=loved, fresh=fresh, tiles=tiles, offers=_offers(request, (*loved, *fresh)))


async def _category(request: web.Request) -> web.Response:
    catalogue = request.app[CATALOGUE]
    category = catalogue.category(request.match_info["slug"])
    if category is None:
        return not_found(request)
    kind, sort = request.query.get("kind", ""), request.query.get("sort", "featured")
    products = [product for product in catalogue.in_category(category) if kind in ("", product.kind.drawing)]
    offers = _offers(request, products)
    ordered = sorted(((product, offers[product.sku]) for product in products), key=_SORTS.get(sort, _SORTS["featured"]))
    shown, number, pages = _slice([product for product, _ in ordered], request.query.get("page", "1"))
    return page(
        request,
        "category.html",
        category=category,
        kind=kind,
        sort=sort if sort in _SORTS else "featured",
        products=shown,
        offers=offers,
        total=len(products),
        number=number,
        pages=pages,
    )


async def _product(request: web.Request) -> web.Response:
    catalogue = request.app[CATALOGUE]
    product = catalogue.by_slug(request.match_info["slug"])
    if product is None:
        return not_found(request)
    related, series = catalogue.related(product, 8), catalogue.same_series(product, 4)
    return page(
        request,
        "product.html",
        product=product,
        offer=request.app[LEDGER].offer(product.sku),
        related=related,
        series=series,
        offers=_offers(request, (*related, *series)),
        opinion=opinion(product),
        questions=questions(product),
        care=CARE,
        promises=PROMISES,
    )


async def _search(request: web.Request) -> web.Response:
    query = request.query.get("q", "").strip()[:80]
    found = request.app[CATALOGUE].search(query)
    shown, number, pages = _slice(found, request.query.get("page", "1"))
    return page(
        request,
        "search.html",
        query=query,
        products=shown,
        offers=_offers(request, shown),
        total=len(found),
        number=number,
        pages=pages,
    )


def _offers(request: web.Request, products: Sequence[Product]) -> dict[str, Offer]:
    return request.app[LEDGER].offers([product.sku for product in products])


def _slice(products: Sequence[Product], wanted: str) -> tuple[Sequence[Product], int, int]:
    """The products of one page, its number, and how many pages there are."""
    pages = max(1, -(-len(products) // _PER_PAGE))
    number = min(int(wanted), pages) if wanted.isascii() and wanted.isdigit() and 0 < len(wanted) < 6 else 1
    number = max(1, number)
    return products[(number - 1) * _PER_PAGE : number * _PER_PAGE], number, pages
