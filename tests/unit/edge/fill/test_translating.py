"""Responses as visitors get them: the origin's own address replaced on the way, over real sockets."""

from __future__ import annotations

import gzip
import zlib
from typing import TYPE_CHECKING, Literal

import pytest

from edge.config.schema import Origin
from edge.errors import OriginProtocolError
from edge.fill.exchange import OriginRequest
from edge.fill.origin import OriginClient
from edge.fill.rules import OriginRule
from edge.fill.translating import TranslatedBody
from edge.model import Pairs, fields
from edge.policy.addresses import Naming

if TYPE_CHECKING:
    from tests.unit.edge.fill.conftest import ScriptedOrigin, StartNode, StartOrigin, Wire

TOLD: Pairs = (
    ("Host", "shop.example"),
    ("Origin", "https://shop.example"),
    ("Accept-Encoding", "br, gzip"),
    ("X-Forwarded-Host", "shop.example"),
    ("X-Forwarded-Proto", "https"),
)
NAMING = Naming(url="http://10.0.0.5:9000", scheme="http", host="shop.example")


def configured(
    origin: ScriptedOrigin, *, rewrite: bool = True, host_header: Literal["preserve", "origin"] = "origin"
) -> Origin:
    return Origin(name="shop", url=origin.url, rewrite_host=rewrite, host_header=host_header)


async def asked(origin: Origin, told: Pairs = TOLD) -> tuple[Pairs, bytes]:
    async with OriginClient((origin,)) as client, client.exchange("shop", "GET", "/a", told) as response:
        return response.pairs, b"".join([piece async for piece in response.body()])


async def page(wire: Wire) -> None:
    own = f"http://{wire.field('host')}"
    await wire.respond(
        f'<a href="{own}/next"><i data-u="{own}/i">'.encode() * 3,
        content_type="text/html",
        location=f"{own}/b",
        set_cookie="a=1; Domain=127.0.0.1",
    )


async def test_a_page_an_origin_fills_with_its_own_address_names_the_visitors(start_origin: StartOrigin) -> None:
    origin = await start_origin(page)
    pairs, body = await asked(configured(origin))
    assert body == b'<a href="https://shop.example/next"><i data-u="https://shop.example/i">' * 3
    received = fields(pairs)
    assert received["Location"] == "https://shop.example/b"
    assert received["Set-Cookie"] == "a=1"
    assert "Content-Length" not in received


async def test_such_an_origin_is_asked_without_coding_for_a_page_of_its_own(start_origin: StartOrigin) -> None:
    origin = await start_origin(page)
    await asked(configured(origin))
    head = origin.heads[0].decode()
    assert "Accept-Encoding: identity\r\n" in head
    assert f"Origin: {origin.url}\r\n" in head
    assert f"Host: 127.0.0.1:{origin.port}\r\n" in head


async def test_pages_stay_as_they_are_unless_configured_but_no_redirect_leads_inside(start_origin: StartOrigin) -> None:
    async def inside(wire: Wire) -> None:
        await wire.respond(origin.url.encode(), content_type="text/html", location=f"{origin.url}/b")

    origin = await start_origin(inside)
    pairs, body = await asked(configured(origin, rewrite=False, host_header="preserve"))
    assert body == origin.url.encode()
    assert fields(pairs)["Location"] == "https://shop.example/b"
    assert fields(pairs)["Content-Length"] == str(len(body))
    assert "Accept-Encoding: br, gzip" in origin.heads[0].decode()
    assert "Origin: https://shop.example" in origin.heads[0].decode()


async def test_a_page_that_comes_compressed_all_the_same_is_read(start_origin: StartOrigin) -> None:
    async def packed(wire: Wire) -> None:
        text = f'<a href="{origin.url}/next">'.encode() * 5000
        await wire.respond(gzip.compress(text), content_type="text/html", content_encoding="gzip")

    origin = await start_origin(packed)
    pairs, body = await asked(configured(origin))
    assert body == b'<a href="https://shop.example/next">' * 5000
    assert "Content-Encoding" not in fields(pairs)


@pytest.mark.parametrize("damage", [lambda packed: packed[:-9], lambda packed: b"no gzip" + packed])
async def test_a_page_that_is_not_the_gzip_it_says_is_the_origins_fault(
    start_origin: StartOrigin, damage: object
) -> None:
    assert callable(damage)

    async def broken(wire: Wire) -> None:
        await wire.respond(damage(gzip.compress(b"a" * 999)), content_type="text/html", content_encoding="gzip")

    origin = await start_origin(broken)
    with pytest.raises(OriginProtocolError, match="gzip"):
        await asked(configured(origin))


