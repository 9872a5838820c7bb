"""Turns, rests and second attempts, on a clock that only the test moves."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import Callable

import pytest

from edge.fill.manners import Manners, NoTurn, Tempo, Urgency

SOON = 5.0


class Clock:
    """Seconds, and what was asked to be called when they have passed."""

    def __init__(self) -> None:
        self.now = 1000.0
        self._calls: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = itertools.count()

    def later(self, delay_s: float, call: Callable[[], None]) -> None:
        heapq.heappush(self._calls, (self.now + delay_s, next(self._numbers), call))

    async def sleep(self, _seconds: float) -> None:
        await asyncio.sleep(0)

    async def move(self, seconds: float) -> None:
        """Let time pass, with everything that is due on the way."""
        until = self.now + seconds
        await settle()
        while self._calls and self._calls[0][0] <= until:
            self.now, _, call = heapq.heappop(self._calls)
            call()
            await settle()
        self.now = until


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def manners(clock: Clock) -> Manners:
    return Manners(Tempo(monotonic_s=lambda: clock.now, later=clock.later, sleep=clock.sleep, jitter=lambda: 0.5))


async def gone(
    manners: Manners, names: list[str], urgency: dict[str, Urgency], order: list[str]
) -> list[asyncio.Task[None]]:
    async def go(name: str) -> None:
        await manners.turn("shop", 1.0, urgency.get(name, Urgency.VISITOR), limit_s=SOON)
        order.append(name)

    tasks = [asyncio.get_running_loop().create_task(go(name)) for name in names]
    await settle()
    return tasks


async def test_without_a_pace_everybody_goes_at_once(manners: Manners) -> None:
    for _ in range(100):
        await manners.turn("shop", None, Urgency.REFRESH, limit_s=0)


async def test_products_go_first_and_what_nobody_waits_for_last(manners: Manners, clock: Clock) -> None:
    order: list[str] = []
    urgency = {"refresh": Urgency.REFRESH, "product": Urgency.PRODUCT, "product too": Urgency.PRODUCT}
    tasks = await gone(manners, ["first", "refresh", "visitor", "product", "product too"], urgency, order)
    assert order == ["first"]
    await clock.move(1.0)
    assert order == ["first", "product"]
    await clock.move(3.0)
    assert order == ["first", "product", "product too", "visitor", "refresh"]
    await asyncio.gather(*tasks)


async def test_who_has_waited_too_long_is_told_and_takes_no_turn(clock: Clock) -> None:
    manners = Manners(Tempo(monotonic_s=lambda: clock.now, later=clock.later))
    await manners.turn("shop", 1.0, Urgency.VISITOR, limit_s=SOON)
    with pytest.raises(NoTurn, match="1 times a second"):
        await manners.turn("shop", 1.0, Urgency.PRODUCT, limit_s=0.01)
    order: list[str] = []
    tasks = await gone(manners, ["next"], {}, order)
    await clock.move(1.0)
    assert order == ["next"]
    await asyncio.gather(*tasks)


async def test_origins_do_not_wait_for_each_other(manners: Manners) -> None:
    for origin in ("one", "two", "three"):
        await manners.turn(origin, 0.001, Urgency.VISITOR, limit_s=SOON)


async def test_an_origin_that_limits_the_node_is_left_alone_by_all(manners: Manners, clock: Clock) -> None:
    manners.rest("shop", 10.0, limited=True)
    assert [manners.rests_s("shop", waited_for=waited) for waited in (True, False)] == [10.0, 10.0]
    await clock.move(4.0)
    manners.rest("shop", 3.0, limited=True)
    assert manners.rests_s("shop", waited_for=True) == 6.0, "a shorter rest does not end a longer one"
    assert manners.rests_s("other", waited_for=False) == 0.0
    await clock.move(6.0)
    assert manners.rests_s("shop", waited_for=False) == 0.0


async def test_an_origin_in_trouble_is_left_alone_by_what_nobody_waits_for(manners: Manners) -> None:
    manners.rest("shop", 10.0, limited=False)
    assert [manners.rests_s("shop", waited_for=waited) for waited in (True, False)] == [0.0, 10.0]


async def test_second_attempts_come_few_at_a_time(manners: Manners) -> None:
    at_once = most = 0
    go_on = asyncio.Event()

    async def repeat() -> None:
        nonlocal at_once, most
        async with manners.repeating("shop", limit_s=SOON):
            at_once += 1
            most = max(most, at_once)
            await go_on.wait()
            at_once -= 1

    tasks = [asyncio.get_running_loop().create_task(repeat()) for _ in range(6)]
    await settle()
    with pytest.raises(NoTurn):
        async with manners.repeating("shop", limit_s=0.01):
            pass
    go_on.set()
    await asyncio.gather(*tasks)
    assert most == 2


async def test_a_second_attempt_that_fails_makes_room_for_others(manners: Manners) -> None:
    for _ in range(5):
        with pytest.raises(ValueError, match="again"):
            async with manners.repeating("shop", limit_s=SOON):
                raise ValueError("failed again")
