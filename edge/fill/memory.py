"""What the filler remembers of cache keys for a short while, so that the origin is not asked in vain."""

from __future__ import annotations

from collections.abc import Callable

from cachetools import TTLCache

from edge.fill.protocol import FillAnswer

_KEYS = 100_000
"""Of each sort. About 30 MB at the very most; the oldest go first."""


class Recent:
    """Two memories by cache key: not for the store, and lately failed. ``clock`` gives seconds and never steps."""

    def __init__(self, *, unshared_s: float, pause_s: float, clock: Callable[[], float]) -> None:
        self._unshared: TTLCache[str, str] = TTLCache(_KEYS, unshared_s, clock)
        self._paused: TTLCache[str, FillAnswer] = TTLCache(_KEYS, pause_s, clock)

    def unshared(self, key: str) -> str | None:
        """Hit-for-miss: why the response was not for the store when it was last asked for; None when nothing is known.

        Bounded in time, since an origin may change its mind: then one request finds out.
        """
        return self._unshared.get(key)

    def note_unshared(self, key: str, reason: str) -> None:
        """The response is not for the store, and the next one will not be either."""
        self._unshared[key] = reason

    def paused(self, key: str) -> FillAnswer | None:
        """How the last refresh failed, while the stored copy is to be used without asking again."""
        return self._paused.get(key)

    def pause(self, key: str, answer: FillAnswer) -> None:
        """A refresh failed and there is a copy to use instead."""
        self._paused[key] = answer

    def forget(self, key: str) -> None:
        """The key was filled."""
        self._unshared.pop(key, None)
        self._paused.pop(key, None)
