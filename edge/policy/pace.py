"""How fast an origin may be asked, and when it wants to be left alone. Instants: seconds on a clock that never steps.

The pace is a token bucket in the form of the generic cell rate algorithm (ITU-T I.371): one number of state.
"""

from __future__ import annotations

from typing import NamedTuple

from edge.policy.dates import parse_http_date
from edge.policy.syntax import delta_seconds

RESTED_AFTER_S = 30.0
"""How long an origin is left alone that says "too many" (429) and not until when."""
LONGEST_REST_S = 600.0
"""An origin that asks for more is asked again after this: a mistyped hour must not make a shop grow old."""
_ASKS_FOR_REST = frozenset({429, 503})
_MOST_AT_ONCE = 100.0


class Window(NamedTuple):
    """How many pages an origin is asked for at a time: as many as it answers well (RFC 5681 §3.1, of segments)."""

    size: float = 8.0
    probing: bool = True
    """It has never failed: every answer is room for one more. After that, a whole window of them is."""

    @property
    def whole(self) -> int:
        """Requests that may be under way."""
        return int(self.size)


def after_answer(window: Window) -> Window:
    """The window after the origin answered well."""
    return window._replace(size=min(_MOST_AT_ONCE, window.size + (1 if window.probing else 1 / window.size)))


def after_stumble(window: Window) -> Window:
    """The window after it did not."""
    return Window(max(1.0, window.size / 2), probing=False)


def wait_s(due_at: float, rate: float, *, now: float) -> float:
    """Seconds until the next request may go; 0 at once. ``due_at`` is the state, ``rate`` requests a second.

    A second's worth of requests, at least one, may go in one burst.
    """
    return max(0.0, due_at - now - _burst_s(rate))


def taken(due_at: float, rate: float, *, now: float) -> float:
    """The state after one request has gone."""
    return max(due_at, now) + 1 / rate


def rest_s(status: int, retry_after: str | None, *, now: int) -> float | None:
    """How long the origin asks to be left alone; None when it does not (RFC 6585 §4, RFC 9110 §10.2.3).

    ``now`` is Unix seconds. A 503 without Retry-After is a failure like any other.
    """
    if status not in _ASKS_FOR_REST:
        return None
    stated = _stated_s(retry_after.strip(), now=now) if retry_after is not None else None
    if stated is None:
        return RESTED_AFTER_S if status == 429 else None
    return min(max(1.0, stated), LONGEST_REST_S)


def _stated_s(retry_after: str, *, now: int) -> float | None:
    seconds = delta_seconds(retry_after)
    if seconds is not None:
        return float(seconds)
    at = parse_http_date(retry_after)
    return None if at is None else float(at - now)


def _burst_s(rate: float) -> float:
    """How far ahead of its pace the origin may be asked."""
    return max(0.0, 1 - 1 / rate)
