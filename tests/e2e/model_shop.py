"""A shop that does everything real shops have been seen to do to a cache, and knows to whom it told what.

Every value that is somebody's is *marked*. What the shop sends in answer to a visitor's own request is hers to know;
what it sends in answer to a fill is nobody's, and must not come out of the edge for anybody.
"""

from __future__ import annotations

import random
import string
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from aiohttp import web

VISITOR = "X-Visitor"
"""Who asks, on the visitor's own requests. A fill never carries it."""
_SAFE = string.ascii_letters + string.digits
_TEXT = "<p>Hand thrown, dishwasher safe, and lighter than it looks.</p>" * 3


@dataclass(slots=True)
class Session:
    """What the shop holds for one browser. All of it is marked."""

    sid: str
    csrf: str
    form: str
    name: str
    email: str
    order: str
    items: list[str] = field(default_factory=list)
    signed_in: bool = False
    started: bool = False
    """The browser brought the session's cookie."""


@dataclass(slots=True)
class View:
    """One page while it is written."""

    shop: ModelShop
    session: Session
    number: int
    """Of views so far: what looks different each time is made of it."""
    request: web.BaseRequest
    headers: list[tuple[str, str]] = field(default_factory=list)

    def cookie(self, name: str, value: str, more: str = "; Path=/") -> None:
        self.headers.append(("Set-Cookie", f"{name}={value}{more}"))


Trap = Callable[[View], str]


def session_cookie(view: View) -> str:
    view.cookie("sid", view.session.sid, "; Path=/; HttpOnly")
    return ""


def lying_cache_control(view: View) -> str:
    view.headers.append(("Cache-Control", "public, max-age=600"))
    return session_cookie(view)


def forbidding_cache_control(view: View) -> str:
    view.headers.append(("Cache-Control", "no-store, private"))
    return ""


def django_form(view: View) -> str:
    """A masked secret in the form, the secret itself in the cookie."""
    view.cookie("csrftoken", view.session.csrf, "; Path=/; Max-Age=31449600; SameSite=Lax")
    return (
        f'<form><input type="hidden" name="csrfmiddlewaretoken" value="{view.shop.masked(view.session.csrf)}"></form>'
    )


def double_submit(view: View) -> str:
    view.cookie("csrftoken", view.session.csrf)
    token = view.session.csrf
    return (
        f'<meta name="csrf-token" content="{token}"><form><input type="hidden" name="csrfmiddlewaretoken" '
        f'value="{token}"></form><script id="state" type="application/json">{{"csrf":"{token}","lang":"en"}}</script>'
    )


def own_token_cookie(view: View) -> str:
    """A token in a cookie that only this shop can make."""
    view.cookie("shop_token", view.session.form)
    return f'<form><input type="hidden" name="_token" value="{view.session.form}"></form>'


def session_token(view: View) -> str:
    return f'<form><input type="hidden" name="form_token" value="{view.session.form}"></form>'


def token_in_code(view: View) -> str:
    return f"<script>var token = '{view.session.form}'; start(token);</script>"


def token_attribute(view: View) -> str:
    return f'<div id="shop" data-token="{view.session.form}"></div>'


def session_in_links(view: View) -> str:
    return f'<a href="/cart?sid={view.session.sid}">Cart</a>' + session_cookie(view)


def session_in_comment(view: View) -> str:
    return f"<!-- session {view.session.sid} -->" + session_cookie(view)


def session_in_field(view: View) -> str:
    view.headers.append(("X-Session-Token", view.session.form))
    return ""


def session_in_etag(view: View) -> str:
    view.headers.append(("ETag", f'"{view.session.sid}"'))
    return ""


def uniqid(view: View) -> str:
    ident = f"quantity_{0x65F1C2D3E4A00 + view.shop.chance.randrange(1 << 32):x}"
    return f'<label for="{ident}">Quantity</label><input id="{ident}" name="quantity" value="1">'


def rendered_at(view: View) -> str:
    return f"<p>Rendered at 12:{view.number // 60 % 60:02}:{view.number % 60:02}</p>"


def timing(view: View) -> str:
    return f"<!-- {view.shop.chance.randrange(100)} ms -->"


def shuffled(view: View) -> str:
    blocks = ["<li>Free returns</li>", "<li>Climate neutral</li>", "<li>Made by hand</li>"]
    view.shop.chance.shuffle(blocks)
    return f"<ul>{''.join(blocks)}</ul>"


def mini_basket(view: View) -> str:
    items = view.session.items
    return f'<div class="mini-basket">{len(items)} items {" ".join(items)}</div>'


def account(view: View) -> str:
    session = view.session
    if not session.signed_in:
        return '<a href="/login">Sign in</a>'
    return f'<p>Welcome back, {session.name}!</p><a href="mailto:{session.email}">{session.email}</a>'


def last_order(view: View) -> str:
    return f"<p>Your order {view.session.order} is on its way</p>" if view.session.signed_in else ""


def experiment(view: View) -> str:
    return f"<button>{['Buy', 'Yours tomorrow'][view.number % 2]}</button>"


def viewers(view: View) -> str:
    return f'<p class="viewers">{view.number % 7} people look at this</p>'


def address(view: View) -> str:
    return f"<p>Delivered to {view.request.headers.get('X-Forwarded-For', 'you')}</p>"


def crossed_greeting(view: View) -> str:
    """The shop's own cache is broken and greets anybody as the customer before."""
    return f"<p>Welcome back, {view.shop.customer(view).name}!</p>"


