"""aiohttp's low-level server on a socket the supervisor owns."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web
from aiohttp.web_protocol import RequestHandler, _ErrInfo

from edge.errors import RequestError
from edge.http import refusals

logger = logging.getLogger("vitrine.http")

_IDLE_S = 75.0
"""How long an idle client connection is kept: nginx's default."""
_LINE_LIMIT_BYTES = 16 * 1024
DRAIN_S = 25.0
"""How long open requests may take to end once a worker is told to stop."""
FAREWELL_S = 0.5
"""How long kept connections are answered with ``Connection: close`` before idle ones are closed under their clients."""

Answer = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


class _Connection(RequestHandler):
    """aiohttp's connection, but for what it makes of bytes that are not HTTP."""

    def data_received(self, data: bytes) -> None:
        """End a body in the middle of which something else stands: aiohttp would let its reader wait for ever."""
        super().data_received(data)
        request = self._current_request
        broken = bool(self._messages) and isinstance(self._messages[-1][0], _ErrInfo)
        if broken and request is not None and not request.content.is_eof():
            self._lingering_time = 0.0  # nothing that follows can be read
            request.content.set_exception(web.RequestPayloadError("not HTTP"))

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,  # noqa: ARG002 - it repeats what was sent, and is not sent back
    ) -> web.StreamResponse:
        """A small answer and one line in the log, where aiohttp has a traceback for what anybody may send."""
        logger.info("unreadable request from %s: %r", request.remote, exc)
        if request.writer.output_size > 0:
            raise ConnectionError("an answer has begun")
        return refusals.bad_request(RequestError(status, "not HTTP"))


class _Listener(web.Server):
    def __call__(self) -> RequestHandler:
        return _Connection(self, loop=self._loop, **self._kwargs)


@asynccontextmanager
async def serving(sock: socket.socket, handler: Answer) -> AsyncIterator[None]:
    """Accept connections on ``sock`` inside the block; leaving it stops accepting and drains open requests.

    A client that reuses its connection while this drains is told to open another one, which a successor on the same
    socket accepts (RFC 9112 §9.6). What is idle after a moment is closed.
    """
    closing = asyncio.Event()

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        response = await handler(request)
        if closing.is_set() and not response.prepared:
            response.force_close()
        return response

    server = _Listener(
        answer,
        access_log=None,
        keepalive_timeout=_IDLE_S,
        max_line_size=_LINE_LIMIT_BYTES,
        max_field_size=_LINE_LIMIT_BYTES,
        auto_decompress=False,
    )
    runner = web.ServerRunner(server, shutdown_timeout=DRAIN_S)
    await runner.setup()
    site = web.SockSite(runner, sock, backlog=4096)
    try:
        await site.start()
        yield
    finally:
        closing.set()
        async with asyncio.timeout(DRAIN_S + 5):
            await site.stop()
            if server.connections:
                await asyncio.sleep(FAREWELL_S)
            await runner.cleanup()
