"""Where the slots of a page kind stand on one page, and for which SKU each is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from renderers.fragments import Fill, compile_fill
from renderers.locate import Document, Element, Unplaceable
from renderers.page import KindSpec, SlotSpec
from renderers.prove import Hole
from renderers.recognise import page_sku
from renderers.targets import Target, TargetError, parse_selector, parse_sku, parse_target


class Candidate(msgspec.Struct, frozen=True):
    """A slot that could be cut: a place on the page and what fills it."""

    name: str
    fill: Fill
    hole: Hole
    sku: str | None


class Fault(msgspec.Struct, frozen=True):
    """Why a slot keeps the origin's bytes, and which rows must then show nowhere on the page."""

    name: str
    reason: str
    sku: str | None = None
    tables: tuple[str, ...] = ()


class Survey(msgspec.Struct, frozen=True):
    """What was found. ``candidates`` are in the order of the page and do not overlap."""

    sku: str | None
    candidates: tuple[Candidate, ...]
    faults: tuple[Fault, ...]
    absent: tuple[str, ...]


class _Order(msgspec.Struct, frozen=True):
    """One slot of the configuration, read."""

    spec: SlotSpec
    fill: Fill
    target: Target
    each: str | None
    sku: str | None
    """The recogniser to use; None: the page's own."""


class _Scene(msgspec.Struct, frozen=True):
    doc: Document
    url_path: str
    sku: str | None
    """The page's own SKU."""


def survey(doc: Document, spec: KindSpec, url_path: str) -> Survey:
    """Find every slot of ``spec``. Raises TargetError or FillError when the configuration is wrong."""
    orders = _orders(spec)
    sku = page_sku(doc, spec.sku, url_path) if spec.sku is not None else None
    scene = _Scene(doc, url_path, sku)
    candidates: list[Candidate] = []
    faults: list[Fault] = []
    absent: list[str] = []
    for order in orders:
        found = list(_places(scene, order))
        candidates += (item for item in found if isinstance(item, Candidate))
        faults += (item for item in found if isinstance(item, Fault))
        if not found:
            absent.append(order.spec.name)
    candidates.sort(key=lambda candidate: (candidate.hole.span.start, candidate.hole.span.end))
    overlapping = _overlaps(candidates)
    faults += overlapping.values()
    apart = (candidate for index, candidate in enumerate(candidates) if index not in overlapping)
    return Survey(sku, tuple(apart), tuple(faults), tuple(absent))


def check_spec(spec: KindSpec) -> None:
    """Raises TargetError or FillError when the slots of a page kind are written wrongly."""
    if spec.sku is not None:
        parse_sku(spec.sku)
    _orders(spec)


def _orders(spec: KindSpec) -> list[_Order]:
    """The slots of a page kind with everything in them parsed. Raises TargetError or FillError."""
    orders = []
    for slot in spec.slots:
        fill = compile_fill(slot.fill)
        each = parse_selector(slot.each) if slot.each is not None else None
        if slot.sku is not None:
            parse_sku(slot.sku)
        if each is not None and slot.sku is None and fill.tables:
            raise TargetError(f"slot {slot.name!r} has each but no sku; say where each element has its own, with sku =")
        orders.append(_Order(slot, fill, parse_target(slot.at), each, slot.sku))
    return orders


def _places(scene: _Scene, order: _Order) -> Iterator[Candidate | Fault]:
    if order.each is None:
        yield from _place(scene, order, None, 0)
        return
    for container, element in enumerate(scene.doc.elements(order.each)):
        yield from _place(scene, order, element, container)


def _place(scene: _Scene, order: _Order, within: Element | None, container: int) -> Iterator[Candidate | Fault]:
    """The matches of one slot in the page or in one element of ``each``."""
    name, tables = order.spec.name, order.fill.tables
    matches = scene.doc.find(order.target, within)
    if not matches:
        return
    sku = scene.sku if order.sku is None else page_sku(scene.doc, order.sku, scene.url_path, within)
    if sku is None and tables:
        yield Fault(name, "no single SKU is found for it; make the sku setting match one value on this page")
        return
    if len(matches) > 1 and not order.spec.all:
        where = "the page" if within is None else "one element of each"
        reason = f"{order.spec.at} matches {len(matches)} places in {where}; narrow it or write all = true"
        yield Fault(name, reason, sku, tables)
        return
    for nth, match in enumerate(matches):
        if isinstance(match, Unplaceable):
            yield Fault(name, match.reason, sku, tables)
        else:
            yield Candidate(name, order.fill, Hole(match, order.target, nth, order.each, container), sku)


def _overlaps(candidates: Sequence[Candidate]) -> dict[int, Fault]:
    """Faults for slots that share bytes, by index; both sides, since none of them can claim the place."""
    faults: dict[int, Fault] = {}
    widest = 0
    for index in range(1, len(candidates)):
        before, here = candidates[widest], candidates[index]
        span, outer = here.hole.span, before.hole.span
        if span.start <= outer.end:  # Between two places there is at least a tag or a quote.
            faults[widest] = _overlap(before, here)
            faults[index] = _overlap(here, before)
        if span.end >= outer.end:
            widest = index
    return faults


def _overlap(candidate: Candidate, other: Candidate) -> Fault:
    reason = f"it shares bytes with slot {other.name}; let only one of them point there"
    return Fault(candidate.name, reason, candidate.sku, candidate.fill.tables)
