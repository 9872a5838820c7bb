"""A storefront that behaves like Magento: amounts in attributes, a form key for each visitor, pages side by side."""

from __future__ import annotations

import base64
import json
import secrets
import string

from aiohttp import web

from tests.storefronts.goods import Product, by_slug, others, page


def application() -> web.Application:
    """The shop; it takes the host of its links from the request."""
    app = web.Application()
    app.router.add_get("/{slug}.html", _product)
    app.router.add_get("/checkout/cart/", _basket)
    return app


async def _basket(_request: web.Request) -> web.Response:
    return page("<h1>Shopping Cart</h1>You have no items in your shopping cart.")


async def _product(request: web.Request) -> web.Response:
    product = by_slug(request.match_info["slug"])
    key = "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(16))
    answer = page(
        _page(f"http://{request.host}", product, key),
        Pragma="no-cache",
        Expires="-1",
        **{"Cache-Control": "max-age=0, must-revalidate, no-cache, no-store"},
    )
    answer.set_cookie("PHPSESSID", secrets.token_hex(13), httponly=True)
    answer.set_cookie("form_key", key)
    return answer


def _price_box(product: Product) -> str:
    old = ""
    if product.list_cents is not None:
        old = (
            '<span class="old-price"><span class="price-container price-final_price tax weee">'
            f'<span class="price-label">Regular Price</span><span id="old-price-{product.number}" '
            f'data-price-amount="{product.list_cents / 100:g}" data-price-type="oldPrice" class="price-wrapper ">'
            f'<span class="price">${product.list_price}</span></span></span></span>'
        )
        label = '<span class="price-label">Special Price</span>'
    else:
        label = ""
    return (
        f'<div class="price-box price-final_price" data-role="priceBox" data-product-id="{product.number}">'
        f'<span class="{"special-price" if old else "normal-price"}">'
        f'<span class="price-container price-final_price tax weee">{label}<span id="product-price-{product.number}" '
        f'data-price-amount="{product.cents / 100:g}" data-price-type="finalPrice" class="price-wrapper ">'
        f'<span class="price">${product.cents / 100:,.2f}</span></span></span></span>{old}</div>'
    )


def _page(home: str, product: Product, key: str) -> str:
    here = f"{home}/{product.slug}.html"
    uenc = base64.urlsafe_b64encode(here.encode()).decode().replace("=", ",")
    available = (
        '<div class="stock available" title="Availability"><span>In stock</span></div>'
        if product.in_stock
        else '<div class="stock unavailable" title="Availability"><span>Out of stock</span></div>'
    )
    prices = {"finalPrice": {"amount": product.cents / 100}}
    config = {"priceBox": {"priceConfig": {"productId": str(product.number), "prices": prices}}}
    state = {f"[data-role=priceBox][data-price-box=product-id-{product.number}]": config}
    cards = "".join(_card(home, one, key) for one in others(product))
    return f"""<!doctype html><html lang="en"><head><meta charset="utf-8"/><title>{product.name}</title>
<link rel="stylesheet" href="{home}/static/version1732/frontend/Magento/luma/en_US/css/styles-m.css" />
<meta property="og:type" content="product" /><meta property="og:title" content="{product.name}" />
<meta property="product:price:amount" content="{product.cents / 100:g}"/>
<meta property="product:price:currency" content="USD"/></head>
<body class="page-product-configurable catalog-product-view product-{product.slug}">
<input name="form_key" type="hidden" value="{key}" />
<header class="page-header"><div class="minicart-wrapper">
<a href="{home}/checkout/cart/">My Cart <span class="price">$0.00</span></a></div></header>
<main id="maincontent"><div class="product-info-main"><div class="page-title-wrapper product">
<h1 class="page-title"><span class="base" itemprop="name">{product.name}</span></h1></div>
<div class="product-info-price">{_price_box(product)}<div class="product-info-stock-sku">{available}
<div class="product attribute sku"><strong class="type">SKU</strong>
<div class="value" itemprop="sku">{product.sku}</div></div>
</div></div>
<form data-product-sku="{product.sku}" method="post"
action="{home}/checkout/cart/add/uenc/{uenc}/product/{product.number}/">
<input type="hidden" name="product" value="{product.number}" /><input name="form_key" type="hidden" value="{key}" />
<button type="submit" class="action primary tocart">Add to Cart</button></form></div>
<script type="text/x-magento-init">{json.dumps(state)}</script>
<div class="block related"><ol class="products list items product-items">{cards}</ol></div></main>
<footer><a href="{home}/privacy.html">Privacy</a> Free delivery over $50.00</footer></body></html>"""


def _card(home: str, product: Product, key: str) -> str:
    return (
        f'<li class="item product product-item"><a href="{home}/{product.slug}.html" class="product photo">'
        f'<img src="{home}/media/{product.slug}.jpg" alt="{product.name}"/></a>'
        f'<strong class="product name"><a href="{home}/{product.slug}.html">{product.name}</a></strong>'
        f"{_price_box(product)}"
        f'<form data-role="tocart-form" data-product-sku="{product.sku}" method="post" '
        f'action="{home}/checkout/cart/add/product/{product.number}/">'
        f'<input name="form_key" type="hidden" value="{key}" /></form></li>'
    )
