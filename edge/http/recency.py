"""Which entries were used lately, told to the filler now and then, so that eviction spares them. Reads never write."""

from __future__ import annotations

import asyncio

from edge.fill.client import FillerUnavailable
from edge.fill.protocol import Fills

_MOST = 4096


class Recency:
    """Collects the digests a worker has sent; at most a few thousand between two reports, the rest are not missed."""

    def __init__(self, fills: Fills, *, interval_s: float = 10.0) -> None:
        self._fills = fills
        self._interval_s = interval_s
        self._used: set[bytes] = set()

    def used(self, digest: bytes) -> None:
        """Note a use. Costs one set insertion."""
        if len(self._used) < _MOST:
            self._used.add(digest)

    async def run(self) -> None:
        """Report until cancelled."""
        while True:
            await asyncio.sleep(self._interval_s)
            if self._used:
                digests, self._used = tuple(self._used), set()
                try:
                    await self._fills.touch(digests)
                except FillerUnavailable:
                    continue  # the filler is being replaced; recency is a hint
