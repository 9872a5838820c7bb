from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine

import pytest

from edge.fill.collapse import Collapser, FetchAbandoned, Flight
from edge.lifecycle import Spawner


class Conversation:
    """Callers, one scripted fetch per key, and the transcript of what happened in which order."""

    def __init__(self, tasks: Spawner) -> None:
        self.collapser: Collapser[str] = Collapser(tasks)
        self.lines: list[str] = []
        self.release = asyncio.Event()
        self.started = asyncio.Event()
        self.both_started = asyncio.Event()

    async def fetch(self, flight: Flight[str]) -> None:
        self.lines.append("fetch starts")
        if self.started.is_set():
            self.both_started.set()
        self.started.set()
        await self.release.wait()
        self.lines.append("fetch lands")
        flight.land("stored")

    async def call(self, name: str, *, limit_s: float | None = None, key: str = "page") -> str:
        flight, collapsed = self.collapser.join(key, self.fetch)
        self.lines.append(f"{name} {'joins' if collapsed else 'leads'}")
        try:
            result = await flight.wait(limit_s=limit_s)
        except BaseException as exc:
            self.lines.append(f"{name} leaves: {type(exc).__name__}")
            raise
        self.lines.append(f"{name} gets {result}")
        return result


async def settle(tasks: Spawner, *, left: int = 0) -> None:
    """Wait until no more than ``left`` fetches run."""
    while len(tasks) > left:  # noqa: ASYNC110 - a Spawner has no event to wait for
        await asyncio.sleep(0)


@pytest.fixture
async def tasks() -> AsyncIterator[Spawner]:
    spawner = Spawner()
    yield spawner
    await spawner.aclose()


async def test_one_fetch_answers_everybody(tasks: Spawner) -> None:
    told = Conversation(tasks)
    async with asyncio.TaskGroup() as group:
        for name in ("anna", "ben", "cleo"):
            group.create_task(told.call(name))
        await told.started.wait()
        told.release.set()
    assert told.lines == [
        "anna leads",
        "ben joins",
        "cleo joins",
        "fetch starts",
        "fetch lands",
        "anna gets stored",
        "ben gets stored",
        "cleo gets stored",
    ]
    assert len(told.collapser) == 0


async def test_different_keys_are_fetched_at_the_same_time(tasks: Spawner) -> None:
    told = Conversation(tasks)
    async with asyncio.TaskGroup() as group:
        group.create_task(told.call("anna", key="a"))
        group.create_task(told.call("ben", key="b"))
        await told.both_started.wait()
        told.release.set()


async def test_the_leader_may_leave_and_the_fetch_goes_on(tasks: Spawner) -> None:
    told = Conversation(tasks)
    leader = asyncio.get_running_loop().create_task(told.call("anna"))
    await told.started.wait()
    async with asyncio.TaskGroup() as group:
        follower = group.create_task(told.call("ben"))
        await asyncio.sleep(0)
        leader.cancel()
        await asyncio.gather(leader, return_exceptions=True)
        told.release.set()
    assert follower.result() == "stored"
    assert told.lines == [
        "anna leads",
        "fetch starts",
        "ben joins",
        "anna leaves: CancelledError",
        "fetch lands",
        "ben gets stored",
    ]


async def test_the_fetch_goes_on_even_when_nobody_waits_any_more(tasks: Spawner) -> None:
    told = Conversation(tasks)
    with pytest.raises(TimeoutError):
        await told.call("anna", limit_s=0.01)
    told.release.set()
    await settle(tasks)
    assert told.lines[-1] == "fetch lands"


async def test_a_follower_waits_no_longer_than_its_limit(tasks: Spawner) -> None:
    told = Conversation(tasks)
    async with asyncio.TaskGroup() as group:
        leader = group.create_task(told.call("anna"))
        await told.started.wait()
        with pytest.raises(TimeoutError):
            await told.call("ben", limit_s=0.01)
        told.release.set()
    assert leader.result() == "stored"


async def test_who_comes_after_the_landing_starts_anew(tasks: Spawner) -> None:
    """A response that streams to its caller has landed long before it ends."""
    told = Conversation(tasks)
    streaming = asyncio.Event()

    async def lands_early(flight: Flight[str]) -> None:
        flight.land("pass")
        await streaming.wait()

    first, _ = told.collapser.join("page", lands_early)
    assert await first.wait(limit_s=1) == "pass"
    second, collapsed = told.collapser.join("page", told.fetch)
    assert not collapsed
    streaming.set()
    await told.started.wait()
    await settle(tasks, left=1)
    third, collapsed = told.collapser.join("page", told.fetch)
    assert (third, collapsed) == (second, True), "the end of the first must not forget the second"
    told.release.set()
    assert await third.wait(limit_s=1) == "stored"


class Broken(Exception):
    pass


async def breaks(_flight: Flight[str]) -> None:
    raise Broken


async def stays_silent(_flight: Flight[str]) -> None:
    pass


@pytest.mark.parametrize("fetch", [breaks, stays_silent])
async def test_a_fetch_without_a_result_lets_nobody_wait(
    tasks: Spawner, fetch: Callable[[Flight[str]], Coroutine[None, None, None]]
) -> None:
    told = Conversation(tasks)
    reported: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: reported.append(context.get("exception")))
    flight, _ = told.collapser.join("page", fetch)
    with pytest.raises(FetchAbandoned):
        await flight.wait(limit_s=1)
    await settle(tasks)
    assert [type(error) for error in reported] == ([Broken] if fetch is breaks else [])
    assert len(told.collapser) == 0


async def test_closing_ends_the_wait_of_everybody(tasks: Spawner) -> None:
    told = Conversation(tasks)
    flight, _ = told.collapser.join("page", told.fetch)
    await told.started.wait()
    await tasks.aclose()
    with pytest.raises(FetchAbandoned):
        await flight.wait(limit_s=1)
