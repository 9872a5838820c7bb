from __future__ import annotations

import asyncio

import pytest

from edge.errors import OriginProtocolError
from edge.fill.pipe import Pipe


async def read_all(pipe: Pipe) -> bytes:
    return b"".join([piece async for piece in pipe.read()])


async def test_what_is_written_is_read_in_order() -> None:
    pipe = Pipe(limit_bytes=100)
    async with asyncio.TaskGroup() as group:
        reading = group.create_task(read_all(pipe))
        for piece in (b"a", b"b", b"c"):
            await pipe.write(piece)
            await asyncio.sleep(0)
        pipe.end()
    assert reading.result() == b"abc"


async def test_the_writer_waits_for_a_slow_reader() -> None:
    pipe = Pipe(limit_bytes=2)
    written: list[bytes] = []

    async def write() -> None:
        for piece in (b"aa", b"bb", b"cc"):
            await pipe.write(piece)
            written.append(piece)
        pipe.end()

    async with asyncio.TaskGroup() as group:
        group.create_task(write())
        await asyncio.sleep(0.01)
        assert written == [b"aa"]
        reader = pipe.read()
        assert await anext(reader) == b"aa"
        await asyncio.sleep(0.01)
        assert written == [b"aa", b"bb"]
        assert [piece async for piece in reader] == [b"bb", b"cc"]


async def test_a_reader_who_leaves_frees_the_writer() -> None:
    pipe = Pipe(limit_bytes=1)
    async with asyncio.TaskGroup() as group:
        reader = pipe.read()
        group.create_task(pipe.write(b"first piece"))
        assert await anext(reader) == b"first piece"
        blocked = group.create_task(pipe.write(b"second piece"))
        await asyncio.sleep(0)
        assert not blocked.done()
        await reader.aclose()
    assert pipe.abandoned
    await pipe.write(b"third piece")


async def test_an_error_comes_after_what_was_written_before_it() -> None:
    pipe = Pipe(limit_bytes=100)
    await pipe.write(b"half")
    pipe.end(OriginProtocolError("shop", "the body broke off"))
    reader = pipe.read()
    assert await anext(reader) == b"half"
    with pytest.raises(OriginProtocolError):
        await anext(reader)


async def test_the_first_end_counts() -> None:
    pipe = Pipe(limit_bytes=100)
    pipe.end()
    pipe.end(OriginProtocolError("shop", "too late"))
    assert await read_all(pipe) == b""
