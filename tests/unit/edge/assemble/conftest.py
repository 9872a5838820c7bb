"""Tables on real LMDB with a clock that stands still, and pages cut out of real HTML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import msgspec
import pytest

from edge.assemble.assembler import StoredPage, stored_page
from edge.model import Lifetime
from edge.store.environment import open_tables
from edge.store.pages import Entry
from edge.store.tables import Snapshot, TableReader, TableWriter
from edge.store.writer import Writer
from renderers import rows
from renderers.cut import compile_page
from renderers.deflate import press
from renderers.page import KindSpec, Page, SlotSpec

NOON_MS = 1_790_000_000_000
FETCHED_MS = NOON_MS - 3_600_000


class Tables:
    """A writer whose clock the test sets, and a reader."""

    def __init__(self, writer: TableWriter, reader: TableReader) -> None:
        self._writer = writer
        self.reader = reader
        self.now_ms = NOON_MS
        self._open = ExitStack()

    def snapshot(self) -> Snapshot:
        """The tables as they are now, until the test ends."""
        return self._open.enter_context(self.reader.snapshot())

    def close(self) -> None:
        self._open.close()

    async def put(self, table: str, key: str, **values: object) -> None:
        """State a row of a built-in table at ``now_ms``."""
        await self._writer.put(table, key, msgspec.msgpack.encode(rows.validate(table, values)))

    async def put_raw(self, table: str, key: str, value: bytes) -> None:
        """State a row that nobody has validated."""
        await self._writer.put(table, key, value)

    async def delete(self, table: str, key: str) -> None:
        await self._writer.delete(table, key)


@pytest.fixture
def tables(tmp_path: Path) -> Iterator[Tables]:
    env = open_tables(tmp_path / "tables", map_bytes=64 << 20)
    with Writer(env, name="tables") as writer:
        made: list[Tables] = []
        made.append(Tables(TableWriter(env, writer, node="n", now_ms=lambda: made[0].now_ms), TableReader(env)))
        yield made[0]
        made[0].close()
    env.close()


def cut(html: str, slots: Mapping[str, tuple[str, str]], *, sku: str | None = "meta:sku") -> Page:
    """A page with ``slots`` (name -> at, fill), none of which may be refused."""
    spec = KindSpec(
        name="product",
        sku=sku,
        slots=tuple(SlotSpec(name=name, at=at, fill=fill) for name, (at, fill) in slots.items()),
    )
    compiled = compile_page(html.encode(), spec, content_type="text/html; charset=utf-8", url_path="/product/1")
    assert compiled.refused == ()
    return compiled.page


def stored(page: Page, *, fetched_at_ms: int = FETCHED_MS, version: bytes = b"version1") -> StoredPage:
    """The page as assembly gets it."""
    entry = Entry(
        key="k",
        origin="shop",
        kind="product",
        status=200,
        headers=(),
        lifetime=Lifetime(0, 0, 600),
        fetched_at_ms=fetched_at_ms,
        body_length=0,
        version=version,
        page=True,
    )
    return stored_page(entry, bytes(16), page, tuple(press(segment) for segment in page.segments))


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TableWriter, TableReader]]:
    """Tables for tests that run many times over."""
    env = open_tables(tmp_path_factory.mktemp("shared") / "tables", map_bytes=64 << 20)
    with Writer(env, name="tables") as writer:
        yield TableWriter(env, writer, node="n"), TableReader(env)
    env.close()
