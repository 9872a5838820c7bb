"""May this response be stored for others, and for how long? (RFC 9111 §3)"""

from __future__ import annotations

import enum

import msgspec

from edge.model import Fields, Lifetime, Pairs
from edge.policy.cache_control import Directives
from edge.policy.forward import end_to_end
from edge.policy.freshness import corrected_initial_age, explicit_ttl, heuristic_ttl
from edge.policy.targeted import governing
from edge.policy.vary import selecting_fields

_CACHEABLE_BY_DEFAULT = frozenset({200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501})
"""Statuses stored without explicit freshness (RFC 9110 §15.1), less 206."""

_UNDERSTOOD = _CACHEABLE_BY_DEFAULT | {302, 303, 307, 400, 403, 451, 503}
"""Statuses whose caching rules are implemented here, for ``must-understand`` (§5.2.2.3)."""

_NEVER_STORED = frozenset({206, 304})
"""A part is not the whole (§3.3): whoever keeps parts has them judged as the 200 they are parts of. A 304 updates."""

_NOT_KEPT = frozenset({"age", "set-cookie"})
"""Age is in the lifetime and grows; a cookie is somebody's. Set-Cookie2 is no cookie any more (RFC 6265 §9.4)."""


class RoutePolicy(msgspec.Struct, frozen=True, kw_only=True):
    """What the operator has decided for the route of a request."""

    ttl_s: int = 0
    """Page kind: the ttl. Elsewhere: the ttl of a response that states none."""
    grace_s: int = 0
    """Page kind: the grace. Elsewhere: the grace of a response that states none."""
    error_grace_s: int = 0
    """Page kind: the error grace. Elsewhere: that of a response which neither states one nor forbids stale use."""
    heuristic_s: int = 0
    """Elsewhere: the longest ttl to assume from Last-Modified (§4.2.2). 0: none is assumed."""
    operator: bool = False
    """A page kind: these numbers hold whatever the origin's Cache-Control says."""


class Exchange(msgspec.Struct, frozen=True, kw_only=True):
    """The facts of one origin exchange that storing depends on. Instants are Unix seconds."""

    method: str
    status: int
    fields: Fields
    """Response fields as received."""
    requested_at: int
    received_at: int
    request_no_store: bool = False
    authorized: bool = False
    """The request the origin saw carried Authorization."""
    cookie_sent: bool = False
    """The request the origin saw carried a visitor's Cookie. Cookies that are part of the cache key do not count."""


class Refusal(enum.Enum):
    """Why a response is not stored. The value is the metric label and the Cache-Status ``detail``."""

    METHOD = "method"
    STATUS = "status"
    REQUEST_NO_STORE = "request-no-store"
    NO_STORE = "no-store"
    PRIVATE = "private"
    SETS_COOKIE = "set-cookie"
    AUTHORIZED = "authorization"
    COOKIE = "cookie"
    VARY_ANY = "vary-any"
    NO_FRESHNESS = "no-freshness"
    """Nothing could ever be done with the copy: no ttl, no grace and no validator."""

    @property
    def concerns_request_only(self) -> bool:
        """The next request for the same cache key may well be stored, so this is nothing to remember."""
        return self in _REQUEST_ONLY


_REQUEST_ONLY = frozenset({Refusal.METHOD, Refusal.REQUEST_NO_STORE, Refusal.AUTHORIZED, Refusal.COOKIE})


def admit(exchange: Exchange, route: RoutePolicy) -> Lifetime | Refusal:
    """The lifetime to store the response with, or the reason not to.

    Two rules go beyond the RFC. A response that sets a cookie, or answers a request whose cookie the origin saw, is
    refused: in front of a shop it is somebody's (a ``Vary: Cookie`` makes the latter the cache key's business). And
    s-maxage alone does not forbid stale use when the origin also states stale-while-revalidate or stale-if-error,
    although §5.2.2.10 reads that way: origins write the pair and mean it.
    """
    return _admit_page(exchange, route) if route.operator else _admit_by_rfc(exchange, route)


def stored_fields(fields: Fields) -> Pairs:
    """The response fields to store (§3.1): end to end ones, without cookies and without Age."""
    return tuple((name, value) for name, value in end_to_end(fields) if name.lower() not in _NOT_KEPT)


