"""A model shop that mixes every trap, and visitors through the real filler and the real worker's handler.

No response may ever hold a byte that the shop marked as somebody's, unless it told it this visitor itself. Everything
runs in one loop: origin and edge listen on loopback, the cutting process is the real one, so is the store.
"""

from __future__ import annotations

import asyncio
import itertools
import string
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Literal, NamedTuple

import aiohttp
import pytest
from aiohttp import web
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from edge import routes
from edge.assemble.assembler import Assembler
from edge.config.schema import Cache, Config, Duration, Origin, PageKind, SlotTable
from edge.fill.cutting import Cutter
from edge.fill.filler import Filler
from edge.fill.filling import FillParts
from edge.fill.health import OriginHealth, Times
from edge.fill.manners import Manners, Tempo
from edge.fill.memory import Recent
from edge.fill.origin import OriginClient
from edge.http.copies import Copies
from edge.http.handler import Handler, Parts
from edge.http.recency import Recency
from edge.http.refreshes import Refreshes
from edge.http.send import Sender
from edge.lifecycle import Spawner
from edge.observe.counters import Counters
from edge.policy.proxies import TrustedProxies
from edge.store.environment import open_pages, open_tables
from edge.store.pages import PageReader, PageStore
from edge.store.tables import TableReader
from edge.store.writer import Writer
from tests.e2e.model_shop import HARMLESS, REFUSING, TRAPS, VISITOR, ModelShop

STORE_BYTES = 64 << 20
Answer = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


class Lines:
    """The two listeners, kept for all examples; each example puts its own shop and edge behind them."""

    def __init__(self) -> None:
        self.shop: Answer
        self.edge: Answer
        self.shop_url = self.edge_url = ""

    async def _to_shop(self, request: web.BaseRequest) -> web.StreamResponse:
        return await self.shop(request)

    async def _to_edge(self, request: web.BaseRequest) -> web.StreamResponse:
        return await self.edge(request)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            self.shop_url = await stack.enter_async_context(_listener(self._to_shop))
            self.edge_url = await stack.enter_async_context(_listener(self._to_edge))
            yield


