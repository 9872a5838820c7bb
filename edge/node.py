"""The composition root: a configuration becomes running components. The only module that knows them all.

One coroutine per role; each opens what it needs, runs its background work for as long as it serves, and returns after a
drain. ``edge.child`` runs one of them in a process of its own.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path

import lmdb

from edge import clock, routes
from edge.admin import tokens
from edge.admin.asked import usual_host
from edge.admin.audit import AuditLog
from edge.admin.explain import Explained, Explainer
from edge.admin.parts import AdminParts
from edge.admin.refreshing import Refresher
from edge.admin.report import Reporter
from edge.admin.serving import admin_serving
from edge.assemble.assembler import Assembler
from edge.assemble.holdings import Place
from edge.child import Body
from edge.config.schema import Config
from edge.feeds.applying import Tables
from edge.feeds.keeper import FeedParts, feeding
from edge.fill.client import FillerClient
from edge.fill.cutting import Cutter
from edge.fill.filler import Filler
from edge.fill.filling import FillParts
from edge.fill.health import OriginHealth
from edge.fill.memory import Recent
from edge.fill.origin import OriginClient
from edge.fill.service import serving as filler_serving
from edge.http.copies import Copies
from edge.http.handler import Handler, Parts
from edge.http.recency import Recency
from edge.http.refreshes import Refreshes
from edge.http.send import Sender
from edge.http.server import serving as http_serving
from edge.lifecycle import Spawner, running
from edge.observe import metrics, processes
from edge.observe.counters import Counters
from edge.observe.records import DecisionRecord, RecordWriter
from edge.policy.proxies import TrustedProxies
from edge.store import environment
from edge.store.pages import PageReader, PageStore
from edge.store.tables import TableReader, TableWriter
from edge.store.writer import Writer
from geo.reader import GeoReader

logger = logging.getLogger("vitrine")

_CHECK_S = 1.0
_GEO_CHECKS = 10
"""One check of the geo database for so many checks of the page store."""


async def run_worker(body: Body) -> None:
    """Serve the public port until told to stop, or until the page store was set aside and must be opened anew."""
    config = body.settings.config
    data = config.node.data
    counters = Counters()
    async with AsyncExitStack() as stack:
        pages = PageReader(_pages_read_only(config))
        tables = TableReader(_tables_read_only(config))
        fills = await stack.enter_async_context(FillerClient(data / "run" / "filler.sock"))
        origins = await stack.enter_async_context(OriginClient(config.origins))
        geo, place = _geography(config)
        records = stack.enter_context(_records(config, body.settings.slot))
        recency = Recency(fills)
        spawner = Spawner()
        stack.push_async_callback(spawner.aclose)
        parts = Parts(
            sites=routes.sites(config),
            rules=routes.key_rules(config),
            trusted=TrustedProxies(config.listen.trusted_proxies),
            copies=Copies(pages),
            sender=_sender(config, tables),
            fills=fills,
            origins=origins,
            recency=recency,
            refreshes=Refreshes(fills, spawner),
            place=place,
            record=_recorder(counters, records),
            worker=str(body.settings.slot),
        )
        async with (
            _counting(data, counters),
            running(
                recency=recency.run(), watch=_watch(pages, geo, body.stop), dropped=_count_dropped(counters, records)
            ),
            http_serving(body.sock, Handler(parts)),
        ):
            body.ready()
            await body.stop.wait()


async def run_filler(body: Body) -> None:
    """Fetch, judge, cut and store for all workers, until told to stop."""
    config = body.settings.config
    counters = Counters()
    env = environment.open_pages(config.node.data / "pages", config.store.size)
    async with AsyncExitStack() as stack:
        writer = stack.enter_context(Writer(env, name="pages"))
        client = await stack.enter_async_context(OriginClient(config.origins))
        rules = routes.fill_rules(config)

        async def publish(name: str, up: bool) -> None:  # noqa: FBT001 - the shape OriginHealth names
            await store.set_origin_up(name, up=up)

        health = OriginHealth(config.origins, client, publish)
        store = PageStore(
            env, writer, size_bytes=config.store.size, protected=lambda name: name in rules.keys and not health.up(name)
        )
        parts = FillParts(
            rules=rules,
            client=client,
            health=health,
            reader=PageReader(env),
            store=store,
            tables=TableReader(_tables_read_only(config)),
            cutter=await stack.enter_async_context(Cutter()),
            recent=Recent(unshared_s=rules.unshared_s, pause_s=rules.pause_s, clock=clock.monotonic_s),
            counters=counters,
            now_ms=clock.now_ms,
        )
        async with (
            _counting(config.node.data, counters),
            Filler(parts) as filler,
            running(filler=filler.run()),
            filler_serving(filler, body.sock),
        ):
            body.ready()
            await body.stop.wait()


async def run_agent(body: Body) -> None:
    """Serve the admin API and write the tables, until told to stop."""
    config = body.settings.config
    data = config.node.data
    env = environment.open_tables(data / "tables", map_bytes=config.store.tables_size)
    async with AsyncExitStack() as stack:
        writer = stack.enter_context(Writer(env, name="tables"))
        tables, pages = TableReader(env), PageReader(_pages_read_only(config))
        fills = await stack.enter_async_context(FillerClient(data / "run" / "filler.sock"))
        sites, rules = routes.sites(config), routes.key_rules(config)
        geo, place = _geography(config)
        counters, rows = Counters(), TableWriter(env, writer, node=config.node.name)
        rows.on_applied = _applied(counters)
        audit = stack.enter_context(AuditLog(data / "audit.ndjson"))
        fed = Tables(tables, rows, routes.max_age_ms(config), clock.now_ms)
        feeds = await stack.enter_async_context(feeding(FeedParts(config, fed, pages, counters, audit)))
        reporter = Reporter(config, pages, tables, data / "run" / "metrics", feeds.report)
        parts = AdminParts(
            reader=tables,
            writer=rows,
            tables=config.all_tables,
            tokens=(*config.admin.tokens, tokens.mint(data / tokens.MINTED_NAME)),
            audit=audit,
            spool=data / "run",
            hosts=frozenset({config.listen.admin.host}),
            metrics=partial(metrics.render, data / "run" / "metrics"),
            status=reporter.status,
            ready=reporter.ready,
            explain=_explainer(config, pages, tables, place).explain,
            refresh=Refresher(sites, rules, fills, host=usual_host(config)).refresh,
            feeds=feeds.report,
            read_feed=feeds.read_now,
        )
        async with (
            _counting(data, counters),
            running(watch=_watch(pages, geo, body.stop), alive=_count_workers(counters, data / "run")),
            admin_serving(parts, body.sock),
        ):
            body.ready()
            await body.stop.wait()


def _explainer(
    config: Config, pages: PageReader, tables: TableReader, place: Callable[[str], Place | None]
) -> Explainer:
    return Explainer(
        Explained(
            sites=routes.sites(config),
            rules=routes.key_rules(config),
            pages=pages,
            assembler=Assembler(tables, routes.max_age_ms(config)),
            place=place,
            host=usual_host(config),
        )
    )


def _sender(config: Config, tables: TableReader) -> Sender:
    return Sender(
        Assembler(tables, routes.max_age_ms(config)),
        {kind.name: kind.browser_cache for kind in config.pages},
        keyed_cookies=bool(config.cache.key_cookies),
    )


def _pages_read_only(config: Config) -> lmdb.Environment:
    return environment.open_reader(config.node.data / "pages", environment.pages_layout(config.store.size))


def _tables_read_only(config: Config) -> lmdb.Environment:
    return environment.open_reader(config.node.data / "tables", environment.tables_layout(config.store.tables_size))


def _geography(config: Config) -> tuple[GeoReader | None, Callable[[str], Place | None]]:
    if config.geo is None:
        return None, lambda _client: None
    reader = GeoReader(config.geo.database)
    if reader.fault is not None:
        logger.warning("no places: %s", reader.fault)

    def place(client: str) -> Place | None:
        found = reader.lookup(client)
        return found.mapping() if found is not None else None

    return reader, place


@contextmanager
def _records(config: Config, slot: int) -> Iterator[RecordWriter]:
    folder = config.node.data / "records"
    folder.mkdir(parents=True, exist_ok=True)
    options = config.records
    writer = RecordWriter(
        folder / f"worker-{slot}.ndjson", sample=options.sample, max_bytes=options.max_bytes, keep=options.keep
    )
    try:
        yield writer
    finally:
        writer.close()


def _recorder(counters: Counters, records: RecordWriter) -> Callable[[DecisionRecord, float], None]:
    def record(decision: DecisionRecord, seconds: float) -> None:
        counters.requests[decision.verdict, decision.kind or "", f"{decision.status // 100}xx"] += 1
        counters.request_seconds.observe((decision.verdict,), seconds)
        records.put(decision)

    return record


def _applied(counters: Counters) -> Callable[[str], None]:
    def applied(table: str) -> None:
        counters.rows_applied[table,] += 1

    return applied


async def _count_workers(counters: Counters, run_dir: Path) -> None:
    while True:
        children = processes.read(run_dir)
        counters.workers_alive[()] = sum(child.role == "worker" and child.pid is not None for child in children)
        await asyncio.sleep(_CHECK_S)


async def _count_dropped(counters: Counters, records: RecordWriter) -> None:
    while True:
        await asyncio.sleep(_CHECK_S)
        counters.records_dropped[()] += records.take_dropped()


@asynccontextmanager
async def _counting(data: Path, counters: Counters) -> AsyncIterator[None]:
    """Publish this process's counters once a second."""
    with metrics.opened(data / "run" / "metrics", process=str(os.getpid())) as files:
        async with running(flush=metrics.flushing(files, counters)):
            yield


async def _watch(pages: PageReader, geo: GeoReader | None, stop: asyncio.Event) -> None:
    """Leave, to be replaced, when the page store was set aside; follow a new geo database."""
    for turn in itertools.count(1):
        await asyncio.sleep(_CHECK_S)
        if pages.replaced():
            logger.warning("the page store was replaced; starting anew on the new one")
            stop.set()
        if geo is not None and turn % _GEO_CHECKS == 0:
            geo.refresh()
