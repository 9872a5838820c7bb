"""A storefront that behaves like WooCommerce with an SEO plug-in: its host is fixed, its ids are new in each view."""

from __future__ import annotations

import json
import secrets
import time

from aiohttp import web

from tests.storefronts.goods import PRODUCTS, Product, by_slug, others, page


def application(home: str) -> web.Application:
    """``home``: the address in the shop's settings, which all its links have."""
    shop = _Shop(home)
    app = web.Application()
    app.router.add_get("/robots.txt", shop.robots)
    app.router.add_get("/product-sitemap.xml", shop.sitemap)
    app.router.add_get("/product/{slug}/", shop.product)
    app.router.add_get("/product-category/all/", shop.listing)
    return app


def uniqid() -> str:
    """As PHP makes it: eight hexadecimal digits of seconds, five of microseconds."""
    seconds, microseconds = divmod(time.time_ns() // 1000, 10**6)
    return f"{seconds:08x}{microseconds:05x}"


def money(cents: int) -> str:
    """As wc_price() writes it."""
    return (
        '<span class="woocommerce-Price-amount amount"><bdi><span class="woocommerce-Price-currencySymbol">&#36;</span>'
        f"{cents / 100:,.2f}</bdi></span>"
    )


def price(product: Product) -> str:
    if product.list_cents is None:
        return money(product.cents)
    return (
        f'<del aria-hidden="true">{money(product.list_cents)}</del> '
        f'<span class="screen-reader-text">Original price was: &#036;{product.list_price}.</span>'
        f'<ins aria-hidden="true">{money(product.cents)}</ins>'
        f'<span class="screen-reader-text">Current price is: &#036;{product.price}.</span>'
    )


def stock(product: Product) -> str:
    if product.quantity == 0:
        return '<p class="stock out-of-stock">Out of stock</p>'
    left = f"Only {product.quantity} left in stock" if product.quantity < 5 else f"{product.quantity} in stock"
    return f'<p class="stock in-stock">{left}</p>'


class _Shop:
    def __init__(self, home: str) -> None:
        self._home = home

    async def robots(self, _request: web.Request) -> web.Response:
        return web.Response(text=f"User-agent: *\nDisallow: /wp-admin/\nSitemap: {self._home}/product-sitemap.xml\n")

    async def sitemap(self, _request: web.Request) -> web.Response:
        # Written when the shop still had another name.
        places = "".join(f"<url><loc>https://example.com/product/{one.slug}/</loc></url>" for one in PRODUCTS)
        return web.Response(text=f"<urlset>{places}</urlset>", content_type="application/xml")

    async def listing(self, _request: web.Request) -> web.Response:
        return page(f"<title>Shop</title><h1>Shop</h1><ul class='products'>{self._cards(list(PRODUCTS))}</ul>")

    async def product(self, request: web.Request) -> web.Response:
        product = by_slug(request.match_info["slug"])
        answer = page(self._page(product), Link=f'<{self._home}/wp-json/>; rel="https://api.w.org/"')
        answer.set_cookie("woocommerce_recently_viewed", str(product.number))
        answer.set_cookie("sbjs_first", secrets.token_hex(8))
        return answer

    def _page(self, product: Product) -> str:
        here = f"{self._home}/product/{product.slug}/"
        gallery = uniqid()
        button = (
            f'<form class="cart" action="{here}" method="post"><div class="quantity">'
            f'<label class="screen-reader-text" for="quantity_{gallery}">{product.name} quantity</label>'
            f'<input type="number" id="quantity_{gallery}" name="quantity" value="1" /></div>'
            f'<button type="submit" name="add-to-cart" value="{product.number}" class="single_add_to_cart_button">'
            "Add to cart</button></form>"
            if product.in_stock
            else ""
        )
        return f"""<!DOCTYPE html>
<html lang="en-US"><head><meta charset="UTF-8" /><title>{product.name} &#8211; Woo Test</title>
<link rel="canonical" href="{here}" /><meta name="generator" content="WooCommerce 9.4.1" />
<meta property="og:type" content="article" /><meta property="og:title" content="{product.name}" />
<script type="application/ld+json" class="yoast-schema-graph">{self._graph(product)}</script>
<link rel="stylesheet" href="{self._home}/wp-content/plugins/woocommerce/assets/css/woocommerce.css?ver=9.4.1" />
</head>
<body class="product-template-default single single-product postid-{product.number} woocommerce woocommerce-page">
<header class="site-header"><a href="{self._home}/">Woo Test</a>
<ul id="site-header-cart" class="site-header-cart menu"><li>
<a class="cart-contents" href="{self._home}/cart/"><span class="woocommerce-Price-amount amount">
<span class="woocommerce-Price-currencySymbol">&#036;</span>0.00</span> <span class="count">0 items</span></a></li>
</ul>
<nav><a href="{self._home}/shop/">Shop</a> <a href="{self._home}/my-account/">My account</a></nav></header>
<main id="main"><nav class="woocommerce-breadcrumb"><a href="{self._home}/product-category/all/">All</a></nav>
<div id="product-{product.number}" class="product type-product post-{product.number} status-publish instock">
<div class="woocommerce-product-gallery" data-columns="4" id="gallery-{gallery}">
<a href="{self._home}/wp-content/uploads/{product.slug}.jpg">
<img src="{self._home}/wp-content/uploads/{product.slug}.jpg" /></a></div>
<div class="summary entry-summary"><h1 class="product_title entry-title">{product.name}</h1>
<p class="price">{price(product)}</p>
<div class="woocommerce-product-details__short-description"><p>Ships free from &#36;50.00.</p></div>
{stock(product)}{button}
<div class="product_meta"><span class="sku_wrapper">SKU: <span class="sku">{product.sku}</span></span>
<span class="posted_in">Category: <a href="{self._home}/product-category/all/" rel="tag">All</a></span></div></div>
<section class="related products"><h2>Related products</h2>
<ul class="products columns-4">{self._cards(others(product))}</ul>
</section></div></main></body></html>"""

    def _cards(self, products: list[Product]) -> str:
        return "".join(
            f'<li class="product type-product post-{one.number} {"instock" if one.in_stock else "outofstock"}">'
            f'<a href="{self._home}/product/{one.slug}/" class="woocommerce-LoopProduct-link">'
            f'<img src="{self._home}/wp-content/uploads/{one.slug}.jpg" />'
            f'<h2 class="woocommerce-loop-product__title">{one.name}</h2><span class="price">{price(one)}</span></a>'
            f'<a href="?add-to-cart={one.number}" data-quantity="1" class="button add_to_cart_button" '
            f'data-product_id="{one.number}" data-product_sku="{one.sku}" rel="nofollow">Add to cart</a></li>'
            for one in products
        )

    def _graph(self, product: Product) -> str:
        """Some products have a picture of their own, which moves the product in the graph."""
        specification: list[dict[str, object]] = [
            {"@type": "UnitPriceSpecification", "price": product.price, "priceCurrency": "USD"}
        ]
        if product.list_cents is not None:
            listed: dict[str, object] = {"@type": "UnitPriceSpecification", "priceType": "https://schema.org/ListPrice"}
            specification.append(listed | {"price": product.list_price, "priceCurrency": "USD"})
        availability = "http://schema.org/InStock" if product.in_stock else "http://schema.org/OutOfStock"
        offer = {"@type": "Offer", "priceSpecification": specification, "availability": availability}
        here = f"{self._home}/product/{product.slug}/"
        pieces: list[dict[str, object]] = [{"@type": "WebSite", "@id": f"{self._home}/#website", "name": "Woo Test"}]
        if product.number % 2:
            pieces.append({"@type": "ImageObject", "@id": f"{here}#primaryimage"})
        pieces.append(
            {"@type": "Product", "@id": f"{here}#product", "name": product.name, "sku": product.sku, "offers": [offer]}
        )
        return json.dumps({"@context": "https://schema.org", "@graph": pieces}).replace("/", "\\/")
