"""Templates to responses: what every page of the shop has in common."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from loadtest.storefront.artwork.scene import View
from loadtest.storefront.catalogue import Catalogue
from loadtest.storefront.ledger import Ledger
from loadtest.storefront.offers import CURRENCY, availability, decimal, euro, stock_line
from loadtest.storefront.visitors import set_csrf, set_session, visitor

CATALOGUE: web.AppKey[Catalogue] = web.AppKey("catalogue", Catalogue)
LEDGER: web.AppKey[Ledger] = web.AppKey("ledger", Ledger)
TEMPLATES: web.AppKey[Environment] = web.AppKey("templates", Environment)

HERE = Path(__file__).parent
NAME = "Aster & Oak"

_STALE_AT_ONCE = "private, no-cache"
_NEVER_STORED = "no-store, private"
_WITH_FORM = frozenset({"product.html", "basket.html", "checkout.html", "merchant.html"})


def environment(catalogue: Catalogue) -> Environment:
    """The shop's templates, all compiled now so that no visitor waits for it."""
    templates = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    templates.filters.update(euro=euro, decimal=decimal, stock_line=stock_line, availability=availability, stars=stars)
    templates.globals.update(
        shop=NAME,
        currency=CURRENCY,
        categories=catalogue.categories,
        views=tuple(View),
        asset=asset,
        collections=("Maren", "Wren", "Fenn", "Orla", "Tarn", "Juno"),
    )
    for name in templates.list_templates():
        templates.get_template(name)
    return templates


def page(request: web.Request, template: str, /, *, status: int = 200, **context: object) -> web.Response:
    """Render one page for the visitor who asked.

    Pages with a form carry the visitor's token and are never to be stored; the others may be kept but not reused
    unasked. Either way the session cookie goes along, which is what makes shops hard to cache.
    """
    who = visitor(request)
    count = request.app[LEDGER].basket_count(who.basket) if who.basket else 0
    context.setdefault("query", "")
    html = (
        request.app[TEMPLATES]
        .get_template(template)
        .render(
            basket_count=count,
            csrf_token=who.csrf,
            base=f"{request.scheme}://{request.host}",
            path=request.path,
            **context,
        )
    )
    response = web.Response(status=status, text=html, content_type="text/html")
    set_session(response, who)
    if template in _WITH_FORM:
        set_csrf(response, who)
    response.headers["Cache-Control"] = _NEVER_STORED if template in _WITH_FORM else _STALE_AT_ONCE
    response.headers["Vary"] = "Cookie"
    return response


def not_found(request: web.Request) -> web.Response:
    """The shop's own 404 page."""
    picks = request.app[CATALOGUE].chosen("not-found", 4)
    offers = request.app[LEDGER].offers([product.sku for product in picks])
    return page(
        request,
        "message.html",
        status=404,
        title="We can't find that page",
        products=picks,
        offers=offers,
        text="It may have been sold out for good or moved. Try the search above, or one of these.",
    )


@lru_cache(maxsize=16)
def stars(average: float) -> Markup:
    """A rating as five stars of which a part is filled. ``average`` is 0 to 5."""
    return Markup('<span class="stars" style="--filled:{:.0f}%" role="img" aria-label="{} out of 5"></span>').format(
        average * 20, average
    )


@lru_cache(maxsize=16)
def asset(name: str) -> str:
    """The address of a static file, with a hash of its content so that a change shows at once."""
    digest = hashlib.blake2b((HERE / "static" / name).read_bytes(), digest_size=6).hexdigest()
    return f"/static/{name}?v={digest}"
