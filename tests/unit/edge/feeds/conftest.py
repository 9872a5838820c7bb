"""A shop on loopback that publishes what a test says, and feeds of it into real tables."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import pytest
from aiohttp import web

from edge import clock
from edge.admin.audit import AuditLog
from edge.config.schema import Config, Duration, Feed, Node, Origin, PageKind, SlotTable
from edge.feeds.applying import Tables
from edge.feeds.keeper import FeedParts, Feeds, feeding
from edge.observe.counters import Counters
from edge.store.environment import open_pages, open_tables
from edge.store.pages import PageReader
from edge.store.tables import Row, TableReader, TableWriter
from edge.store.writer import Writer


@dataclass(slots=True)
class Published:
    """What the shop answers on one path."""

    body: bytes = b""
    status: int = 200
    fields: dict[str, str] = field(default_factory=dict)


class FeedShop:
    """Answers 304 to whoever holds the ETag it gives."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, str]]] = []
        """(target, request fields in lower case) in order of arrival."""
        self._published: dict[str, Published] = {}
        self._server = web.ServerRunner(web.Server(self._answer))
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        await self._server.setup()
        site = web.TCPSite(self._server, "127.0.0.1", self.port)
        await site.start()
        self.port = self._server.addresses[0][1]

    async def stop(self) -> None:
        await self._server.cleanup()

    def publish(self, path: str, body: str | bytes = b"", status: int = 200, **fields: str) -> None:
        data = body.encode() if isinstance(body, str) else body
        named = {name.replace("_", "-"): value for name, value in fields.items()}
        self._published[path] = Published(data, status, named)

    def times(self, path: str) -> int:
        return sum(target == path for target, _ in self.asked)

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        self.asked.append((request.path_qs, {name.lower(): value for name, value in request.headers.items()}))
        said = self._published.get(request.path_qs, Published(status=404))
        if "ETag" in said.fields and request.headers.get("If-None-Match") == said.fields["ETag"]:
            return web.Response(status=304, headers={"ETag": said.fields["ETag"]})
        return web.Response(status=said.status, body=said.body, headers=said.fields)


@dataclass(slots=True, kw_only=True)
class Kit:
    """A node's tables and everything feeds need. ``feeds`` runs them."""

    shop: FeedShop
    data: Path
    reader: TableReader
    writer: TableWriter
    pages: PageReader
    audit: AuditLog
    counters: Counters = field(default_factory=Counters)
    max_age_ms: dict[str, int] = field(default_factory=dict)
    now_ms: int | None = None
    """What the feeds take the time for; None: the time."""
    kinds: tuple[PageKind, ...] = ()

    @asynccontextmanager
    async def feeds(self, *feeds: Feed) -> AsyncIterator[Feeds]:
        """Feeds that have read once by themselves, as at every start, and from then on read when they are told to."""
        (self.data / "run").mkdir(exist_ok=True)
        config = Config(
            origins=(Origin(name="shop", url=self.shop.url),),
            node=Node(name="edge-1", data=self.data),
            pages=self.kinds,
            feeds=tuple(msgspec.structs.replace(feed, interval=Duration(3600)) for feed in feeds),
        )
        tables = Tables(self.reader, self.writer, self.max_age_ms, self.clock)
        began_ms = self.clock()
        async with feeding(FeedParts(config, tables, self.pages, self.counters, self.audit)) as running:
            while not all(_read_since(began_ms, shown) for shown in running.report()):  # noqa: ASYNC110 - no event
                await asyncio.sleep(0.001)
            yield running

    def clock(self) -> int:
        return clock.now_ms() if self.now_ms is None else self.now_ms

    def row(self, table: str, key: str) -> Row | None:
        with self.reader.snapshot() as snapshot:
            return snapshot.get(table, key)

    def value(self, table: str, key: str) -> dict[str, object] | None:
        row = self.row(table, key)
        if row is None or row.value is None:
            return None
        return msgspec.msgpack.decode(row.value, type=dict[str, object])

    def amount(self, key: str) -> object:
        value = self.value("prices", key)
        return None if value is None else value["amount"]

    async def put(self, table: str, key: str, **fields: object) -> None:
        """As an operator."""
        await self.writer.put(table, key, msgspec.msgpack.encode(fields))


def _read_since(began_ms: int, shown: dict[str, object]) -> bool:
    asked_at_ms = shown["asked_at_ms"]
    return isinstance(asked_at_ms, int) and asked_at_ms >= began_ms


@pytest.fixture
async def kit(tmp_path: Path) -> AsyncIterator[Kit]:
    shop = FeedShop()
    await shop.start()
    async with AsyncExitStack() as stack:
        stack.push_async_callback(shop.stop)
        tables = open_tables(tmp_path / "tables", map_bytes=2**26)
        stack.callback(tables.close)
        pages = open_pages(tmp_path / "pages", 2**24)
        stack.callback(pages.close)
        kit = Kit(
            shop=shop,
            data=tmp_path,
            reader=TableReader(tables),
            writer=TableWriter(tables, stack.enter_context(Writer(tables, name="tables")), node="edge-1"),
            pages=PageReader(pages),
            audit=stack.enter_context(AuditLog(tmp_path / "audit.ndjson")),
        )
        yield kit


def google(**prices: str) -> str:
    """A feed of these products, each with its price in euro."""
    items = (f"<item><g:id>{key}</g:id><g:price>{price} EUR</g:price></item>" for key, price in prices.items())
    return f'<rss xmlns:g="http://base.google.com/ns/1.0"><channel>{"".join(items)}</channel></rss>'


PRODUCT = PageKind(
    name="product",
    match=("/p/*",),
    sku="css:h1@data-sku",
    slots=(
        SlotTable(name="price", at="css:.price", fill="{{ prices.amount | money }}"),
        SlotTable(name="was", at="css:.was", fill="{{ prices.list_amount | money }}"),
        SlotTable(name="stock", at="css:.stock", fill="{{ inventory | stock }}"),
        SlotTable(
            name="ld",
            at="json:script[type='application/ld+json']#/offers/price",
            fill="{{ prices.amount }}",
        ),
        SlotTable(
            name="card", each="css:.card", sku="css:a@data-sku", at="css:.cost", fill="{{ prices.amount | money }}"
        ),
    ),
)


def product_page(sku: str, price: str, *, was: str = "", stock: str = "In stock") -> str:
    """A page of the kind above."""
    was = f'<s class="was">€{was}</s>' if was else ""
    return (
        f'<!DOCTYPE html><html><head><script type="application/ld+json">{{"@type": "Product", "offers": '
        f'{{"price": "{price}", "priceCurrency": "EUR"}}}}</script></head><body><h1 data-sku="{sku}">{sku}</h1>'
        f'<p class="price">€{price}</p>{was}<p class="stock">{stock}</p>'
        '<div class="card"><a data-sku="OTHER">x</a><span class="cost">€1.00</span></div></body></html>'
    )


def sitemap(*urls: str) -> str:
    """A sitemap of these addresses."""
    places = "".join(f"<url><loc>{url}</loc></url>" for url in urls)
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{places}</urlset>'
