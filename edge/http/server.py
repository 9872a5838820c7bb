"""aiohttp's low-level server on a socket the supervisor owns."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web

_IDLE_S = 75.0
"""How long an idle client connection is kept: nginx's default."""
_LINE_LIMIT_BYTES = 16 * 1024
DRAIN_S = 25.0
"""How long open requests may take to end once a worker is told to stop."""
FAREWELL_S = 0.5
"""How long kept connections are answered with ``Connection: close`` before idle ones are closed under their clients."""

Answer = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


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

    server = web.Server(
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
