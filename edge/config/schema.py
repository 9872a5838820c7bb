"""``vitrine.toml`` as frozen types. Units are in the types; unknown keys are errors.

Defaults live here and nowhere else. A duration is written ``"10m"`` and read as seconds, a size ``"4GiB"`` as bytes.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from pathlib import Path
from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from edge.config.texts import Currency, FeedUrl, HttpUrl, Name, RequestPattern, UrlPath

_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d|w)")
_DURATION_S = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_DURATION_TEXT = (("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1))
_PACE = re.compile(r"(\d+(?:\.\d+)?)/(s|m|h)")
_SIZE = re.compile(r"(\d+(?:\.\d+)?)(B|KiB|MiB|GiB|TiB|kB|KB|MB|GB|TB)")
_HOST = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?")
_SIZE_BYTES = {"B": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40}
_SIZE_BYTES |= {"kB": 10**3, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}


class Duration(float):
    """Seconds, written ``"350ms"``, ``"10m"``, ``"1h"``, ``"30d"``."""

    PATTERN: ClassVar = f"^{_DURATION.pattern}$"

    @classmethod
    def parse(cls, text: object) -> Duration:
        """Raises ValueError with the remedy."""
        match = _DURATION.fullmatch(text) if isinstance(text, str) else None
        if match is None:
            raise ValueError(
                f'{text!r} is not a duration; write a number and a unit, such as "350ms", "10m", "24h", "30d"'
            )
        return cls(float(match[1]) * _DURATION_S[match[2]])

    @property
    def text(self) -> str:
        """As a person would write it: the largest unit that leaves a whole number."""
        ms = round(self * 1000)
        if ms == 0:
            return "0s"
        unit, unit_ms = next((unit, size) for unit, size in _DURATION_TEXT if ms % size == 0)
        return f"{ms // unit_ms}{unit}"


class Size(int):
    """Bytes, written ``"64KiB"``, ``"8MiB"``, ``"4GiB"``."""

    PATTERN: ClassVar = f"^{_SIZE.pattern}$"

    @classmethod
    def parse(cls, text: object) -> Size:
        """Raises ValueError with the remedy."""
        match = _SIZE.fullmatch(text) if isinstance(text, str) else None
        if match is None:
            raise ValueError(f'{text!r} is not a size; write a number and a unit, such as "64KiB", "8MiB", "4GiB"')
        return cls(float(match[1]) * _SIZE_BYTES[match[2]])

    @property
    def text(self) -> str:
        """As a person would write it: the largest binary unit that leaves a whole number."""
        unit = next(unit for unit in ("TiB", "GiB", "MiB", "KiB", "B") if self % _SIZE_BYTES[unit] == 0)
        return f"{self // _SIZE_BYTES[unit]}{unit}"


class Pace(float):
    """Requests a second, written ``"5/s"``, ``"300/m"``, ``"1000/h"``."""

    PATTERN: ClassVar = f"^{_PACE.pattern}$"

    @classmethod
    def parse(cls, text: object) -> Pace:
        """Raises ValueError with the remedy."""
        match = _PACE.fullmatch(text) if isinstance(text, str) else None
        if match is None or not float(match[1]):
            raise ValueError(f'{text!r} is not a pace; write requests and a unit of time, such as "5/s" or "300/m"')
        return cls(float(match[1]) / _DURATION_S[match[2]])


class Address(str):
    """Where to listen, written ``"127.0.0.1:8080"`` or ``"[::1]:8080"``. Port 0 lets the system choose."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: object) -> Address:
        """Raises ValueError with the remedy."""
        host, colon, port = text.rpartition(":") if isinstance(text, str) else ("", "", "")
        if not colon or not port.isascii() or not port.isdigit() or int(port) > 65_535:
            raise ValueError(f'{text!r} is not an address; write HOST:PORT, such as "127.0.0.1:8080" or "[::1]:8080"')
        return cls(f"{host or '0.0.0.0'}:{port}")  # noqa: S104 - an empty host means every interface, as in nginx

    @property
    def host(self) -> str:
        """Without brackets."""
        return self.rpartition(":")[0].strip("[]")

    @property
    def port(self) -> int:
        """0 to 65535."""
        return int(self.rpartition(":")[2])


class Network(str):
    """One address or CIDR block, written ``"10.0.0.0/8"`` or ``"::1"``."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: object) -> Network:
        """Raises ValueError with the remedy."""
        try:
            return cls(ipaddress.ip_network(text if isinstance(text, str) else repr(text)))
        except ValueError as exc:
            raise ValueError(f'{exc}; write a network such as "10.0.0.0/8" or an address such as "127.0.0.1"') from exc


class Host(str):
    """A host a storefront is reached by, written ``"shop.example"`` or ``"shop.example:8443"``; kept in lower case."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: object) -> Host:
        """Raises ValueError with the remedy."""
        if isinstance(text, str) and "://" in text:
            raise ValueError(f"{text!r} is a URL, not a host; write {text.partition('://')[2].partition('/')[0]!r}")
        if isinstance(text, str) and "*" in text:
            raise ValueError(f"{text!r}: hosts are named one by one; leave out `hosts` to serve every host")
        if not isinstance(text, str) or _HOST.fullmatch(text) is None:
            raise ValueError(f'{text!r} is not a host; write a name such as "shop.example" or "shop.example:8443"')
        return cls(text.lower())


