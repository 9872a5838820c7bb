"""The second stranger: nobody, over the same wire."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

from edge.fill.collapse import Flight
from edge.fill.filling import Filling, Landing
from edge.fill.rules import OriginRule
from edge.fill.stranger import Seen, Unseen, second_stranger
from edge.policy.key import KeyRule

if TYPE_CHECKING:
    from edge.model import Pairs
    from tests.unit.edge.fill.conftest import Node, StartNode, StartOrigin, Wire


def filling(node: Node, fields: Pairs = ()) -> Filling:
    flight: Flight[Landing] = Flight()
    return Filling(node.parts, node.ask("/product/mug", "product", fields), flight, None)


async def seen(node: Node, fields: Pairs = ()) -> Seen:
    found = await second_stranger(filling(node, fields))
    assert isinstance(found, Seen)
    return found


async def test_it_brings_what_is_declared_and_nothing_else(start_origin: StartOrigin, start_node: StartNode) -> None:
    async def answer(wire: Wire) -> None:
        await wire.respond(gzip.compress(b"hello"), content_encoding="gzip", content_type="text/plain", status=404)

    origin = await start_origin(answer)
    node = await start_node(
        origin,
        keys={"shop": KeyRule(origin="shop", cookies=("currency",))},
        origins={"shop": OriginRule(visitor_address=True)},
    )
    found = await seen(node, (("Cookie", "currency=EUR; sid=secret"),))
    assert (found.status, found.body, found.content_type) == (404, b"hello", "text/plain")
    assert b"currency=EUR" in origin.heads[0]
    assert b"secret" not in origin.heads[0]
    assert b"10.1.2.3" not in origin.heads[0], "whatever address the first one stated"


async def test_its_cookies_are_those_it_was_given(start_origin: StartOrigin, start_node: StartNode) -> None:
    async def answer(wire: Wire) -> None:
        lines = b"Set-Cookie: a=1; Path=/\r\nSet-Cookie: b=\r\nset-cookie: c=x=y\r\n"
        await wire.send(b"HTTP/1.1 200 OK\r\n" + lines + b"Content-Length: 0\r\n\r\n")

    found = await seen(await start_node(await start_origin(answer)))
    assert found.cookies == (("a", "1"), ("c", "x=y"))
    assert found.content_type == ""


async def test_what_could_not_be_stored_has_no_body(start_origin: StartOrigin, start_node: StartNode) -> None:
    async def answer(wire: Wire) -> None:
        await wire.respond(b"x" * 200_000)

    assert (await seen(await start_node(await start_origin(answer)))).body == b""


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_an_origin_that_refuses_was_not_seen(
    start_origin: StartOrigin, start_node: StartNode, status: int
) -> None:
    async def answer(wire: Wire) -> None:
        await wire.respond(b"no", status=status)

    found = await second_stranger(filling(await start_node(await start_origin(answer))))
    assert isinstance(found, Unseen)
    assert str(status) in found.error.detail


async def test_an_origin_that_is_gone_counts_as_failed(start_origin: StartOrigin, start_node: StartNode) -> None:
    async def answer(wire: Wire) -> None:
        await wire.respond(b"hello")

    origin = await start_origin(answer)
    node = await start_node(origin)
    await origin.stop()
    for _ in range(5):
        assert isinstance(await second_stranger(filling(node)), Unseen)
    assert not node.told_up()
    await origin.start()
    assert isinstance(await second_stranger(filling(node)), Unseen)
    assert origin.requests == [], "an origin that is down is not asked"


async def test_without_a_turn_nothing_is_seen(start_origin: StartOrigin, start_node: StartNode) -> None:
    async def answer(wire: Wire) -> None:
        await wire.respond(b"hello")

    node = await start_node(await start_origin(answer), origins={"shop": OriginRule(pace=0.01)}, turn_limit_s=0.01)
    await seen(node)
    found = await second_stranger(filling(node))
    assert isinstance(found, Unseen)
    assert "wanted" in found.error.detail
