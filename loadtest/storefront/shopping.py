"""Basket, checkout and the sold-out notice: everything that needs a form's token."""

from __future__ import annotations

import re
import secrets

import msgspec
from aiohttp import web
from multidict import MultiDictProxy

from loadtest.storefront.ledger import Customer, Line, SoldOutError
from loadtest.storefront.rendering import CATALOGUE, LEDGER, page
from loadtest.storefront.visitors import BASKET, CSRF_FIELD, csrf_holds, visitor

Form = MultiDictProxy[str | bytes | bytearray | web.FileField]

_FREE_FROM_CENTS = 50_00
_DELIVERY_CENTS = 4_90
_MOST_TEXT = 200
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


class Bill(msgspec.Struct, frozen=True):
    """What a basket comes to."""

    goods_cents: int
    delivery_cents: int

    @property
    def total_cents(self) -> int:
        """Goods and delivery."""
        return self.goods_cents + self.delivery_cents


def add_shopping(app: web.Application) -> None:
    """Route basket, checkout and notice."""
    app.router.add_get("/basket", _basket)
    app.router.add_post("/basket/add", _add)
    app.router.add_post("/basket/update", _update)
    app.router.add_get("/checkout", _checkout)
    app.router.add_post("/checkout", _order)
    app.router.add_get("/thank-you/{number:[0-9]+}", _thanks)
    app.router.add_post("/notify", _notify)


def bill(lines: tuple[Line, ...]) -> Bill:
    """Sum the lines; delivery is free from €50 on, and for an empty basket."""
    goods = sum(line.total_cents for line in lines)
    return Bill(goods, _DELIVERY_CENTS if 0 < goods < _FREE_FROM_CENTS else 0)


async def checked_form(request: web.Request) -> Form:
    """The posted form once its token holds. Raises HTTPForbidden with a page-sized explanation."""
    form = await request.post()
    if not csrf_holds(request, text_of(form, CSRF_FIELD)):
        raise web.HTTPForbidden(text="This form has expired. Please go back, reload the page and send it again.\n")
    return form


def text_of(form: Form, field: str) -> str:
    """A form field as stripped text; empty when missing or a file."""
    value = form.get(field, "")
    return value.strip()[:_MOST_TEXT] if isinstance(value, str) else ""


async def _basket(request: web.Request) -> web.Response:
    return _basket_page(request, visitor(request).basket, status=200, problem="")


async def _add(request: web.Request) -> web.Response:
    form = await checked_form(request)
    basket = visitor(request).basket or secrets.token_urlsafe(18)
    try:
        request.app[LEDGER].add(basket, text_of(form, "sku"), max(1, _units(form)))
    except KeyError as exc:
        raise web.HTTPNotFound(text="We don't sell that.\n") from exc
    except SoldOutError as exc:
        return _basket_page(request, basket, status=409, problem=str(exc))
    return _to_basket(request, basket)


async def _update(request: web.Request) -> web.Response:
    form = await checked_form(request)
    basket = visitor(request).basket
    if basket is not None:
        try:
            request.app[LEDGER].set_line(basket, text_of(form, "sku"), 0 if "remove" in form else _units(form))
        except KeyError as exc:
            raise web.HTTPNotFound(text="We don't sell that.\n") from exc
        except SoldOutError as exc:
            return _basket_page(request, basket, status=409, problem=str(exc))
    return _to_basket(request, basket)


async def _checkout(request: web.Request) -> web.Response:
    return _checkout_page(request, status=200, problem="", customer=Customer("", "", ""))


async def _order(request: web.Request) -> web.Response:
    form = await checked_form(request)
    customer = Customer(text_of(form, "name"), text_of(form, "email"), text_of(form, "address"))
    if not (customer.name and customer.address and _EMAIL.fullmatch(customer.email)):
        problem = "Please fill in your name, an e-mail address we can answer to, and where to deliver."
        return _checkout_page(request, status=422, problem=problem, customer=customer)
    try:
        number = request.app[LEDGER].order(visitor(request).basket or "", customer)
    except SoldOutError as exc:
        return _checkout_page(request, status=409, problem=str(exc), customer=customer)
    response = web.Response(status=303, headers={"Location": f"/thank-you/{number}", "Cache-Control": "no-store"})
    response.del_cookie(BASKET)
    return response


async def _thanks(request: web.Request) -> web.Response:
    picks = request.app[CATALOGUE].chosen("thanks", 4)
    return page(
        request,
        "message.html",
        title="Thank you!",
        products=picks,
        offers=request.app[LEDGER].offers([product.sku for product in picks]),
        text=f"Your order {request.match_info['number']} is with our people in the warehouse. You'll hear from us.",
    )


async def _notify(request: web.Request) -> web.Response:
    form = await checked_form(request)
    product = request.app[CATALOGUE].by_sku(text_of(form, "sku"))
    if product is None:
        raise web.HTTPNotFound(text="We don't sell that.\n")
    return page(
        request,
        "message.html",
        title="We'll write to you",
        products=(),
        offers={},
        text=f"The moment the {product.name} is back, you will have a note from us. One note, nothing else.",
    )


def _units(form: Form) -> int:
    text = text_of(form, "quantity") or "1"
    if not (text.isascii() and text.isdigit() and len(text) < 5):
        raise web.HTTPBadRequest(text="Write the quantity as a whole number.\n")
    return int(text)


def _to_basket(request: web.Request, basket: str | None) -> web.Response:
    """Back to the basket page. The cookie exists only while something lies in the basket."""
    response = web.Response(status=303, headers={"Location": "/basket", "Cache-Control": "no-store"})
    if basket is not None and request.app[LEDGER].basket_count(basket):
        response.set_cookie(BASKET, basket, httponly=True, samesite="Lax")
    elif basket is not None:
        response.del_cookie(BASKET)
    return response


def _basket_page(request: web.Request, basket: str | None, *, status: int, problem: str) -> web.Response:
    lines = request.app[LEDGER].basket(basket) if basket else ()
    return page(
        request, "basket.html", status=status, problem=problem, lines=_described(request, lines), bill=bill(lines)
    )


def _checkout_page(request: web.Request, *, status: int, problem: str, customer: Customer) -> web.Response:
    basket = visitor(request).basket
    lines = request.app[LEDGER].basket(basket) if basket else ()
    return page(
        request,
        "checkout.html",
        status=status,
        problem=problem,
        lines=_described(request, lines),
        bill=bill(lines),
        customer=customer,
    )


def _described(request: web.Request, lines: tuple[Line, ...]) -> list[tuple[object, Line]]:
    return [(request.app[CATALOGUE].by_sku(line.sku), line) for line in lines]
