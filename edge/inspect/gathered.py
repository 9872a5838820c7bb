"""What was fetched from a shop, as values."""

from __future__ import annotations

import enum

import msgspec

from edge.inspect.visit import Visit
from renderers.inspect.facts import Facts


class Hosting(enum.Enum):
    """What the shop does when it is asked under another host, as an edge with ``host_header = "preserve"`` asks it."""

    FOLLOWS = "its own links follow the Host it is asked by"
    IGNORES = "its own links name a fixed host, whatever Host it is asked by"
    NO_LINKS = "its pages have no absolute links to itself"
    REFUSES = "it answers under its own host only"
    REDIRECTS = "it redirects to its own host"


class Sitemap(msgspec.Struct, frozen=True):
    """A sitemap that names product pages."""

    path: str
    """On the shop's own origin."""
    products: int
    """Addresses in it that look like products."""
    foreign: bool
    """Its addresses name another host."""


class Gathered(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that was fetched."""

    first: Visit
    second: Visit
    """The same page for another stranger."""
    own: Facts
    """``first``, read."""
    others: tuple[Facts, ...]
    """Other products' pages, each fetched by somebody new."""
    addresses: tuple[str, ...]
    """Every address of the shop that was met."""
    sitemap: Sitemap | None
    hosting: Hosting
    remarks: tuple[str, ...]


def self_urls(body: bytes, host: str) -> int:
    """How often a page names its own host in an absolute URL, JSON's escaped slashes included."""
    plain, escaped = f"://{host}".encode(), f":\\/\\/{host}".encode()
    return body.count(plain) + body.count(escaped)
