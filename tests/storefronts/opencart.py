"""A storefront that behaves like OpenCart: one script for all pages, no structured data, a session for everybody."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

from aiohttp import web

from tests.storefronts.goods import PRODUCTS, Product, others, page


def application() -> web.Application:
    """The shop; it takes the host of its links from the request."""
    app = web.Application()
    app.router.add_get("/index.php", _route)
    return app


async def _route(request: web.Request) -> web.Response:
    home = f"http://{request.host}/index.php?route="
    match request.query.get("route"):
        case "product/product":
            product = next((one for one in PRODUCTS if str(one.number) == request.query.get("product_id")), None)
            if product is None:
                raise web.HTTPNotFound
            answer = page(_page(home, product))
        case "checkout/cart":
            answer = page("<h1>Shopping Cart</h1>Your shopping cart is empty!")
        case _:
            answer = page("<h1>Your Store</h1>")
    answer.headers["Cache-Control"] = "no-store, no-cache, must-revalidate"
    answer.headers["Expires"] = "Thu, 19 Nov 1981 08:52:00 GMT"
    answer.headers["Pragma"] = "no-cache"
    answer.set_cookie("OCSESSID", secrets.token_hex(13))
    answer.set_cookie("language", "en-gb")
    return answer


def _taxed(cents: int) -> str:
    """With the twenty per cent that this shop adds."""
    return f"${cents * 1.2 / 100:,.2f}"


def _price(product: Product) -> str:
    if product.list_cents is None:
        return f"<li>\n            <h2>{_taxed(product.cents)}</h2>\n          </li>"
    return (
        f'<li><span style="text-decoration: line-through;" class="price-old">{_taxed(product.list_cents)}</span></li>\n'
        f"<li>\n            <h2>{_taxed(product.cents)}</h2>\n          </li>"
    )


def _page(home: str, product: Product) -> str:
    cards = "".join(_card(home, one) for one in others(product)[:3])
    return f"""<!DOCTYPE html>
<html dir="ltr" lang="en"><head><meta charset="UTF-8" /><title>{product.name}</title>
<base href="{home.removesuffix("index.php?route=")}" />
<link href="catalog/view/theme/default/stylesheet/stylesheet.css" rel="stylesheet">
<link href="{home}product/product&amp;product_id={product.number}" rel="canonical" /></head>
<body class="product-product-{product.number}">
<nav id="top"><a href="{home}account/account">My Account</a> <a href="{home}checkout/cart">Shopping Cart</a></nav>
<header><div id="cart" class="btn-group"><button type="button"><span id="cart-total">0 item(s) - $0.00</span>
</button></div>
</header><div id="product-product" class="container"><ul class="breadcrumb"><li><a href="{home}common/home">Home</a>
</li>
<li><a href="{home}product/product&amp;product_id={product.number}">{product.name}</a></li></ul>
<div class="row"><div id="content" class="col-sm-12"><div class="row"><div class="col-sm-8"><ul class="thumbnails">
<li><a class="thumbnail" href="image/cache/{product.slug}-500x500.jpg"><img src="image/cache/{product.slug}.jpg" />
</a></li>
</ul></div><div class="col-sm-4"><h1>{product.name}</h1>
          <ul class="list-unstyled">
            <li>Brand: <a href="{home}product/manufacturer/info&amp;manufacturer_id=8">Apple</a></li>
            <li>Product Code: Product {product.number}</li>
            <li>Reward Points: {product.cents // 10}</li>
            <li>Availability: {"In Stock" if product.in_stock else "Out Of Stock"}</li>
          </ul>
          <ul class="list-unstyled">{_price(product)}
            <li>Ex Tax: ${product.cents / 100:,.2f}</li>
          </ul>
          <div id="product"><div class="form-group"><label class="control-label" for="input-quantity">Qty</label>
              <input type="text" name="quantity" value="1" size="2" id="input-quantity" class="form-control" />
              <input type="hidden" name="product_id" value="{product.number}" />
              <button type="button" id="button-cart" class="btn btn-primary btn-lg btn-block">Add to Cart</button>
</div></div>
</div></div><h3>Related Products</h3><div class="row">{cards}</div></div></div></div>
<footer>Powered by OpenCart<br /> Your Store &copy; {datetime.now(UTC).year}</footer>
<!-- page created at {datetime.now(UTC).isoformat()} -->
</body></html>"""


def _card(home: str, product: Product) -> str:
    address = f"{home}product/product&amp;product_id={product.number}"
    return (
        f'<div class="col-xs-6 col-md-4"><div class="product-thumb transition"><div class="image"><a href="{address}">'
        f'<img src="image/cache/{product.slug}-200x200.jpg" /></a></div><div class="caption"><h4><a href="{address}">'
        f'{product.name}</a></h4><p class="price">{_taxed(product.cents)} <span class="price-tax">Ex Tax: '
        f'${product.cents / 100:,.2f}</span></p></div><div class="button-group"><button type="button" '
        f"onclick=\"cart.add('{product.number}', '1');\">Add to Cart</button></div></div></div>"
    )
