"""How a feed is: what ``vitrine status`` and ``vitrine feeds`` show, and when it is read again. Pure."""

from __future__ import annotations

import enum

import msgspec

from edge.model import Ms, Pairs

_FIRST_RETRY_S = 5.0
_NOTES = 5
"""Bad items that are shown; the rest are counted."""


class Validators(msgspec.Struct, frozen=True):
    """What a conditional request says of the feed read last (RFC 9110 §8.8). ``modified_s``: Unix seconds."""

    etag: str | None = None
    last_modified: str | None = None
    modified_s: int | None = None

    @property
    def conditions(self) -> Pairs:
        """The fields to send; none when the source gave no validator."""
        pairs = (("If-None-Match", self.etag), ("If-Modified-Since", self.last_modified))
        return tuple((name, value) for name, value in pairs if value)


class Health(enum.StrEnum):
    """What the last reading came to."""

    WAITING = "waiting"
    """Not read yet."""
    GOOD = "good"
    FAILING = "failing"
    """It could not be read, or not be believed; the rows it gave stay."""


class FeedState(msgspec.Struct, frozen=True, kw_only=True):
    """One feed. Instants are Unix milliseconds; 0 for never."""

    health: Health = Health.WAITING
    detail: str = ""
    """What is wrong, or what deserves a look."""
    notes: tuple[str, ...] = ()
    """The first bad items, with their lines."""
    asked_at_ms: Ms = 0
    good_at_ms: Ms = 0
    """When it was last read, or confirmed unchanged."""
    read_at_ms: Ms = 0
    """When it was last read whole."""
    source_ms: Ms = 0
    """Since when the source has said what was read."""
    items: int = 0
    bad: int = 0
    absent: int = 0
    """Products that an earlier reading had."""
    rows_changed: int = 0
    """By the last reading."""
    failures: int = 0
    """In a row."""
    validators: Validators = Validators()
    read_as: str = ""
    """Digest of the configuration it was read with: with another one it has to be read again."""
    tables_seq: int = 0
    """The number of the tables' latest change then: tables with a lower one were put back from a backup."""

    def shown(self) -> dict[str, object]:
        """For people and programs; never-instants are null."""
        shown: dict[str, object] = {
            "state": self.health.value,
            "detail": self.detail or None,
            "notes": list(self.notes),
        }
        for name in ("asked_at_ms", "good_at_ms", "read_at_ms", "source_ms"):
            shown[name] = getattr(self, name) or None
        counts = ("items", "bad", "absent", "rows_changed", "failures")
        return shown | {name: getattr(self, name) for name in counts}


def failed(state: FeedState, detail: str, *, asked_at_ms: Ms) -> FeedState:
    """The state after a reading that did not count."""
    return msgspec.structs.replace(
        state,
        health=Health.FAILING,
        detail=detail,
        asked_at_ms=asked_at_ms,
        rows_changed=0,
        failures=state.failures + 1,
    )


def unchanged(state: FeedState, *, asked_at_ms: Ms) -> FeedState:
    """The state after the source said that nothing changed since the last reading."""
    return msgspec.structs.replace(
        state,
        health=Health.GOOD,
        detail=state.detail if state.health is Health.GOOD else "",
        asked_at_ms=asked_at_ms,
        good_at_ms=asked_at_ms,
        rows_changed=0,
        failures=0,
    )


def shortened(notes: list[str]) -> tuple[str, ...]:
    """As many notes as are shown."""
    return tuple(notes[:_NOTES])


def next_reading_s(state: FeedState, interval_s: float, *, retry: bool, rest_s: float | None) -> float:
    """Seconds until a feed that failed is read again: soon if that may pass, after each more failure twice as late.

    ``rest_s``: how long the source asked to be left alone.
    """
    wait_s = interval_s
    if retry:
        wait_s = min(interval_s, _FIRST_RETRY_S * 2.0 ** min(max(state.failures, 1) - 1, 20))
    return max(wait_s, rest_s or 0.0)
