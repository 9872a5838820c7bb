"""Good manners towards origins: fills go as fast as an origin bears, and leave it alone when it says so.

Three bounds, each its own: the pace an operator states, what the origin itself asks for (429, Retry-After), and how
many pages at a time it has been seen to answer. What visitors relay on their own is theirs and is not counted here.
"""

from __future__ import annotations

import asyncio
import enum
import math
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import msgspec
from cachetools import TTLCache

from edge.clock import monotonic_s
from edge.errors import EdgeError
from edge.fill.turns import Turn, Turns
from edge.policy.pace import Window, after_answer, after_stumble, taken, wait_s

_REPEAT_AFTER_S = 0.2
_HOPELESS_S = 60.0
"""How long a page that failed twice is neither repeated nor blamed on the origin."""
_KEYS = 10_000


class NoTurn(EdgeError):
    """The origin has no room for one more request in the time there is."""

    retryable = True
    status = 503


class Urgency(enum.IntEnum):
    """Whose turn is first."""

    REPEAT = 0
    """Failed once, and a visitor has waited for it already."""
    PRODUCT = 1
    """A visitor waits for a page with a product of its own."""
    VISITOR = 2
    """A visitor waits."""
    REFRESH = 3
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
        return f"<Manners {', '.join(f'{name} {line!r}' for name, line in self._lines.items()) or 'nobody waits'}>"

    @asynccontextmanager
    async def place(self, origin: str, urgency: Urgency, *, limit_s: float) -> AsyncIterator[None]:
        """Be one of the pages the origin is asked for at a time, for as long as the block. Raises NoTurn.

        A repeat is the only one meanwhile: shops whose database locks fail under two writers as well as under fifty.
        """
        line = self._line(origin)
        turn = line.pages.join(urgency)
        line.seat()
        try:
            await _come(turn, limit_s, f"origin {origin!r} is asked for {line.window.whole} pages at a time")
            yield
        finally:
            if turn.done() and not turn.cancelled():
                line.rise()

    async def turn(self, origin: str, rate: float | None, urgency: Urgency, *, limit_s: float) -> None:
        """Return when the origin may be asked. ``rate``: requests a second, None: at once. Raises NoTurn."""
        if rate is None:
            return
        line = self._line(origin)
        turn = line.turns.join(urgency)
        self._move(line, rate)
        await _come(turn, limit_s, f"origin {origin!r} is asked {rate:g} times a second, and more than that is wanted")

    async def pause(self) -> None:
        """A moment before a request that failed is sent once more, never the same for two."""
        await self._tempo.sleep(_REPEAT_AFTER_S * (0.5 + self._tempo.jitter()))

    def answered(self, origin: str) -> None:
        """The origin answered well."""
        line = self._line(origin)
        line.window = after_answer(line.window)

    def stumbled(self, origin: str, key: str) -> None:
        """It did not, over a page that is not known to be broken itself."""
        line = self._line(origin)
        if key not in line.hopeless:
            line.window = after_stumble(line.window)

    def give_up(self, origin: str, key: str) -> None:
        """The page failed a second time."""
        self._line(origin).hopeless[key] = True

    def hopeless(self, origin: str, key: str) -> bool:
        """The page failed twice lately: asking once more would be in vain."""
        return key in self._line(origin).hopeless

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

    def _line(self, origin: str) -> _Line:
        if origin not in self._lines:
            self._lines[origin] = _Line(self._tempo.monotonic_s)
        return self._lines[origin]

    def _move(self, line: _Line, rate: float) -> None:
        """Give the turns that have come, and see to it that this happens again when the next one comes."""
        while line.turns.first is not None:
            now = self._tempo.monotonic_s()
            delay_s = wait_s(line.due_at, rate, now=now)
            if delay_s > 0:
                self._move_later(line, rate, delay_s)
                return
            line.due_at = taken(line.due_at, rate, now=now)
            line.turns.give()

    def _move_later(self, line: _Line, rate: float, delay_s: float) -> None:
        def move() -> None:
            line.moves = False
            self._move(line, rate)

        if not line.moves:
            line.moves = True
            self._tempo.later(delay_s, move)


class _Line:
    """One origin: who waits for it, and what it bears."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.turns = Turns()
        self.due_at = -math.inf
        self.moves = False
        self.pages = Turns()
        self.window = Window()
        self.under_way = 0
        self.alone = False
        self.rests_until = -math.inf
        self.limited_until = -math.inf
        self.hopeless: TTLCache[str, bool] = TTLCache(_KEYS, _HOPELESS_S, clock)

    def __repr__(self) -> str:
        return f"{self.under_way} of {self.window.whole} under way"

    def seat(self) -> None:
        """Give the places there are."""
        while not self.alone and (first := self.pages.first) is not None:
            repeat = first == Urgency.REPEAT
            if self.under_way >= (1 if repeat else self.window.whole):
                return
            self.under_way, self.alone = self.under_way + 1, repeat
            self.pages.give()

    def rise(self) -> None:
        """A place is free again."""
        self.under_way, self.alone = self.under_way - 1, False
        self.seat()


async def _come(turn: Turn, limit_s: float, why: str) -> None:
    try:
        async with asyncio.timeout(limit_s):
            await turn
    except TimeoutError:
        raise NoTurn(why) from None
