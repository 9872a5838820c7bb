from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import lmdb
import pytest

from edge.model import Lifetime
from edge.store.environment import open_pages, open_tables
from edge.store.pages import Entry, PageReader, PageStore
from edge.store.tables import TableReader, TableWriter
from edge.store.writer import Writer

MAP_BYTES = 8 << 20


@dataclass
class Clock:
    """A clock the test sets."""

    ms: int = 1_000_000

    def __call__(self) -> int:
        return self.ms


@dataclass
class Tables:
    """An open ``tables`` environment and all that works on it."""

    env: lmdb.Environment
    writer: Writer
    clock: Clock
    damage: list[str] = field(default_factory=list)

    @property
    def reader(self) -> TableReader:
        return TableReader(self.env, on_damage=self.damage.append)

    def as_node(self, node: str, *, dirty: bool = False) -> TableWriter:
        return TableWriter(self.env, self.writer, node=node, dirty=dirty, now_ms=self.clock)


@pytest.fixture
def tables(tmp_path: Path) -> Iterator[Tables]:
    env = open_tables(tmp_path / "tables", map_bytes=MAP_BYTES)
    with Writer(env, name="tables") as writer:
        yield Tables(env, writer, Clock())
    env.close()


@dataclass
class Pages:
    """An open ``pages`` environment of 4 MiB and all that works on it."""

    env: lmdb.Environment
    writer: Writer
    clock: Clock
    size_bytes: int
    down: set[str] = field(default_factory=set)
    damage: list[str] = field(default_factory=list)

    @property
    def reader(self) -> PageReader:
        return PageReader(self.env, on_damage=self.damage.append)

    @property
    def store(self) -> PageStore:
        return PageStore(
            self.env,
            self.writer,
            size_bytes=self.size_bytes,
            protected=lambda origin: origin in self.down,
            now_ms=self.clock,
        )


@pytest.fixture
async def pages(tmp_path: Path) -> AsyncIterator[Pages]:
    env = open_pages(tmp_path / "pages", 4 << 20)
    with Writer(env, name="pages") as writer:
        yield Pages(env, writer, Clock(), 4 << 20)
    env.close()


def _entry(key: str, *, origin: str = "shop", page: bool = False, version: bytes = b"version1") -> Entry:
    return Entry(
        key=key,
        origin=origin,
        kind="product" if page else None,
        status=200,
        headers=(("Content-Type", "text/html; charset=utf-8"), ("ETag", '"a"')),
        lifetime=Lifetime(stored_at=1_000, initial_age=0, ttl=60),
        fetched_at_ms=1_000_000,
        body_length=0,
        version=version,
        page=page,
    )


@pytest.fixture
def entry_of() -> Callable[..., Entry]:
    return _entry


def _digest(key: str) -> bytes:
    return hashlib.blake2b(key.encode(), digest_size=16).digest()


@pytest.fixture
def digest_of() -> Callable[[str], bytes]:
    return _digest
