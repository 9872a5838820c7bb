from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import TypeVar

import lmdb
import pytest

from edge.errors import StoreError, StoreFull
from edge.store.writer import Writer

T = TypeVar("T")


@pytest.fixture
def env(tmp_path: Path) -> Iterator[lmdb.Environment]:
    env = lmdb.open(str(tmp_path / "env"), map_size=1 << 20, max_dbs=1)
    yield env
    env.close()


def queued(body: Coroutine[None, None, T]) -> asyncio.Task[T]:
    return asyncio.get_running_loop().create_task(body)


def put(key: bytes) -> Callable[[lmdb.Transaction[bytes]], bool]:
    return lambda txn: txn.put(key, b"v")


class Gate:
    """Holds the writer thread inside one write, so that others queue up behind it."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.open = threading.Event()

    def write(self, _: lmdb.Transaction[bytes]) -> None:
        self.entered.set()
        assert self.open.wait(10)


async def behind(gate: Gate, writer: Writer) -> asyncio.Task[None]:
    held = queued(writer.run(gate.write))
    assert await asyncio.to_thread(gate.entered.wait, 10)
    return held


def value(env: lmdb.Environment, key: bytes) -> bytes | None:
    with env.begin() as txn:
        return txn.get(key)


async def test_the_answer_comes_after_the_commit(env: lmdb.Environment) -> None:
    with Writer(env, name="test") as writer:
        for number in range(50):
            key = b"%d" % number
            assert await writer.run(put(key))
            assert value(env, key) == b"v"


async def test_writes_that_wait_together_share_a_commit(env: lmdb.Environment) -> None:
    gate = Gate()
    with Writer(env, name="test") as writer:
        held = await behind(gate, writer)
        writes = [queued(writer.run(put(b"%d" % n))) for n in range(20)]
        await asyncio.sleep(0)
        before = env.info()["last_txnid"]
        gate.open.set()
        await asyncio.gather(held, *writes)
        assert env.info()["last_txnid"] - before == 1


async def test_a_failing_write_undoes_itself_alone(env: lmdb.Environment) -> None:
    def fail(txn: lmdb.Transaction[bytes]) -> None:
        txn.put(b"half", b"done")
        raise KeyError("mine")

    gate = Gate()
    with Writer(env, name="test") as writer:
        held = await behind(gate, writer)
        good, bad, later = (
            queued(writer.run(put(b"good"))),
            queued(writer.run(fail)),
            queued(writer.run(put(b"later"))),
        )
        await asyncio.sleep(0)
        gate.open.set()
        await asyncio.gather(held, good, later)
        with pytest.raises(KeyError, match="mine"):
            await bad
    assert (value(env, b"good"), value(env, b"half"), value(env, b"later")) == (b"v", None, b"v")


async def test_a_full_map_refuses_the_write_that_does_not_fit(env: lmdb.Environment) -> None:
    gate = Gate()
    with Writer(env, name="test") as writer:
        held = await behind(gate, writer)
        large = queued(writer.run(lambda txn: txn.put(b"large", bytes(2 << 20))))
        small = queued(writer.run(put(b"small")))
        await asyncio.sleep(0)
        gate.open.set()
        await asyncio.gather(held, small)
        with pytest.raises(StoreFull):
            await large
        assert await writer.run(put(b"after")), "the writer goes on"
    assert (value(env, b"large"), value(env, b"small")) == (None, b"v")


async def test_a_write_cancelled_before_it_began_is_dropped(env: lmdb.Environment) -> None:
    gate = Gate()
    with Writer(env, name="test") as writer:
        held = await behind(gate, writer)
        dropped = queued(writer.run(put(b"dropped")))
        await asyncio.sleep(0)
        dropped.cancel()
        await asyncio.gather(dropped, return_exceptions=True)
        gate.open.set()
        await held
        await writer.run(put(b"kept"))
    assert (value(env, b"dropped"), value(env, b"kept")) == (None, b"v")


async def test_closing_commits_what_is_queued_and_refuses_more(env: lmdb.Environment) -> None:
    gate = Gate()
    with Writer(env, name="test") as writer:
        held = await behind(gate, writer)
        waiting = queued(writer.run(put(b"queued")))
        await asyncio.sleep(0)
        gate.open.set()
    await asyncio.gather(held, waiting)
    assert value(env, b"queued") == b"v"
    with pytest.raises(StoreError, match="closing"):
        await writer.run(put(b"late"))
