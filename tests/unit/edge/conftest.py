"""An admin API on loopback over a real store, with what its tests and those of the command line need."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import msgspec
import pytest
from aiohttp import web

from edge.admin.app import make_app
from edge.admin.audit import AuditLog
from edge.admin.parts import AdminParts, Document, ExplainQuery
from edge.admin.tokens import mint, token_hash
from edge.config.schema import BUILT_IN_TABLES, TableSection, Token
from edge.errors import RequestError
from edge.store.environment import open_tables
from edge.store.tables import TableReader, TableWriter
from edge.store.writer import Writer

READER = "a-token-that-may-only-read"


@dataclass(slots=True)
class Clock:
    """The node's wall clock, which stands still until a test moves it."""

    now_ms: int = 1_750_000_000_000

    def __call__(self) -> int:
        return self.now_ms


@dataclass(slots=True, kw_only=True)
class AdminNode:
    """A running admin API. Requests carry the minted token unless they bring their own."""

    url: str
    data: Path
    token: str
    session: aiohttp.ClientSession
    parts: AdminParts
    runner: web.AppRunner
    clock: Clock
    reasons: list[str]
    """Why the node is not ready; tests add to it."""
    explained: list[ExplainQuery]
    refreshed: list[tuple[str, bool]]

    async def call(self, method: str, path: str, body: object = None, /, **headers: str) -> Answer:
        """``body``: bytes as they are, else as JSON. Header names with underscores for dashes; empty ones left out."""
        fields = {"Authorization": f"Bearer {self.token}"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        sent = {name: value for name, value in fields.items() if value}
        raw = body if isinstance(body, bytes) else msgspec.json.encode(body)
        data = None if body is None else io.BytesIO(raw)
        async with self.session.request(method, self.url + path, headers=sent, data=data) as response:
            return Answer(response.status, response.headers, await response.read())

    async def restart(self, *, between: tuple[str, object]) -> None:
        """Stop answering, put one row (path, value) as another node's writer would, and answer again at the address."""
        path, value = between
        await self.runner.cleanup()
        _, table, key = path.removeprefix("/").split("/")
        await self.parts.writer.put(table, key, msgspec.msgpack.encode(value))
        self.runner = web.AppRunner(make_app(self.parts), shutdown_timeout=5)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", int(self.url.rpartition(":")[2])).start()


@dataclass(frozen=True, slots=True)
class Answer:
    """What the API said."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, object]:
        """The body, which must be a JSON object."""
        return msgspec.json.decode(self.body, type=dict[str, object])


@pytest.fixture
def map_bytes() -> int:
    """Room for rows; a test that wants little parametrizes it."""
    return 2**28


@pytest.fixture
async def admin_node(tmp_path: Path, map_bytes: int) -> AsyncIterator[AdminNode]:
    clock = Clock()
    reasons: list[str] = []
    explained: list[ExplainQuery] = []
    refreshed: list[tuple[str, bool]] = []

    async def status() -> Document:
        return {"node": "edge-1", "workers": [{"slot": 0, "up": True}]}

    async def ready() -> list[str]:
        return reasons

    async def explain(query: ExplainQuery) -> Document:
        explained.append(query)
        return {"url": query.url, "hops": [{"hop": "identify", "kind": "product"}]}

    async def read_feed(name: str) -> Document:
        if name not in ("shop", "broken"):
            raise RequestError(404, f"there is no feed {name!r}")
        return {"name": name, "state": "good" if name == "shop" else "failing", "detail": "it answers 500"}

    async def refresh(url: str, accept: bool) -> Document:
        refreshed.append((url, accept))
        return {"outcome": "stored"}

    data = tmp_path / "data"
    data.mkdir()
    minted = mint(data / "admin.token")
    tokens = (minted, Token(name="reader", hash=token_hash(READER), scopes=("tables:read",)))
    env = open_tables(data / "tables", map_bytes=map_bytes)
    try:
        with AuditLog(data / "audit.ndjson") as audit, Writer(env, name="tables") as writer:
            parts = AdminParts(
                reader=TableReader(env),
                writer=TableWriter(env, writer, node="edge-1", now_ms=clock),
                tables={name: TableSection() for name in (*BUILT_IN_TABLES, "notes")},
                tokens=tokens,
                audit=audit,
                spool=data,
                hosts=frozenset({"admin.shop.example"}),
                metrics=lambda: b"vitrine_up 1\n",
                status=status,
                ready=ready,
                explain=explain,
                refresh=refresh,
                feeds=lambda: [{"name": "shop", "state": "good"}],
                read_feed=read_feed,
            )
            runner = web.AppRunner(make_app(parts), shutdown_timeout=5)
            await runner.setup()
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            host, port = runner.addresses[0][:2]
            (data / "run").mkdir()
            (data / "run" / "admin.addr").write_text(f"{host}:{port}")
            async with aiohttp.ClientSession() as session:
                node = AdminNode(
                    url=f"http://{host}:{port}",
                    data=data,
                    token=(data / "admin.token").read_text().strip(),
                    session=session,
                    parts=parts,
                    runner=runner,
                    clock=clock,
                    reasons=reasons,
                    explained=explained,
                    refreshed=refreshed,
                )
                yield node
            await node.runner.cleanup()
    finally:
        await asyncio.to_thread(env.close)
