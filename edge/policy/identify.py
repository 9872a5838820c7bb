"""What a request is for: which site, which page kind, and whether this visitor's pages may come from the store."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from edge.errors import RequestError
from edge.model import Fields, RequestFacts
from edge.policy.cookies import OWN, request_cookies
from edge.policy.globs import compile_globs
from edge.policy.key import canonical_path
from edge.policy.ownership import Effects, is_marked, mutating_get
from edge.policy.patterns import certainly
from edge.policy.storability import RoutePolicy

_READING = frozenset({"GET", "HEAD"})
_DOT_SEGMENT = re.compile(r"(?:/|%2F|\\|%5C)(?:\.|%2E){1,2}(?=/|%2F|\\|%5C|;|$)", re.IGNORECASE)


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """A page kind: the requests it covers and the operator's times for them."""

    name: str
    match: tuple[str, ...]
    """Globs over the whole path; with ``?name=value&other``, for shops that have one script for all pages, also over
    parameters (:mod:`edge.policy.patterns`)."""
    route: RoutePolicy
    gate: bytes = b""
    """What the leak gate's verdicts on its pages depend on. A stored page judged under another is refreshed."""


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """One origin as visitors see it."""

    origin: str
    """Configured name of the origin."""
    hosts: tuple[str, ...] = ()
    """Host names in lower case, with a port only if it matters; empty: every host no other site names."""
    kinds: tuple[Kind, ...] = ()
    bypass_cookies: tuple[str, ...] = ()
    """Globs of cookie names. Who sends one of them has a session or a basket and is not answered from the store."""
    effects: Effects = Effects()
    """What requests do there beyond what their method says."""


class Identity(NamedTuple):
    """What a request is for."""

    site: Site
    kind: Kind | None
    """None where the RFCs decide."""
    bypass: str | None
    """Name of the cookie that keeps this visitor out of the store."""
    mutates: bool = False
    """The request is a GET or HEAD that changes something."""


class Sites:
    """All sites of a node, patterns compiled once."""

    def __init__(self, sites: Iterable[Site]) -> None:
        self._by_host: dict[str, Site] = {}
        self._any_host: Site | None = None
        for site in sites:
            for host in site.hosts:
                self._by_host.setdefault(host.lower(), site)
            if not site.hosts and self._any_host is None:
                self._any_host = site

    def identify(self, facts: RequestFacts) -> Identity:
        """What a request is for. Raises RequestError 421 for a host no site answers for.

        The node's own mark keeps a visitor's pages out of the store; whatever else she asks for is the RFCs' business.
        """
        site = self.site(facts.host)
        kind = kind_of(facts, site.kinds)
        bypass = bypass_cookie(facts.fields, site.bypass_cookies)
        if bypass is None and kind is not None and is_marked(facts.fields):
            bypass = OWN
        return Identity(site, kind, bypass, mutating_get(facts, site.effects))

    def site(self, host: str) -> Site:
        """The site of a Host: with its port, without it, or the one for every host (RFC 9110 §7.4: else 421)."""
        host = host.lower()
        found = self._by_host.get(host) or self._by_host.get(_without_port(host)) or self._any_host
        if found is None:
            raise RequestError(421, f"no site here is called {host!r}")
        return found


def kind_of(facts: RequestFacts, kinds: Iterable[Kind]) -> Kind | None:
    """The first page kind whose patterns cover the path of a GET or HEAD; None when the RFCs decide.

    The path is matched in the form the cache key has, so that one key cannot be two kinds. A path with dot segments,
    encoded or not, is of no kind: ``/product/..%2fcart`` is the basket to many an origin.
    """
    if facts.method not in _READING:
        return None
    for kind in kinds:
        if certainly(kind.match, facts):
            return None if _DOT_SEGMENT.search(canonical_path(facts.path)) else kind
    return None


def bypass_cookie(fields: Fields, patterns: tuple[str, ...]) -> str | None:
    """The first cookie of the request that one of the globs covers."""
    if not patterns or "Cookie" not in fields:
        return None
    covers = compile_globs(patterns).fullmatch
    return next((name for name, _ in request_cookies(fields) if covers(name)), None)


def _without_port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdigit() else host
