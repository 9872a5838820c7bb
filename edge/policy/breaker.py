"""Circuit breaker of one origin, as values: every function takes a state and returns the next one.

Instants are seconds on a clock that never steps.

    closed ──too many failures──▶ open ──retry_at──▶ half-open ──success──▶ closed
                                   ▲                     │
                                   └──────failure────────┘
"""

from __future__ import annotations

import enum
from typing import NamedTuple

import msgspec


class Phase(enum.Enum):
    """The value is the metric label."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"
    """One request is out to see whether the origin is back."""


class BreakerPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """When to stop asking an origin."""

    failures_in_row: int = 5
    failure_ratio: float = 0.5
    """Share of failures in one window that opens the breaker ..."""
    window_s: float = 10.0
    min_requests: int = 20
    """... once the window has seen so many requests."""
    probe_limit_s: float = 15.0
    """After so long without news of the probe another request may go."""


class Breaker(msgspec.Struct, frozen=True, kw_only=True):
    """State of the breaker. The default is closed, with no history."""

    phase: Phase = Phase.CLOSED
    failures_in_row: int = 0
    window_started_at: float = 0.0
    window_requests: int = 0
    window_failures: int = 0
    retry_at: float = 0.0
    """When open or half-open: the next instant at which a request may go."""
    reopened: int = 0
    """Probes failed since it was last closed, for the caller's back-off."""


class Permission(NamedTuple):
    """Whether a request may go to the origin, and the state from then on."""

    granted: bool
    breaker: Breaker


def ask(breaker: Breaker, policy: BreakerPolicy, *, now: float) -> Permission:
    """Ask before every request. A permission given while not closed makes this request the probe."""
    if breaker.phase is Phase.CLOSED:
        return Permission(granted=True, breaker=breaker)
    if now < breaker.retry_at:
        return Permission(granted=False, breaker=breaker)
    probing = msgspec.structs.replace(breaker, phase=Phase.HALF_OPEN, retry_at=now + policy.probe_limit_s)
    return Permission(granted=True, breaker=probing)


def after_success(breaker: Breaker, policy: BreakerPolicy, *, now: float) -> Breaker:
    """The state after an answer. While open it is one that was under way before, and changes nothing."""
    if breaker.phase is Phase.OPEN:
        return breaker
    if breaker.phase is Phase.HALF_OPEN:
        return Breaker(window_started_at=now)
    return msgspec.structs.replace(_counted(breaker, policy, now=now, failed=False), failures_in_row=0)


def after_failure(breaker: Breaker, policy: BreakerPolicy, *, now: float, reopen_after_s: float) -> Breaker:
    """The state after a timeout, a refused connection or a 5xx.

    ``reopen_after_s`` is how long to stay open if this failure opens it: the caller adds jitter, so that the nodes of a
    fleet do not all come back in the same instant.
    """
    if breaker.phase is Phase.OPEN:
        return breaker
    if breaker.phase is Phase.HALF_OPEN:
        return Breaker(phase=Phase.OPEN, retry_at=now + reopen_after_s, reopened=breaker.reopened + 1)
    counted = _counted(breaker, policy, now=now, failed=True)
    if _trips(counted, policy):
        return Breaker(phase=Phase.OPEN, retry_at=now + reopen_after_s)
    return counted


def _trips(breaker: Breaker, policy: BreakerPolicy) -> bool:
    if breaker.failures_in_row >= policy.failures_in_row:
        return True
    enough = breaker.window_requests >= policy.min_requests
    return enough and breaker.window_failures >= policy.failure_ratio * breaker.window_requests


def _counted(breaker: Breaker, policy: BreakerPolicy, *, now: float, failed: bool) -> Breaker:
    if now - breaker.window_started_at >= policy.window_s:
        breaker = Breaker(window_started_at=now, failures_in_row=breaker.failures_in_row)
    return msgspec.structs.replace(
        breaker,
        window_requests=breaker.window_requests + 1,
        window_failures=breaker.window_failures + failed,
        failures_in_row=breaker.failures_in_row + failed,
    )
