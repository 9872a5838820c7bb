"""Who waits for a turn: the most urgent first, and among equals who came first."""

from __future__ import annotations

import asyncio
import heapq
import itertools

Turn = asyncio.Future[None]
"""Done when it has come. Cancelled when its caller has left."""


class Turns:
    """A queue with priorities, for one event loop."""

    def __init__(self) -> None:
        self._heap: list[tuple[int, int, Turn]] = []
        self._numbers = itertools.count()

    def __len__(self) -> int:
        return len(self._heap)

    def join(self, urgency: int) -> Turn:
        """Wait from now on; lower numbers first."""
        turn: Turn = asyncio.get_running_loop().create_future()
        heapq.heappush(self._heap, (urgency, next(self._numbers), turn))
        return turn

    @property
    def first(self) -> int | None:
        """Urgency of the one whose turn is next; None when nobody is there to be given one."""
        while self._heap and self._heap[0][2].done():
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def give(self) -> None:
        """The first one's turn has come. Only while there is one."""
        heapq.heappop(self._heap)[2].set_result(None)
