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
_ROUNDS = 2
"""A fill that cannot be read alone (a condition) is read again when its neighbours have been."""


class Readout(msgspec.Struct, frozen=True):
    """``learnt``: by index of the candidate; a candidate that could not be read has none."""

    learnt: dict[int, Learnt]
    known: Known
    faults: tuple[Fault, ...]


def read_out(doc: Document, candidates: Sequence[Candidate], vocabulary: Mapping[str, Vocabulary]) -> Readout:
    """Read every candidate's bytes through its fill; slots that state different values of one field are at fault."""
    learnt: dict[int, Learnt] = {}
    known: Known = {}
    faults: list[Fault] = []
    reasons: dict[int, str] = dict.fromkeys(range(len(candidates)), "")
    for _ in range(_ROUNDS):
        for index in list(reasons):
            candidate = candidates[index]
            result = _read(doc, candidate, known.get(candidate.sku, {}), vocabulary.get(candidate.name, ()))
            if isinstance(result, Read):
                del reasons[index]
                learnt[index] = result.learnt
                faults += _learn(known.setdefault(candidate.sku, {}), candidate, result.values)
            else:
                reasons[index] = result
    for index, reason in reasons.items():
        candidate = candidates[index]
        faults.append(Fault(candidate.name, reason, candidate.sku, candidate.fill.tables))
    return Readout(learnt, known, tuple(faults))


def not_restored(doc: Document, candidate: Candidate, learnt: Learnt, values: Mapping[str, Values]) -> str | None:
    """Why the candidate's fill does not print the origin's bytes from the values read; None when it does (law 6).

    A fill that misses a value leaves the origin's bytes alone: a promotion that is not, a token without visitor.
    """
    span = candidate.hole.span
    scope = Scope({table: values.get(table) for table in candidate.fill.tables})
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


def _read(doc: Document, candidate: Candidate, known: Mapping[str, Values], vocabulary: Vocabulary) -> Read | str:
    span = candidate.hole.span
    raw = doc.text(span)
    if _BROKEN.search(raw):
        return f"its bytes are not valid {doc.charset}"
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