def _admit_page(exchange: Exchange, route: RoutePolicy) -> Lifetime | Refusal:
    """A page kind: the request was made without anything of the visitor's, and the operator names the times.

    Set-Cookie is no obstacle here: the origin greets each anonymous fill with a cookie, which is not stored; whether
    its value stands in the page is for the leak gate to find. The ttl counts from the arrival, so an origin whose
    clock is slow does not make every page stale at once.
    """
    if exchange.method != "GET":
        return Refusal.METHOD
    if exchange.status != 200:
        return Refusal.STATUS
    if exchange.authorized:
        return Refusal.AUTHORIZED
    if exchange.cookie_sent:
        return Refusal.COOKIE
    if selecting_fields(exchange.fields) is None:
        return Refusal.VARY_ANY
    initial_age = _initial_age(exchange)
    return Lifetime(
        stored_at=exchange.received_at,
        initial_age=initial_age,
        ttl=initial_age + route.ttl_s,
        grace=route.grace_s,
        error_grace=route.error_grace_s,
    )


def _admit_by_rfc(exchange: Exchange, route: RoutePolicy) -> Lifetime | Refusal:
    governs = governing(exchange.fields)
    directives = governs.directives
    refusal = _forbidden(exchange, directives) or _personal(exchange, directives)
    if refusal is not None:
        return refusal
    ttl = explicit_ttl(governs, exchange.fields, received_at=exchange.received_at)
    if ttl is None:
        if not directives.public and exchange.status not in _CACHEABLE_BY_DEFAULT:
            return Refusal.STATUS
        ttl = route.ttl_s or _assumed(exchange, route)
    lifetime = _lifetime(exchange, directives, ttl, route)
    return lifetime if _of_use(lifetime, directives, exchange.fields) else Refusal.NO_FRESHNESS


def _assumed(exchange: Exchange, route: RoutePolicy) -> int:
    return heuristic_ttl(exchange.fields, received_at=exchange.received_at, limit_s=route.heuristic_s) or 0


def _forbidden(exchange: Exchange, directives: Directives) -> Refusal | None:
    """§3, first to fourth condition: method, status, no-store, private."""
    if exchange.method != "GET":
        return Refusal.METHOD
    if not 200 <= exchange.status <= 599 or exchange.status in _NEVER_STORED:
        return Refusal.STATUS
    if directives.must_understand and exchange.status not in _UNDERSTOOD:
        return Refusal.STATUS
    if exchange.request_no_store:
        return Refusal.REQUEST_NO_STORE
    if directives.no_store and not directives.must_understand:  # §5.2.2.3: it steps back for those who understand
        return Refusal.NO_STORE
    return Refusal.PRIVATE if directives.private else None


def _personal(exchange: Exchange, directives: Directives) -> Refusal | None:
    """Cookies, Authorization (§3.5) and ``Vary: *`` (§4.1): nobody else could be given this response."""
    if "Set-Cookie" in exchange.fields:
        return Refusal.SETS_COOKIE
    shareable = directives.public or directives.s_maxage is not None or directives.must_revalidate
    if exchange.authorized and not shareable:
        return Refusal.AUTHORIZED
    names = selecting_fields(exchange.fields)
    if names is None:
        return Refusal.VARY_ANY
    return Refusal.COOKIE if exchange.cookie_sent and "cookie" not in names else None


def _lifetime(exchange: Exchange, directives: Directives, ttl: int, route: RoutePolicy) -> Lifetime:
    grace, error_grace = directives.stale_while_revalidate, directives.stale_if_error
    never_stale = (
        directives.no_cache
        or directives.must_revalidate
        or directives.proxy_revalidate
        or (directives.s_maxage is not None and grace is None and error_grace is None)
    )
    return Lifetime(
        stored_at=exchange.received_at,
        initial_age=_initial_age(exchange),
        ttl=0 if directives.no_cache else ttl,
        grace=0 if never_stale else route.grace_s if grace is None else grace,
        error_grace=0 if never_stale else route.error_grace_s if error_grace is None else error_grace,
        must_revalidate=never_stale,
    )


def _of_use(lifetime: Lifetime, directives: Directives, fields: Fields) -> bool:
    """A copy with no ttl and no validator is not kept for the sake of an outage alone, unless the origin says so."""
    error_grace = 0 if directives.stale_if_error is None else lifetime.error_grace
    longest = lifetime.ttl + max(lifetime.grace, error_grace)
    return lifetime.initial_age < longest or "ETag" in fields or "Last-Modified" in fields


def _initial_age(exchange: Exchange) -> int:
    return corrected_initial_age(exchange.fields, requested_at=exchange.requested_at, received_at=exchange.received_at)
