"""HEAD, ranges and credentials: each visitor's own request, and what of the answers others may have."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple

import msgspec
import pytest

from edge.fill.protocol import FillAnswer, FillRequest, Outcome
from edge.model import CacheKey, Pairs
from edge.policy.key import part_key

if TYPE_CHECKING:
    from tests.unit.edge.fill.conftest import Node, StartNode, StartOrigin, Wire

BASIC = (("Authorization", "Basic eA=="),)
FIVE = (("Range", "bytes=0-4"),)


def head(node: Node, target: str, fields: Pairs = ()) -> FillRequest:
    return msgspec.structs.replace(node.ask(target, None, fields), method="HEAD")


async def told(node: Node, request: FillRequest) -> tuple[FillAnswer, bytes]:
    async with node.filler.fill(request) as result:
        body = b"".join([piece async for piece in result.body()])
    await node.quiet()
    return result.answer, body


def stored_part(node: Node, target: str) -> tuple[bytes | None, Pairs]:
    """Body and selecting fields of the stored part."""
    key = CacheKey(part_key(node.ask(target).key))
    with node.parts.reader.view() as view:
        entry = view.lookup(key.digest, key.text)
        return (None, ()) if entry is None else (view.body(key.digest, entry), entry.vary)


async def test_a_head_is_asked_as_a_head_and_stores_nothing(start_origin: StartOrigin, start_node: StartNode) -> None:
    async def answer(wire: Wire) -> None:
        await wire.respond(b"12345", cache_control="max-age=60")

    origin = await start_origin(answer)
    node = await start_node(origin)
    said, body = await told(node, head(node, "/a", (("If-None-Match", '"mine"'),)))
    assert (said.outcome, said.status, body) == (Outcome.STREAM, 200, b"")
    assert origin.requests == ["HEAD /a"]
    assert b'\r\nIf-None-Match: "mine"\r\n' in origin.heads[0], "her own condition, for her own copy"
    assert node.copy("/a") is None


class HeadCase(NamedTuple):
    id: str
    fields: dict[str, str]
    outcome: Outcome
    ttl: int
    """Of the stored response afterwards, counted from the GET; 0 when it is stale."""
    status: int = 200
    sent: Pairs = ()


HEADS = [
    HeadCase("§4.3.5 what agrees renews", {"etag": '"1"', "cache-control": "max-age=600"}, Outcome.STORED, 600),
    HeadCase("§4.3.5 another tag makes it stale", {"etag": '"2"', "cache-control": "max-age=600"}, Outcome.STREAM, 0),
    HeadCase("§4.3.5 only a 200 speaks of it", {"etag": '"2"'}, Outcome.STREAM, 60, 410),
    HeadCase("nor does one to credentials", {"etag": '"2"'}, Outcome.STREAM, 60, 200, BASIC),
]


@pytest.mark.parametrize("case", HEADS, ids=[c.id for c in HEADS])
async def test_what_head_says_of_a_stored_response(
    start_origin: StartOrigin, start_node: StartNode, case: HeadCase
) -> None:
    async def answer(wire: Wire) -> None:
        if wire.method == "HEAD":
            await wire.respond(b"12345", status=case.status, **case.fields, x_new="1")
        else:
            await wire.respond(b"12345", cache_control="max-age=60", etag='"1"', x_old="1")

    node = await start_node(await start_origin(answer))
    await node.get("/a")
    said, _ = await told(node, head(node, "/a", case.sent))
    copy = node.copy("/a")
    assert copy is not None
    assert (said.outcome, copy.entry.lifetime.ttl) == (case.outcome, case.ttl)
    names = {name.lower() for name, _ in copy.entry.headers}
    assert ("x-new" in names) is (case.outcome is Outcome.STORED)
    assert "x-old" in names
    assert node.stored_body("/a") == b"12345"


class CredentialsCase(NamedTuple):
    id: str
    control: str
    stored: bool


CREDENTIALS = [
    CredentialsCase("§3.5 the answer to credentials is one visitor's", "max-age=60", False),
    CredentialsCase("§3.5 public lets others have it", "max-age=60, public", True),
    CredentialsCase("§3.5 so does s-maxage", "s-maxage=60", True),
    CredentialsCase("§3.5 and must-revalidate", "max-age=60, must-revalidate", True),
]


@pytest.mark.parametrize("case", CREDENTIALS, ids=[c.id for c in CREDENTIALS])
async def test_credentials(start_origin: StartOrigin, start_node: StartNode, case: CredentialsCase) -> None:
    async def answer(wire: Wire) -> None:
        await wire.respond(b"hello", cache_control=case.control)

    origin = await start_origin(answer)
    node = await start_node(origin)
    said, body = await node.get("/a", None, BASIC)
    assert (said.outcome, body) == (Outcome.STREAM, b"hello")
    assert b"\r\nAuthorization: Basic eA==\r\n" in origin.heads[0]
    assert node.stored_body("/a") == (b"hello" if case.stored else None)
    assert node.parts.recent.unshared(node.ask("/a").key) is None, "nothing to remember of everybody else's"


async def test_nobody_waits_for_the_answer_to_somebody_elses_credentials(
    start_origin: StartOrigin, start_node: StartNode
) -> None:
    arrived = asyncio.Event()

    async def answer(wire: Wire) -> None:
        if len(origin.requests) == 2:
            arrived.set()
        await asyncio.wait_for(arrived.wait(), 5)
        await wire.respond((wire.field("authorization") or "").encode(), cache_control="max-age=60")

    origin = await start_origin(answer)
    node = await start_node(origin, origin_fields={"first_byte_timeout": 10.0})
    one, other = await asyncio.gather(
        node.get("/a", None, (("Authorization", "one"),)), node.get("/a", None, (("Authorization", "other"),))
    )
    assert (one[1], other[1]) == (b"one", b"other")


async def test_an_answer_to_credentials_does_not_replace_a_fresh_one(
    start_origin: StartOrigin, start_node: StartNode
) -> None:
    async def answer(wire: Wire) -> None:
        await wire.respond(b"theirs" if wire.field("authorization") else b"ours", cache_control="public, max-age=60")

    node = await start_node(await start_origin(answer))
    await node.get("/a")
    said, body = await node.get("/a", None, BASIC)
    assert (said.reason, body) == ("stored-already", b"theirs")
    assert node.stored_body("/a") == b"ours"


async def test_a_part_is_stored_beside_the_whole_and_never_as_it(
    start_origin: StartOrigin, start_node: StartNode
) -> None:
    async def answer(wire: Wire) -> None:
        await wire.respond(b"01234", status=206, content_range="bytes 0-4/10", cache_control="max-age=60")

    origin = await start_origin(answer)
    node = await start_node(origin)
    said, body = await node.get("/a", None, FIVE)
    assert (said.outcome, said.status, body) == (Outcome.STREAM, 206, b"01234")
    assert b"\r\nRange: bytes=0-4\r\n" in origin.heads[0]
    assert stored_part(node, "/a") == (b"01234", (("range", "bytes=0-4"),))
    assert node.copy("/a") is None


class PartCase(NamedTuple):
    id: str
    fields: dict[str, str]
    body: bytes = b"01234"


NO_PARTS = [
    PartCase("what may not be stored", {"content-range": "bytes 0-4/10", "cache-control": "no-store"}),
    PartCase("somebody's", {"content-range": "bytes 0-4/10", "cache-control": "max-age=60", "set-cookie": "a=1"}),
    PartCase("a multipart", {"content-type": "multipart/byteranges; boundary=x", "cache-control": "max-age=60"}),
    PartCase("more than it says", {"content-range": "bytes 0-3/10", "cache-control": "max-age=60"}),
    PartCase("too large to keep", {"content-range": "bytes 0-199999/300000", "cache-control": "max-age=60"},
             b"x" * 200_000),
]  # fmt: skip


@pytest.mark.parametrize("case", NO_PARTS, ids=[c.id for c in NO_PARTS])
async def test_a_part_that_is_only_passed_on(start_origin: StartOrigin, start_node: StartNode, case: PartCase) -> None:
    async def answer(wire: Wire) -> None:
        await wire.respond(case.body, status=206, **case.fields)

    node = await start_node(await start_origin(answer))
    said, body = await node.get("/a", None, FIVE)
    assert (said.status, body) == (206, case.body)
    assert stored_part(node, "/a") == (None, ())


async def test_an_origin_that_knows_no_ranges_fills_the_store_with_the_whole(
    start_origin: StartOrigin, start_node: StartNode
) -> None:
    async def answer(wire: Wire) -> None:
        await wire.respond(b"0123456789", cache_control="max-age=60")

    node = await start_node(await start_origin(answer))
    said, body = await node.get("/a", None, FIVE)
    assert (said.status, body) == (200, b"0123456789")
    assert node.stored_body("/a") == b"0123456789"


async def test_what_is_neither_the_whole_nor_a_part_is_only_passed_on(
    start_origin: StartOrigin, start_node: StartNode
) -> None:
    async def answer(wire: Wire) -> None:
        await wire.respond(status=416, content_range="bytes */10", cache_control="max-age=60")

    node = await start_node(await start_origin(answer))
    said, _ = await node.get("/a", None, FIVE)
    assert (said.status, said.reason) == (416, "status-416")
    assert node.copy("/a") is None


async def test_an_origin_that_is_silent_is_reported(start_origin: StartOrigin, start_node: StartNode) -> None:
    async def silence(wire: Wire) -> None:
        wire.close()

    node = await start_node(await start_origin(silence))
    said, _ = await told(node, head(node, "/a"))
    assert (said.outcome, said.error_status) == (Outcome.DOWN, 503)
