"""Whom a feed is asked of: one host, which nothing that the feed says can change."""

from __future__ import annotations

from urllib.parse import urlsplit

import msgspec

from edge.config.schema import Config, Duration, Feed, Origin
from edge.model import Pairs

SITEMAP = "/sitemap.xml"
"""Where sitemaps lie when nothing says otherwise."""

_FIRST_BYTE_S = 60.0
"""Shops make their feeds when asked, and take their time."""
_CONNECTIONS = 2
_USER_AGENT = "Mozilla/5.0 (compatible; Vitrine/0.1; feeds)"
_DEFAULT_PORTS = {"http": 80, "https": 443}


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """One feed's place, with connections of its own: a feed never takes them from visitors."""

    origin: Origin
    """Under the feed's name. Only its address is ever connected to."""
    target: str
    """Path and query of the feed, or of the sitemap that names the pages."""
    hosts: tuple[str, ...]
    """Names of this host, ports included where they are not the scheme's own; the first is sent as Host."""
    fields: Pairs
    """What is sent with each request besides conditions."""


def source(config: Config, feed: Feed) -> Source:
    """Where ``feed`` lies. A path is asked of its origin, as visitors would; a URL of the host it names."""
    shop = shop_of(config, feed)
    url = feed.url or SITEMAP
    base, target = ("", url) if url.startswith("/") else _split(url)
    ours = not base or urlsplit(base).netloc == urlsplit(shop.url).netloc
    hosts = _names(shop) if ours else (host_name(base),)
    fields = {"Host": hosts[0], "User-Agent": _USER_AGENT, "Accept": "*/*", "Accept-Encoding": "gzip"}
    given = {name.lower() for name in feed.headers}
    return Source(
        origin=_connected(feed, shop, base or shop.url),
        target=target,
        hosts=hosts,
        fields=(*((name, value) for name, value in fields.items() if name.lower() not in given), *feed.headers.items()),
    )


def shop_of(config: Config, feed: Feed) -> Origin:
    """The origin whose products the feed lists."""
    return next((origin for origin in config.origins if origin.name == feed.origin), config.origins[0])


def host_name(url: str) -> str:
    """Host and port of a URL in lower case, without the scheme's own port (RFC 9110 §4.2.3)."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    host = f"[{host}]" if ":" in host else host
    return host if parts.port in (None, _DEFAULT_PORTS.get(parts.scheme)) else f"{host}:{parts.port}"


def target_of(url: str) -> str:
    """Path and query of a URL."""
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _split(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}", target_of(url)


def _names(shop: Origin) -> tuple[str, ...]:
    """What the shop is called, the name to ask for first: the public one where the shop is to see it."""
    own = host_name(shop.url)
    return (own, *shop.hosts) if shop.host_header == "origin" else (*shop.hosts, own)


def _connected(feed: Feed, shop: Origin, url: str) -> Origin:
    return Origin(
        name=feed.label,
        url=url,
        connect_timeout=Duration(max(shop.connect_timeout, 5.0)),
        first_byte_timeout=Duration(max(shop.first_byte_timeout, _FIRST_BYTE_S)),
        max_connections=_CONNECTIONS,
    )
