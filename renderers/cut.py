"""An origin's HTML as a page of segments and slots, each slot proven, or the reason why not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from renderers.charsets import decode_charset
from renderers.fragments import Vocabulary
from renderers.locate import Document, Unreadable
from renderers.page import Compiled, KindSpec, Learnt, Page, Reading, Refused, Slot
from renderers.prove import MOVED, proven
from renderers.readings import Known, carry, not_restored, read_out
from renderers.recognise import currencies
from renderers.survey import Candidate, Fault, check_spec, survey

__all__ = ["carry", "compile_page"]


class _Cuttable(msgspec.Struct, frozen=True):
    """A candidate that could be read."""

    candidate: Candidate
    learnt: Learnt


def compile_page(
    body: bytes,
    spec: KindSpec,
    *,
    content_type: str,
    url_path: str,
    vocabulary: Mapping[str, Vocabulary] | None = None,
) -> Compiled:
    """Cut one HTML response into segments and slots.

    ``vocabulary``: by slot name, formats learnt on other pages of the kind. A slot whose place or format is not certain
    is refused, and with it every slot of the same SKU and table: a value shows everywhere or nowhere (design, law 5).
    Raises TargetError or FillError when ``spec`` is wrong, and nothing else, whatever the page.
    """
    check_spec(spec)
    charset = decode_charset(body, content_type)
    try:
        doc = Document(body, charset)
    except Unreadable as exc:
        return _uncut(body, spec, charset, str(exc))
    found = survey(doc, spec, url_path)
    readout = read_out(doc, found.candidates, vocabulary or {})
    readable = [_Cuttable(found.candidates[index], learnt) for index, learnt in sorted(readout.learnt.items())]
    cuttable, faults = _closure(readable, [*found.faults, *readout.faults])
    cuttable, faults = _restored(doc, cuttable, faults, readout.known)
    cuttable, faults = _proven(doc, cuttable, faults)
    pieces = _pieces(doc, cuttable)
    if pieces is None:
        return _uncut(body, spec, charset, f"the page cannot be cut in {charset} without changing its bytes")
    segments, origins = pieces
    slots = tuple(_slot(item, origin) for item, origin in zip(cuttable, origins, strict=True))
    readings = tuple(_readings(slots, readout.known))
    page = Page(segments, slots, readings, charset, found.sku, currencies(doc, spec.currency), spec.digest)
    return Compiled(page, _refusals(faults), found.absent)


def _uncut(body: bytes, spec: KindSpec, charset: str, reason: str) -> Compiled:
    """The page as the origin sent it, without slots."""
    page = Page((body,), (), (), charset, None, (), spec.digest)
    return Compiled(page, tuple(Refused(slot.name, reason) for slot in spec.slots))


def _restored(
    doc: Document, cuttable: Sequence[_Cuttable], faults: list[Fault], known: Known
) -> tuple[list[_Cuttable], list[Fault]]:
    """Keep the slots whose fills print the origin's bytes from what the whole page says."""
    kept: list[_Cuttable] = []
    for item in cuttable:
        candidate = item.candidate
        reason = not_restored(doc, candidate, item.learnt, known.get(candidate.sku, {}))
        if reason is None:
            kept.append(item)
        else:
            faults.append(_fault(candidate, reason))
    return _closure(kept, faults)


def _closure(cuttable: Sequence[_Cuttable], faults: list[Fault]) -> tuple[list[_Cuttable], list[Fault]]:
    """Take out what shares a row with a slot at fault, and what shares a row with that, until nothing does."""
    faults = list(faults)
    barred = {(fault.sku, table): fault.name for fault in faults if fault.sku is not None for table in fault.tables}
    kept = list(cuttable)
    while True:
        hit = [(item, at) for item in kept if (at := _barred(item.candidate, barred)) is not None]
        if not hit:
            return kept, faults
        for item, (sku, table) in hit:
            candidate = item.candidate
            reason = (
                f"slot {barred[sku, table]} of the same {table} row is refused; a value shows everywhere or nowhere"
            )
            faults.append(_fault(candidate, reason))
            for other in candidate.fill.tables:
                barred.setdefault((sku, other), candidate.name)
        gone = {id(item) for item, _ in hit}
        kept = [item for item in kept if id(item) not in gone]


def _barred(candidate: Candidate, barred: Mapping[tuple[str, str], str]) -> tuple[str, str] | None:
    if candidate.sku is None:
        return None
    return next((at for table in candidate.fill.tables if (at := (candidate.sku, table)) in barred), None)


def _proven(doc: Document, cuttable: list[_Cuttable], faults: list[Fault]) -> tuple[list[_Cuttable], list[Fault]]:
    """Keep the slots whose ranges hold together; each round only has fewer of them."""
    while cuttable:
        good = proven(doc.source, [item.candidate.hole for item in cuttable])
        if len(good) == len(cuttable):
            break
        faults += (_fault(item.candidate, MOVED) for index, item in enumerate(cuttable) if index not in good)
        cuttable, faults = _closure([item for index, item in enumerate(cuttable) if index in good], faults)
    return cuttable, faults


def _pieces(doc: Document, cuttable: Sequence[_Cuttable]) -> tuple[tuple[bytes, ...], tuple[bytes, ...]] | None:
    """Segments and what the origin has in the slots; None when they do not join to the origin's bytes."""
    try:
        segments, origins = doc.cut([item.candidate.hole.span for item in cuttable])
    except UnicodeError:
        return None
    joined = b"".join(piece for pair in zip(segments, [*origins, b""], strict=True) for piece in pair)
    return (tuple(segments), tuple(origins)) if joined == doc.body else None


def _slot(item: _Cuttable, origin: bytes) -> Slot:
    fill, hole = item.candidate.fill, item.candidate.hole
    return Slot(
        name=item.candidate.name,
        fill=fill.source,
        sink=hole.span.sink,
        sku=item.candidate.sku,
        origin=origin,
        learnt=item.learnt,
        tables=tuple(sorted(fill.tables)),
        visitor=fill.visitor,
    )


def _readings(slots: Iterable[Slot], known: Known) -> Iterable[Reading]:
    """What the origin says about each row that a slot of the page shows."""
    rows = {(table, slot.sku) for slot in slots if slot.sku is not None for table in slot.tables}
    for table, sku in sorted(rows):
        if values := known.get(sku, {}).get(table):
            yield Reading(table, sku, values)


def _fault(candidate: Candidate, reason: str) -> Fault:
    return Fault(candidate.name, reason, candidate.sku, candidate.fill.tables)


def _refusals(faults: Iterable[Fault]) -> tuple[Refused, ...]:
    """One line per slot and reason, however many elements of ``each`` it concerns."""
    return tuple(dict.fromkeys(Refused(fault.name, fault.reason) for fault in faults))
