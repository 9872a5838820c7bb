"""The connections to one origin: how many, which are used again, how long each phase may take."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace

import aiohttp
import msgspec
from yarl import URL

from edge.clock import monotonic_s, now_s
from edge.config.schema import Origin
from edge.errors import OriginTimeout, RequestError
from edge.fill.blame import NoAnswer, blame
from edge.fill.exchange import OriginRequest, OriginResponse, Timing
from edge.fill.octets import legible, percent_encoded
from edge.fill.patience import Patience
from edge.fill.wire import Connector, Response, hearing
from edge.model import Pairs, fields
from edge.policy.addresses import Naming
from edge.policy.hosts import Translation
from edge.policy.key import canonical_host

_NOT_OURS_TO_ADD = ("Accept", "Accept-Encoding", "User-Agent", "Content-Type")
"""Fields aiohttp adds on its own; their absence may be meant."""

_NOT_FORWARDED = frozenset({"expect"})
"""The listener has already answered ``100-continue``; asking again would only wait (RFC 9110 §10.1.1)."""

_REPEATABLE = frozenset({"GET", "HEAD", "OPTIONS"})
"""Safe methods, which may be sent again when a kept connection turns out to be closed (RFC 9112 §9.3.1)."""

_FIELD_LIMIT_BYTES = 32 * 1024
"""Shops send long Set-Cookie, Link and Content-Security-Policy fields; aiohttp's 8190 refuses some of them."""

_IDLE_S = 15.0
"""How long an unused connection is kept; aiohttp's own default."""


class Connections:
    """One origin's connections.

    Unsafe methods go over a connection of their own: on a kept one they could meet its closing, and could then neither
    be repeated nor be known to have failed (what HAProxy's ``http-reuse safe`` is about).
    """

    def __init__(self, origin: Origin) -> None:
        self._origin = origin
        self._base = URL(origin.url)
        self._places = asyncio.Semaphore(origin.max_connections)
        self._keeping = self._session(Connector(limit=0, keepalive_timeout=_IDLE_S))
        self._fresh = self._session(Connector(limit=0, force_close=True))

    async def aclose(self) -> None:
        """Close every connection."""
        await self._keeping.close()
        await self._fresh.close()

    @asynccontextmanager
    async def exchange(self, request: OriginRequest) -> AsyncIterator[OriginResponse]:
        """See :meth:`edge.fill.origin.OriginClient.exchange`."""
        url = self._url(request.target)
        translation = self._translation(request)
        if translation is not None:
            request = msgspec.structs.replace(request, fields=translation.asked(request.fields))
        await self._take_place()
        try:
            requested_at, started_s = now_s(), monotonic_s()
            response = await self._send(request, url)
            timing = Timing(requested_at, monotonic_s() - started_s)
            try:
                yield OriginResponse(self._origin, response, timing, translation)
            finally:
                response.release()  # A body that was not read to its end closes the connection.
        finally:
            self._places.release()

    async def _take_place(self) -> None:
        limit_s = float(self._origin.first_byte_timeout)
        try:
            async with asyncio.timeout(limit_s):
                await self._places.acquire()
        except TimeoutError as exc:
            phase = f"waiting for one of {self._origin.max_connections} connections"
            raise OriginTimeout(self._origin.name, phase=phase, limit_s=limit_s) from exc

    async def _send(self, request: OriginRequest, url: URL) -> aiohttp.ClientResponse:
        if request.once or request.method not in _REPEATABLE or request.body is not None:
            return await self._attempt(self._fresh, request, url)
        kept = SimpleNamespace(used=False)
        try:
            return await self._attempt(self._keeping, request, url, kept)
        except NoAnswer:
            if not kept.used:
                raise
        return await self._attempt(self._fresh, request, url)

    async def _attempt(
        self, session: aiohttp.ClientSession, request: OriginRequest, url: URL, kept: SimpleNamespace | None = None
    ) -> aiohttp.ClientResponse:
        patience = Patience(float(self._origin.connect_timeout + self._origin.first_byte_timeout))
        body = None if request.body is None else patience.meter(request.body)
        heard = hearing.set(request.interim)
        try:
            async with patience:
                return await session.request(
                    request.method,
                    url,
                    headers=self._fields(request.fields),
                    data=body,
                    allow_redirects=False,
                    trace_request_ctx=kept,
                )
        except TimeoutError as exc:
            raise blame(self._origin, exc) from exc
        except Exception:
            if patience.body_error is not None:
                raise patience.body_error  # noqa: B904 - the visitor's failure, with its own history
            raise
        finally:
            hearing.reset(heard)

    async def _blamed(self, request: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
        """Translate aiohttp's errors where they arise.

        Done in a middleware because aiohttp's own repetition of idempotent methods, which would repeat also what a
        failing origin had begun to answer, then never sees the errors it waits for.
        """
        try:
            return await send(request)
        except aiohttp.ClientError as exc:
            raise blame(self._origin, exc) from exc

    def _session(self, connector: aiohttp.TCPConnector) -> aiohttp.ClientSession:
        trace = aiohttp.TraceConfig()
        trace.on_connection_reuseconn.append(_note_kept)
        return aiohttp.ClientSession(
            connector=connector,
            timeout=aiohttp.ClientTimeout(
                total=None,
                connect=float(self._origin.connect_timeout),
                sock_read=float(self._origin.first_byte_timeout),
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers=_NOT_OURS_TO_ADD,
            auto_decompress=False,
            max_line_size=_FIELD_LIMIT_BYTES,
            max_field_size=_FIELD_LIMIT_BYTES,
            trace_configs=[trace],
            response_class=Response,
            middlewares=(self._blamed,),
        )

    def _translation(self, request: OriginRequest) -> Translation | None:
        """To the host that the origin is told its visitors use; None when nobody told it, as for the node's own checks.

        Both are the same host for certain: what X-Forwarded-Host says is what links have to say.
        """
        told = fields(request.fields)
        host, scheme = told.get("X-Forwarded-Host"), told.get("X-Forwarded-Proto")
        if host is None or scheme is None:
            return None
        return Translation(
            naming=Naming(url=self._origin.url, scheme=scheme, host=canonical_host(host, scheme)),
            target=request.target,
            own_host=self._origin.host_header == "origin",
            bodies=self._origin.rewrite_host,
        )

    def _url(self, target: str) -> URL:
        """The whole target as a yarl path, the one part yarl leaves alone: ``/a?`` keeps its question mark."""
        target = percent_encoded(target)
        if not target.startswith("/") or any(char <= " " or char == "\x7f" for char in target):
            raise RequestError(400, f"{target!r} cannot be asked of an origin")
        path = self._base.raw_path.rstrip("/") + target
        url = URL.build(scheme=self._base.scheme, authority=self._base.raw_authority, path=path, encoded=True)
        if url.raw_path_qs != path:
            raise RequestError(400, f"{target!r} would reach the origin as {url.raw_path_qs!r}")
        return url

    def _fields(self, fields: Pairs) -> Pairs:
        own_host = self._origin.host_header == "origin"  # aiohttp sends the host of the URL unless told another.
        return tuple(
            (name, legible(value))
            for name, value in fields
            if name.lower() not in _NOT_FORWARDED and not (own_host and name.lower() == "host")
        )


async def _note_kept(
    _session: aiohttp.ClientSession, context: SimpleNamespace, _params: aiohttp.TraceConnectionReuseconnParams
) -> None:
    if context.trace_request_ctx is not None:
        context.trace_request_ctx.used = True
