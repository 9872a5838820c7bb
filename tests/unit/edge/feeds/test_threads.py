from __future__ import annotations

import asyncio
import threading

import pytest

from edge.feeds.threads import in_thread, in_thread_until
from edge.lifecycle import Spawner


async def test_what_a_thread_returns_and_raises_comes_back() -> None:
    assert await in_thread(divmod, 7, 2) == (3, 1)
    with pytest.raises(ZeroDivisionError):
        await in_thread(divmod, 7, 0)


async def test_who_is_cancelled_waits_for_the_thread_and_tells_it() -> None:
    stop, begun = threading.Event(), threading.Event()
    ended: list[bool] = []

    def body() -> None:
        begun.set()
        ended.append(stop.wait(10))

    async def waiting() -> None:
        await in_thread_until(stop, body)

    spawner = Spawner()
    spawner.start(waiting(), name="waiting")
    await asyncio.to_thread(begun.wait, 10)
    await spawner.aclose()
    assert ended == [True]
