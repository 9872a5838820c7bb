"""What machines read: pictures, styles, sitemap, robots, the merchant feed, the health check."""

from __future__ import annotations

import hashlib
from functools import lru_cache

from aiohttp import web

from loadtest.storefront.artwork.hero import hero, mark
from loadtest.storefront.artwork.scene import View, picture
from loadtest.storefront.rendering import CATALOGUE, HERE, LEDGER, TEMPLATES

_KEPT = "public, max-age=86400"
_STYLES = "text/css"
_DRAWN = "image/svg+xml"


def add_publishing(app: web.Application) -> None:
    """Route everything that is not a page."""
    app.router.add_get("/static/{name}", _static)
    app.router.add_get("/img/hero.svg", _hero)
    app.router.add_get("/favicon.svg", _favicon)
    app.router.add_get("/img/{sku}-{view:[1-4]}.svg", _picture)
    app.router.add_get("/sitemap.xml", _sitemap)
    app.router.add_get("/robots.txt", _robots)
    app.router.add_get("/feed.xml", _feed)
    app.router.add_get("/healthz", _health)


async def _static(request: web.Request) -> web.Response:
    if request.match_info["name"] != "shop.css":
        raise web.HTTPNotFound
    return _validated(request, _stylesheet(), _STYLES, _KEPT)


async def _hero(request: web.Request) -> web.Response:
    return _validated(request, hero(), _DRAWN, _KEPT)


async def _favicon(request: web.Request) -> web.Response:
    return _validated(request, mark(), _DRAWN, _KEPT)


async def _picture(request: web.Request) -> web.Response:
    product = request.app[CATALOGUE].by_sku(request.match_info["sku"])
    if product is None:
        raise web.HTTPNotFound
    return _validated(request, picture(product, View(int(request.match_info["view"]))), _DRAWN, _KEPT)


async def _sitemap(request: web.Request) -> web.Response:
    return _document(request, "sitemap.xml", "application/xml", "public, max-age=300")


async def _feed(request: web.Request) -> web.Response:
    return _document(request, "feed.xml", "application/rss+xml", "no-cache")


async def _robots(request: web.Request) -> web.Response:
    lines = (
        "User-agent: *",
        "Disallow: /basket",
        "Disallow: /checkout",
        "Disallow: /merchant",
        "Disallow: /search",
        "",
        f"Sitemap: {request.scheme}://{request.host}/sitemap.xml",
        "",
    )
    return _validated(request, "\n".join(lines), "text/plain", "public, max-age=300")


async def _health(_: web.Request) -> web.Response:
    return web.Response(text="ok\n", headers={"Cache-Control": "no-store"})


def _document(request: web.Request, template: str, content_type: str, cache_control: str) -> web.Response:
    products = request.app[CATALOGUE].products
    text = (
        request.app[TEMPLATES]
        .get_template(template)
        .render(
            base=f"{request.scheme}://{request.host}",
            products=products,
            offers=request.app[LEDGER].offers([product.sku for product in products]),
        )
    )
    return _validated(request, text, content_type, cache_control)


def _validated(request: web.Request, text: str, content_type: str, cache_control: str) -> web.Response:
    """The text with a strong validator, or 304 to whoever holds it already (RFC 9110 §13.1.2)."""
    tag = hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
    headers = {"ETag": f'"{tag}"', "Cache-Control": cache_control}
    asked = request.if_none_match
    if asked and any(held.value in (tag, "*") for held in asked):
        return web.Response(status=304, headers=headers)
    return web.Response(text=text, content_type=content_type, headers=headers)


@lru_cache(maxsize=1)
def _stylesheet() -> str:
    return (HERE / "static" / "shop.css").read_text(encoding="utf-8")
