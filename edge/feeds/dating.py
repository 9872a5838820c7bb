"""When a source said something: the order between what a shop says and what an operator wrote. Pure.

Every time here is Unix milliseconds on this node's clock. The fields of a source's answer are only ever subtracted from
each other, so that the prices of a shop whose clock is an hour slow do not count as an hour older than they are.
"""

from __future__ import annotations

from edge.model import Fields, Ms
from edge.policy.dates import parse_http_date
from edge.policy.syntax import delta_seconds
from edge.store.row import Row


def source_time_ms(answer: Fields, *, asked_at_ms: Ms) -> Ms:
    """When the body of ``answer`` came to be: by its Last-Modified, or when it was asked for; less its Age in caches.

    When it was asked for, not when it came: what an operator writes meanwhile is the later word.
    """
    modified, date = modified_s(answer), _date(answer, "Date")
    made_s = date if date is not None else asked_at_ms // 1000
    unchanged_s = max(0, made_s - modified) if modified is not None else 0
    cached_s = delta_seconds(answer.get("Age", "").strip()) or 0
    return asked_at_ms - (unchanged_s + cached_s) * 1000


def modified_s(answer: Fields) -> int | None:
    """Last-Modified in Unix seconds on the source's clock; two of them only compare with each other."""
    return _date(answer, "Last-Modified")


def said_at_ms(source_ms: Ms, updated_ms: Ms | None, *, read_before_ms: Ms) -> Ms:
    """When one item came to say what it says now, if that is new.

    An item's own time counts only where it can be this change's: after the feed was read before and before now. Many
    shops date an item by when the product was entered, years ago.
    """
    if updated_ms is not None and read_before_ms < updated_ms <= source_ms:
        return updated_ms
    return source_ms


def event_version(held: Row | None, *, same: bool, said_ms: Ms, confirmed_ms: Ms, age_limits: AgeLimits) -> Ms | None:
    """The source version to state a row with; None when the row held stays.

    ``same``: the row held already says it. ``said_ms``: since when the source says it; ``confirmed_ms``: until when it
    is known to. A source that goes on saying what it said is no event: the operator's later row stays until the source
    says something else. Yet a row whose table has a ``max_age`` is confirmed before it grows too old to count, and an
    operator's row that has grown too old gives way.
    """
    if held is None:
        return said_ms
    if age_limits.passed(held) or (same and held.source_version and age_limits.nears(held)):
        return confirmed_ms
    if same or (held.source_version == 0 and held.version >= said_ms):
        return None
    return said_ms


class AgeLimits:
    """``max_age`` of one table, at one instant."""

    def __init__(self, max_age_ms: Ms | None, now_ms: Ms) -> None:
        self._max_age_ms = max_age_ms
        self._now_ms = now_ms

    def nears(self, row: Row) -> bool:
        """Whether half the age the row may reach is over."""
        return self._max_age_ms is not None and self._now_ms - row.version > self._max_age_ms // 2

    def passed(self, row: Row) -> bool:
        """Whether the row is too old to count. A deletion never is: it has no value to grow old."""
        return self._max_age_ms is not None and row.value is not None and self._now_ms - row.version > self._max_age_ms


def _date(answer: Fields, name: str) -> int | None:
    return parse_http_date(answer.get(name, ""))
