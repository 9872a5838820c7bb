"""The filler as plain HTTP over a Unix socket, for the worker processes."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager, suppress

import msgspec
from aiohttp import web

from edge.errors import EdgeError, StoreError
from edge.fill.protocol import (
    FRAME,
    FillAnswer,
    FillRequest,
    Fills,
    Outcome,
    decode_digests,
    decode_request,
    encode,
)
from edge.lifecycle import running
from edge.model import Pairs

logger = logging.getLogger("vitrine.fill")

_BEAT_S = 1.0
"""An empty frame is sent at once and then so often, so that a worker can tell a slow origin from a dead filler."""

_DRAIN_S = 5.0
_EMPTY = FRAME.pack(0)


def make_app(filler: Fills, *, beat_s: float = _BEAT_S) -> web.Application:
    """The endpoints of :mod:`edge.fill.protocol`."""
    endpoints = _Endpoints(filler, beat_s)
    app = web.Application()
    app.router.add_post("/fill", endpoints.fill)
    app.router.add_post("/refresh", endpoints.refresh)
    app.router.add_post("/touch", endpoints.touch)
    app.router.add_post("/invalidate", endpoints.invalidate)
    return app


@asynccontextmanager
async def serving(filler: Fills, sock: socket.socket, *, beat_s: float = _BEAT_S) -> AsyncIterator[None]:
    """Serve on a listening Unix socket while the block runs; leaving it lets fills end for up to 5 s."""
    runner = web.AppRunner(make_app(filler, beat_s=beat_s), access_log=None, shutdown_timeout=_DRAIN_S)
    await runner.setup()
    try:
        await web.SockSite(runner, sock).start()
        yield
    finally:
        await runner.cleanup()


class _Endpoints:
    def __init__(self, filler: Fills, beat_s: float) -> None:
        self._filler = filler
        self._beat_s = beat_s

    async def fill(self, request: web.Request) -> web.StreamResponse:
        asked = await _asked(request)
        response = web.StreamResponse()
        await response.prepare(request)
        try:
            async with AsyncExitStack() as stack:
                meanwhile = _Meanwhile(response, self._beat_s)
                async with running(beat=meanwhile.run()):
                    result = await stack.enter_async_context(self._filler.fill(asked, meanwhile.interim))
                await meanwhile.flush()
                await response.write(_frame(result.answer))
                async for piece in result.body():
                    await response.write(piece)
            await response.write_eof()
        except EdgeError as exc:
            logger.info("fill of %s broke off: %s", asked.key, exc)
            _cut_off(request)
        except ConnectionError:
            logger.debug("the worker left during the fill of %s", asked.key)
        return response

    async def refresh(self, request: web.Request) -> web.Response:
        accepted = await self._filler.refresh(await _asked(request))
        return web.Response(status=202 if accepted else 503)

    async def touch(self, request: web.Request) -> web.Response:
        return await _carried_out(self._filler.touch(await _digests(request)))

    async def invalidate(self, request: web.Request) -> web.Response:
        return await _carried_out(self._filler.invalidate(await _digests(request)))


async def _asked(request: web.Request) -> FillRequest:
    try:
        return decode_request(await request.read())
    except msgspec.MsgspecError as exc:
        raise web.HTTPBadRequest(text=str(exc)) from exc


async def _digests(request: web.Request) -> tuple[bytes, ...]:
    try:
        return decode_digests(await request.read())
    except msgspec.MsgspecError as exc:
        raise web.HTTPBadRequest(text=str(exc)) from exc


async def _carried_out(change: Coroutine[None, None, None]) -> web.Response:
    try:
        await change
    except StoreError as exc:
        logger.error("the store is not written: %s", exc)  # noqa: TRY400 - a full disk has no traceback worth reading
        return web.Response(status=exc.status)
    return web.Response(status=204)


class _Meanwhile:
    """What a worker is sent before the answer: signs of life, and interim responses as they come."""

    def __init__(self, response: web.StreamResponse, interval_s: float) -> None:
        self._response = response
        self._interval_s = interval_s
        self._waiting: list[FillAnswer] = []
        self._stirred = asyncio.Event()

    def interim(self, status: int, pairs: Pairs) -> None:
        """Note an interim response."""
        self._waiting.append(FillAnswer(outcome=Outcome.INTERIM, status=status, pairs=pairs))
        self._stirred.set()

    async def run(self) -> None:
        """Send what there is, at once and then so often."""
        try:
            while True:
                await self._response.write(_EMPTY)
                self._stirred.clear()
                await self.flush()
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._interval_s):
                        await self._stirred.wait()
        except ConnectionError:
            pass  # The worker has left. What it asked for may still be stored.

    async def flush(self) -> None:
        """Send the interim responses that were noted, each once."""
        while self._waiting:
            await self._response.write(_frame(self._waiting.pop(0)))


def _frame(answer: FillAnswer) -> bytes:
    encoded = encode(answer)
    return FRAME.pack(len(encoded)) + encoded


def _cut_off(request: web.Request) -> None:
    """End the connection without the last chunk: the worker must not take half a body for a whole one."""
    if request.transport is not None:
        request.transport.abort()
