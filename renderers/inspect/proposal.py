"""A page kind for the sample pages: slots for every place that shows the price or the stock, each proven by cutting."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from selectolax.lexbor import LexborNode

from renderers.cut import compile_page
from renderers.inspect.cards import Cards, NoCards, find_cards
from renderers.inspect.cover import Scope, Target, cover, value_at
from renderers.inspect.facts import Facts
from renderers.inspect.left import Left, left_in_page
from renderers.inspect.places import Field, Form, Place, places
from renderers.inspect.sample import naming, text_of
from renderers.inspect.skus import SkuChoice, sku_choices
from renderers.page import Compiled, KindSpec, Refused, SlotSpec
from renderers.recognise import currencies

_NEIGHBOUR = re.compile(r"^slot .* of the same .* row is refused")
"""Refusals that only follow from another one."""
_ONE_PAGE_S = re.compile(r"[0-9]{2,}|:(?:first|last|nth)-of-type")
"""What makes a target one page's own: a number, which is likely to be the product's, or a place in an order."""
_ORDER = tuple(Field)


class PlannedSlot(NamedTuple):
    """A slot, and why it is there."""

    spec: SlotSpec
    field: Field
    form: Form
    shows: str
    """What stands in the first place it covers."""
    pages: tuple[int, ...]
    """Samples it covers, by index; for cards of other products those they stand on."""
    seen: int = 1
    """Places it covers on them."""


class Proposal(NamedTuple):
    """What to write for product pages."""

    sku: SkuChoice | None
    """None: nothing on the pages tells one product from another, and slots need that."""
    skus: tuple[SkuChoice, ...]
    """Other settings that would do, ``sku`` the first of them."""
    slots: tuple[PlannedSlot, ...]
    left: tuple[Left, ...]
    currency: str | None
    """To be configured, when the pages do not say it in a way that is understood."""
    cards: Cards | NoCards | None

    @property
    def kind(self) -> KindSpec:
        """The page kind as the renderers take it."""
        return kind_of(self.sku, self.slots, self.currency)


def kind_of(sku: SkuChoice | None, slots: Sequence[PlannedSlot], currency: str | None) -> KindSpec:
    """A page kind of planned slots."""
    specs = tuple(slot.spec for slot in slots)
    return KindSpec(name="product", sku=sku.spec if sku is not None else None, slots=specs, currency=currency)


def propose(facts: Sequence[Facts]) -> Proposal:
    """A page kind that cuts every sample. ``facts``: pages of different products, the one asked about first."""
    shown = [places(one) for one in facts]
    currency = _currency(facts[0])
    choices = sku_choices(facts)
    left = [item for one, found in zip(facts[:1], shown[:1], strict=True) for item in left_in_page(one, found)]
    if not choices:
        return Proposal(None, (), (), tuple(left), currency, None)
    own, uncovered = _own_slots(facts, shown)
    left += uncovered
    values = {one.sample.url: value for one, value in zip(facts, choices[0].values, strict=True)}
    cards = find_cards(facts, values)
    slots = [*own, *(_card_slots(cards) if isinstance(cards, Cards) else ())]
    kept, dropped = _proven(facts, choices[0], slots, currency)
    left += dropped
    if isinstance(cards, NoCards):
        left.append(Left("card prices", f"{cards.seen} cards of other products", "", cards.reason))
    return Proposal(choices[0], choices, kept, tuple(left), currency, cards)


def cut_samples(facts: Sequence[Facts], kind: KindSpec) -> list[Compiled]:
    """Every sample cut by a page kind."""
    return [
        compile_page(one.sample.body, kind, content_type=one.sample.content_type, url_path=one.sample.path)
        for one in facts
    ]


def _own_slots(facts: Sequence[Facts], shown: Sequence[tuple[Place, ...]]) -> tuple[list[PlannedSlot], list[Left]]:
    slots: list[PlannedSlot] = []
    left: list[Left] = []
    names: set[str] = set()
    for field in _ORDER:
        scopes = [_scope(one, found, field) for one, found in zip(facts, shown, strict=True)]
        covered = cover(scopes)
        for target in covered.targets:
            place = next(iter(target.places.values()))
            if _lasting(target, len(facts)):
                slots.append(_planned(target, place, names))
            elif 0 in target.places:
                left.append(_left(place, "no selector found that also holds on other product pages"))
        left += (_left(place, "no selector finds it alone") for index, place in covered.left if index == 0)
    return slots, left


def _scope(one: Facts, found: Sequence[Place], field: Field) -> Scope:
    right = {place.spot: place for place in found if place.field is field}

    def harmless(node: LexborNode, inside: str) -> bool:
        value = value_at(node, inside)
        if field in {Field.PRICE, Field.LIST_PRICE, Field.REGULAR}:
            text = value if inside else text_of(node)
            return not any(char.isdigit() for char in text)
        if field is Field.STOCK:
            return bool(naming(node) & {"stock", "availability"}) and len(text_of(node)) < 60
        return not value or (field is Field.QUANTITY and not _counted(found))

    return Scope(one.sample.tree, right, harmless)


def _counted(found: Sequence[Place]) -> bool:
    """Whether the page states a count, so that another number in its place would be a fault."""
    return any(place.field is Field.STOCK and any(char.isdigit() for char in place.raw) for place in found)


def _lasting(target: Target, pages: int) -> bool:
    """Whether a target may be trusted on pages not seen: it held on two, or its place is only there on one."""
    if pages == 1 or len(target.places) > 1:
        return True
    return not _ONE_PAGE_S.search(target.at)


def _planned(target: Target, place: Place, names: set[str]) -> PlannedSlot:
    stem = place.field.value if place.form is Form.TEXT else f"{place.field.value}-{place.form.value}"
    spec = SlotSpec(name=_unused(stem, names), at=target.at, fill=place.fill)
    return PlannedSlot(spec, place.field, place.form, place.raw, tuple(sorted(target.places)), len(target.places))


def _unused(stem: str, names: set[str]) -> str:
    name = next(name for n in range(1, 1_000) if (name := stem if n == 1 else f"{stem}-{n}") not in names)
    names.add(name)
    return name


def _card_slots(cards: Cards) -> Iterator[PlannedSlot]:
    names: set[str] = set()
    for target in cards.slots.targets:
        place = next(iter(target.places.values()))
        name = _unused(f"card-{place.field.value}", names)
        spec = SlotSpec(name=name, at=target.at, fill=place.fill, each=cards.each, sku=cards.sku)
        yield PlannedSlot(spec, place.field, place.form, place.raw, (), len(target.places))


def _proven(
    facts: Sequence[Facts], sku: SkuChoice, slots: Sequence[PlannedSlot], currency: str | None
) -> tuple[tuple[PlannedSlot, ...], list[Left]]:
    """The slots that hold when all samples are cut with them, and why the others do not."""
    kept, dropped = list(slots), []
    while kept:
        refused = [
            (slot, fault)
            for index, compiled in enumerate(cut_samples(facts, kind_of(sku, kept, currency)))
            for fault in compiled.refused
            if not _NEIGHBOUR.match(fault.reason)
            for slot in kept
            if slot.spec.name == fault.slot and (index in slot.pages or slot.spec.each is not None)
        ]
        if not refused:
            break
        slot, fault = max(refused, key=lambda pair: kept.index(pair[0]))
        kept.remove(slot)
        dropped.append(_dropped(slot, fault))
    return tuple(kept), dropped


def _dropped(slot: PlannedSlot, fault: Refused) -> Left:
    return Left(slot.spec.name, slot.spec.at, slot.shows, fault.reason)


def _left(place: Place, reason: str) -> Left:
    return Left(f"{place.field.value} ({place.form.value})", f"<{place.node.tag}>{place.inside}", place.raw, reason)


def _currency(own: Facts) -> str | None:
    """The code to configure: none when the renderers find it in the page themselves."""
    if currencies(own.sample.doc):
        return None
    stated = (
        str(value.value)
        for script in own.scripts
        for value in script.values
        if value.names and value.names[-1].lower() in {"currency", "currencycode", "currency_code", "pricecurrency"}
    )
    return next((code for code in (own.claims.currency, *stated) if code and re.fullmatch("[A-Z]{3}", code)), None)
