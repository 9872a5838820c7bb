"""One request while it is being answered: the facts decisions are made from, and what became of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from aiohttp import web

from edge import clock
from edge.errors import RequestError
from edge.model import CacheKey, RequestFacts
from edge.policy.cache_status import CacheStatus
from edge.policy.forward import Hop
from edge.policy.identify import Identity
from edge.policy.proxies import TrustedProxies, visitor

_HOST = re.compile(r"[a-z0-9._-]*(?::[0-9]*)?|\[[0-9a-f:.]+\](?::[0-9]*)?", re.ASCII)
"""A host as names, addresses and RFC 9110 §7.2 have it, in lower case; a name may hold underscores."""
_AUTHORITY_END = re.compile(r"[/?#]")


@dataclass(slots=True)
class Visit:
    """A request, and the story that its decision record tells. Filled in hop by hop; read once at the end."""

    request: web.BaseRequest
    facts: RequestFacts
    hop: Hop
    started_s: float
    identity: Identity | None = None
    key: CacheKey | None = None
    cache_status: CacheStatus = field(default_factory=CacheStatus)
    age_s: int | None = None
    origin_ms: int | None = None
    rows: tuple[str, ...] = ()
    encoding: str | None = None
    notes: tuple[str, ...] = ()

    @property
    def kind(self) -> str | None:
        """Name of the page kind."""
        return self.identity.kind.name if self.identity and self.identity.kind else None

    @property
    def elapsed_ms(self) -> float:
        """Since the request's head was read."""
        return (clock.monotonic_s() - self.started_s) * 1000


def receive(request: web.BaseRequest, trusted: TrustedProxies) -> Visit:
    """The facts of a request. Raises RequestError 400 for a target or Host no origin may see."""
    started_s = clock.monotonic_s()
    peer = request.remote or ""
    far_end = visitor(request.headers, peer=peer, scheme=request.scheme, trusted=trusted)
    host, path, query = _target(request.raw_path, far_end.host)
    if len(request.headers.getall("Host", ())) > 1 or (not host and request.version >= (1, 1)):
        raise RequestError(400, "a request needs one Host (RFC 9112 section 3.2)")
    if not _HOST.fullmatch(host):
        raise RequestError(400, f"{host[:80]!r} is not a host")
    facts = RequestFacts(
        method=request.method,
        scheme=far_end.scheme,
        host=host,
        path=path,
        query=query,
        fields=request.headers,
        client=far_end.client,
    )
    return Visit(request, facts, Hop(peer=peer, trusted=peer in trusted), started_s)


def _target(raw: str, host: str) -> tuple[str, str, str | None]:
    """Host, path and query of a request target. In absolute form its authority replaces Host (RFC 9112 §3.2.2)."""
    if not raw.startswith("/") and raw != "*":
        scheme, separator, rest = raw.partition("://")
        if not separator or scheme.lower() not in {"http", "https"}:
            raise RequestError(400, f"{raw[:80]!r} is not a request target")
        authority = _AUTHORITY_END.split(rest, maxsplit=1)[0]
        host, raw = authority.rpartition("@")[2].lower(), rest[len(authority) :]
        if not raw.startswith("/"):
            raw = f"/{raw}"
    path, mark, query = raw.partition("?")
    return host, path, query if mark else None
