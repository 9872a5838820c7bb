"""Passing a request on and its response back, both streamed, neither kept."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable

import aiohttp
import msgspec
from aiohttp import web
from multidict import CIMultiDict

from edge.errors import EdgeError, RequestError
from edge.fill.exchange import OriginRequest, OriginResponse
from edge.fill.origin import OriginClient
from edge.http.interim import interim_to
from edge.http.send import finish
from edge.http.visit import Visit
from edge.model import Pairs, fields
from edge.policy.cache_status import CacheStatus
from edge.policy.forward import relay_request_fields, relay_response_fields

_PIECE_S = 60.0
"""How long a visitor may pause in the middle of an upload: nginx's default."""
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"

Judge = Callable[[OriginResponse], Awaitable[Pairs]]
"""Sees the head of an answer before the visitor does, and says which fields she gets. May raise OriginError to have the
answer thrown away."""


class Answer(msgspec.Struct, frozen=True):
    """A response on its way through."""

    status: int
    pairs: Pairs
    """As received from the origin, and as judged."""
    body: AsyncGenerator[bytes, None]


class Relay(msgspec.Struct, frozen=True):
    """Whom to ask, and what to say about it."""

    client: OriginClient
    origin: str
    status: CacheStatus
    judge: Judge
    once: bool = False
    """The request changes something, whatever its method says, and is never sent twice."""

    async def carry_out(self, visit: Visit) -> web.StreamResponse:
        """Send the visitor's own request to the origin and stream the answer back.

        Raises OriginError before the first byte of the answer, RequestError when the visitor's own body breaks off;
        later failures break the connection off, so that nobody takes half a page for a whole one.
        """
        request, facts = visit.request, visit.facts
        pairs = relay_request_fields(facts, visit.hop, host=facts.host)
        body = _upload(request) if request.can_read_body else None
        asked = OriginRequest(facts.method, facts.target, pairs, body, self.once, interim_to(request))
        async with self.client.send(self.origin, asked) as response:
            visit.origin_ms = response.waited_ms
            answered = await self.judge(response)
            status = msgspec.structs.replace(self.status, fwd_status=response.status)
            return await stream(visit, Answer(response.status, answered, response.body()), status)


class _AsSent(web.StreamResponse):
    """A response of the origin's. A Content-Type it does not have is not made up, which aiohttp would do."""

    async def _prepare_headers(self) -> None:
        typed = "Content-Type" in self.headers
        await super()._prepare_headers()
        if not typed:
            self.headers.popall("Content-Type", None)


async def stream(visit: Visit, answer: Answer, status: CacheStatus) -> web.StreamResponse:
    """Send ``answer`` to the visitor as it arrives, no faster than she reads it."""
    headers = CIMultiDict(relay_response_fields(fields(answer.pairs)))
    finish(visit, headers, status)
    response = _AsSent(status=answer.status, headers=headers)
    try:
        await response.prepare(visit.request)
        if visit.facts.method != "HEAD":  # a fill asked for the whole, whoever it was for
            async for chunk in answer.body:
                await response.write(chunk)
        await response.write_eof()
    except ConnectionError:
        visit.notes = (*visit.notes, "the visitor left")
    except EdgeError as exc:
        visit.notes = (*visit.notes, f"broken off: {exc}")
        _break_off(visit.request)
    except Exception:
        _break_off(visit.request)
        raise
    finally:
        await answer.body.aclose()
    return response


async def _upload(request: web.BaseRequest) -> AsyncIterator[bytes]:
    """The visitor's body as it arrives. She may be waiting for leave to send it (RFC 9110 §10.1.1)."""
    if request.headers.get("Expect", "").lower() == "100-continue" and request.transport is not None:
        request.transport.write(_CONTINUE)
    try:
        while True:
            async with asyncio.timeout(_PIECE_S):
                chunk = await request.content.readany()
            if not chunk:
                return
            yield chunk
    except TimeoutError as exc:
        raise RequestError(408, f"nothing more of the request's body came in {_PIECE_S:g} s") from exc
    except (web.RequestPayloadError, aiohttp.ClientError, aiohttp.http.HttpProcessingError, ConnectionError) as exc:
        raise RequestError(400, f"the request's body broke off: {exc!r}") from exc


def _break_off(request: web.BaseRequest) -> None:
    if request.transport is not None:
        request.transport.abort()
