"""What to do with a request, given what the store holds (RFC 9111 §4, RFC 5861).

Pure: the caller passes in the time, the entry's lifetime and the origin's health, and carries out the verdict.
"""

from __future__ import annotations

import enum

from edge.model import Lifetime
from edge.policy.cache_control import NOTHING_ASKED, RequestDirectives


class Verdict(enum.Enum):
    """What to do next. The value is the reason shown in Cache-Status and decision records."""

    DELIVER = "hit"
    """Send the stored copy; it is fresh."""
    DELIVER_AND_REFRESH = "grace"
    """Send the stale copy now and refresh it in the background."""
    DELIVER_STALE_IF_ERROR = "stale-if-error"
    """The origin is down and the stale copy is inside its error grace."""
    DELIVER_ORIGIN_DOWN = "origin-down"
    """The origin is down and this is the last good copy of a page, however old."""
    REVALIDATE = "stale"
    """A copy is stored but may not be sent unasked: fetch, with its validators if it has any."""
    FETCH = "miss"
    """Nothing is stored: fetch, collapsed with other requests for the same cache key."""
    PASS = "pass"  # noqa: S105 (not a password)
    """Relay without reading or writing the store."""
    ONLY_IF_CACHED = "only-if-cached"
    """The client wants no fetch and the store cannot answer: 504 (§5.2.1.7)."""

    @property
    def delivers(self) -> bool:
        """The stored copy answers this request."""
        return self in _DELIVERS


_DELIVERS = frozenset(
    {
        Verdict.DELIVER,
        Verdict.DELIVER_AND_REFRESH,
        Verdict.DELIVER_STALE_IF_ERROR,
        Verdict.DELIVER_ORIGIN_DOWN,
    }
)


def decide(
    lifetime: Lifetime | None,
    *,
    now: int,
    origin_up: bool,
    page_kind: bool = False,
    request: RequestDirectives = NOTHING_ASKED,
) -> Verdict:
    """Choose between the stored copy and the origin.

    ``lifetime`` is None when nothing is stored under the cache key; ``now`` is Unix time in seconds. After a fetch has
    failed, ask again with ``origin_up`` false to learn what may be sent instead.

    On a page kind the operator decides how fresh is fresh enough: a browser's reload (``no-cache``, ``max-age=0``)
    must not let any client load the origin at will, so of the request only ``only-if-cached`` is heard. Everywhere
    else §5.2.1 holds. Freshness is strict: an age equal to the ttl is stale (§4.2).
    """
    heard = NOTHING_ASKED if page_kind else request
    if heard.no_store:
        verdict = Verdict.PASS  # §5.2.1.5
    elif lifetime is None:
        verdict = Verdict.FETCH
    elif origin_up:
        verdict = _with_origin(lifetime, lifetime.age(now), heard)
    else:
        verdict = _without_origin(lifetime, lifetime.age(now), heard, page_kind=page_kind)
    if request.only_if_cached and not verdict.delivers:
        return Verdict.ONLY_IF_CACHED
    return verdict


def _with_origin(lifetime: Lifetime, age: int, request: RequestDirectives) -> Verdict:
    staleness = age - lifetime.ttl
    if request is not NOTHING_ASKED and not _satisfies(age, staleness, request):
        return Verdict.REVALIDATE
    if staleness < 0:
        return Verdict.DELIVER
    # §5.2.1.2: max-stale accepts a stale copy, and sending one is a reason to refresh it.
    if not lifetime.must_revalidate and staleness < max(lifetime.grace, request.max_stale or 0):
        return Verdict.DELIVER_AND_REFRESH
    return Verdict.REVALIDATE


def _without_origin(lifetime: Lifetime, age: int, request: RequestDirectives, *, page_kind: bool) -> Verdict:
    """Request directives are advisory (§5.2.1) and nobody is there to validate with: a fresh copy is sent as it is."""
    staleness = age - lifetime.ttl
    if staleness < 0:
        return Verdict.DELIVER
    if lifetime.must_revalidate:
        return Verdict.REVALIDATE  # §5.2.2.2: not even when disconnected
    if staleness < max(lifetime.grace, lifetime.error_grace, request.max_stale or 0):
        return Verdict.DELIVER_STALE_IF_ERROR
    return Verdict.DELIVER_ORIGIN_DOWN if page_kind else Verdict.REVALIDATE


def _satisfies(age: int, staleness: int, request: RequestDirectives) -> bool:
    """The copy is as young as the request asks (§5.2.1.1, §5.2.1.3, §5.2.1.4).

    ``max-age=0`` is a reload: it asks for a validation even of a copy stored this very second.
    """
    if request.no_cache or request.max_age == 0:
        return False
    if request.max_age is not None and age > request.max_age:
        return False
    return request.min_fresh is None or -staleness >= request.min_fresh
