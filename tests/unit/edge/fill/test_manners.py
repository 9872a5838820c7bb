"""Turns, rests and second attempts, on a clock that only the test moves."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import AsyncIterator, Callable

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


class Crowd:
    """Pages under way, each until it is let go."""

    def __init__(self, manners: Manners) -> None:
        self._manners = manners
        self._tasks: dict[str, tuple[asyncio.Task[None], asyncio.Event]] = {}
        self.under_way: list[str] = []

    async def ask(self, *names: str, urgency: Urgency = Urgency.VISITOR) -> None:
        for name in names:
            done = asyncio.Event()
            self._tasks[name] = asyncio.get_running_loop().create_task(self._go(name, urgency, done)), done
        await settle()

    async def _go(self, name: str, urgency: Urgency, done: asyncio.Event) -> None:
        async with self._manners.place("shop", urgency, limit_s=SOON):
            self.under_way.append(name)
            try:
                await done.wait()
            finally:
                self.under_way.remove(name)

    async def end(self, *names: str) -> None:
        for name in names:
            self._tasks[name][1].set()
        await settle()

    async def aclose(self) -> None:
        for task, _ in self._tasks.values():
            task.cancel()
        await settle()

    async def leave(self, name: str) -> None:
        """The caller is cancelled."""
        self._tasks[name][0].cancel()
        await settle()


@pytest.fixture
async def crowd(manners: Manners) -> AsyncIterator[Crowd]:
    crowd = Crowd(manners)
    yield crowd
    await crowd.aclose()


NAMES = [f"page {number}" for number in range(12)]


async def test_an_origin_that_nothing_is_known_of_is_asked_for_eight_pages_at_a_time(crowd: Crowd) -> None:
    await crowd.ask(*NAMES)
    assert crowd.under_way == NAMES[:8]
    await crowd.end("page 0", "page 1")
    assert crowd.under_way == NAMES[2:10]


async def test_an_origin_that_answers_is_asked_for_more(crowd: Crowd, manners: Manners) -> None:
    for _ in range(4):
        manners.answered("shop")
    await crowd.ask(*NAMES)
    assert crowd.under_way == NAMES


async def test_an_origin_that_stumbles_is_asked_for_fewer(crowd: Crowd, manners: Manners) -> None:
    await crowd.ask(*NAMES)
    for name in NAMES[:2]:
        manners.stumbled("shop", name)
    await crowd.end(*NAMES[:6])
    assert crowd.under_way == NAMES[6:8], "those that were under way go on"
    await crowd.end(*NAMES[6:8])
    assert crowd.under_way == NAMES[8:10]


async def test_a_page_that_failed_twice_is_not_blamed_on_the_origin_for_a_minute(
    crowd: Crowd, manners: Manners, clock: Clock
) -> None:
    manners.give_up("shop", "broken")
    assert manners.hopeless("shop", "broken")
    for _ in range(5):
        manners.stumbled("shop", "broken")
    await crowd.ask(*NAMES)
    assert len(crowd.under_way) == 8
    await clock.move(61)
    assert not manners.hopeless("shop", "broken")


async def test_a_repeat_goes_first_and_alone(crowd: Crowd) -> None:
    await crowd.ask("one", "two")
    await crowd.ask("again", "and again", urgency=Urgency.REPEAT)
    await crowd.ask("three", urgency=Urgency.PRODUCT)
    assert crowd.under_way == ["one", "two"]
    await crowd.end("one")
    assert crowd.under_way == ["two"]
    await crowd.end("two")
    assert crowd.under_way == ["again"]
    await crowd.end("again")
    assert crowd.under_way == ["and again"]
    await crowd.end("and again")
    assert crowd.under_way == ["three"]


async def test_who_leaves_takes_no_place_with_him(crowd: Crowd) -> None:
    await crowd.ask(*NAMES)
    await crowd.leave("page 8")
    await crowd.leave("page 0")
    assert crowd.under_way == [*NAMES[1:8], "page 9"]
    await crowd.end(*NAMES[1:8])
    assert crowd.under_way == ["page 9", "page 10", "page 11"]


async def test_without_a_place_in_time_one_is_told(manners: Manners, crowd: Crowd) -> None:
    await crowd.ask(*NAMES[:8])
    with pytest.raises(NoTurn, match="8 pages at a time"):
        async with manners.place("shop", Urgency.PRODUCT, limit_s=0.01):
            pass
    await crowd.end("page 0")
    await crowd.ask("next")
    assert "next" in crowd.under_way


async def test_a_moment_passes_before_a_repeat(clock: Clock) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    chances = iter([0.0, 1.0])
    manners = Manners(Tempo(monotonic_s=lambda: clock.now, sleep=sleep, jitter=lambda: next(chances)))
    for _ in range(2):
        await manners.pause()
    assert slept == [pytest.approx(0.1), pytest.approx(0.3)]
