"""Speaking HTTP/1.1 to origins: what goes in goes out byte for byte, and every failure is an OriginError.

Nothing is added or followed behind the caller's back: no default fields, no cookie jar, no redirects, no decompression
(but of text in which the origin's own address is to be replaced).
Used by the filler for fills and by workers for relays.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator
from contextlib import asynccontextmanager
from types import TracebackType

from edge.config.schema import Origin
from edge.fill.connections import Connections
from edge.fill.exchange import OriginRequest, OriginResponse
from edge.model import Pairs


class OriginClient:
    """Connections to every configured origin, at most ``max_connections`` in use at once to each from this process.

    Open it with ``async with`` in the loop that uses it.
    """

    def __init__(self, origins: tuple[Origin, ...]) -> None:
        self._origins = origins
        self._lines: dict[str, Connections] = {}

    async def __aenter__(self) -> OriginClient:
        self._lines = {origin.name: Connections(origin) for origin in self._origins}
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for line in self._lines.values():
            await line.aclose()
        self._lines = {}

    @asynccontextmanager
    async def exchange(
        self, origin: str, method: str, target: str, fields: Pairs, body: AsyncIterable[bytes] | None = None
    ) -> AsyncIterator[OriginResponse]:
        """Send one request and give the response once its header section is here. An error status is a response.

        ``target`` (path and query) is sent as it is, below the path of the origin's own URL. Host is replaced when the
        origin is configured so. A ``body`` that raises ends the exchange with its own exception. Leaving the block
        early closes the connection.

        When X-Forwarded-Host and X-Forwarded-Proto tell the origin what its visitors use, its own address is replaced
        by that in the response: :mod:`edge.policy.hosts`.

        Raises OriginError, and RequestError for a target that no request line can hold.
        """
        async with self.send(origin, OriginRequest(method, target, fields, body)) as response:
            yield response

    @asynccontextmanager
    async def send(self, origin: str, request: OriginRequest) -> AsyncIterator[OriginResponse]:
        """As :meth:`exchange`, for a request that is one value."""
        async with self._lines[origin].exchange(request) as response:
            yield response
