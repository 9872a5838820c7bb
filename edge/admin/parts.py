"""What the admin API is made of. The composition root fills it; handlers find it under ``PARTS``."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec
from aiohttp import web

from edge.admin.audit import AuditLog
from edge.config.schema import TableSection, Token
from edge.model import Ms, Pairs
from edge.store.tables import TableReader, TableWriter


class ExplainQuery(msgspec.Struct, frozen=True, kw_only=True):
    """A request that someone wonders about."""

    url: str
    """Absolute, or a path of the only site."""
    headers: Pairs = ()
    ip: str | None = None
    country: str | None = None
    """ISO 3166-1 alpha-2 code in capitals, taken instead of what the address says."""
    at_ms: Ms | None = None
    """The time to evaluate today's rows at; None: now."""


Document = dict[str, object]
"""A JSON object."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdminParts:
    """The node as its admin API sees it. The callables may raise any EdgeError; it is answered with its status."""

    reader: TableReader
    writer: TableWriter
    tables: Mapping[str, TableSection]
    """Every table of the node, built-in ones included (``Config.all_tables``)."""
    tokens: tuple[Token, ...]
    """Configured ones and the minted one (``edge.admin.tokens.mint``)."""
    audit: AuditLog
    spool: Path
    """A folder on disk for uploads that are being checked; its files have no names and die with the process."""
    hosts: frozenset[str] = frozenset()
    """Host names in lower case, without port, by which the API may be addressed besides loopback ones."""
    metrics: Callable[[], bytes]
    """Prometheus text of the whole node."""
    status: Callable[[], Awaitable[Document]]
    ready: Callable[[], Awaitable[list[str]]]
    """Why the node should get no traffic; empty when it should."""
    explain: Callable[[ExplainQuery], Awaitable[Document]]
    refresh: Callable[[str, bool], Awaitable[Document]]
    """Fetch a URL's page again now; True accepts whatever comes. Says what became of it."""
    feeds: Callable[[], list[Document]]
    """How each feed is."""
    read_feed: Callable[[str], Awaitable[Document]]
    """Read the feed of that name now, and say how it is then."""


PARTS = web.AppKey("parts", AdminParts)
