"""Stored copies as a worker uses them: decoded once per version, checked against the store on every request."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple

from cachetools import LRUCache

from edge.assemble.assembler import StoredPage, stored_page
from edge.model import CacheKey, Fields
from edge.policy.key import part_key
from edge.policy.vary import vary_suffix
from edge.store.pages import Entry, PageReader, PageView

_KEYS = 16_384
_KEY_CHARS = 512
"""Longer keys are looked up each time: anybody can make one up, as long as a request may be."""


@dataclass(slots=True)
class Copy:
    """One stored response, ready to send."""

    digest: bytes
    entry: Entry
    page: StoredPage | None
    body: bytes
    """The origin's body; empty for a page."""
    gzipped: bytes | None

    @property
    def size_bytes(self) -> int:
        """What it holds in memory."""
        if self.page is not None:
            return 2 * self.entry.body_length + 2048
        return len(self.body) + len(self.gzipped or b"") + 2048


class Found(NamedTuple):
    """What the store says about a request."""

    copy: Copy | None
    varies: bool
    """The resource is stored, but perhaps in another variant."""
    origin_up: bool


class _Seen(NamedTuple):
    """What the store said at one transaction. Holds no copy: what is kept decoded is bounded elsewhere."""

    txn_id: int
    digest: bytes | None
    """Of the copy; None when nothing was stored."""
    origin_up: bool


class Copies:
    """Looks entries up for one worker. ``limit_bytes`` bounds what is kept decoded."""

    def __init__(self, pages: PageReader, *, limit_bytes: int = 128 << 20) -> None:
        self._pages = pages
        self._copies: LRUCache[bytes, Copy] = LRUCache(limit_bytes, getsizeof=lambda copy: copy.size_bytes)
        self._seen: LRUCache[str, _Seen] = LRUCache(_KEYS)

    def find(self, key: CacheKey, fields: Fields, origin: str) -> Found:
        """The copy for a request, and whether its origin is up. Raises StoreError."""
        seen = self._seen.get(key.text)
        if seen is not None and seen.txn_id == self._pages.txn_id():
            copy = self._copies.get(seen.digest) if seen.digest is not None else None
            if copy is not None or seen.digest is None:
                return Found(copy, varies=False, origin_up=seen.origin_up)
        with self._pages.view() as view:
            found = self._look(view, key, fields, origin)
            if not found.varies and len(key.text) <= _KEY_CHARS:
                digest = found.copy.digest if found.copy is not None else None
                self._seen[key.text] = _Seen(view.txn_id, digest, found.origin_up)
        return found

    def find_part(self, key: CacheKey, fields: Fields, origin: str) -> Found:
        """The stored part of what lies, or would lie, under a key. Raises StoreError."""
        return self.find(CacheKey(part_key(key.text)), fields, origin)

    def holds(self, key: CacheKey) -> bool:
        """Whether anything is stored under a key, in whatever variant. Raises StoreError."""
        with self._pages.view() as view:
            return view.lookup_vary(key.digest) is not None or view.lookup(key.digest, key.text) is not None

    def _look(self, view: PageView, key: CacheKey, fields: Fields, origin: str) -> Found:
        names = view.lookup_vary(key.digest)
        if names:
            key = CacheKey(key.text + vary_suffix(names, fields))
        digest = key.digest
        entry = view.lookup(digest, key.text)
        copy = self._load(view, digest, entry) if entry is not None else None
        return Found(copy, bool(names), view.origin_up(origin))

    def _load(self, view: PageView, digest: bytes, entry: Entry) -> Copy | None:
        held = self._copies.get(digest)
        if held is not None and held.entry == entry:
            return held
        if entry.page:
            copy = _read_page(view, digest, entry)  # anew although no byte changed: what it says of its rows may have
        elif held is not None and held.entry.version == entry.version and held.page is None:
            copy = Copy(digest, entry, None, held.body, held.gzipped)  # the same content, as after a 304
        else:
            copy = _read_plain(view, digest, entry)
        if copy is not None:
            with suppress(ValueError):  # larger than the whole cache: sent, not kept
                self._copies[digest] = copy
        return copy


def _read_page(view: PageView, digest: bytes, entry: Entry) -> Copy | None:
    page, pressed = view.page(digest, entry), view.pressed(digest, entry)
    if page is None or pressed is None:
        return None
    return Copy(digest, entry, stored_page(entry, digest, page, pressed), b"", None)


def _read_plain(view: PageView, digest: bytes, entry: Entry) -> Copy | None:
    body = view.body(digest, entry)
    return None if body is None else Copy(digest, entry, None, body, view.gzipped(digest, entry))
