"""What workers and the filler say to each other over ``DATA/run/filler.sock``.

``POST /fill`` and ``POST /refresh`` carry one MessagePack FillRequest, ``POST /touch`` and ``POST /invalidate`` an
array of digests. The answer to ``/fill`` is one frame (four bytes of length, big-endian, then a MessagePack
FillAnswer); after it, when the outcome is ``stream``, the body of the response as it arrives. A body that breaks off
ends without HTTP's last chunk. Frames before it may be empty, or tell of interim responses.
"""

from __future__ import annotations

import enum
import struct
from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager
from typing import Protocol

import msgspec

from edge.fill.wire import Interim
from edge.model import Fields, Pairs, RequestFacts, fields

FRAME = struct.Struct(">I")
"""Length in bytes of the encoded FillAnswer that follows."""


class Outcome(enum.StrEnum):
    """How a fill ended for the one who asked."""

    STORED = "stored"
    """The store has what was asked for: look it up again."""
    STREAM = "stream"
    """Here is the response; it goes to this one visitor."""
    PASS = "pass"  # noqa: S105 - no password
    """Not for the store: relay the request as the visitor made it."""
    INTERIM = "interim"
    """Not the end: an interim response, to be passed on while the final one is waited for."""
    DOWN = "down"
    """The origin failed. Send what is stored, or an error with ``error_status``."""


class FillRequest(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """What a worker wants fetched. The filler asks for less when it can: see :mod:`edge.fill.asking`."""

    method: str = "GET"
    scheme: str
    host: str
    target: str
    """Path and query."""
    pairs: Pairs
    """The fields of a relay of this request: end-to-end ones, Host, Via and X-Forwarded-* among them."""
    client: str
    """Address without port."""
    origin: str
    """Its configured name."""
    kind: str | None
    """Name of the page kind; None where the RFCs decide."""
    key: str
    """Text of the cache key, without what Vary adds."""
    held_ms: int | None = None
    """When the copy that the worker found was fetched, 0 if it found none: what is newer will do. None: ask anyway."""
    background: bool = False
    """Nobody waits for the body: the outcome is never ``stream``."""
    accept: bool = False
    """The operator vouches for what the origin says now: the publish gate lets it pass."""

    @property
    def facts(self) -> RequestFacts:
        """The request as the policies see it."""
        path, mark, query = self.target.partition("?")
        return RequestFacts(
            method=self.method,
            scheme=self.scheme,
            host=self.host,
            path=path,
            query=query if mark else None,
            fields=self.fields,
            client=self.client,
        )

    @property
    def fields(self) -> Fields:
        """``pairs``, found by name."""
        return fields(self.pairs)


class FillAnswer(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """What became of a fill."""

    outcome: Outcome
    reason: str = ""
    """For Cache-Status ``detail`` and decision records; empty when there is nothing to explain."""
    collapsed: bool = False
    """Another caller had already started the fetch (RFC 9211 §2.6)."""
    status: int = 0
    """``stream``: of the response."""
    pairs: Pairs = ()
    """``stream``: the response's fields as received, less those that are somebody else's."""
    error_status: int | None = None
    """``down``: the status to send when nothing stored may be sent."""
    retry_after_s: int | None = None
    origin_ms: int = 0
    """What the origin took from the request to its header section; 0 when it was not asked."""
    notes: tuple[str, ...] = ()
    """Sentences for the operator: slots refused, tokens found, what the publish gate holds back and why."""
    storing: bool = False
    """``stream``: it is being stored on the way, if it stays small enough and ends well."""


class FillResult(Protocol):
    """One fill while it lasts."""

    @property
    def answer(self) -> FillAnswer:
        """How the fill went, or is going."""

    def body(self) -> AsyncGenerator[bytes, None]:
        """The response's body when the outcome is ``stream``, else nothing. Raises EdgeError when it breaks off."""


class Fills(Protocol):
    """Whatever fills: the filler itself in this process, or a client of it."""

    def fill(self, request: FillRequest, interim: Interim | None = None) -> AbstractAsyncContextManager[FillResult]:
        """Fetch, judge and store, together with everybody else who asks for the same key.

        ``interim`` is told of interim responses, if it is this caller for whom the fetch was started.
        Leaving the block does not end a fetch that can still be stored.
        """

    async def refresh(self, request: FillRequest) -> bool:
        """Fetch in the background. False when there is no room for it now; asking again later is fine."""

    async def touch(self, digests: tuple[bytes, ...]) -> None:
        """Note that these entries were used."""

    async def invalidate(self, digests: tuple[bytes, ...]) -> None:
        """Make these entries stale, all variants included; nothing is deleted. Returns once it is so."""


encode = msgspec.msgpack.Encoder(enc_hook=str).encode
"""Only multidict's own class of names needs the hook."""
decode_request = msgspec.msgpack.Decoder(FillRequest).decode
decode_answer = msgspec.msgpack.Decoder(FillAnswer).decode
decode_digests = msgspec.msgpack.Decoder(tuple[bytes, ...]).decode
