"""A storefront on a free port of its own, for as long as a test needs it."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from aiohttp import web


@asynccontextmanager
async def serving(make: Callable[[str], web.Application]) -> AsyncIterator[str]:
    """Run the application that ``make`` gives for its own base URL; gives the URL."""
    listener = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    runner = web.AppRunner(make(url), access_log=None)
    await runner.setup()
    try:
        await web.SockSite(runner, listener).start()
        yield url
    finally:
        await runner.cleanup()