BUILT_IN_TABLES = ("prices", "inventory", "promotions", "products")
"""Tables every node has without declaring them; ``[tables.NAME]`` sets their key and age, or adds others."""


class Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of every table in the file. Subclasses repeat the options: they are not all inherited."""


class Node(Section, frozen=True, kw_only=True):
    """``[node]``: who this node is and where it keeps its files."""

    name: Name = msgspec.field(default_factory=lambda: socket.gethostname().split(".")[0][:63] or "node")
    data: Path = Path("data")
    workers: Annotated[int, Meta(ge=1, le=256)] = 2


class Listen(Section, frozen=True, kw_only=True):
    """``[listen]``: the two ports."""

    http: Address = Address("0.0.0.0:8080")
    admin: Address = Address("127.0.0.1:8081")
    trusted_proxies: tuple[Network, ...] = ()
    """Peers whose X-Forwarded-*, Forwarded are believed."""


Scope = Literal["tables:read", "tables:write", "purge", "rules", "explain", "all"]


class Token(Section, frozen=True, kw_only=True):
    """``[[admin.tokens]]``: only the SHA-256 of a token is kept."""

    name: Name
    hash: Annotated[
        str,
        Meta(
            pattern=r"^sha256:[0-9a-f]{64}$",
            description='"sha256:" and the 64 hexadecimal digits that `printf %s TOKEN | sha256sum` prints',
        ),
    ]
    scopes: tuple[Scope, ...]


class Admin(Section, frozen=True, kw_only=True):
    """``[admin]``."""

    tokens: tuple[Token, ...] = ()


class Store(Section, frozen=True, kw_only=True):
    """``[store]``: the bounded page store."""

    size: Size = Size(8 * 2**30)
    max_object: Size = Size(8 * 2**20)
    """Larger bodies are relayed, never stored."""
    tables_size: Size = Size(4 * 2**30)
    """Map size of the tables environment (sparse)."""


class Health(Section, frozen=True, kw_only=True):
    """``[origins.health]``: an active check; without it, traffic alone tells."""

    path: UrlPath = "/healthz"
    interval: Duration = Duration(2)


class Origin(Section, frozen=True, kw_only=True):
    """``[[origins]]``: one storefront."""

    name: Name = "origin"
    url: HttpUrl
    hosts: tuple[Host, ...] = ()
    """Hosts it serves; empty: every host. Once set anywhere, an unknown Host gets 421 (RFC 9110 §15.5.20)."""
    host_header: Literal["preserve", "origin"] = "preserve"
    """What it sees as Host: what the visitor named, or the host of ``url``."""
    rewrite_host: bool = False
    """The origin's own address becomes the host the visitor named in text bodies too, not only in Location and Link."""
    adapter: str = "generic"
    connect_timeout: Duration = Duration(1)
    first_byte_timeout: Duration = Duration(10)
    max_connections: Annotated[int, Meta(ge=1, le=10_000)] = 100
    client_address: Literal["node", "visitor"] = "node"
    """Whose address a page fill states in X-Forwarded-For: whoever's request led to it, or nobody's but the node's."""
    pace: Pace | None = None
    """Most fills and refreshes; None: no limit but ``max_connections``."""
    health: Health | None = None


class Cache(Section, frozen=True, kw_only=True):
    """``[cache]``: every route that is not a page kind; the RFCs decide."""

    default_ttl: Duration = Duration(0)
    heuristic_ttl: Duration = Duration(3600)
    """The longest ttl to assume from Last-Modified where none is stated (RFC 9111 §4.2.2); "0s": none is assumed."""
    error_grace: Duration = Duration(86_400)
    """How long past its ttl a response may be sent while the origin fails, if it says nothing about that itself."""
    max_grace: Duration = Duration(86_400)
    """Upper bound on any stale-while-revalidate or stale-if-error the origin states."""
    ignore_query: tuple[str, ...] | None = None
    """Query parameters that never key; None: the maintained list of tracking parameters."""
    bypass_cookies: tuple[str, ...] | None = None
    """Cookie names (``*`` allowed) whose bearer never gets a stored page; None: the adapter's list."""
    key_cookies: tuple[str, ...] = ()
    """Cookies whose value is part of the key."""
    mutating_get: tuple[RequestPattern, ...] = ()
    """GETs that change something at the origin, besides those the adapter knows."""
    harmless_paths: tuple[RequestPattern, ...] = ()
    """Requests of whatever method after which pages look as before, besides those the adapter knows."""


