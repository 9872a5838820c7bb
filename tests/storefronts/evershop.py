"""A storefront that behaves like EverShop: pages made by React, with the state they were made from in a script."""

from __future__ import annotations

import json
import secrets

from aiohttp import web

from tests.storefronts.goods import PRODUCTS, Product, by_slug, others, page

FOLDERS = ("men", "women", "kids")


def application() -> web.Application:
    """The shop; its links have no host."""
    app = web.Application()
    app.router.add_get("/account/{page}", _account)
    app.router.add_get("/{folder}/{slug}", _product)
    return app


def path(product: Product) -> str:
    """Where a product's page is: below the category it is in."""
    return f"/{FOLDERS[product.number % len(FOLDERS)]}/{product.slug}"


async def _account(_request: web.Request) -> web.Response:
    return page("<h1>Login</h1><form></form>")


async def _product(request: web.Request) -> web.Response:
    product = by_slug(request.match_info["slug"])
    if request.path != path(product):
        raise web.HTTPNotFound
    answer = page(_page(product))
    answer.set_cookie("sid", f"s:{secrets.token_urlsafe(24)}", httponly=True)
    return answer


def _amount(cents: int) -> dict[str, object]:
    return {"value": cents / 100 if cents % 100 else cents // 100, "currency": "USD", "text": f"${cents / 100:,.2f}"}


def _spans(cents: int) -> str:
    """React puts a comment between two texts, and this theme each part of an amount into a span."""
    whole, _, fraction = f"{cents / 100:,.2f}".partition(".")
    return f'<span class="sign">$</span><span class="whole">{whole}</span><span class="fraction">.{fraction}</span>'


def _page(product: Product) -> str:
    state = {
        "graphqlResponse": {
            "product": {
                "productId": product.number,
                "name": product.name,
                "sku": product.sku,
                "price": {"regular": _amount(product.list_cents or product.cents), "special": _amount(product.cents)},
                "inventory": {"isInStock": product.in_stock},
                "gallery": [],
            },
            "cart": {"totalQty": 0, "items": []},
        },
        "propsMap": {"e1": [{"origin": "product", "alias": "e1_product"}]},
    }
    stock = (
        '<span class="text-success">In stock</span>'
        if product.in_stock
        else '<span class="text-critical">Out of stock</span>'
    )
    old = f'<span class="regular-price">${product.list_price}</span>' if product.list_cents is not None else ""
    cards = "".join(_card(one) for one in others(product))
    menu = "".join(f'<li><a class="nav-link" href="/{folder}">{folder}</a></li>' for folder in FOLDERS)
    return f"""<!doctype html><html id="root"><head><title>{product.name}</title><meta charset="utf-8"/>
<meta property="og:type" content="product"/><link rel="stylesheet" href="/assets/evershop.css"/>
<script>var eContext = {json.dumps(state)};</script></head><body id="body"><div id="app" class="bg-background">
<header class="header"><a href="/">EverShop</a><ul class="nav">{menu}</ul><a class="mini-cart-icon" href="/cart">0</a>
<a href="/account/login">Account</a></header><main class="content"><div class="product-detail">
<div class="grid grid-cols-1">
<div class="product-single-image"><img src="/assets/{product.slug}.png" alt="{product.name}"/></div>
<div class="flex flex-col gap-3"><h1 class="product-single-name">{product.name}</h1>
<h4 class="product-single-price"><div><span class="sale-price">{_spans(product.cents)}</span>{old}</div></h4>
<div class="product-single-sku text-textSubdued"><span>Sku</span><span>: </span>{product.sku}</div>
<div class="stock-availability">{stock}</div><form id="productForm"><button type="button">ADD TO CART</button></form>
</div></div></div><div class="related-products"><h3>You may also like</h3><div class="grid">{cards}</div></div></main>
<footer class="footer">© EverShop</footer></div></body></html>"""


def _card(product: Product) -> str:
    return (
        f'<div class="listing-tem"><div class="product-thumbnail-listing"><a href="{path(product)}"><img '
        f'src="/assets/{product.slug}.png" alt="{product.name}"/></a></div><div class="product-name"><a '
        f'href="{path(product)}">{product.name}</a></div><div class="product-price-listing"><div>'
        f'<span class="sale-price">${product.cents / 100:,.2f}</span></div></div></div>'
    )


__all__ = ["PRODUCTS", "application", "path"]
