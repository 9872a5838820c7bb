"""What ``vitrine status`` and ``/readyz`` say of the node: read from what its processes leave behind."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import msgspec
from prometheus_client.parser import text_string_to_metric_families

from edge.admin.parts import Document
from edge.config.schema import Config
from edge.observe import processes
from edge.observe.metrics import render
from edge.store.pages import PageReader
from edge.store.tables import TableReader


class Reporter:
    """Answers from files and read transactions only; asks no other process, so it answers while one hangs."""

    def __init__(
        self,
        config: Config,
        pages: PageReader,
        tables: TableReader,
        metrics: Path,
        feeds: Callable[[], list[Document]] = list,
    ) -> None:
        self._config = config
        self._pages = pages
        self._tables = tables
        self._metrics = metrics
        self._feeds = feeds

    async def ready(self) -> list[str]:
        """Why the node should get no traffic."""
        children = processes.read(self._config.node.data / "run")
        if not children:
            return ["the node is starting"]
        # Without its filler a node still answers from the store and relays: no reason to take it out of service.
        return [
            f"{child.role} {child.number} is being replaced"
            for child in children
            if child.pid is None and child.role != "filler"
        ]

    async def status(self) -> Document:
        """One JSON object: node, processes, store, tables, origins, feeds, hit ratio."""
        config = self._config
        with self._pages.view() as view:
            usage = view.usage()
            up = {origin.name: view.origin_up(origin.name) for origin in config.origins}
        with self._tables.snapshot() as snapshot:
            changes = {name: snapshot.generation(name) for name in sorted(config.all_tables)}
        return {
            "node": config.node.name,
            "processes": [msgspec.to_builtins(child) for child in processes.read(self._config.node.data / "run")],
            "store": {"entries": usage.entries, "used_bytes": usage.used_bytes, "size_bytes": int(config.store.size)},
            "changes_by_table": changes,
            "origins": [{"name": o.name, "url": o.url, "up": up[o.name]} for o in config.origins],
            "feeds": self._feeds(),
            "requests": requests((await asyncio.to_thread(render, self._metrics)).decode()),
        }


def requests(exposition: str) -> Document:
    """Requests answered by verdict and the share of hits among them, from Prometheus text."""
    by_verdict: dict[str, float] = {}
    for family in text_string_to_metric_families(exposition):
        if family.name == "vitrine_requests":
            for sample in family.samples:
                verdict = sample.labels.get("verdict", "")
                by_verdict[verdict] = by_verdict.get(verdict, 0) + sample.value
    total = sum(by_verdict.values())
    ratio = round(by_verdict.get("hit", 0) / total, 4) if total else None
    return {"total": int(total), "hit_ratio": ratio, "by_verdict": {key: int(n) for key, n in by_verdict.items()}}
