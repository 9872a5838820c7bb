"""Good manners towards origins: fills go at the pace an origin bears, and leave it alone when it says so.

What visitors relay on their own is theirs and is not counted here.
"""

from __future__ import annotations

import asyncio
import enum
import heapq
import itertools
import math
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import msgspec

from edge.clock import monotonic_s
from edge.errors import EdgeError
from edge.policy.pace import taken, wait_s

_REPEATS = 2
"""Repeated requests to one origin at a time: what failed under load must not become load."""
_REPEAT_AFTER_S = 0.2


class NoTurn(EdgeError):
    """The origin's pace left no room in the time there was."""

    retryable = True
    status = 503


class Urgency(enum.IntEnum):
    """Whose turn is first when an origin has a pace."""

    PRODUCT = 0
    """A visitor waits for a page with a product of its own."""
    VISITOR = 1
    """A visitor waits."""
    REFRESH = 2
    """Nobody waits: what is stored is in use meanwhile."""


class Tempo(msgspec.Struct, frozen=True):
    """Where time and chance come from. ``later`` calls after so many seconds of the same clock."""

    monotonic_s: Callable[[], float] = monotonic_s
    later: Callable[[float, Callable[[], None]], object] = lambda delay_s, call: asyncio.get_running_loop().call_later(
        delay_s, call
    )
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    jitter: Callable[[], float] = random.random
    """Between 0 and 1."""


_TEMPO = Tempo()


class Manners:
    """One for all fills of a process, in one event loop."""

    def __init__(self, tempo: Tempo = _TEMPO) -> None:
        self._tempo = tempo
        self._lines: dict[str, _Line] = {}

    def __repr__(self) -> str:
        waiting = ", ".join(f"{name} {len(line.waiting)}" for name, line in self._lines.items())
        return f"<Manners {waiting or 'nobody waits'}>"

    async def turn(self, origin: str, rate: float | None, urgency: Urgency, *, limit_s: float) -> None:
        """Return when the origin may be asked. ``rate``: requests a second, None: at once. Raises NoTurn."""
        if rate is None:
            return
        line = self._line(origin)
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(line.waiting, (urgency, next(line.numbers), turn))
        self._move(line, rate)
        try:
            async with asyncio.timeout(limit_s):
                await turn
        except TimeoutError:
            raise NoTurn(f"origin {origin!r} is asked {rate:g} times a second, and more than that is wanted") from None

    def rest(self, origin: str, seconds: float, *, limited: bool) -> None:
        """The origin wants to be left alone for so long. ``limited``: it said so to the node as one of its clients."""
        line = self._line(origin)
        until = self._tempo.monotonic_s() + seconds
        line.rests_until = max(line.rests_until, until)
        if limited:
            line.limited_until = max(line.limited_until, until)

    def rests_s(self, origin: str, *, waited_for: bool) -> float:
        """Seconds for which the origin is to be left alone; 0 when it may be asked.

        ``waited_for``: a visitor waits. She may ask an origin that is merely in trouble, but not one that limits the
        node: there her own request does better.
        """
        line = self._line(origin)
        until = line.limited_until if waited_for else line.rests_until
        return max(0.0, until - self._tempo.monotonic_s())

    @asynccontextmanager
    async def repeating(self, origin: str, *, limit_s: float) -> AsyncIterator[None]:
        """For a request that failed and is sent once more: a moment later, and few at a time. Raises NoTurn."""
        line = self._line(origin)
        try:
            async with asyncio.timeout(limit_s):
                await line.repeats.acquire()
        except TimeoutError:
            raise NoTurn(f"origin {origin!r} fails too often to be asked again") from None
        try:
            await self._tempo.sleep(_REPEAT_AFTER_S * (0.5 + self._tempo.jitter()))
            yield
        finally:
            line.repeats.release()

    def _line(self, origin: str) -> _Line:
        return self._lines.setdefault(origin, _Line())

    def _move(self, line: _Line, rate: float) -> None:
        """Give the turns that have come, and see to it that this happens again when the next one comes."""
        while line.waiting:
            turn = line.waiting[0][2]
            if turn.done():  # its caller has left
                heapq.heappop(line.waiting)
                continue
            now = self._tempo.monotonic_s()
            delay_s = wait_s(line.due_at, rate, now=now)
            if delay_s > 0:
                self._move_later(line, rate, delay_s)
                return
            line.due_at = taken(line.due_at, rate, now=now)
            heapq.heappop(line.waiting)
            turn.set_result(None)

    def _move_later(self, line: _Line, rate: float, delay_s: float) -> None:
        def move() -> None:
            line.moves = False
            self._move(line, rate)

        if not line.moves:
            line.moves = True
            self._tempo.later(delay_s, move)


class _Line:
    """Those who wait for one origin."""

    def __init__(self) -> None:
        self.waiting: list[tuple[Urgency, int, asyncio.Future[None]]] = []
        self.numbers = itertools.count()
        self.due_at = -math.inf
        self.moves = False
        self.rests_until = -math.inf
        self.limited_until = -math.inf
        self.repeats = asyncio.Semaphore(_REPEATS)
