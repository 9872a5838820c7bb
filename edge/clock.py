"""The only module that reads a clock. Decisions take instants as arguments; shells get them here."""

from __future__ import annotations

import time

monotonic_s = time.monotonic
"""Seconds on a clock that never steps; for durations only."""


def now_ms() -> int:
    """Unix wall time in whole milliseconds."""
    return time.time_ns() // 1_000_000


def now_s() -> int:
    """Unix wall time in whole seconds."""
    return int(time.time())
