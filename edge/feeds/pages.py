"""Feeds that are the product pages themselves, read again and again: what changed last first, at the shop's pace."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from edge.clock import monotonic_s
from edge.config.schema import Feed, Origin
from edge.errors import EdgeError, OriginError
from edge.feeds.applying import Tables, apply
from edge.feeds.catalogue import product_kind, sitemap_targets, stored_targets
from edge.feeds.document import Outcome
from edge.feeds.fetch import Unread, check_status
from edge.feeds.memory import Memory, Statement
from edge.feeds.page_rows import page_patches, reading_spec
from edge.feeds.sources import Source
from edge.feeds.state import FeedState, Health, shortened
from edge.feeds.threads import in_thread
from edge.fill.bodies import Unstorable, whole_body
from edge.fill.cutting import CutFailed, Cutter, Cutting, compiled_page
from edge.fill.origin import OriginClient
from edge.fill.rules import FillRules
from edge.fill.vocabulary import vocabularies
from edge.model import Ms, Pairs, RequestFacts, fields
from edge.policy.forward import page_request_fields
from edge.policy.identify import Kind
from edge.policy.pace import taken, wait_s
from edge.store.pages import PageReader
from renderers.page import KindSpec, Page

logger = logging.getLogger("vitrine.feeds")

_PAGES_A_SECOND = 2.0
_SITEMAP_EVERY_MS = 3_600_000
_BY_HAND_S = 30.0
"""How long somebody who asked for a reading waits for it."""
_GONE = frozenset({404, 410})
_DISTRUSTED_AFTER = 10
"""Pages in one round that must all be unreadable before the page kinds are to blame and not the pages."""
_STUMBLES = 3
"""Pages in a row that the shop fails to give, before the round ends: one that always fails must not stop the rest."""


class Shop(NamedTuple):
    """What the node knows of the shop whose pages are read."""

    origin: Origin
    kinds: Sequence[Kind]
    rules: FillRules
    pages: PageReader
    cutter: Cutter


class _Round:
    """What one round came to."""

    def __init__(self) -> None:
        self.read = 0
        self.unread: list[str] = []
        self.changed: Counter[str] = Counter()
        self.stumbles = 0
        """In a row."""


class PageFeed:
    """One feed of format page or json-ld."""

    def __init__(self, feed: Feed, where: Source, memory: Memory, tables: Tables, shop: Shop) -> None:
        self._feed = feed
        self._where = where
        self._memory = memory
        self._tables = tables
        self._shop = shop
        specs = {name: reading_spec(rule.spec, feed.format) for name, rule in shop.rules.kinds.items()}
        self._specs: Mapping[str, KindSpec] = {name: spec for name, spec in specs.items() if spec is not None}
        self._rate = min(feed.pace or _PAGES_A_SECOND, shop.origin.pace or float("inf"))
        self._due_at = 0.0

    async def read(self, client: OriginClient, state: FeedState, *, by_hand: bool) -> Outcome:
        """One round: as many pages as fit into the interval, by hand into half a minute.

        Raises Unread, OriginError, StoreError; the pages read before count.
        """
        asked_at_ms = self._tables.now_ms()
        looked_at_ms = state.read_at_ms
        if by_hand or asked_at_ms - looked_at_ms > _SITEMAP_EVERY_MS:
            await self._look_for_pages(client)
            looked_at_ms = asked_at_ms
        done = _Round()
        lasting_s = min(self._feed.interval, _BY_HAND_S) if by_hand else self._feed.interval
        budget = max(1, int(lasting_s * self._rate))
        for target in await in_thread(self._memory.next_pages, limit=budget):
            await self._turn()
            await self._read_page(client, target, done)
        if done.read >= _DISTRUSTED_AFTER and len(done.unread) == done.read:
            raise Unread(f"none of {done.read} pages could be read; the first: {done.unread[0]}")
        fresh = msgspec.structs.replace(
            state,
            health=Health.GOOD,
            detail="" if done.read else "there are no product pages yet: none is stored, and no sitemap names one",
            notes=shortened(done.unread),
            asked_at_ms=asked_at_ms,
            good_at_ms=asked_at_ms,
            read_at_ms=looked_at_ms,
            source_ms=asked_at_ms,
            items=done.read,
            bad=len(done.unread),
            rows_changed=done.changed.total(),
            failures=0,
        )
        return Outcome(fresh, dict(done.changed))

    async def _look_for_pages(self, client: OriginClient) -> None:
        """Learn of pages from the store and the sitemap. Raises Unread, OriginError when none is known."""
        stored = await in_thread(stored_targets, self._shop.pages, self._shop.origin.name, tuple(self._specs))
        await in_thread(self._memory.know_pages, stored)
        try:
            named = await sitemap_targets(client, self._where)
        except (Unread, OriginError) as exc:
            if not await in_thread(self._memory.next_pages, limit=1):
                raise
            logger.info("feed %s goes on with the pages it knows: %s", self._feed.label, exc)
            return
        await in_thread(self._memory.know_pages, [target for target in named if self._spec(target) is not None])

    async def _turn(self) -> None:
        """Wait until the pace allows one more page."""
        await asyncio.sleep(wait_s(self._due_at, self._rate, now=monotonic_s()))
        self._due_at = taken(self._due_at, self._rate, now=monotonic_s())

    async def _read_page(self, client: OriginClient, target: str, done: _Round) -> None:
        spec = self._spec(target)
        if spec is None:  # the page kinds were changed
            await in_thread(self._memory.forget_page, target)
            return
        asked_at_ms = self._tables.now_ms()
        await in_thread(self._memory.page_read, target, asked_at_ms, changed=False)
        done.read += 1
        try:
            page = await self._page(client, target, spec)
        except (OriginError, Unread, Unstorable, CutFailed) as exc:
            self._stumbled(exc, done)
            done.unread.append(f"{target}: {exc}")
            return
        done.stumbles = 0
        if page is None:
            await in_thread(self._memory.forget_page, target)
            done.unread.append(f"{target}: it is gone; its rows stay")
            return
        changed = await self._state(target, page, spec, asked_at_ms)
        if changed is None:
            refused = f": {page.refused[0].reason}" if page.refused else ""
            done.unread.append(f"{target}: no slot tells what its product costs{refused}")
        elif changed:
            done.changed.update(changed)
            await in_thread(self._memory.page_read, target, asked_at_ms, changed=True)

    def _stumbled(self, exc: EdgeError, done: _Round) -> None:
        """Raises it again where the shop wants to be left alone, or fails page after page."""
        rests = isinstance(exc, Unread) and exc.rest_s is not None
        fails = isinstance(exc, OriginError) or (isinstance(exc, Unread) and exc.retry)
        done.stumbles = done.stumbles + 1 if fails else 0
        if rests or done.stumbles == _STUMBLES:
            raise exc

    async def _page(self, client: OriginClient, target: str, spec: KindSpec) -> Page | None:
        """The page as the shop shows it to a stranger; None when it is gone."""
        limits = self._shop.rules
        async with client.exchange(self._where.origin.name, "GET", target, self._asked(target)) as response:
            answer = fields(response.pairs)
            if response.status in _GONE:
                return None
            check_status(response.status, answer)
            body = await whole_body(
                response,
                origin=self._where.origin.name,
                limit_bytes=limits.max_object_bytes,
                limit_s=limits.wait_limit_s,
            )
        with self._shop.pages.view() as view:
            vocabulary = vocabularies(view, limits.kinds[spec.name].spec)
        path = target.partition("?")[0]
        content_type = answer.get("Content-Type", "")
        job = Cutting(body=body, spec=spec, content_type=content_type, url_path=path, vocabulary=vocabulary, cookies=())
        return await self._shop.cutter.run(page_of, job, path)

    def _asked(self, target: str) -> Pairs:
        """The fields of a page fill: those of nobody in particular."""
        path, mark, query = target.partition("?")
        host = self._where.hosts[0]
        facts = RequestFacts(
            method="GET",
            scheme=self._where.origin.url.partition("://")[0],
            host=host,
            path=path,
            query=query if mark else None,
            fields=fields(),
            client="",
        )
        rule = self._shop.rules.keys[self._shop.origin.name]
        sent = page_request_fields(facts, rule, host=host, user_agent=self._shop.rules.user_agent)
        given = {name.lower() for name in self._feed.headers}
        return (*(pair for pair in sent if pair[0].lower() not in given), *self._feed.headers.items())

    async def _state(self, target: str, page: Page, spec: KindSpec, asked_at_ms: Ms) -> Counter[str] | None:
        """Rows that what the page says has changed, by table; None when it says nothing."""
        statements = [
            Statement(table, page.sku or "", patch, asked_at_ms, 0)
            for table, patch in page_patches(page, spec).items()
            if not self._feed.tables or table in self._feed.tables
        ]
        if not statements:
            return None
        await in_thread(self._keep, statements)
        applied = await apply(self._memory, self._tables, confirmed_ms=asked_at_ms)
        for problem in applied.problems:
            logger.warning("feed %s: %s: %s", self._feed.label, target, problem)
        return applied.changed

    def _keep(self, statements: list[Statement]) -> None:
        self._memory.begin()
        self._memory.stage(statements)
        self._memory.settle()

    def _spec(self, target: str) -> KindSpec | None:
        return self._specs.get(product_kind(target, self._shop.kinds) or "")


def page_of(job: Cutting) -> Page:
    """The page alone: what runs in the cutting process."""
    compiled = compiled_page(job, job.body)
    return msgspec.structs.replace(compiled.page, refused=compiled.refused)
