from __future__ import annotations

import json
from typing import NamedTuple

import pytest
from aiohttp import web

from edge.fill.origin import OriginClient
from edge.inspect.canary import Canary, Sighting, fly
from edge.inspect.visiting import Unvisitable, shop_at
from tests.storefronts.serving import serving

ADA = "sessionid=0123456789abcdefada; theme=dark"
BOB = "sessionid=0123456789abcdefbob"


class Behaviour(NamedTuple):
    id: str
    greets: bool
    remembers: bool
    """The shop keeps the first signed-in visitor's page and shows it to everybody: its own cache is broken."""


def shop(behaviour: Behaviour) -> web.Application:
    remembered: list[str] = []

    async def product(request: web.Request) -> web.Response:
        session = request.cookies.get("sessionid")
        greeting = ""
        if session and behaviour.greets:
            name = session[-3:].capitalize()
            greeting = (
                f'<p class="greeting">Hello {name}, {name.lower()}@example.org</p><i data-session="{session}"></i>'
            )
            remembered.append(greeting)
        if behaviour.remembers and remembered:
            greeting = remembered[0]
        return web.Response(
            text=f"<html><body>{greeting}<h1>Cup</h1><p class=price>$5.00</p></body></html>", content_type="text/html"
        )

    app = web.Application()
    app.router.add_get("/product/cup", product)
    return app


async def sent(behaviour: Behaviour, canary: Canary, *, before: bool = False) -> Sighting:
    async with serving(lambda _: shop(behaviour)) as url, OriginClient((shop_at(url),)) as client:
        target = f"{url}/product/cup"
        if before:
            await fly(client, target, canary)
        return await fly(client, target, canary)


async def test_what_two_signed_in_visitors_see_is_not_what_is_stored() -> None:
    found = await sent(Behaviour("sound", greets=True, remembers=False), Canary(ADA, BOB))
    assert found.leaks == ()
    assert not found.alike
    assert any("Ada" in one.first and "Bob" in one.second for one in found.differences)
    assert found.kept_out == ("sessionid", "sessionid")


async def test_a_shop_that_shows_one_visitor_s_page_to_all_is_caught() -> None:
    found = await sent(Behaviour("broken", greets=True, remembers=True), Canary(ADA, BOB), before=True)
    assert found.leaks == ("the value of a visitor's cookie sessionid stands in the page for everybody",)
    assert found.differences == ()


async def test_cookies_that_the_shop_does_not_know_are_said_to_be_so() -> None:
    found = await sent(Behaviour("cold", greets=False, remembers=False), Canary("other=1", BOB))
    assert found.alike
    assert found.kept_out == (None, "sessionid")
    assert json.loads(json.dumps(found.document))["recognised"] is False


async def test_a_page_they_cannot_see_is_said_to_be_one() -> None:
    async def product(request: web.Request) -> web.Response:
        if request.cookies:
            raise web.HTTPForbidden
        return web.Response(text="<h1>Cup</h1><p class=price>$5.00</p>", content_type="text/html")

    app = web.Application()
    app.router.add_get("/product/cup", product)
    async with serving(lambda _: app) as url, OriginClient((shop_at(url),)) as client:
        with pytest.raises(Unvisitable, match="answers 403"):
            await fly(client, f"{url}/product/cup", Canary(ADA, BOB))
