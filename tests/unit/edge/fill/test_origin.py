from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Literal

import pytest

from edge.config.schema import Duration, Origin
from edge.errors import OriginProtocolError, OriginTimeout, OriginUnavailable, RequestError
from edge.fill.origin import OriginClient

if TYPE_CHECKING:
    from tests.unit.edge.fill.conftest import ScriptedOrigin, StartOrigin, Wire


async def say_ok(wire: Wire) -> None:
    await wire.respond(b"ok")


def configured(
    origin: ScriptedOrigin,
    *,
    path: str = "",
    host_header: Literal["preserve", "origin"] = "preserve",
    patience_s: float = 5.0,
    max_connections: int = 10,
) -> Origin:
    return Origin(
        name="shop",
        url=origin.url + path,
        host_header=host_header,
        connect_timeout=Duration(min(1.0, patience_s)),
        first_byte_timeout=Duration(patience_s),
        max_connections=max_connections,
    )


async def fetch(client: OriginClient, target: str = "/", method: str = "GET") -> tuple[int, bytes]:
    async with client.exchange("shop", method, target, (("Host", "shop.example"),)) as response:
        return response.status, b"".join([chunk async for chunk in response.body()])


TARGETS = [
    "/",
    "/a?",
    "/a?b=c%20d&e=%2F&f=+",
    "//double//slash/../x",
    "/%7euser/%zz/100%",
    "/a?x=[1]&y={2}|3",
    "/p#not-a-fragment?q",
    "/;v=1/@:user",
    "/café?q=ü",
]


@pytest.mark.parametrize("target", TARGETS)
async def test_the_target_reaches_the_origin_byte_for_byte(start_origin: StartOrigin, target: str) -> None:
    origin = await start_origin(say_ok)
    async with OriginClient((configured(origin),)) as client:
        assert await fetch(client, target) == (200, b"ok")
    assert origin.heads[0].split(b"\r\n")[0] == b"GET " + target.encode() + b" HTTP/1.1"


async def test_octets_that_are_not_utf8_are_percent_encoded_rather_than_lost(start_origin: StartOrigin) -> None:
    origin = await start_origin(say_ok)
    async with OriginClient((configured(origin),)) as client:
        await fetch(client, "/caf\udce9")
    assert origin.requests == ["GET /caf%E9"]


@pytest.mark.parametrize("target", ["*", "http://other.example/", "/a b", "/a\r\nX-Injected: 1", ""])
async def test_a_target_no_request_line_can_hold_is_the_clients_fault(start_origin: StartOrigin, target: str) -> None:
    origin = await start_origin(say_ok)
    async with OriginClient((configured(origin),)) as client:
        with pytest.raises(RequestError) as caught:
            await fetch(client, target)
    assert caught.value.response_status == 400
    assert origin.requests == []


async def test_the_path_of_the_origins_url_comes_before_the_target(start_origin: StartOrigin) -> None:
    origin = await start_origin(say_ok)
    async with OriginClient((configured(origin, path="/shop/"),)) as client:
        await fetch(client, "/a?b")
    assert origin.requests == ["GET /shop/a?b"]


async def test_exactly_the_given_fields_are_sent(start_origin: StartOrigin) -> None:
    origin = await start_origin(say_ok)
    given = (("Host", "shop.example"), ("X-One", "1"), ("X-Many", "a"), ("X-Many", "b"), ("X-Text", "ü"))
    async with OriginClient((configured(origin),)) as client, client.exchange("shop", "GET", "/", given) as response:
        assert response.status == 200
    lines = origin.heads[0].decode().strip().split("\r\n")[1:]
    assert lines == [f"{name}: {value}" for name, value in given]


async def test_a_field_value_that_is_not_utf8_still_arrives(start_origin: StartOrigin) -> None:
    origin = await start_origin(say_ok)
    given = (("Host", "shop.example"), ("X-Old", "caf\udce9"))
    async with OriginClient((configured(origin),)) as client, client.exchange("shop", "GET", "/", given):
        pass
    assert "X-Old: café".encode() in origin.heads[0]


