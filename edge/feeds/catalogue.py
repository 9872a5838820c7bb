"""Which pages of a shop are its products': those the store holds, and those its sitemap names."""

from __future__ import annotations

import logging
import tempfile
import threading
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

import msgspec

from edge.feeds.fetch import Asking, Unread, fetch
from edge.feeds.sources import Source, host_name, target_of
from edge.feeds.state import Validators
from edge.feeds.threads import in_thread_until
from edge.feeds.unpacked import unpacked
from edge.fill.origin import OriginClient
from edge.model import RequestFacts, fields
from edge.policy.identify import Kind, kind_of
from edge.store.pages import PageReader
from origin_adapters.feeds import FeedBroken
from origin_adapters.feeds.sitemap import Place, read_sitemap

logger = logging.getLogger("vitrine.feeds")

_SITEMAPS = 200
"""Read of one index, at most."""
_SITEMAP_BYTES = 64 * 2**20
"""A sitemap has at most 50 MB (sitemaps.org)."""
_PAGES = 1_000_000
_SCAN = 1000


def product_kind(target: str, kinds: Sequence[Kind]) -> str | None:
    """The name of the page kind that ``target`` is of."""
    path, mark, query = target.partition("?")
    facts = RequestFacts(
        method="GET", scheme="http", host="", path=path, query=query if mark else None, fields=fields(), client=""
    )
    kind = kind_of(facts, kinds)
    return kind.name if kind is not None else None


def stored_targets(pages: PageReader, origin: str, kinds: Sequence[str]) -> list[str]:
    """Targets of the pages of these kinds that the store holds of an origin."""
    found: dict[str, None] = {}
    after = b""
    while True:
        with pages.view() as view:
            entries = view.entries(after, limit=_SCAN)
        for _, entry in entries:
            if entry.origin == origin and entry.kind in kinds and entry.page:
                found[_target_of_key(entry.key)] = None
        if len(entries) < _SCAN:
            return list(found)
        after = entries[-1][0]


async def sitemap_targets(client: OriginClient, where: Source) -> list[str]:
    """Targets on this host that the sitemap names, through the index it may be. Raises Unread, OriginError.

    A sitemap none of whose addresses is of this host, and all of one other, was made with a wrong setting: its paths
    are taken as this host's. Addresses of several hosts are each their own.
    """
    places: list[Place] = []
    pending, seen = [where.target], {where.target}
    for _ in range(_SITEMAPS):
        if not pending or len(places) > _PAGES:
            break
        found = await _read(client, msgspec.structs.replace(where, target=pending.pop(0)))
        places += (place for place in found if not place.further)
        for target in _ours([place.url for place in found if place.further], where):
            if target not in seen:
                seen.add(target)
                pending.append(target)
    return list(dict.fromkeys(_ours([place.url for place in places[:_PAGES]], where)))


def _ours(urls: Sequence[str], where: Source) -> Iterator[str]:
    hosts = {url: _host(url) for url in urls}
    own = [url for url, host in hosts.items() if host in where.hosts]
    others = {host for host in hosts.values() if host}
    if not own and len(others) == 1:
        logger.warning("feed %s: its sitemap names only addresses of %s", where.origin.name, *others)
        own = list(urls)
    for url in own:
        yield target_of(url)


def _host(url: str) -> str:
    try:
        return host_name(url) if urlsplit(url).scheme in ("http", "https") else ""
    except ValueError:
        return ""


async def _read(client: OriginClient, where: Source) -> list[Place]:
    with tempfile.TemporaryFile() as file:
        await fetch(client, where, Asking(Validators(), conditional=False, limit_bytes=_SITEMAP_BYTES), file)
        stop = threading.Event()

        def places() -> list[Place]:
            return list(read_sitemap(unpacked(file, limit_bytes=_SITEMAP_BYTES, stop=stop)))

        try:
            return await in_thread_until(stop, places)
        except FeedBroken as exc:
            raise Unread(f"the sitemap {where.target} cannot be read: {exc}") from exc


def _target_of_key(key: str) -> str:
    """The target in a cache key: ``shop https://shop.example/product/1?colour=red``, then other lines."""
    return target_of(key.partition("\n")[0].partition(" ")[2])
