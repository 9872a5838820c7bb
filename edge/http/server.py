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


@asynccontextmanager
async def serving(
    sock: socket.socket, handler: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]
) -> AsyncIterator[None]:
    """Accept connections on ``sock`` inside the block; leaving it stops accepting and drains open requests."""
    server = web.Server(
        handler,
        access_log=None,
        keepalive_timeout=_IDLE_S,
        max_line_size=_LINE_LIMIT_BYTES,
        max_field_size=_LINE_LIMIT_BYTES,
        auto_decompress=False,
    )
    runner = web.ServerRunner(server, shutdown_timeout=DRAIN_S)
    await runner.setup()
    try:
        await web.SockSite(runner, sock, backlog=4096).start()
        yield
    finally:
        async with asyncio.timeout(DRAIN_S + 5):
            await runner.cleanup()
