"""One request to an origin and its response, while the exchange lasts."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable

import aiohttp
import msgspec

from edge.clock import now_s
from edge.config.schema import Origin
from edge.fill.blame import blame_body
from edge.fill.octets import text
from edge.model import Pairs


class OriginRequest(msgspec.Struct, frozen=True):
    """What to send. ``fields`` are end-to-end fields, Host among them."""

    method: str
    target: str
    fields: Pairs
    body: AsyncIterable[bytes] | None = None


class OriginResponse:
    """A response whose body is still arriving. Use it inside the ``async with`` that gave it."""

    def __init__(self, origin: Origin, response: aiohttp.ClientResponse, *, requested_at: int, waited_s: float) -> None:
        self.status = response.status
        self.pairs: Pairs = tuple((text(name), text(value)) for name, value in response.raw_headers)
        """Fields as received, in order, hop-by-hop ones included."""
        self.requested_at = requested_at
        """Unix seconds; with ``received_at`` what age arithmetic needs (RFC 9111 §4.2.3)."""
        self.received_at = now_s()
        self.waited_ms = round(waited_s * 1000)
        """From sending the request to the end of the response's header section."""
        self._origin = origin
        self._response = response

    def __repr__(self) -> str:
        return f"<OriginResponse {self.status} from {self._origin.name!r} after {self.waited_ms} ms>"

    async def body(self) -> AsyncGenerator[bytes, None]:
        """The body as it arrives, content coding untouched, read no faster than it is consumed.

        Raises OriginTimeout when the origin stops sending and OriginProtocolError when the body ends before it should.
        """
        try:
            async for chunk in self._response.content.iter_any():
                yield chunk
        except aiohttp.ClientError as exc:
            raise blame_body(self._origin, exc) from exc
