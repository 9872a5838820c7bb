"""The admin API on a socket the supervisor owns."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from edge.admin.app import make_app
from edge.admin.parts import AdminParts

_DRAIN_S = 10.0


@asynccontextmanager
async def admin_serving(parts: AdminParts, sock: socket.socket) -> AsyncIterator[None]:
    """Serve while the block runs; leaving it ends change streams and lets writes finish."""
    runner = web.AppRunner(make_app(parts), access_log=None, shutdown_timeout=_DRAIN_S)
    await runner.setup()
    try:
        await web.SockSite(runner, sock).start()
        yield
    finally:
        await runner.cleanup()
