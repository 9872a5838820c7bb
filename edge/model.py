"""The values the hops of a request pass to each other. No I/O, no clock, no server or client library."""

from __future__ import annotations

import hashlib
from typing import Annotated

import msgspec
from multidict import CIMultiDict, CIMultiDictProxy

Fields = CIMultiDictProxy[str]
"""Header fields: names compared without case, order and repetition kept."""

Pairs = tuple[tuple[str, str], ...]
"""Header fields as stored: (name as received, value) in order."""

Ms = Annotated[int, "Unix wall time or duration in milliseconds"]


def fields(pairs: Pairs | dict[str, str] = ()) -> Fields:
    """Header fields from pairs, for tests and for what comes out of the store."""
    return CIMultiDictProxy(CIMultiDict(pairs))


class RequestFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What decisions may know of one request. Everything is as the client sent it unless said otherwise."""

    method: str
    scheme: str
    """``http`` or ``https``, as the visitor's browser sees it (trusted proxies considered)."""
    host: str
    """Host header in lower case, port included when one was sent."""
    path: str
    """Percent-encoded, as received, without the query."""
    query: str | None
    """Raw query without the question mark; None when the target has none."""
    fields: Fields
    client: str
    """Client address without port (trusted proxies considered)."""

    @property
    def target(self) -> str:
        """Path and query as received."""
        return self.path if self.query is None else f"{self.path}?{self.query}"


class CacheKey(msgspec.Struct, frozen=True):
    """The name of one stored response: every declared input that may change its bytes."""

    text: str

    @property
    def digest(self) -> bytes:
        """16 bytes; LMDB keys end at 511 bytes, so records carry the text and are found by this."""
        return hashlib.blake2b(self.text.encode("utf-8", "surrogateescape"), digest_size=16).digest()


class Lifetime(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """How long one stored response may be used. Fixed at fill time, so a lookup only compares integers.

    All times are whole seconds; ``stored_at`` is Unix wall time on this node.
    """

    stored_at: int
    initial_age: int
    """Age the response already had on arrival (RFC 9111 §4.2.3 ``corrected_initial_age``)."""
    ttl: int
    """Freshness lifetime (RFC 9111 §4.2.1)."""
    grace: int = 0
    """Seconds past ``ttl`` during which a stale copy may be sent while it is refreshed (RFC 5861 §3)."""
    error_grace: int = 0
    """Seconds past ``ttl`` during which a stale copy may replace an origin error (RFC 5861 §4)."""
    must_revalidate: bool = False
    """Never use stale, not even when the origin is down (RFC 9111 §5.2.2.2)."""

    def age(self, now: int) -> int:
        """Current age in seconds, never negative. A clock stepped backwards must not make content younger."""
        return self.initial_age + max(0, now - self.stored_at)


class VisitorCookie(msgspec.Struct, frozen=True, array_like=True, kw_only=True):
    """A cookie whose value stands in visitor slots, as its origin sets it. Appended to, never reordered."""

    name: str
    mintable: bool = True
    """The platform takes any value that cookie and form agree on. False: only the origin itself can set one."""
    alphabet: str = ""
    """Characters of the values seen; empty when none was."""
    length: int = 0
    """Characters in a value; 0 when none was seen."""
    path: str = "/"
    domain: str | None = None
    """As the origin wrote it, without the leading dot; None: the host alone."""
    max_age_s: int | None = None
    """None: until the browser closes."""
    same_site: str | None = None
    secure: bool = False
    http_only: bool = False