def one_greeting(view: View) -> str:
    return f"<p>Welcome back, {view.shop.customers[0].name}!</p>"


def crossed_email(view: View) -> str:
    return f"<p>Signed in as {view.shop.customer(view).email}</p>"


def crossed_order(view: View) -> str:
    return f"<p>Order no. {view.shop.customer(view).order} has been shipped</p>"


def crossed_basket(view: View) -> str:
    return f'<div class="basket">{" ".join(view.shop.customer(view).items)}</div>'


def stumbling(view: View) -> str:
    if view.shop.chance.random() < 0.2:
        raise web.HTTPInternalServerError(text="database is locked")
    return ""


HARMLESS: dict[str, Trap] = {
    trap.__name__: trap
    for trap in (
        session_cookie,
        lying_cache_control,
        forbidding_cache_control,
        django_form,
        double_submit,
        own_token_cookie,
        session_in_field,
        session_in_etag,
        uniqid,
        rendered_at,
        timing,
        shuffled,
        mini_basket,
        account,
        last_order,
    )
}
"""What a page may have and be stored."""
REFUSING: dict[str, Trap] = {
    trap.__name__: trap
    for trap in (
        session_token,
        token_in_code,
        token_attribute,
        session_in_links,
        session_in_comment,
        experiment,
        viewers,
        crossed_greeting,
        one_greeting,
        crossed_email,
        crossed_order,
        crossed_basket,
    )
}
"""What keeps a page out of the store."""
TRAPS = HARMLESS | REFUSING | {"address": address, "stumbling": stumbling}


class ModelShop:
    """One shop. ``traps`` may be changed between requests: shops are redesigned."""

    def __init__(self, seed: int, traps: list[str]) -> None:
        self.chance = random.Random(seed)
        self.traps = traps
        self.up = True
        self.marks: set[str] = set()
        """Everything that is somebody's."""
        self.told: dict[str, set[str]] = {}
        """Marks in answers to a visitor's own requests."""
        self.views = 0
        self._sessions: dict[str, Session] = {}
        self.customers = [self._session() for _ in range(3)]
        for customer in self.customers:
            customer.items = [self._mark(self._letters(9)) for _ in range(2)]

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """The answer to any request."""
        if not self.up:
            return web.Response(status=503, text="closed")
        session = self._session_of(request)
        if request.method == "POST":
            return self._noted(request, await self._change(request, session))
        self.views += 1
        view = View(self, session, self.views, request)
        try:
            body = self._page(view)
        except web.HTTPInternalServerError as exc:
            return web.Response(status=500, text=exc.text or "")
        response = web.Response(text=body, content_type="text/html")
        for name, value in view.headers:
            response.headers.add(name, value)
        return self._noted(request, response)

    def masked(self, secret: str) -> str:
        """As Django masks: another text each time, and always of this secret."""
        mask = self._random(len(secret))
        at = _SAFE.index
        cipher = "".join(_SAFE[(at(a) + at(b)) % len(_SAFE)] for a, b in zip(secret, mask, strict=True))
        return self._mark(mask + cipher)

    def customer(self, view: View) -> Session:
        """Somebody else."""
        return self.customers[view.number % len(self.customers)]

    def _page(self, view: View) -> str:
        path = view.request.path
        product = f'{{"@type":"Product","sku":"{path}","offers":{{"priceCurrency":"EUR"}}}}'
        parts = [TRAPS[name](view) for name in self.traps]
        return (
            f'<!doctype html><html><head><script type="application/ld+json">{product}</script></head><body><h1>Mug</h1>'
            f'<p class="price">€19.99</p>{_TEXT}{"".join(parts)}</body></html>'
        )

    async def _change(self, request: web.BaseRequest, session: Session) -> web.Response:
        form = dict(parse_qsl(await request.text()))
        if request.path.endswith("/login"):
            session.signed_in = True
        else:
            session.items.append(self._mark(self._letters(9)))
        response = web.Response(status=303, headers={"Location": form.get("back", "/")})
        response.headers.add("Set-Cookie", f"sid={session.sid}; Path=/; HttpOnly")
        return response

    def _noted(self, request: web.BaseRequest, response: web.Response) -> web.Response:
        visitor = request.headers.get(VISITOR)
        if visitor is not None:
            said = (response.text or "") + "".join(f"{name}: {value}\n" for name, value in response.headers.items())
            self.told.setdefault(visitor, set()).update(mark for mark in self.marks if mark in said)
        return response

    def _session_of(self, request: web.BaseRequest) -> Session:
        sid = request.cookies.get("sid", "")
        session = self._sessions.get(sid)
        if session is None:
            session = self._session()
            self._sessions[session.sid] = session
        session.csrf = request.cookies.get("csrftoken", session.csrf)
        session.form = request.cookies.get("shop_token", session.form)
        return session

    def _session(self) -> Session:
        name = self._letters(7).capitalize()
        return Session(
            sid=self._mark(f"{self.chance.getrandbits(128):032x}"),
            csrf=self._mark(self._random(32)),
            form=self._mark(self._random(40)),
            name=self._mark(name),
            email=self._mark(f"{name.lower()}@mail.example"),
            order=self._mark(str(self.chance.randrange(10**8, 10**9))),
        )

    def _mark(self, value: str) -> str:
        self.marks.add(value)
        return value

    def _random(self, length: int) -> str:
        return "".join(self.chance.choice(_SAFE) for _ in range(length))

    def _letters(self, length: int) -> str:
        return "".join(self.chance.choice(string.ascii_lowercase) for _ in range(length))
