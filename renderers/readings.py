"""What the origin's bytes say about the rows of a page, and since when."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

import msgspec

from renderers import rows
from renderers.fragments import Missing, Read, Scope, Unprintable, Vocabulary, fragment, read
from renderers.locate import Document
from renderers.page import Learnt, Page, Reading, Values
from renderers.sinks import to_bytes
from renderers.survey import Candidate, Fault

Known = dict[str | None, dict[str, Values]]
"""Values read, by SKU and table."""

_BROKEN = re.compile("[\ud800-\udfff]")


class Readout(msgspec.Struct, frozen=True):
    """``learnt``: by index of the candidate; a candidate that could not be read has none."""

    learnt: dict[int, Learnt]
    known: Known
    faults: tuple[Fault, ...]


def read_out(doc: Document, candidates: Sequence[Candidate], vocabulary: Mapping[str, Vocabulary]) -> Readout:
    """Read every candidate's bytes through its fill; slots that state different values of one field are at fault.

    A fill with a condition means one thing alone and may mean another once its neighbours have been read: what does not
    print the page then is read again.
    """
    reader = _Reader(doc, vocabulary)
    for index, candidate in enumerate(candidates):
        reader.read(index, candidate)
    for index, candidate in enumerate(candidates):
        if not reader.restores(index, candidate):
            reader.read(index, candidate)
    unread = (
        Fault(item.name, reader.reasons[index], item.sku, item.fill.tables)
        for index, item in enumerate(candidates)
        if index in reader.reasons
    )
    return Readout(reader.learnt, reader.known, tuple(dict.fromkeys((*reader.faults, *unread))))


def not_restored(doc: Document, candidate: Candidate, learnt: Learnt, values: Mapping[str, Values]) -> str | None:
    """Why the candidate's fill does not print the origin's bytes from the values read; None when it does (law 6).

    A fill that misses a value leaves the origin's bytes alone: a promotion that is not, a token without visitor.
    """
    span = candidate.hole.span
    stated = {table: values[table] for table in candidate.fill.tables if table in values}
    scope = Scope({table: rows.effective(table, row, 0)[0] for table, row in stated.items()})
    try:
        printed = to_bytes(span.sink, fragment(candidate.fill, span.sink, learnt, scope), doc.charset)
    except Missing:
        return None
    except (Unprintable, UnicodeError) as exc:
        return f"its fill cannot be printed from what the page says: {exc}"
    if printed != doc.bytes_of(span):
        return f"its fill prints {_shown(printed)} where the page has {_shown(doc.bytes_of(span))}"
    return None


def carry(previous: Page | None, new: Page, *, fetched_at_ms: int, held: Callable[[str, str], Values | None]) -> Page:
    """``new`` with the instants at which the origin changed its mind (design, law 5).

    ``held`` gives the effective row of (table, SKU), None when there is none. A value that stayed, or that changed to
    what the row already says, keeps the instant known before; any other change happened at this fetch.
    """
    before = {} if previous is None else {(reading.table, reading.sku): reading for reading in previous.readings}
    readings = tuple(
        _carried(before.get((reading.table, reading.sku)), reading, fetched_at_ms, held) for reading in new.readings
    )
    return msgspec.structs.replace(new, readings=readings)


def _carried(
    before: Reading | None, now: Reading, fetched_at_ms: int, held: Callable[[str, str], Values | None]
) -> Reading:
    if before is None:
        return now
    if before.values != now.values:
        row = held(now.table, now.sku)
        if row is None or not rows.agrees(now.values, row):
            return msgspec.structs.replace(now, changed_at_ms=fetched_at_ms)
    return msgspec.structs.replace(now, changed_at_ms=before.changed_at_ms)


class _Reader:
    """Reads candidates one after the other, each with what is known by then."""

    def __init__(self, doc: Document, vocabulary: Mapping[str, Vocabulary]) -> None:
        self._doc = doc
        self._vocabulary = vocabulary
        self.learnt: dict[int, Learnt] = {}
        self.reasons: dict[int, str] = {}
        """Why a candidate could not be read; it then has nothing learnt."""
        self.known: Known = {}
        self.faults: list[Fault] = []

    def read(self, index: int, candidate: Candidate) -> None:
        """Read one candidate, again or for the first time."""
        self.learnt.pop(index, None)
        self.reasons.pop(index, None)
        known = self.known.setdefault(candidate.sku, {})
        result = self._read(candidate, known)
        if isinstance(result, Read):
            self.learnt[index] = result.learnt
            self.faults += _learn(known, candidate, result.values)
        else:
            self.reasons[index] = result

    def restores(self, index: int, candidate: Candidate) -> bool:
        """Whether a candidate was read and still prints the page from all that is known."""
        known = self.known.get(candidate.sku, {})
        return index in self.learnt and not_restored(self._doc, candidate, self.learnt[index], known) is None

    def _read(self, candidate: Candidate, known: Mapping[str, Values]) -> Read | str:
        span = candidate.hole.span
        raw = self._doc.text(span)
        if _BROKEN.search(raw):
            return f"its bytes are not valid {self._doc.charset}"
        vocabulary = self._vocabulary.get(candidate.name, ())
        return read(candidate.fill, span.sink, raw, known, quote=span.quote, vocabulary=vocabulary)


def _learn(known: dict[str, Values], candidate: Candidate, values: Mapping[str, Values]) -> list[Fault]:
    """Add the values one slot states to what is known of its SKU; return a fault for each it contradicts."""
    faults = []
    for table, fields in values.items():
        held = known.setdefault(table, {})
        for field, value in fields.items():
            if held.setdefault(field, value) != value:
                reason = f"it says {table}.{field} is {value}, another slot of the page says {held[field]}"
                faults.append(Fault(candidate.name, reason, candidate.sku, (table,)))
    return faults


def _shown(source: bytes) -> str:
    return repr(source[:80].decode("utf-8", "replace"))
