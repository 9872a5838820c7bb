"""All feeds of a node, each read again and again for as long as the agent runs, and what became of each."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import NamedTuple, Protocol

from edge import routes
from edge.admin.audit import AuditLine, AuditLog
from edge.config.schema import Config, Feed
from edge.errors import EdgeError, OriginError, RequestError, StoreError
from edge.feeds.applying import Tables
from edge.feeds.document import DocumentFeed, Outcome
from edge.feeds.fetch import Unread
from edge.feeds.memory import Memory
from edge.feeds.pages import PageFeed, Shop
from edge.feeds.sources import Source, shop_of, source
from edge.feeds.state import FeedState, failed, next_reading_s
from edge.feeds.threads import in_thread
from edge.fill.cutting import Cutter
from edge.fill.origin import OriginClient
from edge.lifecycle import running
from edge.observe.counters import Counters
from edge.store.pages import PageReader

logger = logging.getLogger("vitrine.feeds")


class Readable(Protocol):
    """A feed of any format."""

    async def read(self, client: OriginClient, state: FeedState, *, by_hand: bool) -> Outcome:
        """Read it and bring the rows up to date. Raises Unread, OriginError, StoreError."""


class FeedParts(NamedTuple):
    """What feeds need of the node."""

    config: Config
    tables: Tables
    pages: PageReader
    counters: Counters
    audit: AuditLog


class Feeds:
    """The feeds of a running node."""

    def __init__(self, keepers: dict[str, Keeper]) -> None:
        self._keepers = keepers

    def report(self) -> list[dict[str, object]]:
        """How each feed is, in the order of the configuration."""
        return [keeper.report() for keeper in self._keepers.values()]

    async def read_now(self, name: str) -> dict[str, object]:
        """Read one feed whole, changed or not, and say how it is then. Raises RequestError for a name that is none."""
        keeper = self._keepers.get(name)
        if keeper is None:
            known = ", ".join(self._keepers) or "none"
            raise RequestError(404, f"there is no feed {name!r}; there are {known}")
        await keeper.read(by_hand=True)
        return keeper.report()


class Keeper:
    """One feed: reads it, remembers how it went, knows when to read it again."""

    def __init__(self, feed: Feed, readable: Readable, memory: Memory, parts: FeedParts) -> None:
        self._feed = feed
        self._readable = readable
        self._memory = memory
        self._parts = parts
        self._state = memory.state()
        self._wait_s = float(feed.interval)
        self._turn = asyncio.Lock()
        self.client: OriginClient

    async def run(self) -> None:
        """Read it at its interval, until cancelled."""
        while True:
            await self.read(by_hand=False)
            await asyncio.sleep(self._wait_s)

    async def read(self, *, by_hand: bool) -> None:
        """Read it once. Whatever goes wrong is in the report and the log, and the rows it gave stay."""
        async with self._turn:
            asked_at_ms = self._parts.tables.now_ms()
            try:
                outcome = await self._readable.read(self.client, self._state, by_hand=by_hand)
            except EdgeError as exc:
                await self._fail(exc, asked_at_ms)
            except Exception as exc:
                logger.exception("feed %s failed", self._feed.label)
                await self._fail(exc, asked_at_ms)
            else:
                await self._succeed(outcome)

    def report(self) -> dict[str, object]:
        """How the feed is."""
        feed = self._feed
        url = _shown_url(feed)
        named = {"name": feed.label, "format": feed.format, "url": url, "interval_s": float(feed.interval)}
        asked_at_ms = self._state.asked_at_ms
        next_at_ms = asked_at_ms + round(self._wait_s * 1000) if asked_at_ms else None
        return named | self._state.shown() | {"next_at_ms": next_at_ms}

    async def _fail(self, exc: Exception, asked_at_ms: int) -> None:
        detail = str(exc) if isinstance(exc, EdgeError) else f"{type(exc).__name__}: {exc}"
        if self._state.detail != detail:
            logger.warning("feed %s: %s; its rows stay as they are", self._feed.label, detail)
        self._state = failed(self._state, detail, asked_at_ms=asked_at_ms)
        retry = isinstance(exc, OriginError | StoreError) or (isinstance(exc, Unread) and exc.retry)
        rest_s = exc.rest_s if isinstance(exc, Unread) else None
        self._wait_s = next_reading_s(self._state, self._feed.interval, retry=retry, rest_s=rest_s)
        self._count("failing")
        await self._note()

    async def _succeed(self, outcome: Outcome) -> None:
        state, label = outcome.state, self._feed.label
        if self._state.failures:
            logger.info("feed %s is read again", label)
        if state.detail and state.detail != self._state.detail:
            logger.warning("feed %s: %s", label, state.detail)
        self._wait_s = float(self._feed.interval)
        self._state = state
        counters = self._parts.counters
        for table, rows in outcome.changed.items():
            counters.feed_rows[label, table] += rows
        self._count("good")
        await self._note()
        if outcome.changed:
            await self._audit(outcome)

    async def _audit(self, outcome: Outcome) -> None:
        line = AuditLine(
            at_ms=self._parts.tables.now_ms(),
            who=f"feed {self._feed.label}",
            client="",
            method="FEED",
            path=_shown_url(self._feed) or "",
            status=200,
            did={"items": outcome.state.items, "changed": outcome.changed},
        )
        with suppress(StoreError):  # It is in the state and the metrics, and the rows are durable.
            await self._parts.audit.append(line)

    async def _note(self) -> None:
        try:
            await in_thread(self._memory.note, self._state)
        except StoreError as exc:
            logger.warning("feed %s: %s", self._feed.label, exc)

    def _count(self, outcome: str) -> None:
        counters, label, state = self._parts.counters, self._feed.label, self._state
        counters.feed_readings[label, outcome] += 1
        counters.feed_failing[label,] = float(outcome == "failing")
        counters.feed_items[label,] = state.items
        counters.feed_bad_items[label,] = state.bad
        counters.feed_good_at[label,] = state.good_at_ms / 1000


def _shown_url(feed: Feed) -> str | None:
    """Without its query, which often is a key."""
    return None if feed.url is None else feed.url.partition("?")[0]


@asynccontextmanager
async def feeding(parts: FeedParts) -> AsyncIterator[Feeds]:
    """Read the feeds of a node for as long as the block runs. Without feeds nothing at all happens."""
    config, data = parts.config, parts.config.node.data
    async with AsyncExitStack() as stack:
        sources = {feed.label: source(config, feed) for feed in config.feeds}
        cutter = None
        if any(feed.reads_pages for feed in config.feeds):
            cutter = await stack.enter_async_context(Cutter())
        keepers = {}
        for feed in config.feeds:
            memory = stack.enter_context(Memory(data / "feeds" / f"{feed.label}.db"))
            readable = _readable(feed, sources[feed.label], memory, parts, cutter)
            keepers[feed.label] = Keeper(feed, readable, memory, parts)
        client = await stack.enter_async_context(OriginClient(tuple(where.origin for where in sources.values())))
        for keeper in keepers.values():
            keeper.client = client
        await stack.enter_async_context(running(**{f"feed {name}": keeper.run() for name, keeper in keepers.items()}))
        yield Feeds(keepers)


def _readable(feed: Feed, where: Source, memory: Memory, parts: FeedParts, cutter: Cutter | None) -> Readable:
    if cutter is None or not feed.reads_pages:
        return DocumentFeed(feed, where, memory, parts.tables, parts.config.node.data / "run")
    origin = shop_of(parts.config, feed)
    kinds = routes.sites(parts.config).site(origin.hosts[0] if origin.hosts else "").kinds
    shop = Shop(origin, kinds, routes.fill_rules(parts.config), parts.pages, cutter)
    return PageFeed(feed, where, memory, parts.tables, shop)
