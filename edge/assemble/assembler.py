"""Stored page + rows + visitor -> response bytes, remembered until something they were made of changes.

A memo is good while the tables have not changed at all (one integer), or the rows it was made of have not (a few), and
``valid_until_ms`` has not come: the next edge of a schedule, promotion or row age among its inputs. Values of a visitor
are stitched in after the memo, never kept in it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

import msgspec
from cachetools import LRUCache

from edge.assemble.holdings import Holdings, Moment, RowCache, earliest
from edge.assemble.slots import Filled, FragmentCache, Note, fill_slots, visitor_fragment
from edge.store.pages import Entry
from edge.store.row import Row
from edge.store.table_reader import Snapshot, TableReader
from renderers.deflate import stitch
from renderers.fragments import Missing, Unprintable, Visitor, compile_fill
from renderers.page import Page, Pressed
from renderers.rows import effective

Piece = Pressed | bytes


class StoredPage(msgspec.Struct, frozen=True):
    """What assembly needs of one entry."""

    digest: bytes
    version: bytes
    """Digest of the stored response; a new one whenever the origin's page changed."""
    fetched_at_ms: int
    page: Page
    pressed: tuple[Pressed, ...]
    personal: bool
    """Some slot holds a visitor's own value."""
    promoted: bool
    """Some slot shows promotions."""
    placed: bool
    """What it shows may depend on where the visitor is."""


def stored_page(entry: Entry, digest: bytes, page: Page, pressed: tuple[Pressed, ...]) -> StoredPage:
    """Judge a page once, when it is loaded, so that no hit has to look at its slots."""
    promoted = any("promotions" in slot.tables for slot in page.slots)
    return StoredPage(
        digest,
        entry.version,
        entry.fetched_at_ms,
        page,
        pressed,
        personal=any(slot.visitor for slot in page.slots),
        promoted=promoted,
        placed=promoted or any(compile_fill(slot.fill).place for slot in page.slots),
    )


class Assembled(msgspec.Struct, frozen=True):
    """A finished body and what the response must say about it."""

    body: bytes
    etag: str
    rows: tuple[str, ...]
    """``table:key@version`` of each row that holds, for the decision record."""
    wants_refresh: bool
    """Availability flipped since the page was fetched: shops change the page's structure then."""


@dataclass(slots=True)
class Memo:
    """One page put together for one place, without any visitor's values."""

    stored: StoredPage
    filled: Filled
    rows: Mapping[tuple[str, str], Row | None]
    promotions: int | None
    """Generation of the table; None when the page shows none."""
    txn_id: int
    made_at_ms: int
    valid_until_ms: int | None
    etag: str
    used: tuple[str, ...]
    wants_refresh: bool
    bodies: dict[bool, bytes] = field(default_factory=dict)
    """Finished body by "gzip?"; empty for a page with visitor slots."""

    def holds_at(self, now_ms: int) -> bool:
        """No edge lies between its making and now. What a clock that was ahead has made, it may not show any more."""
        return self.made_at_ms <= now_ms and (self.valid_until_ms is None or now_ms < self.valid_until_ms)

    @property
    def size_bytes(self) -> int:
        """What the memo holds in memory, for the bound of the cache: both bodies and the segments they come from."""
        return 3 * sum(map(len, self.stored.page.segments)) + 1024


