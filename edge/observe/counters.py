"""What this process counts: plain dicts on the hot path, named and described for Prometheus.

``counters.requests["hit", "product", "2xx"] += 1`` costs 0.1 us; :class:`edge.observe.metrics.Metrics` adds the sums up
over processes. Label values come from the configuration and from enums, never from a request: every new combination
lives until the node ends.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import NamedTuple

Labels = tuple[str, ...]
"""Label values in the order of the family's label names."""

REQUEST_BUCKETS_S = (0.0002, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""A hit takes fractions of a millisecond, a relayed request as long as the origin's timeouts."""
FILL_BUCKETS_S = (0.01, 0.025, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0, 1.5, 2.5, 5.0, 10.0, 30.0)
"""Shops answer in tenths of a second; what takes longer than the first-byte timeout failed."""


class Family(NamedTuple):
    """One metric as Prometheus knows it."""

    name: str
    """Without the suffix ``_total`` of a counter or ``_bucket`` of a histogram."""
    help: str
    labels: Labels = ()


class Tally(dict[Labels, int]):
    """A counter: ``tally[labels] += n`` since the last flush."""

    def __init__(self, family: Family) -> None:
        super().__init__()
        self.family = family
        if not family.labels:
            self[()] = 0  # shown before anything happened, so that a rate can be taken over the first event

    def __missing__(self, labels: Labels) -> int:
        return 0


class Level(dict[Labels, float]):
    """A gauge: ``level[labels] = value``; the process that wrote last speaks for the node."""

    def __init__(self, family: Family) -> None:
        super().__init__()
        self.family = family


class Spread(dict[Labels, list[float]]):
    """A histogram since the last flush. By labels: observations in each bucket, those above the last one, their sum."""

    def __init__(self, family: Family, bounds: tuple[float, ...]) -> None:
        super().__init__()
        self.family = family
        self.bounds = bounds
        """Upper bounds in seconds, included in their bucket."""

    def __missing__(self, labels: Labels) -> list[float]:
        cells = self[labels] = [0.0] * (len(self.bounds) + 2)
        return cells

    def observe(self, labels: Labels, seconds: float) -> None:
        """Count one duration. Costs 0.4 us."""
        cells = self[labels]
        cells[bisect_left(self.bounds, seconds)] += 1
        cells[-1] += seconds


REQUESTS = Family("vitrine_requests", "Requests answered.", ("verdict", "kind", "status"))
ORIGIN_REQUESTS = Family("vitrine_origin_requests", "Requests sent to an origin.", ("origin", "outcome"))
FILLS = Family("vitrine_fills", "Fills and refreshes ended.", ("outcome",))
ROWS_APPLIED = Family("vitrine_rows_applied", "Table rows that took effect.", ("table",))
RECORDS_DROPPED = Family("vitrine_records_dropped", "Decision records that were not written.")
SLOTS_REFUSED = Family("vitrine_slots_refused", "Slots of stored pages left with the origin's bytes.", ("kind", "slot"))
PAGES_HELD = Family("vitrine_pages_held", "Responses on page kinds kept out of the store.", ("kind", "reason"))
ROWS_OVERRULED = Family(
    "vitrine_rows_overruled", "Rows that gave way because the origin changed after them.", ("table",)
)
REQUEST_SECONDS = Family("vitrine_request_duration_seconds", "From request to last byte handed over.", ("verdict",))
FILL_SECONDS = Family("vitrine_fill_duration_seconds", "From request to the origin to stored entry.", ("origin",))
STORE_BYTES = Family("vitrine_store_bytes", "Bytes used by stored entries.")
STORE_ENTRIES = Family("vitrine_store_entries", "Stored entries.")
WORKERS_ALIVE = Family("vitrine_workers_alive", "Workers running.")
ORIGIN_UP = Family("vitrine_origin_up", "1 while the origin answers, else 0.", ("origin",))
FEED_READINGS = Family("vitrine_feed_readings", "Readings of a feed, good or failing.", ("feed", "outcome"))
FEED_ROWS = Family("vitrine_feed_rows", "Rows that a feed changed.", ("feed", "table"))
FEED_FAILING = Family("vitrine_feed_failing", "1 while a feed cannot be read or believed, else 0.", ("feed",))
FEED_ITEMS = Family("vitrine_feed_items", "Items of a feed's last reading.", ("feed",))
FEED_BAD_ITEMS = Family("vitrine_feed_bad_items", "Items of it that were not taken; their rows stay.", ("feed",))
FEED_GOOD_AT = Family(
    "vitrine_feed_good_timestamp_seconds", "Unix time when a feed was last read or unchanged.", ("feed",)
)


class Counters:
    """Everything one process counts. Not for several threads."""

    def __init__(self) -> None:
        self.requests = Tally(REQUESTS)
        """(verdict, page kind or "", "2xx")."""
        self.origin_requests = Tally(ORIGIN_REQUESTS)
        self.fills = Tally(FILLS)
        self.rows_applied = Tally(ROWS_APPLIED)
        self.records_dropped = Tally(RECORDS_DROPPED)
        self.slots_refused = Tally(SLOTS_REFUSED)
        self.pages_held = Tally(PAGES_HELD)
        """Reason: what the leak gate, the publish gate or the cutting says."""
        self.rows_overruled = Tally(ROWS_OVERRULED)
        self.request_seconds = Spread(REQUEST_SECONDS, REQUEST_BUCKETS_S)
        self.fill_seconds = Spread(FILL_SECONDS, FILL_BUCKETS_S)
        self.store_bytes = Level(STORE_BYTES)
        self.store_entries = Level(STORE_ENTRIES)
        self.workers_alive = Level(WORKERS_ALIVE)
        self.origin_up = Level(ORIGIN_UP)
        self.feed_readings = Tally(FEED_READINGS)
        self.feed_rows = Tally(FEED_ROWS)
        self.feed_failing = Level(FEED_FAILING)
        self.feed_items = Level(FEED_ITEMS)
        self.feed_bad_items = Level(FEED_BAD_ITEMS)
        self.feed_good_at = Level(FEED_GOOD_AT)

    @property
    def tallies(self) -> tuple[Tally, ...]:
        """Every counter."""
        return (
            self.requests,
            self.origin_requests,
            self.fills,
            self.rows_applied,
            self.records_dropped,
            self.slots_refused,
            self.pages_held,
            self.rows_overruled,
            self.feed_readings,
            self.feed_rows,
        )

    @property
    def levels(self) -> tuple[Level, ...]:
        """Every gauge."""
        return (
            self.store_bytes,
            self.store_entries,
            self.workers_alive,
            self.origin_up,
            self.feed_failing,
            self.feed_items,
            self.feed_bad_items,
            self.feed_good_at,
        )

    @property
    def spreads(self) -> tuple[Spread, ...]:
        """Every histogram."""
        return self.request_seconds, self.fill_seconds
