from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from edge.config.schema import Duration, Origin
from edge.errors import OriginProtocolError, OriginUnavailable
from edge.fill.exchange import OriginRequest
from edge.fill.origin import OriginClient
from edge.model import Pairs

if TYPE_CHECKING:
    from tests.unit.edge.fill.conftest import ScriptedOrigin, StartOrigin, Wire

HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\nX-Hop: 1\r\nConnection: x-hop\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def at(origin: ScriptedOrigin) -> OriginClient:
    return OriginClient(
        (Origin(name="shop", url=origin.url, connect_timeout=Duration(1), first_byte_timeout=Duration(5)),)
    )


async def fetch(client: OriginClient, heard: list[tuple[int, Pairs]] | None = None) -> tuple[int, bytes]:
    interim = None if heard is None else lambda status, pairs: heard.append((status, pairs))
    request = OriginRequest("GET", "/", (("Host", "shop.example"),), interim=interim)
    async with client.send("shop", request) as response:
        return response.status, b"".join([piece async for piece in response.body()])


async def test_interim_responses_are_heard_before_the_final_one(start_origin: StartOrigin) -> None:
    heard: list[tuple[int, Pairs]] = []
    told = asyncio.Event()

    async def hint(wire: Wire) -> None:
        await wire.send(b"HTTP/1.1 102 Processing\r\n\r\n" + HINTS)
        await told.wait()
        await wire.send(OK)

    def interim(status: int, pairs: Pairs) -> None:
        heard.append((status, pairs))
        if status == 103:
            told.set()

    origin = await start_origin(hint)
    async with at(origin) as client:
        request = OriginRequest("GET", "/", (("Host", "shop.example"),), interim=interim)
        async with client.send("shop", request) as response:
            assert response.status == 200
            assert response.pairs == (("Content-Length", "2"),)
    assert heard == [(102, ()), (103, (("Link", "</a.css>"),))]


async def test_interim_responses_that_arrive_with_the_final_one_are_heard_too(start_origin: StartOrigin) -> None:
    heard: list[tuple[int, Pairs]] = []

    async def hint(wire: Wire) -> None:
        await wire.send(HINTS + OK)

    async with at(await start_origin(hint)) as client:
        assert await fetch(client, heard) == (200, b"ok")
    assert [status for status, _ in heard] == [103]


async def test_nobody_has_to_hear(start_origin: StartOrigin) -> None:
    async def hint(wire: Wire) -> None:
        await wire.send(b"HTTP/1.1 100 Continue\r\n\r\n" + HINTS + OK)

    async with at(await start_origin(hint)) as client:
        assert await fetch(client) == (200, b"ok")


async def test_who_asks_next_on_a_kept_connection_hears_for_himself(start_origin: StartOrigin) -> None:
    async def hint(wire: Wire) -> None:
        await wire.send(HINTS + OK)

    first: list[tuple[int, Pairs]] = []
    second: list[tuple[int, Pairs]] = []
    origin = await start_origin(hint)
    async with at(origin) as client:
        await fetch(client, first)
        await fetch(client, second)
    assert (len(first), len(second), origin.connections) == (1, 1, 1)


async def test_a_flood_of_interim_responses_ends_somewhere(start_origin: StartOrigin) -> None:
    async def flood(wire: Wire) -> None:
        await wire.send(HINTS * 100 + OK)

    heard: list[tuple[int, Pairs]] = []
    async with at(await start_origin(flood)) as client:
        assert await fetch(client, heard) == (200, b"ok")
    assert len(heard) == 8


async def test_what_follows_a_complete_response_is_nobodys(start_origin: StartOrigin) -> None:
    """RFC 9112 §6.3: neither part of the response nor another one; the connection is not used again."""

    async def too_much(wire: Wire) -> None:
        await wire.send(OK + b" and more\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged")

    origin = await start_origin(too_much)
    async with at(origin) as client:
        assert await fetch(client) == (200, b"ok")
        assert await fetch(client) == (200, b"ok")
    assert origin.connections == 2


async def test_a_response_nobody_has_asked_for_is_given_to_nobody(start_origin: StartOrigin) -> None:
    """Response queue poisoning: what lies ready when the next request is sent would be taken for its answer."""
    idle, dropped = asyncio.Event(), asyncio.Event()

    async def forge(wire: Wire) -> None:
        await wire.send(OK)
        if not dropped.is_set():
            await idle.wait()
            await wire.send(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged")
            assert not await wire.read_request()
            dropped.set()

    origin = await start_origin(forge)
    async with at(origin) as client:
        assert await fetch(client) == (200, b"ok")
        idle.set()
        await asyncio.wait_for(dropped.wait(), 5)
        assert await fetch(client) == (200, b"ok")
    assert origin.connections == 2


async def test_what_is_no_response_still_is_none(start_origin: StartOrigin) -> None:
    async def garbage(wire: Wire) -> None:
        await wire.send(b"HTTP/1.1 200 OK\r\nBad Field\x00: x\r\n\r\n")

    async with at(await start_origin(garbage)) as client:
        with pytest.raises((OriginProtocolError, OriginUnavailable)):
            await fetch(client)