class Assembler:
    """One per worker. ``max_age_ms`` by table; ``memo_bytes`` bounds what finished pages may take."""

    def __init__(self, tables: TableReader, max_age_ms: Mapping[str, int], *, memo_bytes: int = 256 << 20) -> None:
        self._tables = tables
        self._rows = RowCache(max_age_ms)
        self._fragments = FragmentCache()
        self._memos: LRUCache[tuple[object, ...], Memo] = LRUCache(memo_bytes, getsizeof=lambda memo: memo.size_bytes)

    def assemble(self, stored: StoredPage, moment: Moment, *, gzip: bool, visitor: Visitor | None = None) -> Assembled:
        """The response body for ``visitor`` at ``moment``. Raises StoreError."""
        memo = self._memo(stored, moment)
        body = memo.bodies.get(gzip)
        etag = memo.etag
        if body is None:
            parts, tokens = self._parts(memo, visitor, gzip=gzip)
            body = stitch(parts) if gzip else b"".join(part for part in parts if isinstance(part, bytes))
            if stored.personal:
                etag = _with_visitor(etag, tokens)
            else:
                memo.bodies[gzip] = body
        return Assembled(body, etag, memo.used, memo.wants_refresh)

    def notes(self, stored: StoredPage, moment: Moment) -> tuple[tuple[Note, ...], int | None]:
        """Why each slot shows what it shows, and until when (Unix ms, None: no edge ahead), for explain."""
        memo = self._build(stored, moment)
        return memo.filled.notes, memo.valid_until_ms

    def _memo(self, stored: StoredPage, moment: Moment) -> Memo:
        place = repr(moment.place) if stored.placed and moment.place is not None else None
        key = (stored.digest, stored.version, stored.fetched_at_ms, place)
        memo = self._memos.get(key)
        if memo is not None and memo.holds_at(moment.now_ms):
            if memo.txn_id == self._tables.txn_id():
                return memo
            with self._tables.snapshot() as snapshot:
                if _unchanged(memo, snapshot):
                    memo.txn_id = snapshot.txn_id
                    return memo
        memo = self._build(stored, moment)
        with suppress(ValueError):  # larger than the whole cache: served, not kept
            self._memos[key] = memo
        return memo

    def _build(self, stored: StoredPage, moment: Moment) -> Memo:
        with self._tables.snapshot() as snapshot:
            holdings = Holdings(snapshot, self._rows, stored.page, moment)
            filled = fill_slots(stored.page, holdings, self._fragments, moment.place)
            wants_refresh = _flipped(stored, holdings, moment)
            txn_id = snapshot.txn_id
            promotions = snapshot.generation("promotions") if stored.promoted else None
        return Memo(
            stored=stored,
            filled=filled,
            rows=holdings.rows,
            promotions=promotions,
            txn_id=txn_id,
            made_at_ms=moment.now_ms,
            valid_until_ms=earliest(*(held.until_ms for held in holdings.held.values())),
            etag=_etag(stored, filled),
            used=tuple(_used(holdings)),
            wants_refresh=wants_refresh,
        )

    def _parts(self, memo: Memo, visitor: Visitor | None, *, gzip: bool) -> tuple[list[Piece], list[bytes]]:
        page, tokens = memo.stored.page, []
        segments: tuple[Piece, ...] = memo.stored.pressed if gzip else page.segments
        parts: list[Piece] = [segments[0]]
        for slot, known, segment in zip(page.slots, memo.filled.fragments, segments[1:], strict=True):
            piece = known
            if piece is None:
                piece = slot.origin
                if visitor is not None:
                    with suppress(Missing, Unprintable):
                        piece = visitor_fragment(slot, page.charset, visitor)
                tokens.append(piece)
            parts.append(piece)
            parts.append(segment)
        return parts, tokens


def _unchanged(memo: Memo, snapshot: Snapshot) -> bool:
    if memo.promotions is not None and memo.promotions != snapshot.generation("promotions"):
        return False
    return all(snapshot.get(table, key) == row for (table, key), row in memo.rows.items())


def _etag(stored: StoredPage, filled: Filled) -> str:
    """Weak, since two codings share it (RFC 9110 §8.8.1); over the page's version and every injected value."""
    digest = hashlib.blake2b(digest_size=8)
    for piece in filled.fragments:
        digest.update(b"\0visitor" if piece is None else b"%d:%b" % (len(piece), piece))
    return f'W/"{stored.version.hex()}-{digest.hexdigest()}"'


def _with_visitor(etag: str, tokens: list[bytes]) -> str:
    return f'{etag[:-1]}-{hashlib.blake2b(b"|".join(tokens), digest_size=6).hexdigest()}"'


def _used(holdings: Holdings) -> list[str]:
    return [
        f"{table}:{sku}@{row.version}"
        for (table, sku), held in holdings.held.items()
        if held.values is not None and (row := holdings.rows.get((table, sku))) is not None
    ]


def _flipped(stored: StoredPage, holdings: Holdings, moment: Moment) -> bool:
    """The product's row says in stock where the page says sold out, or the reverse, and is newer than the page."""
    sku = stored.page.sku
    reading = holdings.reading("inventory", sku) if sku else None
    if sku is None or reading is None:
        return False
    held, row = holdings.get("inventory", sku), holdings.row("inventory", sku)
    if held.values is None or row is None or row.version <= stored.fetched_at_ms:
        return False
    said, _ = effective("inventory", reading.values, moment.now_ms)
    return (said.get("availability") == "OutOfStock") != (held.values.get("availability") == "OutOfStock")