class SlotTable(Section, frozen=True, kw_only=True):
    """``[[pages.slots]]``: exactly one of ``fill`` and ``template``."""

    name: Name
    at: str
    fill: str | None = None
    """jinja2 source; once loaded, the text of the template when one is named."""
    template: str | None = None
    """File below ``templates/`` beside the configuration."""
    each: str | None = None
    sku: str | None = None
    all: bool = False


class PageKind(Section, frozen=True, kw_only=True):
    """``[[pages]]``: routes where the operator decides, not the origin's headers."""

    name: Name
    match: tuple[UrlPath, ...]
    sku: str | None = None
    ttl: Duration = Duration(600)
    grace: Duration = Duration(3600)
    error_grace: Duration = Duration(30 * 86_400)
    currency: Currency | None = None
    slots: tuple[SlotTable, ...] = ()
    freeze: tuple[str, ...] = ()
    """Targets where strangers' pages may differ: stored as first seen."""
    browser_cache: Annotated[
        str, Meta(pattern=r"^[!-~][ -~]*$", description='a Cache-Control value such as "private, no-cache"')
    ] = "private, no-cache"
    """Cache-Control sent to browsers for pages with slots."""


class TableSection(Section, frozen=True, kw_only=True):
    """``[tables.NAME]``."""

    key: str = "sku"
    max_age: Duration | None = None
    """An older row no longer overrules the origin's bytes; None: rows never grow too old."""


FeedFormat = Literal["google-merchant", "csv", "ndjson", "json-ld", "page"]


class Feed(Section, frozen=True, kw_only=True):
    """``[[feeds]]``: where an unchanged shop's prices, stock and products come from."""

    name: Name | None = None
    """In logs, metrics and commands; None: made of the URL (:attr:`label`)."""
    format: FeedFormat = "google-merchant"
    url: FeedUrl | None = None
    """Where it lies; for json-ld and page the sitemap that names the pages, ``/sitemap.xml`` when left out."""
    origin: Name | None = None
    """Origin that a path is asked of and whose pages are read; None: the first one."""
    interval: Duration = Duration(300)
    columns: dict[str, str] = {}
    """For csv and ndjson: column -> ``key``, ``updated`` or ``TABLE.FIELD``."""
    currency: Currency | None = None
    """Of prices that name none."""
    tables: tuple[Name, ...] = ()
    """The only tables it may write; empty: every one it speaks of."""
    headers: dict[str, str] = {}
    """Request fields to send, such as an Authorization."""
    max_size: Size = Size(256 * 2**20)
    """Of the feed once it is unpacked; a larger one counts as broken."""
    pace: Pace | None = None
    """For json-ld and page: pages asked for, at most; None: two a second."""

    @property
    def label(self) -> str:
        """Its name, or what its URL makes of one: ``feed.xml``, ``feeds.example-shop.xml``."""
        return self.name or feed_label(self.url or "")

    @property
    def reads_pages(self) -> bool:
        """Whether it re-reads product pages instead of one document."""
        return self.format in ("json-ld", "page")


def feed_label(url: str) -> str:
    """The name of a feed that was not given one."""
    slug = re.sub(r"[^A-Za-z0-9._-]+", "-", url.partition("?")[0].partition("://")[2] or url.partition("?")[0])
    return slug.strip("-._")[:63] or "pages"


class Records(Section, frozen=True, kw_only=True):
    """``[records]``: JSON decision records, one line a request."""

    sample: Annotated[float, Meta(ge=0, le=1)] = 1.0
    max_bytes: Size = Size(64 * 2**20)
    keep: Annotated[int, Meta(ge=1, le=1000)] = 5
    """Rotated files kept beside the current one."""


class Geo(Section, frozen=True, kw_only=True):
    """``[geo]``."""

    database: Path


class Config(Section, frozen=True, kw_only=True):
    """The whole file."""

    origins: Annotated[tuple[Origin, ...], Meta(min_length=1)]
    node: Node = Node()
    listen: Listen = Listen()
    admin: Admin = Admin()
    store: Store = Store()
    cache: Cache = Cache()
    pages: tuple[PageKind, ...] = ()
    tables: dict[Name, TableSection] = {}
    feeds: tuple[Feed, ...] = ()
    records: Records = Records()
    geo: Geo | None = None

    @property
    def all_tables(self) -> dict[str, TableSection]:
        """Every table of the node, built-in ones included, with what the file says of it."""
        return {name: TableSection() for name in BUILT_IN_TABLES} | self.tables


def decode_value(kind: type, value: object) -> object:
    """msgspec ``dec_hook`` for the types above. Raises ValueError with the remedy."""
    if issubclass(kind, Duration | Pace | Size | Address | Network | Host):
        return kind.parse(value)
    if issubclass(kind, Path) and isinstance(value, str):
        return Path(value)
    raise ValueError(f"{value!r} must be a text in quotes")