@asynccontextmanager
async def _listener(answer: Answer) -> AsyncIterator[str]:
    runner = web.ServerRunner(web.Server(answer), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield "http://{}:{}".format(*runner.addresses[0][:2])
    finally:
        await runner.cleanup()


class World:
    """What lasts from one example to the next."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stack = AsyncExitStack()
        self._numbers = itertools.count(1)
        self.lines = Lines()

    async def open(self) -> None:
        stack = self._stack
        await stack.enter_async_context(self.lines.listening())
        pages = stack.enter_context(open_pages(self._path / "pages", STORE_BYTES))
        tables = stack.enter_context(open_tables(self._path / "tables", map_bytes=STORE_BYTES))
        writer = stack.enter_context(Writer(pages, name="pages"))
        self.store = PageStore(pages, writer, size_bytes=STORE_BYTES, protected=lambda _name: False)
        self.pages, self.tables = PageReader(pages), TableReader(tables)
        self.cutter = await stack.enter_async_context(Cutter())
        self.browser = await stack.enter_async_context(
            aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), connector=aiohttp.TCPConnector(limit=0))
        )

    async def close(self) -> None:
        await self._stack.aclose()

    def number(self) -> int:
        """Of an example: its pages and its page kind are its own."""
        return next(self._numbers)


@dataclass(slots=True)
class Visitor:
    """A browser."""

    name: str
    jar: dict[str, str] = field(default_factory=dict)
    etags: dict[str, str] = field(default_factory=dict)


class Plan(NamedTuple):
    """One example."""

    seed: int
    traps: list[str]
    later_traps: list[str]
    """After a redesign."""
    adapter: Literal["generic", "django"]
    client_address: Literal["node", "visitor"]
    ttl_s: int
    declared: bool
    """The operator has written the token's slot himself."""
    steps: list[tuple[str, int, int]]
    """(what, visitor, page)."""


class Reply(NamedTuple):
    status: int
    text: str
    fields: list[tuple[str, str]]

    @property
    def cache_status(self) -> str:
        return next(value for name, value in self.fields if name == "Cache-Status")


class Example:
    """A shop, an edge and visitors."""

    def __init__(self, world: World, plan: Plan) -> None:
        self.world = world
        self.plan = plan
        self.number = world.number()
        self.shop = ModelShop(plan.seed, plan.traps)
        self.visitors = [Visitor(f"v{self.number}x{number}") for number in range(3)]
        self.ahead_s = 0.0
        self._tasks = Spawner()
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Example:
        world, config = self.world, self._config()
        client = await self._stack.enter_async_context(OriginClient(config.origins))
        rules = routes.fill_rules(config)
        parts = FillParts(
            rules=rules,
            client=client,
            health=OriginHealth(config.origins, client, self._publish, times=Times(monotonic_s=self.clock)),
            reader=world.pages,
            store=world.store,
            tables=world.tables,
            cutter=world.cutter,
            recent=Recent(unshared_s=rules.unshared_s, pause_s=rules.pause_s, clock=self.clock),
            counters=Counters(),
            now_ms=lambda: 1_750_000_000_000 + round(self.clock() * 1000),
            manners=Manners(Tempo(monotonic_s=self.clock, sleep=lambda _: asyncio.sleep(0))),
        )
        await world.store.set_origin_up(config.origins[0].name, up=True)
        self.filler = await self._stack.enter_async_context(Filler(parts))
        self._stack.push_async_callback(self._tasks.aclose)
        handler = Handler(
            Parts(
                sites=routes.sites(config),
                rules=routes.key_rules(config),
                trusted=TrustedProxies(()),
                copies=Copies(world.pages),
                sender=Sender(Assembler(world.tables, {}), {}),
                fills=self.filler,
                origins=client,
                recency=Recency(self.filler),
                refreshes=Refreshes(self.filler, self._tasks, monotonic_s=self.clock),
                place=lambda _client: None,
                record=lambda _record, _seconds: None,
                worker="0",
            )
        )
        world.lines.shop, world.lines.edge = self.shop.answer, handler
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._stack.aclose()

    def clock(self) -> float:
        return self.ahead_s + asyncio.get_running_loop().time()

    async def _publish(self, name: str, up: bool) -> None:
        await self.world.store.set_origin_up(name, up=up)

    def _config(self) -> Config:
        plan = self.plan
        price = SlotTable(name="price", at="css:.price", fill="{{ prices.amount | money }}")
        token = SlotTable(
            name="token",
            at="css:input[name='csrfmiddlewaretoken']@value",
            fill='{{ visitor.csrf("csrftoken") }}',
            all=True,
        )
        kind = PageKind(
            name=f"product-{self.number}",
            match=(f"/{self.number}/*",),
            sku="json-ld:sku",
            ttl=Duration(plan.ttl_s),
            slots=(price, token) if plan.declared else (price,),
        )
        origin = Origin(
            name="shop", url=self.world.lines.shop_url, adapter=plan.adapter, client_address=plan.client_address
        )
        return Config(origins=(origin,), pages=(kind,), cache=Cache(bypass_cookies=()))

    def path(self, page: int) -> str:
        return f"/{self.number}/mug-{page}"

    async def view(self, visitor: Visitor, page: int, method: str = "GET") -> Reply:
        """One page view, and nothing in it that is somebody else's."""
        path = self.path(page)
        headers = {"Accept-Encoding": "gzip" if page % 2 else "identity"}
        if path in visitor.etags and self.shop.chance.random() < 0.3:
            headers["If-None-Match"] = visitor.etags[path]
        return await self.send(visitor, method, path, headers)

    async def send(
        self, visitor: Visitor, method: str, path: str, headers: dict[str, str], data: dict[str, str] | None = None
    ) -> Reply:
        sent = {**headers, VISITOR: visitor.name, "X-Forwarded-For": "203.0.113.9"}
        if visitor.jar:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in visitor.jar.items())
        url = self.world.lines.edge_url + path
        async with self.world.browser.request(method, url, headers=sent, data=data, allow_redirects=False) as response:
            reply = Reply(response.status, await response.text(), list(response.headers.items()))
        self.check(visitor, reply)
        for line in response.headers.getall("Set-Cookie", ()):
            for name, morsel in SimpleCookie(line).items():
                visitor.jar[name] = morsel.value
        visitor.etags[path] = response.headers.get("ETag", "")
        return reply

    def check(self, visitor: Visitor, reply: Reply) -> None:
        """The law."""
        said = reply.text + "".join(f"{name}: {value}\n" for name, value in reply.fields)
        hers = self.shop.told.get(visitor.name, set()) | set(visitor.jar.values())
        foreign = [mark for mark in self.shop.marks if mark in said and mark not in hers]
        assert not foreign, f"{visitor.name} was shown {foreign} with {reply.cache_status}:\n{reply.text}"
        others = {other.jar.get("csrftoken") for other in self.visitors if other is not visitor} - {None}
        shared = [token for token in others if token and token in said and token not in hers]
        assert not shared, f"{visitor.name} was shown another visitor's token {shared}"

    async def quiet(self) -> None:
        """Wait until nothing goes on behind the visitors' backs."""
        while len(self._tasks) or not repr(self.filler).startswith("<Filler 0 "):  # noqa: ASYNC110 - there is no event
            await asyncio.sleep(0.001)

    async def step(self, what: str, visitor: Visitor, page: int) -> None:
        match what:
            case "view":
                await self.view(visitor, page)
            case "head":
                await self.view(visitor, page, "HEAD")
            case "crowd":
                await asyncio.gather(*(self.view(each, page) for each in self.visitors))
            case "add" | "login":
                form = {"token": visitor.jar.get("csrftoken", ""), "back": self.path(page)}
                await self.send(visitor, "POST", f"/{what}", {}, form)
                await self.view(visitor, page)
            case "wait":
                await self.quiet()
                self.ahead_s += 700
            case "redesign":
                self.shop.traps = self.plan.later_traps
            case "close":
                self.shop.up = False
            case "open":
                self.shop.up = True
            case _:
                raise AssertionError(what)

    def stored(self) -> list[str]:
        """Segments of every page of this example that the store holds."""
        found = []
        with self.world.pages.view() as view:
            for digest, entry in view.entries(limit=10_000):
                page = view.page(digest, entry) if entry.kind == f"product-{self.number}" else None
                found += [segment.decode() for segment in page.segments] if page is not None else []
        return found