async def test_an_expectation_is_not_passed_on(start_origin: StartOrigin) -> None:
    origin = await start_origin(say_ok)
    given = (("Host", "shop.example"), ("Expect", "100-continue"))
    async with OriginClient((configured(origin),)) as client, client.exchange("shop", "GET", "/", given) as response:
        assert response.status == 200
    assert b"xpect" not in origin.heads[0]


@pytest.mark.parametrize("mode", ["preserve", "origin"])
async def test_host_is_kept_or_replaced_as_configured(
    start_origin: StartOrigin, mode: Literal["preserve", "origin"]
) -> None:
    origin = await start_origin(say_ok)
    async with OriginClient((configured(origin, host_header=mode),)) as client:
        await fetch(client)
    want = "shop.example" if mode == "preserve" else f"127.0.0.1:{origin.port}"
    assert origin.heads[0].count(b"Host: ") == 1
    assert f"Host: {want}\r\n".encode() in origin.heads[0]


async def test_the_response_is_given_as_it_came(start_origin: StartOrigin) -> None:
    async def answer(wire: Wire) -> None:
        fields = (
            b"Location: /next\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nX-Old: caf\xe9\r\nContent-Encoding: gzip\r\n"
        )
        await wire.send(b"HTTP/1.1 302 Found\r\n" + fields + b"Content-Length: 4\r\n\r\n\x1f\x8bzz")

    origin = await start_origin(answer)
    async with OriginClient((configured(origin),)) as client:
        for _ in range(2):
            async with client.exchange("shop", "GET", "/", (("Host", "a"),)) as response:
                body = b"".join([chunk async for chunk in response.body()])
            assert (response.status, body) == (302, b"\x1f\x8bzz")
            assert response.pairs == (
                ("Location", "/next"),
                ("Set-Cookie", "a=1"),
                ("Set-Cookie", "b=2"),
                ("X-Old", "café"),
                ("Content-Encoding", "gzip"),
                ("Content-Length", "4"),
            )
    assert b"ookie" not in origin.heads[1]


