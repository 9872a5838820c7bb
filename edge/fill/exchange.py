"""One request to an origin and its response, while the exchange lasts."""

from __future__ import annotations

import zlib
from collections.abc import AsyncGenerator, AsyncIterable

import aiohttp
import msgspec

from edge.clock import now_s
from edge.config.schema import Origin
from edge.errors import OriginProtocolError
from edge.fill.blame import blame_body
from edge.fill.octets import text
from edge.fill.translating import TranslatedBody
from edge.fill.wire import Interim
from edge.model import Pairs, fields
from edge.policy.hosts import Translation


class OriginRequest(msgspec.Struct, frozen=True):
    """What to send. ``fields`` are end-to-end fields, Host among them."""

    method: str
    target: str
    fields: Pairs
    body: AsyncIterable[bytes] | None = None
    once: bool = False
    """Never sent again, whatever its method says."""
    interim: Interim | None = None
    """Told of interim responses."""


class Timing(msgspec.Struct, frozen=True):
    """When a request was sent (Unix seconds), and how long the response's header section took to come."""

    requested_at: int
    waited_s: float


class OriginResponse:
    """A response whose body is still arriving. Use it inside the ``async with`` that gave it.

    With a ``translation`` it is the response as visitors get it: the origin's own address is replaced in it.
    """

    def __init__(
        self, origin: Origin, response: aiohttp.ClientResponse, timing: Timing, translation: Translation | None = None
    ) -> None:
        self.status = response.status
        received: Pairs = tuple((text(name), text(value)) for name, value in response.raw_headers)
        changed = translation is not None and translation.changes_body(fields(received))
        self.pairs = received if translation is None else translation.answered(received, changed=changed)
        """Fields as received, in order, hop-by-hop ones included."""
        self.requested_at = timing.requested_at
        """Unix seconds; with ``received_at`` what age arithmetic needs (RFC 9111 §4.2.3)."""
        self.received_at = now_s()
        self.waited_ms = round(timing.waited_s * 1000)
        """From sending the request to the end of the response's header section."""
        self._origin = origin
        self._response = response
        self._translated: TranslatedBody | None = None
        if translation is not None and changed:
            coding = fields(received).get("Content-Encoding", "identity").strip().lower()
            self._translated = TranslatedBody(translation.naming, gzip=coding not in ("", "identity"))

    def __repr__(self) -> str:
        return f"<OriginResponse {self.status} from {self._origin.name!r} after {self.waited_ms} ms>"

    async def body(self) -> AsyncGenerator[bytes, None]:
        """The body as it arrives, content coding untouched, read no faster than it is consumed.

        Raises OriginTimeout when the origin stops sending and OriginProtocolError when the body ends before it should.
        """
        translated = self._translated
        try:
            async for chunk in self._response.content.iter_any():
                if translated is None:
                    yield chunk
                else:
                    for piece in translated.feed(chunk):
                        yield piece
            if translated is not None and (rest := translated.finish()):
                yield rest
        except aiohttp.ClientError as exc:
            raise blame_body(self._origin, exc) from exc
        except zlib.error as exc:
            raise OriginProtocolError(self._origin.name, f"the body is not the gzip it is said to be: {exc}") from exc
