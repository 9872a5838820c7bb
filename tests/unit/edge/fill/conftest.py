"""Origins on loopback that do exactly what a test says, and whole fillers in front of them, on real LMDB."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import NamedTuple

import lmdb
import msgspec
import pytest

from edge import clock
from edge.config.schema import Duration, Origin
from edge.fill.cutting import Cutter, spawned_pool
from edge.fill.filler import Filler
from edge.fill.filling import FillParts
from edge.fill.health import OriginHealth, Times
from edge.fill.kind_memory import KindMemories
from edge.fill.manners import Manners, Tempo
from edge.fill.memory import Recent
from edge.fill.origin import OriginClient
from edge.fill.place import Copy, known_place, stored_copy
from edge.fill.protocol import FillAnswer, FillRequest
from edge.fill.rules import FillRules, KindRule
from edge.model import CacheKey, Pairs
from edge.observe.counters import Counters
from edge.policy.key import KeyRule
from edge.policy.storability import RoutePolicy
from edge.store.environment import open_pages, open_tables
from edge.store.pages import PageReader, PageStore
from edge.store.tables import TableReader, TableWriter
from edge.store.writer import Writer
from renderers.page import KindSpec, SlotSpec


class Wire:
    """One connection, seen from the origin, while it answers one request."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self.head = b""
        self.body = b""
        self.served = 0
        """Requests read from this connection so far."""

    @property
    def target(self) -> str:
        return self.head.split(b" ")[1].decode()

    @property
    def method(self) -> str:
        return self.head.split(b" ")[0].decode()

    def field(self, name: str) -> str | None:
        """The request's field, None when it was not sent."""
        for line in self.head.split(b"\r\n")[1:]:
            key, _, value = line.partition(b": ")
            if key.decode().lower() == name.lower():
                return value.decode()
        return None

    async def send(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def respond(self, body: bytes = b"", *, status: int = 200, **fields: str) -> None:
        lines = [f"HTTP/1.1 {status} Said", f"content-length: {len(body)}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
        await self.send("\r\n".join(lines).encode() + b"\r\n\r\n" + (b"" if self.method == "HEAD" else body))

    def close(self) -> None:
        self._writer.close()

    def reset(self) -> None:
        self._writer.transport.abort()

    async def read_request(self) -> bool:
        """False once the peer is gone."""
        try:
            self.head = await self._reader.readuntil(b"\r\n\r\n")
            length = self.field("content-length")
            self.body = await self._reader.readexactly(int(length)) if length else b""
            if self.field("transfer-encoding") == "chunked":
                self.body = await self._reader.readuntil(b"0\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            return False
        self.served += 1
        return not self._writer.is_closing()


Answer = Callable[[Wire], Awaitable[None]]


class ScriptedOrigin:
    """``answer`` may be replaced at any time; the next request gets the new one."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.requests: list[str] = []
        """``METHOD target`` in order of arrival."""
        self.heads: list[bytes] = []
        self.connections = 0
        self.port = 0
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Listen; after :meth:`stop`, on the same port again."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Refuse connections and drop those there are, as a dead process does."""
        if self._server is not None:
            self._server.close()
            for writer in list(self._writers):
                writer.transport.abort()
            await self._server.wait_closed()
            self._server = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.add(writer)
        wire = Wire(reader, writer)
        try:
            while await wire.read_request():
                self.requests.append(f"{wire.method} {wire.target}")
                self.heads.append(wire.head)
                await self.answer(wire)
        except (ConnectionError, asyncio.CancelledError):
            pass  # The peer, or the test, is done.
        finally:
            self._writers.discard(writer)
            writer.close()


StartOrigin = Callable[[Answer], Awaitable[ScriptedOrigin]]


@asynccontextmanager
async def _running(answer: Answer) -> AsyncIterator[ScriptedOrigin]:
    origin = ScriptedOrigin(answer)
    await origin.start()
    try:
        yield origin
    finally:
        await origin.stop()


@pytest.fixture
async def start_origin() -> AsyncIterator[StartOrigin]:
    """Starts origins that end with the test."""
    async with AsyncExitStack() as stack:

        async def start(answer: Answer) -> ScriptedOrigin:
            return await stack.enter_async_context(_running(answer))

        yield start


MAP_BYTES = 32 * 2**20
PRODUCT = KindRule(
    spec=KindSpec(
        name="product",
        sku="json-ld:sku",
        slots=(SlotSpec(name="price", at="css:.price", fill="{{ prices.amount | money }}"),),
    ),
    route=RoutePolicy(ttl_s=600, grace_s=3600, error_grace_s=86_400, operator=True),
)
MOMENT = Duration(0.5)


class Node:
    """A filler and what lies around it, in one loop. ``ahead_ms`` moves its clocks."""

    def __init__(self, parts: FillParts, tables: TableWriter) -> None:
        self.parts = parts
        self.tables = tables
        self.filler = Filler(parts)
        self.ahead_ms = 0

    def ask(self, target: str, kind: str | None = None, fields: Pairs = (), **flags: bool) -> FillRequest:
        """What a worker would ask for. ``flags``: background, accept."""
        return FillRequest(
            scheme="http",
            host="shop.example",
            target=target,
            pairs=(("Host", "shop.example"), ("X-Forwarded-For", "10.1.2.3"), *fields),
            client="10.1.2.3",
            origin="shop",
            kind=kind,
            key=f"shop http://shop.example{target}",
            background=flags.get("background", False),
            accept=flags.get("accept", False),
        )

    async def get(
        self, target: str, kind: str | None = None, fields: Pairs = (), **flags: bool
    ) -> tuple[FillAnswer, bytes]:
        """One fill, its body read to the end, and what goes on behind it ended too."""
        async with self.filler.fill(self.ask(target, kind, fields, **flags)) as result:
            body = b"".join([piece async for piece in result.body()])
        await self.quiet()
        return result.answer, body

    async def outcome(self, target: str, kind: str | None = None, fields: Pairs = (), **flags: bool) -> str:
        """``outcome reason`` of one fill."""
        answer, _ = await self.get(target, kind, fields, **flags)
        return f"{answer.outcome} {answer.reason}".strip()

    async def quiet(self) -> None:
        """Wait until no fetch is under way."""
        while not repr(self.filler).startswith("<Filler 0 "):  # noqa: ASYNC110 - there is no event for "nothing"
            await asyncio.sleep(0.001)

    def copy(self, target: str, *, fields: Pairs = ()) -> Copy | None:
        """What the store holds."""
        with self.parts.reader.view() as view:
            return stored_copy(view, known_place(view, self.ask(target, None, fields)))

    def stored_body(self, target: str, *, fields: Pairs = ()) -> bytes | None:
        """The stored body, None when nothing is stored."""
        with self.parts.reader.view() as view:
            where = known_place(view, self.ask(target, None, fields))
            copy = stored_copy(view, where)
            return None if copy is None else view.body(where.key.digest, copy.entry)

    def digest(self, target: str) -> bytes:
        """Under which a response that does not vary is stored."""
        return CacheKey(self.ask(target).key).digest

    def reconfigure(self, **changes: object) -> None:
        """What a reload does: a new filler with other rules on the same store."""
        rules = msgspec.structs.replace(self.parts.rules, **changes)
        self.parts = msgspec.structs.replace(self.parts, rules=rules)
        self.filler = Filler(self.parts)

    def restart(self) -> None:
        """What a restart does: a new filler that remembers what the store does."""
        self.parts = msgspec.structs.replace(self.parts, kinds=KindMemories(), manners=Manners())
        self.filler = Filler(self.parts)

    def told_up(self) -> bool:
        """What workers are told about the origin."""
        with self.parts.reader.view() as view:
            return view.origin_up("shop")


StartNode = Callable[..., Awaitable[Node]]


@pytest.fixture(scope="session")
def cutting_process() -> Iterator[ProcessPoolExecutor]:
    """One for all tests: to start it takes most of a second."""
    pool = spawned_pool()
    yield pool
    pool.shutdown()


@pytest.fixture
async def start_node(tmp_path: Path, cutting_process: ProcessPoolExecutor) -> AsyncIterator[StartNode]:
    """Starts a filler in front of an origin. Limits are short: nothing here is slow unless the test makes it so."""
    async with AsyncExitStack() as stack:

        async def start(
            origin: ScriptedOrigin,
            *,
            origin_fields: dict[str, object] | None = None,
            store_bytes: int = MAP_BYTES,
            **rules: object,
        ) -> Node:
            config = Origin(
                **{  # type: ignore[arg-type]  # what tests pass is what the field takes
                    "name": "shop",
                    "url": origin.url,
                    "connect_timeout": MOMENT,
                    "first_byte_timeout": MOMENT,
                    **(origin_fields or {}),
                }
            )
            stored = stack.enter_context(_stored(tmp_path, store_bytes))
            return await _assemble(stack, stored, config, _rules(rules), cutting_process)

        yield start


def _rules(changes: dict[str, object]) -> FillRules:
    chosen: dict[str, object] = {
        "keys": {"shop": KeyRule(origin="shop")},
        "kinds": {"product": PRODUCT},
        "max_object_bytes": 100_000,
        "wait_limit_s": 5.0,
        "pause_s": 0.0,
        **changes,
    }
    return FillRules(**chosen)  # type: ignore[arg-type]  # what tests pass is what the field takes


class Stored(NamedTuple):
    """Both environments, open, each with its writer."""

    pages: lmdb.Environment
    store: PageStore
    tables: lmdb.Environment
    table_writer: TableWriter


@contextmanager
def _stored(path: Path, store_bytes: int) -> Iterator[Stored]:
    with (
        open_pages(path / "pages", store_bytes) as pages,
        open_tables(path / "tables", map_bytes=MAP_BYTES) as tables,
        Writer(pages, name="pages") as pages_writer,
        Writer(tables, name="tables") as tables_writer,
    ):
        store = PageStore(pages, pages_writer, size_bytes=store_bytes, protected=lambda _name: False)
        yield Stored(pages, store, tables, TableWriter(tables, tables_writer, node="n1"))


async def _assemble(
    stack: AsyncExitStack, stored: Stored, origin: Origin, rules: FillRules, pool: ProcessPoolExecutor
) -> Node:
    client = await stack.enter_async_context(OriginClient((origin,)))

    async def publish(name: str, up: bool) -> None:
        await stored.store.set_origin_up(name, up=up)

    parts = FillParts(
        rules=rules,
        client=client,
        health=OriginHealth((origin,), client, publish, times=Times(sleep=_hardly)),
        reader=PageReader(stored.pages),
        store=stored.store,
        tables=TableReader(stored.tables),
        cutter=Cutter(lambda: pool),
        recent=Recent(unshared_s=rules.unshared_s, pause_s=rules.pause_s, clock=clock.monotonic_s),
        counters=Counters(),
        now_ms=lambda: clock.now_ms() + node.ahead_ms,
        manners=Manners(Tempo(monotonic_s=lambda: clock.monotonic_s() + node.ahead_ms / 1000, sleep=_hardly)),
    )
    node = Node(parts, stored.table_writer)
    await stack.enter_async_context(node.filler)
    return node


async def _hardly(_seconds: float) -> None:
    """Probes and second attempts come at once, but never without letting others run."""
    await asyncio.sleep(0.01)
