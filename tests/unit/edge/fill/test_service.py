"""Worker and filler over a real Unix socket."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp
import pytest

from edge.errors import OriginProtocolError
from edge.fill.client import FillerClient, FillerUnavailable
from edge.fill.filler import Told
from edge.fill.protocol import FillAnswer, FillRequest, FillResult, Fills, Outcome
from edge.fill.service import serving
from edge.fill.wire import Interim
from edge.model import Pairs

if TYPE_CHECKING:
    from tests.unit.edge.fill.conftest import Node, StartNode, StartOrigin, Wire


def listen(path: Path) -> socket.socket:
    sock = socket.socket(socket.AF_UNIX)
    sock.bind(str(path))
    sock.listen(128)
    return sock


@pytest.fixture
def socket_path(tmp_path: Path) -> Path:
    return tmp_path / "filler.sock"


@asynccontextmanager
async def over_the_socket(filler: Fills, path: Path) -> AsyncIterator[FillerClient]:
    with listen(path) as sock:
        async with serving(filler, sock), FillerClient(path) as client:
            yield client


async def get(client: FillerClient, request: FillRequest) -> tuple[FillAnswer, bytes]:
    async with client.fill(request) as result:
        return result.answer, b"".join([piece async for piece in result.body()])


async def cacheable(wire: Wire) -> None:
    await wire.respond(b"body of " + wire.target.encode(), cache_control="max-age=60", x_one="ü")


async def start(start_origin: StartOrigin, start_node: StartNode) -> Node:
    return await start_node(await start_origin(cacheable))


async def test_a_fill_comes_through_the_socket(
    start_origin: StartOrigin, start_node: StartNode, socket_path: Path
) -> None:
    node = await start(start_origin, start_node)
    async with over_the_socket(node.filler, socket_path) as client:
        answer, body = await get(client, node.ask("/a"))
        assert (answer.outcome, answer.status, body) == (Outcome.STREAM, 200, b"body of /a")
        assert ("x-one", "ü") in answer.pairs
        await node.quiet()
        answer, body = await get(client, node.ask("/a", background=True))
        assert (answer.outcome, body) == (Outcome.STORED, b"")


async def test_two_hundred_callers_at_two_workers_reach_the_origin_once(
    start_origin: StartOrigin, start_node: StartNode, socket_path: Path
) -> None:
    release = asyncio.Event()

    async def answer(wire: Wire) -> None:
        await release.wait()
        await cacheable(wire)

    origin = await start_origin(answer)
    node = await start_node(origin, origin_fields={"first_byte_timeout": 5.0})
    async with (
        over_the_socket(node.filler, socket_path) as one,
        FillerClient(socket_path) as other,
        asyncio.TaskGroup() as group,
    ):
        calls = [group.create_task(get(client, node.ask("/a"))) for client in (one, other) for _ in range(100)]
        while not origin.requests:  # noqa: ASYNC110 - the origin is not in the test's hands
            await asyncio.sleep(0.01)
        release.set()
    assert origin.requests == ["GET /a"]
    assert sorted({task.result()[0].outcome for task in calls}) == [Outcome.STORED, Outcome.STREAM]


async def test_interim_responses_come_through_the_socket_while_the_final_one_is_waited_for(
    start_origin: StartOrigin, start_node: StartNode, socket_path: Path
) -> None:
    heard: list[tuple[int, Pairs]] = []
    told = asyncio.Event()

    async def hint(wire: Wire) -> None:
        await wire.send(b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n")
        await asyncio.wait_for(told.wait(), 5)
        await cacheable(wire)

    def interim(status: int, pairs: Pairs) -> None:
        heard.append((status, pairs))
        told.set()

    node = await start_node(await start_origin(hint), origin_fields={"first_byte_timeout": 10.0})
    async with over_the_socket(node.filler, socket_path) as client, client.fill(node.ask("/a"), interim) as result:
        assert (result.answer.outcome, result.answer.status) == (Outcome.STREAM, 200)
    assert heard == [(103, (("Link", "</a.css>"),))]


async def test_a_refresh_is_accepted_at_once(
    start_origin: StartOrigin, start_node: StartNode, socket_path: Path
) -> None:
    node = await start(start_origin, start_node)
    async with over_the_socket(node.filler, socket_path) as client:
        assert await client.refresh(node.ask("/a", background=True))
        await node.quiet()
    assert node.stored_body("/a") == b"body of /a"


async def test_touching_reaches_the_store(start_origin: StartOrigin, start_node: StartNode, socket_path: Path) -> None:
    node = await start(start_origin, start_node)
    await node.get("/a")
    async with over_the_socket(node.filler, socket_path) as client:
        await client.touch((node.digest("/a"), b"\0" * 16))


@pytest.mark.parametrize("path", ["/fill", "/refresh", "/touch"])
async def test_what_is_no_request_is_refused(
    start_origin: StartOrigin, start_node: StartNode, socket_path: Path, path: str
) -> None:
    node = await start(start_origin, start_node)
    async with (
        over_the_socket(node.filler, socket_path),
        aiohttp.ClientSession(connector=aiohttp.UnixConnector(path=str(socket_path))) as session,
        session.post(f"http://filler{path}", data=b"\xc1") as response,
    ):
        assert response.status == 400


class Slow:
    """A filler whose answer takes as long as the test wants, and whose body breaks off."""

    def __init__(self) -> None:
        self.release = asyncio.Event()
        self.answer = FillAnswer(outcome=Outcome.STREAM, status=200)

    @asynccontextmanager
    async def fill(self, _request: FillRequest, interim: Interim | None = None) -> AsyncIterator[FillResult]:
        await self.release.wait()
        yield self

    async def body(self) -> AsyncGenerator[bytes, None]:
        yield b"half"
        raise OriginProtocolError("shop", "the body broke off before its end")

    async def refresh(self, _request: FillRequest) -> bool:
        return False

    async def touch(self, _digests: tuple[bytes, ...]) -> None:
        raise AssertionError("nobody here touches")

    async def invalidate(self, _digests: tuple[bytes, ...]) -> None:
        raise AssertionError("nobody here invalidates")


ANY = FillRequest(
    scheme="http", host="a", target="/", pairs=(), client="10.0.0.1", origin="shop", kind=None, key="shop http://a/"
)


async def test_a_body_that_breaks_off_does_not_look_whole(socket_path: Path) -> None:
    filler = Slow()
    filler.release.set()
    async with over_the_socket(filler, socket_path) as client, client.fill(ANY) as result:
        body = result.body()
        assert await anext(body) == b"half"
        with pytest.raises(FillerUnavailable, match="broke off"):
            await anext(body)


async def test_a_slow_origin_is_not_a_dead_filler(socket_path: Path) -> None:
    filler = Slow()
    with listen(socket_path) as sock:
        async with (
            serving(filler, sock, beat_s=0.05),
            FillerClient(socket_path, silence_s=0.2) as client,
            asyncio.TaskGroup() as group,
        ):
            asked = group.create_task(_outcome(client))
            await asyncio.sleep(0.5)  # more than the silence a dead filler is allowed
            assert not asked.done()
            filler.release.set()
    assert asked.result() is Outcome.STREAM


async def _outcome(client: FillerClient) -> Outcome:
    async with client.fill(ANY) as result:
        return result.answer.outcome


async def test_a_refresh_there_is_no_room_for_is_refused(socket_path: Path) -> None:
    async with over_the_socket(Slow(), socket_path) as client:
        assert not await client.refresh(ANY)


async def test_a_filler_that_is_not_there_is_noticed_at_once(socket_path: Path) -> None:
    async with FillerClient(socket_path) as client, asyncio.timeout(0.5):
        with pytest.raises(FillerUnavailable):
            await _outcome(client)
        with pytest.raises(FillerUnavailable):
            await client.refresh(ANY)
        with pytest.raises(FillerUnavailable):
            await client.touch(())


async def test_a_filler_that_hangs_is_given_up(socket_path: Path) -> None:
    """The supervisor holds the socket, so one can connect although nobody answers."""
    with listen(socket_path):
        async with FillerClient(socket_path, silence_s=0.1) as client:
            with pytest.raises(FillerUnavailable):
                await _outcome(client)


async def test_a_filler_that_dies_while_it_is_asked_is_noticed(socket_path: Path) -> None:
    with listen(socket_path) as sock:
        async with AsyncExitStack() as stack:
            client = await stack.enter_async_context(FillerClient(socket_path))
            server = await asyncio.start_unix_server(_dies_after_a_beat, sock=sock)
            stack.push_async_callback(server.wait_closed)
            stack.callback(server.close)
            with pytest.raises(FillerUnavailable):
                await _outcome(client)


async def _dies_after_a_beat(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n\0\0\0\0\r\n")
    await writer.drain()
    writer.transport.abort()


async def test_a_filler_that_was_replaced_is_asked_again(socket_path: Path) -> None:
    """The connection kept to the old one is closed; the new one listens on the same socket."""
    filler = _Ready()
    with listen(socket_path) as sock:
        async with FillerClient(socket_path) as client:
            async with serving(filler, sock.dup()):
                assert await client.refresh(ANY)
            async with serving(filler, sock.dup()):
                assert await client.refresh(ANY)
                assert await _outcome(client) is Outcome.PASS


class _Ready(Slow):
    @asynccontextmanager
    async def fill(self, _request: FillRequest, interim: Interim | None = None) -> AsyncIterator[FillResult]:
        yield Told(FillAnswer(outcome=Outcome.PASS))

    async def refresh(self, _request: FillRequest) -> bool:
        return True


async def test_a_worker_that_leaves_does_not_end_a_fill_that_can_be_stored(
    start_origin: StartOrigin, start_node: StartNode, socket_path: Path
) -> None:
    release = asyncio.Event()

    async def answer(wire: Wire) -> None:
        await wire.send(b"HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 10\r\n\r\nfirst")
        await release.wait()
        await wire.send(b" last")

    origin = await start_origin(answer)
    node = await start_node(origin, origin_fields={"first_byte_timeout": 5.0})
    with listen(socket_path) as sock:
        async with serving(node.filler, sock):
            async with FillerClient(socket_path) as client, client.fill(node.ask("/a")) as result:
                assert await anext(result.body()) == b"first"
            release.set()
            await node.quiet()
    assert node.stored_body("/a") == b"first last"
