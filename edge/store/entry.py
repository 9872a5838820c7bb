"""One stored response: what is known of it (the entry) and what it is made of (its content)."""

from __future__ import annotations

import msgspec

from edge.model import Lifetime, Pairs, VisitorCookie
from renderers.page import Page, Pressed


class Entry(msgspec.Struct, array_like=True, frozen=True, kw_only=True, gc=False):
    """Everything a request needs to know before it needs the body. A MessagePack array: append, never reorder."""

    key: str
    """The text of the cache key; the record is found by its digest."""
    origin: str
    kind: str | None
    """Name of the page kind; None for a response that is not of any."""
    status: int
    headers: Pairs
    """The response's fields, ETag and Last-Modified among them, without those of the connection."""
    lifetime: Lifetime
    fetched_at_ms: int
    """When the origin was asked for what it said last, a 304 included: Unix milliseconds."""
    body_length: int
    """Bytes of the origin's body, uncompressed."""
    version: bytes
    """8 bytes, digest of body and headers: equal versions have equal bytes."""
    vary: Pairs = ()
    """(field name, normalised request value) this variant was selected by."""
    page: bool = False
    """True: stored as segments and slots. False: as plain bytes."""
    cookies: tuple[VisitorCookie, ...] = ()
    """What its visitor slots print, as the origin sets it."""
    gate: bytes = b""
    """What the leak gate's verdict on it depended on; empty where there is no page kind."""


class PlainContent(msgspec.Struct, frozen=True):
    """A body that is not a page."""

    body: bytes
    gzipped: bytes | None = None
    """The same as one gzip member, for types worth compressing."""


class PageContent(msgspec.Struct, frozen=True):
    """A page and its segments deflated, one for one."""

    page: Page
    pressed: tuple[Pressed, ...]


Content = PlainContent | PageContent


class Renewal(msgspec.Struct, frozen=True):
    """What a 304 changes of an entry."""

    lifetime: Lifetime
    headers: Pairs
    fetched_at_ms: int


class Primary(msgspec.Struct, frozen=True):
    """Where the variants of one resource are found: its own cache key and the request fields its origin varies on."""

    digest: bytes
    key: str
    names: tuple[str, ...]
    """Field names in lower case."""