async def run(world: World, plan: Plan) -> None:
    """Every step, each response checked; in the end nothing in the store is anybody's."""
    async with Example(world, plan) as example:
        for what, visitor, page in plan.steps:
            await example.step(what, example.visitors[visitor], page)
        await example.quiet()


@pytest.fixture(scope="module")
def loop_runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="module")
def world(loop_runner: asyncio.Runner, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    world = World(tmp_path_factory.mktemp("model-shop"))
    loop_runner.run(world.open())
    yield world
    loop_runner.run(world.close())


def plans() -> st.SearchStrategy[Plan]:
    some_traps = st.lists(st.sampled_from(sorted(TRAPS)), max_size=5, unique=True)
    what = st.sampled_from(
        ["view"] * 8 + ["crowd"] * 3 + ["add", "login", "wait", "wait", "head", "redesign", "close", "open"]
    )
    return st.builds(
        Plan,
        seed=st.integers(0, 2**32),
        traps=some_traps,
        later_traps=some_traps,
        adapter=st.sampled_from(["generic", "django"]),
        client_address=st.sampled_from(["node", "visitor"]),
        ttl_s=st.sampled_from([0, 600]),
        declared=st.booleans(),
        steps=st.lists(st.tuples(what, st.integers(0, 2), st.integers(0, 2)), min_size=3, max_size=12),
    )


_QUIET = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink),
)


