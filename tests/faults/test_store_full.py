"""A store that is full: churned ten times over its map never fills up, and a full disk refuses and harms nothing."""

from __future__ import annotations

import asyncio
import hashlib
import math
import random
import subprocess
import sys
from pathlib import Path

import pytest

from edge.model import Lifetime
from edge.store.environment import open_pages
from edge.store.pages import Entry, PageReader, PageStore, PlainContent
from edge.store.writer import Writer

SMALLEST_BYTES, LARGEST_BYTES = 1 << 10, 2 << 20


class Churn:
    """Stores bodies of 1 KB to 2 MB, every size as likely as its double, half of them over earlier ones."""

    def __init__(self, store: PageStore) -> None:
        self._store = store
        self._rnd = random.Random(5)
        self._source = self._rnd.randbytes(2 * LARGEST_BYTES)
        self.latest: dict[str, bytes] = {}
        self.stored_bytes = 0

    async def put_one(self) -> None:
        length = int(math.exp(self._rnd.uniform(math.log(SMALLEST_BYTES), math.log(LARGEST_BYTES))))
        start = self._rnd.randrange(len(self._source) - length)
        key = f"k{self._rnd.randrange(1 + 2 * len(self.latest))}"
        body = self._source[start : start + length]
        self.latest[key] = body
        await self._store.put(digest(key), entry(key, body), PlainContent(body))
        self.stored_bytes += length


def digest(key: str) -> bytes:
    return hashlib.blake2b(key.encode(), digest_size=16).digest()


def entry(key: str, body: bytes) -> Entry:
    return Entry(
        key=key,
        origin="shop",
        kind=None,
        status=200,
        headers=(("Content-Type", "text/html"),),
        lifetime=Lifetime(stored_at=0, initial_age=0, ttl=60),
        fetched_at_ms=0,
        body_length=len(body),
        version=hashlib.blake2b(body, digest_size=8).digest(),
    )


async def churn(path: Path, size_bytes: int, *, at_once: int) -> None:
    """Any StoreFull on the way fails the test."""
    env = open_pages(path, size_bytes)
    with Writer(env, name="pages") as writer:
        churn = Churn(PageStore(env, writer, size_bytes=size_bytes, protected=lambda _: False))
        reader = PageReader(env)
        while churn.stored_bytes < 10 * size_bytes:
            await asyncio.gather(*(churn.put_one() for _ in range(at_once)))
            with reader.view() as view:
                assert view.usage().used_bytes <= size_bytes
        with reader.view() as view:
            assert view.usage().used_bytes > size_bytes - 2 * LARGEST_BYTES, "the store is used to its limit"
            kept = {key: view.lookup(digest(key), key) for key in churn.latest}
            for key, found in kept.items():
                assert found is None or view.body(digest(key), found) == churn.latest[key]
            assert sum(found is not None for found in kept.values()) == view.usage().entries
    env.close()
    assert (path / "data.mdb").stat().st_size <= size_bytes * 3 // 2
    open_pages(path, size_bytes).close()
    assert list(path.parent.glob("pages.damaged-*")) == []


@pytest.mark.parametrize("at_once", [1, 8])
async def test_ten_times_the_size_of_a_full_store_is_stored_without_a_full_map(tmp_path: Path, at_once: int) -> None:
    await churn(tmp_path / "pages", 16 << 20, at_once=at_once)


@pytest.mark.slow
@pytest.mark.timeout(1_800)
async def test_ten_times_the_size_of_a_large_full_store_is_stored_without_a_full_map(tmp_path: Path) -> None:
    await churn(tmp_path / "pages", 1 << 30, at_once=16)


FILL_THE_DISK = """
import asyncio, sys
from pathlib import Path
from edge.errors import StoreFull
from edge.store.environment import open_pages, open_tables
from edge.store.pages import PageReader, PageStore, PlainContent
from edge.store.tables import TableReader, TableWriter
from edge.store.writer import Writer
sys.path.insert(0, sys.argv[2])
from test_store_full import digest, entry

async def main():
    root = Path(sys.argv[1])
    tables_env, pages_env = open_tables(root / "tables"), open_pages(root / "pages", 1 << 30)
    with Writer(tables_env, name="tables") as tables_writer, Writer(pages_env, name="pages") as pages_writer:
        tables = TableWriter(tables_env, tables_writer, node="a")
        pages = PageStore(pages_env, pages_writer, size_bytes=1 << 30, protected=lambda _: False)
        rows, bodies = {}, {}
        refused = {"tables": 0, "pages": 0}
        while not all(refused.values()):
            key = f"k{len(rows)}-{len(bodies)}-{refused}"
            try:
                await tables.put("prices", key, rows.setdefault(key, bytes(50_000)))
            except StoreFull:
                refused["tables"] += 1
                del rows[key]
            try:
                await pages.put(digest(key), entry(key, bytes(400_000)), PlainContent(bytes(400_000)))
                bodies[key] = bytes(400_000)
            except StoreFull:
                refused["pages"] += 1
        with TableReader(tables_env).snapshot() as snapshot:
            assert dict((key, row.value) for key, row in snapshot.scan("prices", limit=10**6)) == rows
        with PageReader(pages_env).view() as view:
            for key, body in bodies.items():
                assert view.body(digest(key), view.lookup(digest(key), key)) == body
            assert view.usage().entries == len(bodies)
        assert rows and bodies
    tables_env.close()
    pages_env.close()
    open_tables(root / "tables").close()
    print("served on", len(rows), len(bodies))

asyncio.run(main())
"""


def test_a_full_disk_refuses_rows_and_pages_and_serves_on(tmp_path: Path) -> None:
    script = f'mount -t tmpfs -o size=12m none "$0" && exec "{sys.executable}" -c "$1" "$0" "$2"'
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c"]
    if subprocess.run([*command, 'mount -t tmpfs none "$0"', tmp_path], check=False, capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount a small file system")
    done = subprocess.run(
        [*command, script, tmp_path, FILL_THE_DISK, Path(__file__).parent],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("served on")