async def test_a_head_response_has_no_body_and_keeps_its_length(start_origin: StartOrigin) -> None:
    async def answer(wire: Wire) -> None:
        await wire.send(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n")

    origin = await start_origin(answer)
    async with OriginClient((configured(origin),)) as client:
        assert await fetch(client, "/", "HEAD") == (200, b"")


async def test_a_kept_connection_is_used_again(start_origin: StartOrigin) -> None:
    origin = await start_origin(say_ok)
    async with OriginClient((configured(origin),)) as client:
        await fetch(client)
        await fetch(client)
    assert origin.connections == 1


async def close_kept_connections(wire: Wire) -> None:
    """What a server does whose keep-alive ends in the moment the next request arrives."""
    if wire.served == 1:
        await wire.respond(b"ok")
    else:
        wire.reset()


async def test_a_get_is_dialled_again_when_the_kept_connection_was_closed(start_origin: StartOrigin) -> None:
    origin = await start_origin(close_kept_connections)
    async with OriginClient((configured(origin),)) as client:
        await fetch(client, "/1")
        assert await fetch(client, "/2") == (200, b"ok")
    assert origin.requests == ["GET /1", "GET /2", "GET /2"]


async def test_a_get_that_fails_on_a_new_connection_is_not_repeated(start_origin: StartOrigin) -> None:
    async def answer(wire: Wire) -> None:
        wire.close()

    origin = await start_origin(answer)
    async with OriginClient((configured(origin),)) as client:
        with pytest.raises(OriginUnavailable, match="without an answer"):
            await fetch(client)
    assert origin.requests == ["GET /"]


async def test_a_get_is_not_repeated_once_an_answer_has_begun(start_origin: StartOrigin) -> None:
    async def answer(wire: Wire) -> None:
        if wire.served == 1:
            await wire.respond(b"ok")
        else:
            await wire.send(b"HTTP/1.1 200 OK\r\nContent-Le")
            wire.close()

    origin = await start_origin(answer)
    async with OriginClient((configured(origin),)) as client:
        await fetch(client, "/1")
        with pytest.raises(OriginProtocolError):
            await fetch(client, "/2")
    assert origin.requests == ["GET /1", "GET /2"]


async def reset(wire: Wire) -> None:
    wire.reset()


async def test_a_post_never_meets_a_kept_connection_and_is_never_repeated(start_origin: StartOrigin) -> None:
    origin = await start_origin(close_kept_connections)
    async with OriginClient((configured(origin),)) as client:
        await fetch(client)
        assert await fetch(client, "/basket", "POST") == (200, b"ok")
        origin.answer = reset
        with pytest.raises(OriginUnavailable):
            await fetch(client, "/basket", "POST")
    assert origin.requests == ["GET /", "POST /basket", "POST /basket"]


async def test_a_body_is_streamed_up_without_waiting_for_its_end(start_origin: StartOrigin) -> None:
    first_arrived = asyncio.Event()

    async def answer(wire: Wire) -> None:
        await wire.respond(wire.body)

    async def pieces() -> AsyncIterator[bytes]:
        yield b"first"
        first_arrived.set()
        yield b"second"

    origin = await start_origin(answer)
    given = (("Host", "a"), ("Content-Length", "11"))
    async with (
        OriginClient((configured(origin),)) as client,
        client.exchange("shop", "POST", "/", given, pieces()) as response,
    ):
        assert first_arrived.is_set()
        assert b"".join([chunk async for chunk in response.body()]) == b"firstsecond"
    assert b"hunked" not in origin.heads[0]


async def test_a_body_of_unknown_length_goes_up_in_chunks(start_origin: StartOrigin) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"piece"

    origin = await start_origin(say_ok)
    async with (
        OriginClient((configured(origin),)) as client,
        client.exchange("shop", "PUT", "/", (("Host", "a"),), pieces()) as response,
    ):
        assert response.status == 200
    assert b"Transfer-Encoding: chunked" in origin.heads[0]


async def test_an_upload_the_visitor_breaks_off_is_not_blamed_on_the_origin(start_origin: StartOrigin) -> None:
    class VisitorLeft(Exception):
        pass

    async def pieces() -> AsyncIterator[bytes]:
        yield b"piece"
        raise VisitorLeft

    origin = await start_origin(say_ok)
    async with OriginClient((configured(origin),)) as client:
        with pytest.raises(VisitorLeft):
            async with client.exchange("shop", "POST", "/", (("Host", "a"),), pieces()):
                pass


async def test_a_slow_upload_is_no_timeout_of_the_origin(start_origin: StartOrigin) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(3):
            await asyncio.sleep(0.25)  # each time longer than the origin's limit
            yield b"x"

    origin = await start_origin(say_ok)
    given = (("Host", "a"), ("Content-Length", "3"))
    async with (
        OriginClient((configured(origin, patience_s=0.1),)) as client,
        client.exchange("shop", "POST", "/", given, pieces()) as response,
    ):
        assert response.status == 200


async def test_the_body_is_read_no_faster_than_it_is_consumed(start_origin: StartOrigin) -> None:
    sent = 0

    async def answer(wire: Wire) -> None:
        nonlocal sent
        await wire.send(b"HTTP/1.1 200 OK\r\n\r\n")
        while sent < 100 * 2**20:
            await wire.send(b"x" * 2**16)
            sent += 2**16

    origin = await start_origin(answer)
    async with OriginClient((configured(origin),)) as client:
        async with client.exchange("shop", "GET", "/", (("Host", "a"),)) as response:
            chunks = response.body()
            await anext(chunks)
            held = -1
            while held != sent:  # until the origin can send no more
                held = sent
                await asyncio.sleep(0.05)
        assert 0 < sent < 50 * 2**20


async def never(_wire: Wire) -> None:
    await asyncio.Event().wait()


async def test_no_answer_in_time_is_a_timeout(start_origin: StartOrigin) -> None:
    origin = await start_origin(never)
    async with OriginClient((configured(origin, patience_s=0.1),)) as client:
        with pytest.raises(OriginTimeout) as caught:
            await fetch(client)
    assert caught.value.phase == "answering"


async def test_a_header_section_that_drips_in_is_a_timeout(start_origin: StartOrigin) -> None:
    async def answer(wire: Wire) -> None:
        await wire.send(b"HTTP/1.1 200 OK\r\n")
        while True:
            await wire.send(b"X-Drip: 1\r\n")
            await asyncio.sleep(0.02)

    origin = await start_origin(answer)
    async with OriginClient((configured(origin, patience_s=0.1),)) as client:
        with pytest.raises(OriginTimeout):
            await fetch(client)


CUT_SHORT = [b"Content-Length: 10\r\n\r\nhalf", b"Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"]


async def test_a_body_that_stops_is_a_timeout(start_origin: StartOrigin) -> None:
    async def answer(wire: Wire) -> None:
        await wire.send(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
        await never(wire)

    origin = await start_origin(answer)
    async with OriginClient((configured(origin, patience_s=0.1),)) as client:
        with pytest.raises(OriginTimeout) as caught:
            await fetch(client)
    assert caught.value.phase == "the next byte of the body"


@pytest.mark.parametrize(
    "framing", [b"Content-Length: 10\r\n\r\nhalf", b"Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"]
)
async def test_a_body_that_ends_early_is_a_protocol_error(start_origin: StartOrigin, framing: bytes) -> None:
    async def answer(wire: Wire) -> None:
        await wire.send(b"HTTP/1.1 200 OK\r\n" + framing)
        wire.close()

    origin = await start_origin(answer)
    async with OriginClient((configured(origin),)) as client:
        with pytest.raises(OriginProtocolError, match="broke off"):
            await fetch(client)


async def test_bytes_that_are_no_http_are_a_protocol_error(start_origin: StartOrigin) -> None:
    async def answer(wire: Wire) -> None:
        await wire.send(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")

    origin = await start_origin(answer)
    async with OriginClient((configured(origin),)) as client:
        with pytest.raises(OriginProtocolError, match="not a response"):
            await fetch(client)


async def test_a_refused_connection_is_unavailable() -> None:
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))
        port = unheard.getsockname()[1]
        async with OriginClient((Origin(name="shop", url=f"http://127.0.0.1:{port}"),)) as client:
            with pytest.raises(OriginUnavailable, match="no connection"):
                await fetch(client)


async def test_no_more_connections_than_allowed_are_in_use(start_origin: StartOrigin) -> None:
    answering, release = 0, asyncio.Event()
    full = asyncio.Event()

    async def answer(wire: Wire) -> None:
        nonlocal answering
        answering += 1
        if answering == 3:
            full.set()
        await release.wait()
        await wire.respond(b"ok")

    origin = await start_origin(answer)
    async with OriginClient((configured(origin, max_connections=3),)) as client, asyncio.TaskGroup() as group:
        fetches = [group.create_task(fetch(client)) for _ in range(8)]
        await full.wait()
        await asyncio.sleep(0.05)
        assert answering == 3
        release.set()
    assert [task.result() for task in fetches] == [(200, b"ok")] * 8


async def test_waiting_for_a_connection_has_a_limit(start_origin: StartOrigin) -> None:
    origin = await start_origin(never)
    async with OriginClient((configured(origin, max_connections=1, patience_s=0.2),)) as client:
        outcomes = await asyncio.gather(*(fetch(client) for _ in range(3)), return_exceptions=True)
    phases = [outcome.phase for outcome in outcomes if isinstance(outcome, OriginTimeout)]
    assert phases.count("waiting for one of 1 connections") >= 1
    assert len(phases) == 3


async def test_a_cancelled_exchange_gives_its_place_back(start_origin: StartOrigin) -> None:
    arrived = asyncio.Event()

    async def answer(wire: Wire) -> None:
        if wire.target == "/slow":
            arrived.set()
            await never(wire)
        await wire.respond(b"ok")

    origin = await start_origin(answer)
    async with OriginClient((configured(origin, max_connections=1),)) as client:
        async with asyncio.TaskGroup() as group:
            slow = group.create_task(fetch(client, "/slow"))
            await arrived.wait()
            slow.cancel()
        assert await fetch(client) == (200, b"ok")
