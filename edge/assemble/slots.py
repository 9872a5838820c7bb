"""Filling a page's slots: everywhere or nowhere for each value (design, law 5)."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from cachetools import LRUCache

from edge.assemble.holdings import Held, Holdings, Place
from renderers.fragments import Missing, Scope, Unprintable, Visitor, compile_fill, fragment
from renderers.page import Page, Slot
from renderers.sinks import to_bytes


class Note(msgspec.Struct, frozen=True):
    """Why one slot shows what it shows, for explain and the slot metrics."""

    slot: str
    sku: str | None
    source: str
    """``row``, ``origin`` or ``visitor``."""
    reason: str | None = None


class FragmentCache:
    """Fragments by fill, format and row versions, so that a price is printed once for all pages that show it so."""

    def __init__(self, *, limit_bytes: int = 32 << 20) -> None:
        self._fragments: LRUCache[tuple[object, ...], bytes] = LRUCache(limit_bytes, getsizeof=_kept_bytes)

    def get(self, slot: Slot, charset: str, rows: Mapping[str, Held], place: Place | None) -> bytes:
        """The slot's bytes from ``rows``. Raises Missing or Unprintable."""
        fill = compile_fill(slot.fill)
        where = repr(place) if fill.place else None
        key = (slot.fill, slot.sink, slot.learnt, charset, slot.sku, where, *(rows[t].version for t in slot.tables))
        found = self._fragments.get(key)
        if found is None:
            scope = Scope({table: held.values for table, held in rows.items()}, place)
            found = to_bytes(slot.sink, fragment(fill, slot.sink, slot.learnt, scope), charset)
            self._fragments[key] = found
        return found


def _kept_bytes(fragment: bytes) -> int:
    """A fragment and its key."""
    return len(fragment) + 512


class Filled(msgspec.Struct, frozen=True):
    """A page's fragments, in slot order. None stands where a visitor's own value goes."""

    fragments: tuple[bytes | None, ...]
    notes: tuple[Note, ...]


def fill_slots(page: Page, holdings: Holdings, cache: FragmentCache, place: Place | None) -> Filled:
    """Every slot that no visitor is needed for."""
    attempt = _Attempt(page, holdings, cache, place)
    while attempt.give_way():
        pass
    fragments: list[bytes | None] = []
    notes: list[Note] = []
    for index, slot in enumerate(page.slots):
        if slot.visitor:
            fragments.append(None)
            notes.append(Note(slot.name, slot.sku, "visitor"))
        elif index in attempt.from_rows:
            fragments.append(attempt.from_rows[index])
            notes.append(Note(slot.name, slot.sku, "row"))
        else:
            fragments.append(slot.origin)
            notes.append(Note(slot.name, slot.sku, "origin", attempt.refused[index]))
    return Filled(tuple(fragments), tuple(notes))


def visitor_fragment(slot: Slot, charset: str, visitor: Visitor) -> bytes:
    """The bytes of a slot that holds the visitor's own value. Raises Missing or Unprintable when there is none."""
    scope = Scope({}, None, visitor)
    return to_bytes(slot.sink, fragment(compile_fill(slot.fill), slot.sink, slot.learnt, scope), charset)


class _Attempt:
    """Each slot filled from its own rows, before the slots of one value have agreed."""

    def __init__(self, page: Page, holdings: Holdings, cache: FragmentCache, place: Place | None) -> None:
        self._slots = page.slots
        self.from_rows: dict[int, bytes] = {}
        self.refused: dict[int, str] = {}
        """By slot: why it keeps the origin's bytes."""
        self._broken: dict[tuple[str, str], str] = {}
        """By (table, SKU): why the row can show nowhere on this page."""
        for index, slot in enumerate(page.slots):
            if slot.visitor:
                continue
            sku = slot.sku or ""
            rows = {table: holdings.get(table, sku) for table in slot.tables}
            try:
                self.from_rows[index] = cache.get(slot, page.charset, rows, place)
            except Missing as exc:
                self.refused[index] = next((held.why.value for held in rows.values() if held.why), str(exc))
            except Unprintable as exc:
                self.refused[index] = str(exc)
                self._broken.update({(table, sku): f"slot {slot.name}: {exc}" for table in slot.tables})

    def give_way(self) -> bool:
        """Take out what would contradict a slot that keeps the origin's bytes. True while there was something."""
        kept = {pair: self._slots[index].name for index in self.refused for pair in _shown(self._slots[index])}
        contrary = {index: reason for index in self.from_rows if (reason := self._contradiction(index, kept))}
        for index, reason in contrary.items():
            del self.from_rows[index]
            self.refused[index] = reason
        return bool(contrary)

    def _contradiction(self, index: int, kept: Mapping[tuple[str, str, str | None], str]) -> str | None:
        slot = self._slots[index]
        for table in slot.tables:
            if (table, slot.sku or "") in self._broken:
                return self._broken[table, slot.sku or ""]
        for pair in _shown(slot):
            if pair in kept:
                return f"slot {kept[pair]} keeps what the origin says of the same value"
        return None


def _shown(slot: Slot) -> list[tuple[str, str, str | None]]:
    """(SKU, table, field) of each value the origin's bytes may state in a slot; of promotions they state none."""
    return [
        (slot.sku or "", table, field)
        for table, field in compile_fill(slot.fill).named
        if table != "promotions" and not slot.visitor
    ]