async def test_what_is_no_text_or_in_an_unknown_coding_passes_byte_for_byte(start_origin: StartOrigin) -> None:
    async def picture(wire: Wire) -> None:
        await wire.respond(origin.url.encode(), content_type="image/png")

    async def brotli(wire: Wire) -> None:
        await wire.respond(origin.url.encode(), content_type="text/html", content_encoding="br")

    origin = await start_origin(picture)
    for origin.answer in (picture, brotli):
        pairs, body = await asked(configured(origin))
        assert body == origin.url.encode()
        assert fields(pairs)["Content-Length"] == str(len(body))


async def test_who_asks_for_himself_gets_the_response_as_it_is(start_origin: StartOrigin) -> None:
    origin = await start_origin(page)
    pairs, body = await asked(configured(origin), told=(("Host", "a"), ("Accept-Encoding", "gzip")))
    assert origin.url.encode() in body
    assert fields(pairs)["Location"] == f"{origin.url}/b"
    assert "Accept-Encoding: gzip" in origin.heads[0].decode()


@pytest.mark.parametrize(("path", "kind"), [("/product/1", "product"), ("/a.js", None)])
async def test_what_was_stored_before_addresses_were_replaced_is_asked_for_whole(
    start_origin: StartOrigin, start_node: StartNode, path: str, kind: str | None
) -> None:
    async def answer(wire: Wire) -> None:
        if wire.field("If-None-Match") == '"v1"':
            await wire.send(b'HTTP/1.1 304 Not Modified\r\nETag: "v1"\r\n\r\n')
        else:
            content_type = "text/html" if kind else "text/javascript"
            await wire.respond(b"whole", etag='"v1"', cache_control="max-age=1", content_type=content_type)

    origin = await start_origin(answer)
    node = await start_node(origin, origin_fields={"rewrite_host": True})
    await node.get(path, kind)
    validated = len(origin.requests)
    await node.get(path, kind)
    assert b"If-None-Match" in origin.heads[validated]
    node.reconfigure(origins={"shop": OriginRule(rewrite_host=True)})
    asked = len(origin.requests)
    await node.get(path, kind)
    assert len(origin.requests) > asked
    assert all(b"If-None-Match" not in head for head in origin.heads[asked:])


async def test_a_get_that_changes_something_is_never_sent_twice(start_origin: StartOrigin) -> None:
    async def once_then_close(wire: Wire) -> None:
        if wire.served > 1 or origin.requests.count("GET /add") > 0:
            wire.reset()
        else:
            await wire.respond(b"ok")

    origin = await start_origin(once_then_close)
    async with OriginClient((configured(origin),)) as client:
        async with client.exchange("shop", "GET", "/", (("Host", "a"),)) as response:
            assert [piece async for piece in response.body()] == [b"ok"]
        with pytest.raises(Exception, match="origin 'shop'"):
            async with client.send("shop", OriginRequest("GET", "/add", (("Host", "a"),), once=True)):
                pass
    assert origin.requests.count("GET /add") == 1
    assert origin.connections == 2  # never over a kept connection, whose closing it could meet


def test_pieces_of_gzip_give_the_text_as_it_comes() -> None:
    packed = gzip.compress(b"http://10.0.0.5:9000/a " * 3000)
    body = TranslatedBody(NAMING, gzip=True)
    pieces = [piece for at in range(0, len(packed), 7) for piece in body.feed(packed[at : at + 7])]
    assert b"".join(pieces) + body.finish() == b"http://shop.example/a " * 3000
    assert len(pieces) > 1


def test_a_small_piece_that_holds_much_is_inflated_little_by_little() -> None:
    packed = gzip.compress(b"\0" * 2**23)
    body = TranslatedBody(NAMING, gzip=True)
    assert max(len(piece) for piece in body.feed(packed)) <= 2**16 + 64


def test_an_empty_body_is_no_broken_gzip() -> None:
    body = TranslatedBody(NAMING, gzip=True)
    assert list(body.feed(b"")) == []
    assert body.finish() == b""


def test_a_gzip_without_its_end_is_noticed() -> None:
    body = TranslatedBody(NAMING, gzip=True)
    list(body.feed(gzip.compress(b"abc")[:-2]))
    with pytest.raises(zlib.error):
        body.finish()
