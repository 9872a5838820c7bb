"""The merchant's page: change a price or a stock level, by form or by script.

``PUT /merchant/products/{sku}`` takes ``{"amount": "99.00", "list_amount": "129.00" | null, "quantity": 3}``, each
member optional, as ``application/json``: a content type no foreign site's form can send.
"""

from __future__ import annotations

import json
from urllib.parse import urlencode

from aiohttp import web

from loadtest.storefront.offers import Offer, OfferError, decimal, parse_cents, parse_quantity
from loadtest.storefront.rendering import CATALOGUE, LEDGER, page
from loadtest.storefront.shopping import checked_form, text_of

_SHOWN = 50


def add_merchant(app: web.Application) -> None:
    """Route the merchant's page and its JSON twin."""
    app.router.add_get("/merchant", _table)
    app.router.add_post("/merchant", _save)
    app.router.add_get("/merchant/products/{sku}", _read)
    app.router.add_put("/merchant/products/{sku}", _write)


async def _table(request: web.Request) -> web.Response:
    return _page(request, request.query.get("q", ""), status=200, problem="")


async def _save(request: web.Request) -> web.Response:
    form = await checked_form(request)
    sku, query = text_of(form, "sku"), text_of(form, "q")
    listed = text_of(form, "list_amount")
    try:
        offer = Offer(
            parse_cents(text_of(form, "amount")),
            parse_cents(listed) if listed else None,
            parse_quantity(text_of(form, "quantity")),
        )
        request.app[LEDGER].set_offer(sku, offer)
    except OfferError as exc:
        return _page(request, query, status=422, problem=f"{sku}: {exc}")
    except KeyError as exc:
        raise web.HTTPNotFound(text=f"no product {sku!r}\n") from exc
    target = "/merchant?" + urlencode({"q": query, "saved": sku})
    return web.Response(status=303, headers={"Location": target, "Cache-Control": "no-store"})


async def _read(request: web.Request) -> web.Response:
    return _as_json(request.match_info["sku"], _offer(request))


async def _write(request: web.Request) -> web.Response:
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType(text="send application/json\n")
    held = _offer(request)
    try:
        offer = _changed(held, json.loads(await request.text()))
    except ValueError as exc:
        raise web.HTTPUnprocessableEntity(text=f"{exc}\n") from exc
    request.app[LEDGER].set_offer(request.match_info["sku"], offer)
    return _as_json(request.match_info["sku"], offer)


def _changed(held: Offer, wanted: object) -> Offer:
    if not isinstance(wanted, dict):
        raise OfferError("send a JSON object with amount, list_amount or quantity")
    if unknown := set(wanted) - {"amount", "list_amount", "quantity"}:
        raise OfferError(f"unknown member {sorted(unknown)[0]!r}; send amount, list_amount or quantity")
    listed = wanted.get("list_amount", held.list_cents and decimal(held.list_cents))
    return Offer(
        parse_cents(str(wanted["amount"])) if "amount" in wanted else held.amount_cents,
        None if listed is None else parse_cents(str(listed)),
        parse_quantity(str(wanted["quantity"])) if "quantity" in wanted else held.quantity,
    )


def _offer(request: web.Request) -> Offer:
    sku = request.match_info["sku"]
    try:
        return request.app[LEDGER].offer(sku)
    except KeyError as exc:
        raise web.HTTPNotFound(text=f"no product {sku!r}\n") from exc


def _as_json(sku: str, offer: Offer) -> web.Response:
    listed = None if offer.list_cents is None else decimal(offer.list_cents)
    return web.json_response(
        {"sku": sku, "amount": decimal(offer.amount_cents), "list_amount": listed, "quantity": offer.quantity},
        headers={"Cache-Control": "no-store"},
    )


def _page(request: web.Request, query: str, *, status: int, problem: str) -> web.Response:
    catalogue = request.app[CATALOGUE]
    found = (catalogue.search(query) if query.strip() else catalogue.products)[:_SHOWN]
    offers = request.app[LEDGER].offers([product.sku for product in found])
    return page(
        request,
        "merchant.html",
        status=status,
        problem=problem,
        products=found,
        offers=offers,
        merchant_query=query,
        saved=request.query.get("saved", ""),
    )
