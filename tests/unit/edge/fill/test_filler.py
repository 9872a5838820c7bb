"""Conversations between callers, the filler, a real origin and a real store."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import msgspec
import pytest

from edge.errors import OriginError
from edge.fill.protocol import FillAnswer, Outcome

if TYPE_CHECKING:
    from tests.unit.edge.fill.conftest import Node, StartNode, StartOrigin, Wire


async def cacheable(wire: Wire) -> None:
    await wire.respond(b"body of " + wire.target.encode(), cache_control="max-age=60")


async def uncacheable(wire: Wire) -> None:
    await wire.respond(b"yours", cache_control="private")


async def test_a_miss_streams_to_its_caller_and_is_stored(start_origin: StartOrigin, start_node: StartNode) -> None:
    origin = await start_origin(cacheable)
    node = await start_node(origin)
    answer, body = await node.get("/a")
    assert (answer.outcome, answer.status, body) == (Outcome.STREAM, 200, b"body of /a")
    assert node.stored_body("/a") == b"body of /a"
    copy = node.copy("/a")
    assert copy is not None
    assert (copy.entry.lifetime.ttl, copy.entry.status, copy.entry.origin) == (60, 200, "shop")


async def test_two_hundred_callers_reach_the_origin_once(start_origin: StartOrigin, start_node: StartNode) -> None:
    release = asyncio.Event()

    async def answer(wire: Wire) -> None:
        await release.wait()
        await cacheable(wire)

    origin = await start_origin(answer)
    node = await start_node(origin, origin_fields={"first_byte_timeout": 5.0})
    async with asyncio.TaskGroup() as group:
        calls = [group.create_task(node.get("/a")) for _ in range(200)]
        while not origin.requests:  # noqa: ASYNC110 - the origin is not in the test's hands
            await asyncio.sleep(0.01)
        release.set()
    outcomes = [task.result()[0].outcome for task in calls]
    assert origin.requests == ["GET /a"]
    assert outcomes.count(Outcome.STREAM) == 1
    assert outcomes.count(Outcome.STORED) == 199
    assert sum(task.result()[0].collapsed for task in calls) == 199


async def test_the_caller_gets_bytes_before_the_origin_has_sent_the_last(
    start_origin: StartOrigin, start_node: StartNode
) -> None:
    release = asyncio.Event()

    async def answer(wire: Wire) -> None:
        await wire.send(b"HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 10\r\n\r\nfirst")
        await release.wait()
        await wire.send(b" last")

    node = await start_node(await start_origin(answer), origin_fields={"first_byte_timeout": 5.0})
    async with node.filler.fill(node.ask("/a")) as result:
        pieces = result.body()
        assert await anext(pieces) == b"first"
        assert node.stored_body("/a") is None
        release.set()
        assert [piece async for piece in pieces] == [b" last"]
    await node.quiet()
    assert node.stored_body("/a") == b"first last"


async def test_a_caller_who_leaves_does_not_end_a_fill_that_can_be_stored(
    start_origin: StartOrigin, start_node: StartNode
) -> None:
    release = asyncio.Event()

    async def answer(wire: Wire) -> None:
        await wire.send(b"HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 10\r\n\r\nfirst")
        await release.wait()
        await wire.send(b" last")

    node = await start_node(await start_origin(answer), origin_fields={"first_byte_timeout": 5.0})
    async with node.filler.fill(node.ask("/a")) as result:
        assert await anext(result.body()) == b"first"
    release.set()
    await node.quiet()
    assert node.stored_body("/a") == b"first last"


async def test_a_caller_who_leaves_ends_a_fetch_that_is_only_for_him(
    start_origin: StartOrigin, start_node: StartNode
) -> None:
    gone = asyncio.Event()

    async def answer(wire: Wire) -> None:
        await wire.send(b"HTTP/1.1 200 OK\r\nCache-Control: private\r\n\r\n")
        try:
            while True:
                await wire.send(b"x" * 10_000)
                await asyncio.sleep(0)
        except ConnectionError:
            gone.set()
            raise

    node = await start_node(await start_origin(answer))
    async with node.filler.fill(node.ask("/a")) as result:
        await anext(result.body())
    await node.quiet()
    async with asyncio.timeout(5):
        await gone.wait()


async def test_what_is_not_for_the_store_goes_to_its_caller_and_passes_for_the_rest(
    start_origin: StartOrigin, start_node: StartNode
) -> None:
    release = asyncio.Event()

    async def answer(wire: Wire) -> None:
        await release.wait()
        await uncacheable(wire)

    origin = await start_origin(answer)
    node = await start_node(origin, origin_fields={"first_byte_timeout": 5.0})
    async with asyncio.TaskGroup() as group:
        calls = [group.create_task(node.outcome("/mine")) for _ in range(3)]
        while not origin.requests:  # noqa: ASYNC110 - the origin is not in the test's hands
            await asyncio.sleep(0.01)
        release.set()
    assert [task.result() for task in calls] == ["stream private", "pass private", "pass private"]
    assert origin.requests == ["GET /mine"]
    assert node.stored_body("/mine") is None


async def test_those_who_share_nothing_do_not_wait_for_its_last_byte(
    start_origin: StartOrigin, start_node: StartNode
) -> None:
    begun, release = asyncio.Event(), asyncio.Event()

    async def answer(wire: Wire) -> None:
        await begun.wait()
        await wire.send(b"HTTP/1.1 200 OK\r\nCache-Control: no-store\r\nContent-Length: 4\r\n\r\nha")
        await release.wait()
        await wire.send(b"lf")

    node = await start_node(await start_origin(answer), origin_fields={"first_byte_timeout": 5.0})
    async with asyncio.TaskGroup() as group:
        first = group.create_task(node.get("/mine"))
        await asyncio.sleep(0)
        second = group.create_task(_answer(node, "/mine"))
        begun.set()
        assert (await second).outcome is Outcome.PASS
        assert not first.done()
        release.set()
    assert first.result()[1] == b"half"


async def _answer(node: Node, target: str) -> FillAnswer:
    async with node.filler.fill(node.ask(target)) as result:
        return result.answer


async def test_hit_for_miss_is_remembered_and_forgotten_in_time(
    start_origin: StartOrigin, start_node: StartNode
) -> None:
    origin = await start_origin(uncacheable)
    node = await start_node(origin, unshared_s=0.2)
    assert await node.outcome("/mine") == "stream private"
    assert await node.outcome("/mine") == "pass hit-for-miss:private"
    assert origin.requests == ["GET /mine"]
    origin.answer = cacheable
    await asyncio.sleep(0.25)
    assert await node.outcome("/mine") == "stream"
    assert node.stored_body("/mine") == b"body of /mine"


PERSONAL = [
    ((("Cookie", "cart=3"),), "cookie"),
    ((("Cache-Control", "no-store"),), "request-no-store"),
    ((("Range", "bytes=0-99"), ("Cookie", "cart=3")), "cookie"),
]


@pytest.mark.parametrize(("fields", "reason"), PERSONAL)
async def test_a_request_for_one_visitor_alone_is_not_made_here(
    start_origin: StartOrigin, start_node: StartNode, fields: tuple[tuple[str, str], ...], reason: str
) -> None:
    origin = await start_origin(cacheable)
    node = await start_node(origin)
    assert await node.outcome("/a", None, fields) == f"pass {reason}"
    assert origin.requests == []


async def test_an_asset_is_fetched_without_the_visitors_cookies(
    start_origin: StartOrigin, start_node: StartNode
) -> None:
    origin = await start_origin(cacheable)
    node = await start_node(origin)
    assert await node.outcome("/style.css", None, (("Cookie", "session=secret"),)) == "stream"
    assert b"secret" not in origin.heads[0]
    assert node.stored_body("/style.css") == b"body of /style.css"


async def test_an_asset_that_needs_the_cookies_is_left_to_the_visitor(
    start_origin: StartOrigin, start_node: StartNode
) -> None:
    async def answer(wire: Wire) -> None:
        await wire.respond(b"sign in first", status=403)

    node = await start_node(await start_origin(answer))
    cookie = (("Cookie", "session=secret"),)
    assert await node.outcome("/private.png", None, cookie) == "pass status"
    assert await node.outcome("/private.png", None, cookie) == "pass hit-for-miss:status"


async def test_variants_are_stored_side_by_side(start_origin: StartOrigin, start_node: StartNode) -> None:
    async def answer(wire: Wire) -> None:
        language = wire.field("Accept-Language") or "none"
        await wire.respond(language.encode(), cache_control="max-age=60", vary="Accept-Language")

    origin = await start_origin(answer)
    node = await start_node(origin)
    german, french = (("Accept-Language", "de"),), (("Accept-Language", "fr"),)
    async with asyncio.TaskGroup() as group:
        calls = [group.create_task(node.outcome("/a", None, fields)) for fields in (german, french, german)]
    assert sorted(task.result() for task in calls) == ["stored", "stream", "stream"]
    assert len(origin.requests) == 2, "one for each language, although nothing was known of Vary at first"
    assert node.stored_body("/a", fields=german) == b"de"
    assert node.stored_body("/a", fields=french) == b"fr"


async def test_a_body_without_a_stated_length_may_turn_out_too_large(
    start_origin: StartOrigin, start_node: StartNode
) -> None:
    async def answer(wire: Wire) -> None:
        await wire.send(b"HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\n\r\n" + b"x" * 300_000)
        wire.close()

    node = await start_node(await start_origin(answer))
    answer_, body = await node.get("/large")
    assert (answer_.outcome, len(body)) == (Outcome.STREAM, 300_000)
    assert node.stored_body("/large") is None
    assert await node.outcome("/large") == "pass hit-for-miss:max-object"


async def test_a_stale_copy_is_freshened_by_a_304(start_origin: StartOrigin, start_node: StartNode) -> None:
    async def answer(wire: Wire) -> None:
        if wire.field("If-None-Match") == '"v1"':
            await wire.send(b'HTTP/1.1 304 Not Modified\r\nETag: "v1"\r\nCache-Control: max-age=99\r\n\r\n')
        else:
            await wire.respond(b"first", etag='"v1"', cache_control="max-age=1")

    origin = await start_origin(answer)
    node = await start_node(origin)
    await node.get("/a")
    assert await node.outcome("/a") == "stored"
    copy = node.copy("/a")
    assert copy is not None
    assert copy.entry.lifetime.ttl == 99
    assert node.stored_body("/a") == b"first"
    assert origin.requests == ["GET /a", "GET /a"]


async def test_a_304_about_another_response_leads_to_asking_for_the_whole(
    start_origin: StartOrigin, start_node: StartNode
) -> None:
    async def answer(wire: Wire) -> None:
        if wire.field("If-None-Match") is not None:
            await wire.send(b'HTTP/1.1 304 Not Modified\r\nETag: "v2"\r\n\r\n')
        else:
            await wire.respond(b"whole", etag='"v1"', cache_control="max-age=1")

    origin = await start_origin(answer)
    node = await start_node(origin)
    await node.get("/a")
    assert await node.outcome("/a") == "stream"
    assert len(origin.requests) == 3


async def half_a_body(wire: Wire) -> None:
    await wire.send(b"HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 100\r\n\r\nhalf")
    wire.close()


async def chunks_without_an_end(wire: Wire) -> None:
    await wire.send(b"HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n")
    wire.reset()


async def silence_mid_body(wire: Wire) -> None:
    await wire.send(b"HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 100\r\n\r\nhalf")
    await asyncio.Event().wait()


@pytest.mark.parametrize("answer", [half_a_body, chunks_without_an_end, silence_mid_body])
async def test_half_a_body_is_neither_stored_nor_taken_for_a_whole(
    start_origin: StartOrigin, start_node: StartNode, answer: object
) -> None:
    origin = await start_origin(cacheable)
    node = await start_node(origin)
    await node.get("/a")
    origin.answer = answer  # type: ignore[assignment]  # one of the three above
    async with node.filler.fill(node.ask("/a")) as result:
        reader = result.body()
        assert await anext(reader) == b"half"
        with pytest.raises(OriginError):
            await anext(reader)
    await node.quiet()
    assert node.stored_body("/a") == b"body of /a"


async def test_a_drip_is_not_waited_for_by_anyone_else(start_origin: StartOrigin, start_node: StartNode) -> None:
    """Each byte comes within the limit, so no timeout of the origin ever strikes."""
    stop = asyncio.Event()

    async def answer(wire: Wire) -> None:
        await wire.send(b"HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\n\r\n")
        while not stop.is_set():
            await wire.send(b".")
            await asyncio.sleep(0.01)
        wire.close()

    node = await start_node(await start_origin(answer), wait_limit_s=0.2)
    async with node.filler.fill(node.ask("/a")) as first:
        assert await anext(first.body()) == b"."
        async with node.filler.fill(node.ask("/a")) as second:
            assert second.answer.outcome is Outcome.PASS
        assert second.answer.reason in {"slow", "collapse-timeout"}
    await node.quiet()  # with the visitor gone, the fetch ends by itself
    assert node.stored_body("/a") is None
    stop.set()


async def fails(wire: Wire) -> None:
    await wire.respond(b"sorry", status=503, retry_after="7")


async def test_an_error_gives_way_to_a_copy_that_may_stand_in_for_it(
    start_origin: StartOrigin, start_node: StartNode
) -> None:
    async def answer(wire: Wire) -> None:
        await wire.respond(b"good", cache_control="max-age=0, stale-if-error=600")

    origin = await start_origin(answer)
    node = await start_node(origin)
    await node.get("/a")
    origin.answer = fails
    answer_, _ = await node.get("/a")
    assert (answer_.outcome, answer_.reason) == (Outcome.DOWN, "origin-status-503")
    assert (answer_.error_status, answer_.retry_after_s) == (503, 7)
    assert node.stored_body("/a") == b"good"


async def test_an_error_without_a_copy_goes_to_the_visitor(start_origin: StartOrigin, start_node: StartNode) -> None:
    node = await start_node(await start_origin(fails))
    answer, body = await node.get("/a")
    assert (answer.outcome, answer.status, body) == (Outcome.STREAM, 503, b"sorry")
    assert await node.outcome("/a") == "stream status", "an error is nothing to remember"


async def test_after_a_failed_refresh_the_origin_is_left_alone_for_a_moment(
    start_origin: StartOrigin, start_node: StartNode
) -> None:
    async def answer(wire: Wire) -> None:
        await wire.respond(b"good", cache_control="max-age=0, stale-if-error=600")

    origin = await start_origin(answer)
    node = await start_node(origin, pause_s=0.3)
    await node.get("/a")
    origin.answer = fails
    assert await node.outcome("/a") == "down origin-status-503"
    assert await node.outcome("/a") == "down origin-status-503"
    assert len(origin.requests) == 2
    await asyncio.sleep(0.35)
    origin.answer = answer
    assert await node.outcome("/a") == "stream"


async def test_refused_connections_keep_the_copy_and_open_the_breaker(
    start_origin: StartOrigin, start_node: StartNode
) -> None:
    origin = await start_origin(cacheable)
    node = await start_node(origin)
    await node.get("/a")
    await origin.stop()
    outcomes = [await node.outcome("/a") for _ in range(6)]
    assert outcomes == ["down origin-unavailable"] * 5 + ["down breaker-open"]
    assert node.stored_body("/a") == b"body of /a"
    assert not node.told_up()


async def test_an_origin_that_returns_is_noticed_without_any_request(
    start_origin: StartOrigin, start_node: StartNode
) -> None:
    origin = await start_origin(cacheable)
    node = await start_node(origin)
    await origin.stop()
    for _ in range(5):
        assert await node.outcome("/a") == "down origin-unavailable"
    assert not node.told_up()
    running = asyncio.get_running_loop().create_task(node.filler.run())
    await origin.start()
    while not node.told_up():  # noqa: ASYNC110 - the store has no event to wait for
        await asyncio.sleep(0.01)
    assert await node.outcome("/a") == "stream"
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_silent_origin_is_a_timeout_for_all_who_wait(start_origin: StartOrigin, start_node: StartNode) -> None:
    async def answer(_wire: Wire) -> None:
        await asyncio.Event().wait()

    origin = await start_origin(answer)
    node = await start_node(origin, origin_fields={"connect_timeout": 0.1, "first_byte_timeout": 0.1})
    async with asyncio.TaskGroup() as group:
        calls = [group.create_task(node.outcome("/a")) for _ in range(5)]
    assert [task.result() for task in calls] == ["down origin-timeout"] * 5
    assert len(origin.requests) == 1


async def test_a_refresh_runs_behind_its_caller_and_only_once_per_key(
    start_origin: StartOrigin, start_node: StartNode
) -> None:
    release = asyncio.Event()

    async def answer(wire: Wire) -> None:
        await release.wait()
        await cacheable(wire)

    origin = await start_origin(answer)
    node = await start_node(origin, origin_fields={"first_byte_timeout": 5.0}, max_refreshes=2)
    request = node.ask("/a", background=True)
    assert [await node.filler.refresh(request) for _ in range(3)] == [True, True, True]
    assert await node.filler.refresh(node.ask("/b", background=True))
    assert not await node.filler.refresh(node.ask("/c", background=True)), "two are under way"
    release.set()
    await node.quiet()
    assert sorted(origin.requests) == ["GET /a", "GET /b"]
    assert node.stored_body("/a") == b"body of /a"
    assert await node.filler.refresh(node.ask("/c", background=True)), "there is room again"


async def test_a_background_fill_waits_for_the_outcome_and_gets_no_body(
    start_origin: StartOrigin, start_node: StartNode
) -> None:
    node = await start_node(await start_origin(cacheable))
    answer, body = await node.get("/a", background=True)
    assert (answer.outcome, body) == (Outcome.STORED, b"")


async def test_the_bytes_sent_are_the_same_for_all_who_share_the_key(
    start_origin: StartOrigin, start_node: StartNode
) -> None:
    origin = await start_origin(cacheable)
    node = await start_node(origin)
    await node.get("/a?b=2&utm_source=mail&a=1")
    assert origin.requests == ["GET /a?a=1&b=2"]


async def test_an_origin_the_rules_do_not_name_is_passed(start_origin: StartOrigin, start_node: StartNode) -> None:
    node = await start_node(await start_origin(cacheable), keys={})
    assert await node.outcome("/a") == "pass unknown-origin"


async def test_grace_an_origin_states_is_bounded(start_origin: StartOrigin, start_node: StartNode) -> None:
    async def answer(wire: Wire) -> None:
        await wire.respond(b"x", cache_control="max-age=1, stale-while-revalidate=99999, stale-if-error=99999")

    node = await start_node(await start_origin(answer), max_grace_s=50)
    await node.get("/a")
    copy = node.copy("/a")
    assert copy is not None
    assert (copy.entry.lifetime.grace, copy.entry.lifetime.error_grace) == (50, 50)


async def test_closing_the_filler_leaves_nobody_waiting(start_origin: StartOrigin, start_node: StartNode) -> None:
    async def answer(_wire: Wire) -> None:
        await asyncio.Event().wait()

    origin = await start_origin(answer)
    node = await start_node(origin, origin_fields={"first_byte_timeout": 30.0})
    async with asyncio.TaskGroup() as group:
        calls = [group.create_task(node.outcome("/a")) for _ in range(2)]
        while not origin.requests:  # noqa: ASYNC110 - the origin is not in the test's hands
            await asyncio.sleep(0.01)
        await node.filler.__aexit__(None, None, None)
    assert [task.result() for task in calls] == ["pass fetch-abandoned"] * 2


async def test_a_full_store_is_no_reason_not_to_serve(start_origin: StartOrigin, start_node: StartNode) -> None:
    async def answer(wire: Wire) -> None:
        await wire.respond(b"x" * 90_000, cache_control="max-age=60")

    node = await start_node(await start_origin(answer), store_bytes=50_000)
    answer_, body = await node.get("/a")
    assert (answer_.outcome, len(body)) == (Outcome.STREAM, 90_000)
    assert await node.outcome("/a", background=True) == "pass store-full"


async def test_what_is_stored_after_all_is_no_longer_taken_for_uncacheable(
    start_origin: StartOrigin, start_node: StartNode
) -> None:
    origin = await start_origin(uncacheable)
    node = await start_node(origin)
    await node.get("/a")
    origin.answer = cacheable
    assert await node.outcome("/a") == "pass hit-for-miss:private"
    assert await node.outcome("/a", background=True, accept=True) == "stored", "the operator may insist"
    assert await node.outcome("/a") == "stream"


async def test_fills_are_counted_and_timed(start_origin: StartOrigin, start_node: StartNode) -> None:
    origin = await start_origin(cacheable)
    node = await start_node(origin)
    await node.get("/a")
    origin.answer = uncacheable
    await node.get("/b")
    await origin.stop()
    await node.get("/c")
    counters = node.parts.counters
    assert dict(counters.fills) == {("stored",): 1, ("pass",): 1, ("down",): 1}
    assert dict(counters.origin_requests) == {("shop", "2xx"): 2, ("shop", "origin-unavailable"): 1}
    assert sum(counters.fill_seconds["shop",][:-1]) == 1


async def test_the_store_and_the_origins_are_measured(start_origin: StartOrigin, start_node: StartNode) -> None:
    node = await start_node(await start_origin(cacheable))
    await node.get("/a")
    running = asyncio.get_running_loop().create_task(node.filler.run())
    counters = node.parts.counters
    while not counters.origin_up:  # noqa: ASYNC110 - a dict has no event to wait for
        await asyncio.sleep(0.01)
    assert counters.store_entries[()] == 1
    assert counters.store_bytes[()] > 0
    assert counters.origin_up["shop",] == 1.0
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def at_once(node: Node, target: str, fields: tuple[tuple[str, str], ...] = ()) -> bytes:
    """One fill, read to the end of what it sends and no longer."""
    async with node.filler.fill(node.ask(target, None, fields)) as result:
        return b"".join([piece async for piece in result.body()])


@pytest.mark.parametrize("declared", [True, False])
async def test_who_has_been_answered_finds_it_stored(
    start_origin: StartOrigin, start_node: StartNode, declared: bool
) -> None:
    async def answer(wire: Wire) -> None:
        if declared:
            await cacheable(wire)
        else:
            await wire.send(b"HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nTransfer-Encoding: chunked\r\n\r\n")
            await wire.send(b"a\r\nbody of /a\r\n0\r\n\r\n")

    node = await start_node(await start_origin(answer))
    assert await at_once(node, "/a") == b"body of /a"
    assert node.stored_body("/a") == b"body of /a"


async def test_the_last_octet_of_a_declared_length_waits_for_the_store(
    start_origin: StartOrigin, start_node: StartNode
) -> None:
    go_on = asyncio.Event()

    async def answer(wire: Wire) -> None:
        await wire.send(b"HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 6\r\n\r\none")
        await asyncio.wait_for(go_on.wait(), 5)
        await wire.send(b"two")

    node = await start_node(await start_origin(answer), origin_fields={"first_byte_timeout": 10.0})
    async with node.filler.fill(node.ask("/a")) as result:
        body = result.body()
        assert await anext(body) == b"one", "what is not the last is not held back"
        go_on.set()
        assert await anext(body) == b"two"
        assert node.stored_body("/a") == b"onetwo"
        await body.aclose()


async def test_a_response_without_a_body_is_stored_before_anybody_has_it(
    start_origin: StartOrigin, start_node: StartNode
) -> None:
    async def answer(wire: Wire) -> None:
        await wire.send(b"HTTP/1.1 204 No Content\r\nCache-Control: max-age=60\r\n\r\n")

    node = await start_node(await start_origin(answer))
    async with node.filler.fill(node.ask("/a")) as result:
        assert result.answer.outcome is Outcome.STORED
    copy = node.copy("/a")
    assert copy is not None
    assert copy.entry.status == 204


@pytest.mark.parametrize("control", ["no-cache", "max-age=0"])
async def test_who_waited_is_not_given_what_may_not_be_sent_unasked(
    start_origin: StartOrigin, start_node: StartNode, control: str
) -> None:
    """RFC 9111 §5.2.2.4: stored for its validator's sake, no response for a second request."""
    release = asyncio.Event()

    async def answer(wire: Wire) -> None:
        await asyncio.wait_for(release.wait(), 5)
        await wire.respond(b"mine", cache_control=control, etag='"1"')

    origin = await start_origin(answer)
    node = await start_node(origin, origin_fields={"first_byte_timeout": 10.0})
    async with asyncio.TaskGroup() as group:
        calls = [group.create_task(node.outcome("/a")) for _ in range(3)]
        while not origin.requests:  # noqa: ASYNC110 - the origin is not in the test's hands
            await asyncio.sleep(0.01)
        release.set()
    assert sorted(call.result() for call in calls) == ["pass stale-on-arrival", "pass stale-on-arrival", "stream"]


async def test_what_was_stored_since_the_worker_looked_is_not_fetched_again(
    start_origin: StartOrigin, start_node: StartNode
) -> None:
    origin = await start_origin(cacheable)
    node = await start_node(origin)
    await node.get("/a")
    copy = node.copy("/a")
    assert copy is not None
    late = msgspec.structs.replace(node.ask("/a"), held_ms=0)
    async with node.filler.fill(late) as result:
        assert (result.answer.outcome, result.answer.collapsed) == (Outcome.STORED, True)
    assert origin.requests == ["GET /a"]
    seen = msgspec.structs.replace(late, held_ms=copy.entry.fetched_at_ms)
    async with node.filler.fill(seen) as result:
        assert result.answer.outcome is Outcome.STREAM, "this very copy would not do"
    await node.quiet()
    assert origin.requests == ["GET /a", "GET /a"]
