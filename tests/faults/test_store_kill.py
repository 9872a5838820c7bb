"""A process that writes is killed at random instants: what it acknowledged is there, and what is there is whole."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import lmdb
import pytest

from edge.store.environment import open_pages, open_tables
from edge.store.page_records import PageDatabases, decode_stored, unseal
from edge.store.pages import PageReader
from edge.store.tables import TableReader

SIZE_BYTES = 8 << 20

WRITE_ROWS = """
import asyncio, sys
from pathlib import Path
from edge.store.environment import open_tables
from edge.store.tables import TableWriter
from edge.store.writer import Writer

async def put(tables, key, first):
    for number in range(first, 10**9):
        await tables.put("prices", key, b"%d" % number)
        sys.stdout.write(f"{key} {number}\\n")
        sys.stdout.flush()

async def main():
    env = open_tables(Path(sys.argv[1]), map_bytes=1 << 28)
    with Writer(env, name="tables") as writer:
        tables = TableWriter(env, writer, node="a", dirty=True)
        await asyncio.gather(*(put(tables, f"A-{n}", int(sys.argv[2])) for n in range(16)))

asyncio.run(main())
"""

WRITE_PAGES = """
import asyncio, hashlib, random, sys
from pathlib import Path
from edge.model import Lifetime
from edge.store.environment import open_pages
from edge.store.pages import Entry, PageStore, PlainContent
from edge.store.writer import Writer

async def put(store, rnd):
    while True:
        key = f"k{rnd.randrange(60)}"
        body = rnd.randbytes(rnd.randrange(1_000, 300_000))
        entry = Entry(key=key, origin="shop", kind=None, status=200, headers=(), lifetime=Lifetime(0, 0, 1),
                      fetched_at_ms=0, body_length=len(body), version=rnd.randbytes(8))
        await store.put(hashlib.blake2b(key.encode(), digest_size=16).digest(), entry, PlainContent(body))
        sys.stdout.write(f"{key}\\n")
        sys.stdout.flush()

async def main():
    size = int(sys.argv[2])
    env = open_pages(Path(sys.argv[1]), size)
    with Writer(env, name="pages") as writer:
        store = PageStore(env, writer, size_bytes=size, protected=lambda _: False)
        await asyncio.gather(*(put(store, random.Random(n)) for n in range(4)))

asyncio.run(main())
"""


def acknowledged_before_kill(script: str, path: Path, argument: int, count: int) -> list[str]:
    """Whole lines written by a process that is killed once it has written ``count`` of them."""
    command = [sys.executable, "-c", script, str(path), str(argument)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(count)]
        process.kill()
        lines.extend(process.stdout)
    return [line for line in lines if line.endswith("\n")]


def kill_row_writers(path: Path, times: int) -> None:
    rnd = random.Random(times)
    newest: dict[str, int] = {}
    for _ in range(times):
        start = max(newest.values(), default=0) + 1
        lines = acknowledged_before_kill(WRITE_ROWS, path, start, rnd.randint(1, 1_500))
        newest |= {key: int(number) for key, number in map(str.split, lines)}
        env = open_tables(path, map_bytes=1 << 28)
        with TableReader(env).snapshot() as snapshot:
            for key, number in newest.items():
                row = snapshot.get("prices", key)
                assert row is not None, key
                assert row.value is not None
                assert int(row.value) >= number, f"{key}: {number} was acknowledged"
            rows = {key for key, _ in snapshot.scan("prices", limit=99)}
            assert {key for _, key in snapshot.dirty(limit=99)} == rows, "a row and its dirty mark are written together"
            assert {change.key for change in snapshot.changed_since(0, limit=99)} == rows
        env.close()


def check_pages(env: lmdb.Environment) -> None:
    """Every entry is whole, and what is charged is exactly what is there."""
    damage: list[str] = []
    dbs = PageDatabases(env)
    with env.begin() as txn:
        stored = [(key, unseal(raw, decode_stored)) for key, raw in txn.cursor(db=dbs.entries)]
        charged = sum(int.from_bytes(raw[16:24], "big") for _, raw in txn.cursor(db=dbs.ledger))
        assert txn.stat(dbs.ledger)["entries"] == txn.stat(dbs.order)["entries"] == len(stored)
    with PageReader(env, on_damage=damage.append).view() as view:
        assert view.usage() == (charged, len(stored))
        assert charged <= SIZE_BYTES
        for digest, record in stored:
            assert record is not None
            assert view.body(digest, record.entry) is not None
    assert damage == []


def kill_page_writers(path: Path, times: int) -> None:
    rnd = random.Random(times)
    for _ in range(times):
        lines = acknowledged_before_kill(WRITE_PAGES, path, SIZE_BYTES, rnd.randint(1, 150))
        assert lines
        env = open_pages(path, SIZE_BYTES)
        check_pages(env)
        env.close()
        assert list(path.parent.glob("pages.damaged-*")) == [], "a kill damages nothing"


def test_no_acknowledged_row_is_lost(tmp_path: Path) -> None:
    kill_row_writers(tmp_path / "tables", times=6)


def test_every_page_is_whole_after_a_kill(tmp_path: Path) -> None:
    kill_page_writers(tmp_path / "pages", times=4)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_no_acknowledged_row_is_lost_in_many_kills(tmp_path: Path) -> None:
    kill_row_writers(tmp_path / "tables", times=200)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_every_page_is_whole_after_many_kills(tmp_path: Path) -> None:
    kill_page_writers(tmp_path / "pages", times=150)
