"""Good manners in whole fills: real origins that limit, stumble and ask to be left alone."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from edge.fill.kind_memory import FIRST_PAGES
from edge.fill.protocol import Outcome
from edge.fill.rules import OriginRule
from edge.lifecycle import running

if TYPE_CHECKING:
    from tests.unit.edge.fill.conftest import Answer, Node, StartNode, StartOrigin, Wire

URL = "/product/mug"
PAGE = b'<html><body><p class="price">$19.99</p></body></html>'


async def fine(wire: Wire) -> None:
    await wire.respond(PAGE, content_type="text/html")


def says(status: int, **fields: str) -> Answer:
    async def answer(wire: Wire) -> None:
        await wire.respond(b"not now", status=status, **{"content_type": "text/html", **fields})

    return answer


async def fill(node: Node, target: str = URL, **flags: bool) -> str:
    return await node.outcome(target, "product", (), **flags)


async def test_a_429_is_never_stored_and_the_visitor_asks_on_her_own(
    start_origin: StartOrigin, start_node: StartNode
) -> None:
    origin = await start_origin(says(429, retry_after="20"))
    node = await start_node(origin)
    assert [await fill(node), await fill(node), await fill(node, "/product/cup")] == ["pass origin-rests"] * 3
    assert len(origin.requests) == 1, "it was told not to ask"
    assert node.copy(URL) is None
    origin.answer = fine
    node.ahead_ms += 20_000
    assert await fill(node) == "stored"


async def test_a_429_leaves_the_stale_copy_in_use(start_origin: StartOrigin, start_node: StartNode) -> None:
    origin = await start_origin(fine)
    node = await start_node(origin)
    await fill(node)
    origin.answer = says(429)
    answer, _ = await node.get(URL, "product")
    assert (answer.outcome, answer.reason, answer.error_status) == (Outcome.DOWN, "origin-rests", 503)
    assert answer.retry_after_s is not None
    assert 20 < answer.retry_after_s <= 30
    assert await fill(node) == "down origin-rests"
    assert len(origin.requests) == 3
    assert node.stored_body(URL) == PAGE
    assert node.told_up(), "it answers, only not us"


async def test_no_refresh_disturbs_an_origin_that_rests(start_origin: StartOrigin, start_node: StartNode) -> None:
    origin = await start_origin(fine)
    node = await start_node(origin)
    await fill(node)
    origin.answer = says(503, retry_after="60")
    assert await fill(node, background=True) == "down origin-status-503"
    assert await fill(node, background=True) == "down origin-rests"
    await node.filler.refresh(node.ask("/product/cup", "product", background=True))
    await node.quiet()
    assert len(origin.requests) == 3
    origin.answer = fine
    assert await fill(node, "/product/new") == "stored", "a visitor may try"


async def test_a_plain_429_is_not_stored_though_it_says_it_may_be(
    start_origin: StartOrigin, start_node: StartNode
) -> None:
    origin = await start_origin(says(429, cache_control="public, max-age=600"))
    node = await start_node(origin)
    answer, body = await node.get("/a")
    assert (answer.outcome, answer.status, answer.storing, body) == (Outcome.STREAM, 429, False, b"not now")
    assert node.copy("/a") is None


async def test_a_failure_that_a_second_attempt_mends_is_seen_by_nobody(
    start_origin: StartOrigin, start_node: StartNode
) -> None:
    """A shop on SQLite fails some of a burst: database is locked."""
    failed: set[str] = set()

    async def locked(wire: Wire) -> None:
        if wire.target not in failed:
            failed.add(wire.target)
            await wire.respond(b"database is locked", status=500)
        else:
            await fine(wire)

    origin = await start_origin(locked)
    node = await start_node(origin)
    async with running(health=node.parts.health.run()):
        outcomes = await asyncio.gather(*(fill(node, f"/product/{number}") for number in range(50)))
    assert outcomes == ["stored"] * 50
    assert "GET /" not in origin.requests, "nothing gave cause to ask whether it is up"
    assert 100 + FIRST_PAGES <= len(origin.requests) <= 150, "once in vain, then again; the first by two strangers"


async def test_a_failure_is_tried_once_more_and_no_more(start_origin: StartOrigin, start_node: StartNode) -> None:
    origin = await start_origin(says(500))
    node = await start_node(origin)
    answer, body = await node.get(URL, "product")
    assert (answer.outcome, answer.status, body) == (Outcome.STREAM, 500, b"not now")
    assert len(origin.requests) == 2
    assert node.copy(URL) is None
    await fill(node)
    assert len(origin.requests) == 3, "it is known to be in vain for a while"
    node.ahead_ms += 61_000
    origin.answer = fine
    assert await fill(node) == "stored"


async def test_with_a_copy_to_send_a_failure_is_not_repeated(start_origin: StartOrigin, start_node: StartNode) -> None:
    origin = await start_origin(fine)
    node = await start_node(origin)
    await fill(node)
    origin.answer = says(500)
    assert await fill(node) == "down origin-status-500"
    assert len(origin.requests) == 3


async def test_routes_that_the_rfcs_decide_are_not_repeated(start_origin: StartOrigin, start_node: StartNode) -> None:
    origin = await start_origin(says(500))
    assert await (await start_node(origin)).outcome("/a") == "stream status"
    assert len(origin.requests) == 1


async def test_an_origin_that_is_down_is_not_asked_twice(start_origin: StartOrigin, start_node: StartNode) -> None:
    origin = await start_origin(says(500))
    node = await start_node(origin)
    for _ in range(5):
        await node.parts.health.failed("shop")
    assert not node.told_up()
    answer, _ = await node.get(URL, "product")
    assert answer.reason == "breaker-open"
    assert origin.requests == []


async def test_fills_keep_the_pace_and_count_both_strangers(start_origin: StartOrigin, start_node: StartNode) -> None:
    origin = await start_origin(fine)
    node = await start_node(origin, origins={"shop": OriginRule(pace=40.0)}, turn_limit_s=5.0)
    loop = asyncio.get_running_loop()
    started = loop.time()
    outcomes = await asyncio.gather(*(fill(node, f"/product/{number}") for number in range(30)))
    assert outcomes == ["stored"] * 30
    assert len(origin.requests) == 60
    assert loop.time() - started >= 20 / 40 - 0.05, "40 of the 60 at once, the others in turn"


async def test_who_cannot_wait_for_a_turn_relays_or_uses_what_is_stale(
    start_origin: StartOrigin, start_node: StartNode
) -> None:
    origin = await start_origin(fine)
    node = await start_node(origin, origins={"shop": OriginRule(pace=2.0)}, turn_limit_s=0.05)
    assert await fill(node) == "stored"
    assert await fill(node, "/product/cup") == "pass origin-pace"
    assert await fill(node) == "down origin-pace"
    assert len(origin.requests) == 2
