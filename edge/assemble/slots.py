"""Filling a page's slots: everywhere or nowhere for each row (design, law 5)."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from cachetools import LRUCache

from edge.assemble.holdings import Held, Holdings, Place
from renderers.fragments import Missing, Scope, Unprintable, Visitor, compile_fill, fragment
from renderers.page import Page, Sink, Slot


class Note(msgspec.Struct, frozen=True):
    """Why one slot shows what it shows, for explain and the slot metrics."""

    slot: str
    sku: str | None
    source: str
    """``row``, ``origin`` or ``visitor``."""
    reason: str | None = None


class FragmentCache:
    """Fragments by fill, format and row versions, so that a price is printed once for all pages that show it so."""

    def __init__(self, *, fragments: int = 65_536) -> None:
        self._fragments: LRUCache[tuple[object, ...], bytes] = LRUCache(fragments)

    def get(self, slot: Slot, charset: str, rows: Mapping[str, Held], place: Place | None) -> bytes:
        """The slot's bytes from ``rows``. Raises Missing or Unprintable."""
        fill = compile_fill(slot.fill)
        where = repr(place) if fill.place else None
        key = (slot.fill, slot.sink, slot.learnt, charset, slot.sku, where, *(rows[t].version for t in slot.tables))
        found = self._fragments.get(key)
        if found is None:
            scope = Scope({table: held.values for table, held in rows.items()}, place)
            found = encode(fragment(fill, slot.sink, slot.learnt, scope), slot.sink, charset)
            self._fragments[key] = found
        return found


def encode(text: str, sink: Sink, charset: str) -> bytes:
    """A fragment in the page's charset. Raises Unprintable for what neither the charset nor the sink can express."""
    references = sink in {Sink.HTML, Sink.ATTRIBUTE}
    try:
        return text.encode(charset, "xmlcharrefreplace" if references else "strict")
    except UnicodeEncodeError as exc:
        raise Unprintable(
            f"{exc.object[exc.start : exc.end]!r} does not exist in the page's charset {charset}"
        ) from exc


class Filled(msgspec.Struct, frozen=True):
    """A page's fragments, in slot order. None stands where a visitor's own value goes."""

    fragments: tuple[bytes | None, ...]
    notes: tuple[Note, ...]


def fill_slots(page: Page, holdings: Holdings, cache: FragmentCache, place: Place | None) -> Filled:
    """Every slot that no visitor is needed for.

    A value that cannot be printed in one sink takes its row out of all of them, so the loop runs once more; each turn
    takes out at least one row.
    """
    broken: dict[tuple[str, str], str] = {}
    while True:
        filled = _attempt(page, holdings, cache, place, broken)
        if filled is not None:
            return filled


def _attempt(
    page: Page, holdings: Holdings, cache: FragmentCache, place: Place | None, broken: dict[tuple[str, str], str]
) -> Filled | None:
    fragments: list[bytes | None] = []
    notes: list[Note] = []
    for slot in page.slots:
        if slot.visitor:
            fragments.append(None)
            notes.append(Note(slot.name, slot.sku, "visitor"))
            continue
        sku = slot.sku or ""
        rows = {table: holdings.get(table, sku) for table in slot.tables}
        reason = next((broken[table, sku] for table in slot.tables if (table, sku) in broken), None)
        if reason is None:
            try:
                fragments.append(cache.get(slot, page.charset, rows, place))
                notes.append(Note(slot.name, slot.sku, "row"))
                continue
            except Missing as exc:
                reason = next((held.why.value for held in rows.values() if held.why is not None), str(exc))
            except Unprintable as exc:
                broken.update({(table, sku): f"{slot.name}: {exc}" for table in slot.tables})
                return None
        fragments.append(slot.origin)
        notes.append(Note(slot.name, slot.sku, "origin", reason))
    return Filled(tuple(fragments), tuple(notes))


def visitor_fragment(slot: Slot, charset: str, visitor: Visitor) -> bytes:
    """The bytes of a slot that holds the visitor's own value. Raises Missing when this visitor has none."""
    return encode(
        fragment(compile_fill(slot.fill), slot.sink, slot.learnt, Scope({}, None, visitor)), slot.sink, charset
    )
