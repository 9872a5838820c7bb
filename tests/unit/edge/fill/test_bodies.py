from __future__ import annotations

import asyncio
import gzip
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.config.schema import Duration, Origin
from edge.errors import OriginProtocolError, OriginTimeout
from edge.fill.bodies import Unstorable, gzipped, whole_body
from edge.fill.origin import OriginClient

if TYPE_CHECKING:
    from tests.unit.edge.fill.conftest import StartOrigin, Wire


async def body_of(start_origin: StartOrigin, body: bytes, *, content_encoding: str = "identity") -> bytes:
    async def answer(wire: Wire) -> None:
        await wire.respond(body, content_encoding=content_encoding)

    origin = await start_origin(answer)
    config = Origin(name="shop", url=origin.url)
    async with OriginClient((config,)) as client, client.exchange("shop", "GET", "/", (("Host", "a"),)) as response:
        return await whole_body(response, origin="shop", limit_bytes=10_000, limit_s=5.0)


@pytest.mark.parametrize("size", [0, 1, 9_999, 10_000])
async def test_a_body_up_to_the_limit_comes_whole(start_origin: StartOrigin, size: int) -> None:
    assert await body_of(start_origin, b"x" * size) == b"x" * size


async def test_one_byte_more_is_too_much(start_origin: StartOrigin) -> None:
    with pytest.raises(Unstorable, match="max-object"):
        await body_of(start_origin, b"x" * 10_001)


@pytest.mark.parametrize("size", [0, 1, 9_999, 10_000])
@pytest.mark.parametrize("coding", ["gzip", "x-gzip", "GZIP"])
async def test_gzip_is_undone_up_to_the_limit(start_origin: StartOrigin, size: int, coding: str) -> None:
    packed = gzip.compress(b"x" * size)
    assert await body_of(start_origin, packed, content_encoding=coding) == b"x" * size


async def test_a_bomb_is_not_inflated(start_origin: StartOrigin) -> None:
    with pytest.raises(Unstorable, match="max-object"):
        await body_of(start_origin, gzip.compress(b"x" * 10_001), content_encoding="gzip")


async def test_an_empty_body_in_gzip_may_really_be_empty(start_origin: StartOrigin) -> None:
    """Servers answer 404 with ``Content-Encoding: gzip`` and nothing in it."""
    assert await body_of(start_origin, b"", content_encoding="gzip") == b""


@pytest.mark.parametrize("coding", ["br", "deflate", "gzip, gzip", "zstd"])
async def test_a_coding_nobody_asked_for_is_left_alone(start_origin: StartOrigin, coding: str) -> None:
    with pytest.raises(Unstorable, match="content-encoding"):
        await body_of(start_origin, b"?", content_encoding=coding)


@pytest.mark.parametrize("cut", [5, 20, -1])
async def test_gzip_that_ends_early_is_damaged(start_origin: StartOrigin, cut: int) -> None:
    packed = gzip.compress(bytes(range(256)) * 8)
    with pytest.raises(OriginProtocolError):
        await body_of(start_origin, packed[:cut], content_encoding="gzip")


async def test_the_whole_body_has_a_limit_in_time(start_origin: StartOrigin) -> None:
    async def answer(wire: Wire) -> None:
        await wire.send(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            await wire.send(b".")
            await asyncio.sleep(0)

    origin = await start_origin(answer)
    config = Origin(name="shop", url=origin.url, first_byte_timeout=Duration(5))
    async with OriginClient((config,)) as client, client.exchange("shop", "GET", "/", (("Host", "a"),)) as response:
        with pytest.raises(OriginTimeout, match="the whole body"):
            await whole_body(response, origin="shop", limit_bytes=10**12, limit_s=0.1)


COMPRESSIBLE = ["text/css", "Application/JSON; charset=utf-8", "image/svg+xml", "application/javascript"]
INCOMPRESSIBLE = ["image/jpeg", "", "application/octet-stream", "font/woff2"]


@pytest.mark.parametrize("content_type", COMPRESSIBLE)
async def test_text_is_compressed_as_one_member(content_type: str) -> None:
    packed = await gzipped(b"a { color: red }\n" * 100, content_type)
    assert packed is not None
    assert gzip.decompress(packed) == b"a { color: red }\n" * 100


@pytest.mark.parametrize("content_type", INCOMPRESSIBLE)
async def test_what_is_compressed_already_is_not_compressed_again(content_type: str) -> None:
    assert await gzipped(b"x" * 10_000, content_type) is None


async def test_little_text_is_left_alone() -> None:
    assert await gzipped(b"x" * 100, "text/css") is None


@given(st.binary(max_size=4_000))
async def test_compressing_never_makes_a_body_longer(body: bytes) -> None:
    packed = await gzipped(body, "text/plain")
    assert packed is None or (len(packed) < len(body) and gzip.decompress(packed) == body)
