"""The shop while its origin is down: pages go on, with today's rows; everything else says honestly what is wrong."""

from __future__ import annotations

import asyncio
import time
from itertools import count

import pytest
from aiohttp import web

from tests.conftest import MakeNode, Node, ScriptedOrigin, eventually
from tests.e2e.conftest import product_page

NUMBERS = count(1)
SHORT = """
ttl = "0s"
grace = "0s"
error_grace = "0s"
"""


@pytest.fixture
def node(origin: ScriptedOrigin, make_node: MakeNode, shop_config: str) -> Node:
    """A node whose pages are past every grace as soon as they are stored."""
    times = 'ttl = "10m"\ngrace = "1h"\nerror_grace = "30d"\n'
    assert times in shop_config
    made = make_node(origin.url, shop_config.replace(times, SHORT).replace('"2s"', '"300ms"'))
    made.start()
    return made


@pytest.fixture
def page(origin: ScriptedOrigin, node: Node) -> str:
    path = f"/product/{next(NUMBERS)}"
    origin.says(path, product_page(), content_type="text/html")
    assert node.ask(path).status == 200
    return path


def test_a_page_past_every_grace_still_serves_with_a_new_price(origin: ScriptedOrigin, node: Node, page: str) -> None:
    origin.stop()
    told = node.ask(page)
    assert told.status == 200
    assert "hit" in told.cache_status
    assert "detail=origin-down" in told.cache_status
    node.put("prices", "A-1", {"amount": "5.00", "currency": "EUR"})
    told = node.ask(page)
    assert "€5.00" in told.text
    assert '"price": "5.00"' in told.text


def test_other_routes_say_that_the_origin_is_unavailable(origin: ScriptedOrigin, node: Node) -> None:
    origin.stop()
    for path, method in (("/cart", "GET"), ("/cart", "POST"), ("/product/never-seen", "GET")):
        told = node.ask(path, method)
        assert told.status == 503
        assert int(told.field("retry-after")) >= 1
        assert told.field("cache-control") == "no-store"
        assert "127.0.0.1" not in told.cache_status + told.text


def test_an_origin_that_hangs_is_a_504_and_one_that_talks_nonsense_a_502(origin: ScriptedOrigin, node: Node) -> None:
    async def hang(request: web.BaseRequest) -> web.StreamResponse:
        await asyncio.sleep(60)
        return web.Response()

    async def nonsense(request: web.BaseRequest) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.write(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")
        request.transport.close()
        return web.Response()

    origin.answers("/hang", hang)
    origin.answers("/nonsense", nonsense)
    told = node.ask("/hang", "POST")
    assert (told.status, bool(told.field("retry-after"))) == (504, True)
    assert "detail=origin-timeout" in told.cache_status
    told = node.ask("/nonsense", "POST")
    assert (told.status, bool(told.field("retry-after"))) == (502, True)
    assert "detail=origin-protocol-error" in told.cache_status


def test_a_visitor_with_a_basket_is_sent_everybodys_page_and_it_is_marked_as_hers(
    origin: ScriptedOrigin, node: Node, page: str
) -> None:
    basket = {"Cookie": "basket=3"}
    assert "fwd=bypass" in node.ask(page, headers=basket).cache_status
    origin.stop()
    told = node.ask(page, headers=basket)
    assert told.status == 200
    assert "detail=origin-down" in told.cache_status
    assert told.field("cache-control") == "private, no-cache"


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_visitor_with_a_basket_is_not_sent_the_origins_error_page(
    origin: ScriptedOrigin, node: Node, page: str, status: int
) -> None:
    origin.says(page, "<h1>Stack trace</h1>", status=status, content_type="text/html")
    told = node.ask(page, headers={"Cookie": "basket=3"})
    assert told.status == 200
    assert "€19.99" in told.text


def test_an_error_page_nobody_has_a_copy_for_is_relayed(origin: ScriptedOrigin, node: Node) -> None:
    origin.says("/product/broken", "<h1>Sorry</h1>", status=503, content_type="text/html")
    told = node.ask("/product/broken", headers={"Cookie": "basket=3"})
    assert (told.status, told.text) == (503, "<h1>Sorry</h1>")
    origin.says("/other", "broken", status=500)
    assert node.ask("/other").status == 500


def test_once_an_origin_is_known_to_be_down_nobody_waits_for_it(origin: ScriptedOrigin, node: Node, page: str) -> None:
    async def hang(request: web.BaseRequest) -> web.StreamResponse:
        await asyncio.sleep(60)
        return web.Response()

    paths = [f"/product/down-{number}" for number in range(8)]
    for path in (*paths, page, "/"):
        origin.answers(path, hang)
    eventually(lambda: [node.ask(path).status for path in paths][-1] == 503, "the breaker opens")
    started_s = time.monotonic()
    assert node.ask(page, headers={"Cookie": "basket=3"}).status == 200
    assert node.ask(page).status == 200
    assert time.monotonic() - started_s < 1
    status = node.admin("/status").text
    assert '"up":false' in status


def test_the_origin_is_found_again_by_itself(origin: ScriptedOrigin, node: Node, page: str) -> None:
    origin.stop()
    for number in range(8):
        node.ask(f"/product/down-{number}")
    eventually(lambda: '"up":false' in node.admin("/status").text, "the breaker opens")
    origin.start()
    origin.says("/", "home", content_type="text/html")
    origin.says("/product/new", product_page("7.00"), content_type="text/html")
    eventually(lambda: node.ask("/product/new").status == 200, "a page never seen before is fetched")
    assert '"up":true' in node.admin("/status").text
