"""What a worker sent lately, told to the filler now and then."""

from __future__ import annotations

import asyncio
from typing import Protocol

from edge.fill.protocol import Fills
from edge.http.recency import Recency
from edge.lifecycle import running


class Listener(Fills, Protocol):
    touched: list[tuple[bytes, ...]]
    dead: bool
    called: asyncio.Event


def digest(number: int) -> bytes:
    return number.to_bytes(16, "big")


async def reported(recency: Recency, told: Listener) -> None:
    """Run until the filler was told once."""
    told.called.clear()
    async with asyncio.timeout(10), running(recency=recency.run()):
        await told.called.wait()


async def test_an_entry_sent_often_is_named_once(told: Listener) -> None:
    recency = Recency(told, interval_s=0.001)
    for number in (1, 2, 1, 1):
        recency.used(digest(number))
    await reported(recency, told)
    assert [sorted(digests) for digests in told.touched] == [[digest(1), digest(2)]]


async def test_a_report_names_what_was_sent_since_the_last_one(told: Listener) -> None:
    recency = Recency(told, interval_s=0.001)
    recency.used(digest(1))
    await reported(recency, told)
    recency.used(digest(2))
    await reported(recency, told)
    assert told.touched == [(digest(1),), (digest(2),)]


async def test_a_report_is_bounded_whatever_is_sent(told: Listener) -> None:
    recency = Recency(told, interval_s=0.001)
    for number in range(10_000):
        recency.used(digest(number))
    await reported(recency, told)
    assert len(told.touched[0]) == 4096


async def test_a_filler_that_is_replaced_loses_a_hint_and_nothing_else(told: Listener) -> None:
    recency = Recency(told, interval_s=0.001)
    told.dead = True
    recency.used(digest(1))
    await reported(recency, told)
    told.dead = False
    recency.used(digest(2))
    await reported(recency, told)
    assert told.touched == [(digest(2),)]
