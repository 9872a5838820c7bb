"""Asking the filler to refresh a page behind the visitor's back, not once per visitor."""

from __future__ import annotations

from collections.abc import Callable

from cachetools import TTLCache

from edge import clock
from edge.fill.client import FillerUnavailable
from edge.fill.protocol import FillRequest, Fills
from edge.lifecycle import Spawner

_KEYS = 16_384
_PAUSE_S = 1.0
"""Between two askings of one worker for one key. A popular page in its grace is asked for a thousand times a second."""


class Refreshes:
    """One worker's wishes for fresh pages. ``monotonic_s`` gives seconds and never steps."""

    def __init__(self, fills: Fills, spawner: Spawner, *, monotonic_s: Callable[[], float] = clock.monotonic_s) -> None:
        self._fills = fills
        self._spawner = spawner
        self._asked: TTLCache[str, bool] = TTLCache(_KEYS, _PAUSE_S, monotonic_s)

    def ask(self, key: str, request: Callable[[], FillRequest]) -> None:
        """Have the page under ``key`` refreshed, unless that was asked for within the last second."""
        if key not in self._asked:
            self._asked[key] = True
            self._spawner.start(self._ask(request()), name=f"refresh {key}")

    async def _ask(self, request: FillRequest) -> None:
        try:
            await self._fills.refresh(request)
        except FillerUnavailable:
            self._asked.pop(request.key, None)  # it is being replaced; the next visitor of this page asks again