@settings(_QUIET, max_examples=200)
@given(plan=plans())
def test_nobody_is_ever_shown_what_is_another_s(world: World, loop_runner: asyncio.Runner, plan: Plan) -> None:
    loop_runner.run(run(world, plan))


@pytest.mark.slow
@pytest.mark.timeout(3600)
@settings(_QUIET, max_examples=10_000)
@given(plan=plans())
def test_nobody_is_ever_shown_what_is_another_s_in_ten_thousand_shops(
    world: World, loop_runner: asyncio.Runner, plan: Plan
) -> None:
    loop_runner.run(run(world, plan))


def simple(traps: list[str]) -> Plan:
    return Plan(1, traps, [], "django", "node", 600, declared=False, steps=[])


@pytest.mark.parametrize("trap", [*HARMLESS, "address"])
def test_what_can_be_stored_is(world: World, loop_runner: asyncio.Runner, trap: str) -> None:
    """Else the law above would hold of an edge that stores nothing."""

    async def two_visits() -> str:
        async with Example(world, simple([trap])) as example:
            for visitor in example.visitors[:2]:
                await example.view(visitor, 1)
            return (await example.view(example.visitors[0], 1)).cache_status

    assert "hit" in loop_runner.run(two_visits())


@pytest.mark.parametrize("trap", REFUSING)
def test_what_cannot_be_stored_is_relayed(world: World, loop_runner: asyncio.Runner, trap: str) -> None:
    async def two_visits() -> tuple[str, list[str]]:
        async with Example(world, simple([trap])) as example:
            await example.view(example.visitors[0], 1)
            return (await example.view(example.visitors[1], 1)).cache_status, example.stored()

    cache_status, stored = loop_runner.run(two_visits())
    assert "leak-gate" in cache_status
    assert stored == []


def test_the_law_notices_a_breach(world: World, loop_runner: asyncio.Runner) -> None:
    async def breach() -> None:
        async with Example(world, simple([])) as example:
            stranger = example.shop.customers[0]
            reply = Reply(200, f"<p>{stranger.email}</p>", [("Cache-Status", "vitrine; hit")])
            example.check(example.visitors[0], reply)

    with pytest.raises(AssertionError, match=r"was shown .*mail\.example"):
        loop_runner.run(breach())


def test_a_minted_token_looks_like_the_shop_s_and_is_taken_by_it(world: World, loop_runner: asyncio.Runner) -> None:
    async def visit() -> tuple[str, str]:
        async with Example(world, simple(["django_form"])) as example:
            first, second = example.visitors[:2]
            await example.view(first, 1)
            await example.view(second, 1)
            return first.jar["csrftoken"], second.jar["csrftoken"]

    one, other = loop_runner.run(visit())
    assert one != other
    assert {len(one), len(other)} == {32}
    assert set(one + other) <= set(string.ascii_letters + string.digits)


def test_a_visitor_without_the_shop_s_own_token_is_relayed_and_then_served(
    world: World, loop_runner: asyncio.Runner
) -> None:
    async def visits() -> list[tuple[bool, bool]]:
        async with Example(world, simple(["own_token_cookie"])) as example:
            replies = [await example.view(example.visitors[which], 1) for which in (0, 0, 1, 1)]
            tokens = [example.visitors[which].jar["shop_token"] for which in (0, 0, 1, 1)]
            return [
                ("hit" in reply.cache_status, token in reply.text) for reply, token in zip(replies, tokens, strict=True)
            ]

    assert loop_runner.run(visits()) == [(False, True), (True, True), (False, True), (True, True)]
