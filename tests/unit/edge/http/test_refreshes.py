"""Refreshes behind the visitor's back: once, not once per visitor."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Protocol

from edge.fill.protocol import FillRequest, Fills
from edge.http.refreshes import Refreshes
from edge.lifecycle import Spawner

RequestFor = Callable[[str], FillRequest]


class Listener(Fills, Protocol):
    refreshed: list[str]
    dead: bool


class Clock:
    now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


@asynccontextmanager
async def refreshes(fills: Fills, clock: Clock) -> AsyncIterator[tuple[Refreshes, Spawner]]:
    spawner = Spawner()
    yield Refreshes(fills, spawner, monotonic_s=clock), spawner
    await spawner.aclose()


async def ended(spawner: Spawner) -> None:
    """Let every asking that was started come to its end: one turn of the loop begins it, the next takes note."""
    for _ in range(2):
        await asyncio.sleep(0)
    assert len(spawner) == 0


async def test_a_thousand_visitors_of_a_stale_page_ask_once(told: Listener, request_for: RequestFor) -> None:
    async with refreshes(told, Clock()) as (wishes, spawner):
        for _ in range(1000):
            wishes.ask("page", lambda: request_for("page"))
        await ended(spawner)
    assert told.refreshed == ["page"]


async def test_each_page_is_asked_for_on_its_own(told: Listener, request_for: RequestFor) -> None:
    async with refreshes(told, Clock()) as (wishes, spawner):
        wishes.ask("one", lambda: request_for("one"))
        wishes.ask("other", lambda: request_for("other"))
        await ended(spawner)
    assert sorted(told.refreshed) == ["one", "other"]


async def test_a_page_that_is_still_stale_a_second_later_is_asked_for_again(
    told: Listener, request_for: RequestFor
) -> None:
    clock = Clock()
    async with refreshes(told, clock) as (wishes, spawner):
        wishes.ask("page", lambda: request_for("page"))
        clock.now_s += 0.9
        wishes.ask("page", lambda: request_for("page"))
        await ended(spawner)
        assert told.refreshed == ["page"]
        clock.now_s += 0.2
        wishes.ask("page", lambda: request_for("page"))
        await ended(spawner)
    assert told.refreshed == ["page", "page"]


async def test_while_the_filler_is_replaced_the_next_visitor_asks_again_at_once(
    told: Listener, request_for: RequestFor
) -> None:
    async with refreshes(told, Clock()) as (wishes, spawner):
        told.dead = True
        wishes.ask("page", lambda: request_for("page"))
        await ended(spawner)
        told.dead = False
        wishes.ask("page", lambda: request_for("page"))
        await ended(spawner)
    assert told.refreshed == ["page"]
