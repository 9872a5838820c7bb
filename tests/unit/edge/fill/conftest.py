"""Origins on loopback that do exactly what a test says, down to the byte and the broken connection."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import pytest


class Wire:
    """One connection, seen from the origin, while it answers one request."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self.head = b""
        self.body = b""
        self.served = 0
        """Requests read from this connection so far."""

    @property
    def target(self) -> str:
        return self.head.split(b" ")[1].decode()

    @property
    def method(self) -> str:
        return self.head.split(b" ")[0].decode()

    def field(self, name: str) -> str | None:
        """The request's field, None when it was not sent."""
        for line in self.head.split(b"\r\n")[1:]:
            key, _, value = line.partition(b": ")
            if key.decode().lower() == name.lower():
                return value.decode()
        return None

    async def send(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def respond(self, body: bytes = b"", *, status: int = 200, **fields: str) -> None:
        lines = [f"HTTP/1.1 {status} Said", f"content-length: {len(body)}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
        await self.send("\r\n".join(lines).encode() + b"\r\n\r\n" + body)

    def close(self) -> None:
        self._writer.close()

    def reset(self) -> None:
        self._writer.transport.abort()

    async def read_request(self) -> bool:
        """False once the peer is gone."""
        try:
            self.head = await self._reader.readuntil(b"\r\n\r\n")
            length = self.field("content-length")
            self.body = await self._reader.readexactly(int(length)) if length else b""
            if self.field("transfer-encoding") == "chunked":
                self.body = await self._reader.readuntil(b"0\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            return False
        self.served += 1
        return not self._writer.is_closing()


Answer = Callable[[Wire], Awaitable[None]]


class ScriptedOrigin:
    """``answer`` may be replaced at any time; the next request gets the new one."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.requests: list[str] = []
        """``METHOD target`` in order of arrival."""
        self.heads: list[bytes] = []
        self.connections = 0
        self.port = 0
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Listen; after :meth:`stop`, on the same port again."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Refuse connections and drop those there are, as a dead process does."""
        if self._server is not None:
            self._server.close()
            for writer in list(self._writers):
                writer.transport.abort()
            await self._server.wait_closed()
            self._server = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.add(writer)
        wire = Wire(reader, writer)
        try:
            while await wire.read_request():
                self.requests.append(f"{wire.method} {wire.target}")
                self.heads.append(wire.head)
                await self.answer(wire)
        except (ConnectionError, asyncio.CancelledError):
            pass  # The peer, or the test, is done.
        finally:
            self._writers.discard(writer)
            writer.close()


StartOrigin = Callable[[Answer], Awaitable[ScriptedOrigin]]


@asynccontextmanager
async def _running(answer: Answer) -> AsyncIterator[ScriptedOrigin]:
    origin = ScriptedOrigin(answer)
    await origin.start()
    try:
        yield origin
    finally:
        await origin.stop()


@pytest.fixture
async def start_origin() -> AsyncIterator[StartOrigin]:
    """Starts origins that end with the test."""
    async with AsyncExitStack() as stack:

        async def start(answer: Answer) -> ScriptedOrigin:
            return await stack.enter_async_context(_running(answer))

        yield start
