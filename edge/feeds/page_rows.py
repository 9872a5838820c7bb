"""What a product page says of its own rows, read through the slots of its page kind. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from origin_adapters.feeds import Patch
from renderers.fills import compile_fill
from renderers.page import KindSpec, Page, SlotSpec
from renderers.rows import RowProblem, merge

_NOT_READ = frozenset({"promotions"})
"""Tables whose rows are of campaigns, not of the product whose page shows them."""
_STOCK = ("quantity", "availability")
"""A page that says the one no longer says the other: "Only 3 left", then "In stock"."""


def reading_spec(spec: KindSpec, form: str) -> KindSpec | None:
    """The page kind with those slots that say something of the page's own product; None when there are none.

    ``form``: ``page`` for all of them, ``json-ld`` for those that stand in JSON-LD.
    """
    slots = tuple(slot for slot in spec.slots if slot.each is None and _reads(slot, form))
    return msgspec.structs.replace(spec, slots=slots) if spec.sku is not None and slots else None


def page_patches(page: Page, spec: KindSpec) -> dict[str, Patch]:
    """By table what ``page``, cut by ``spec``, says of its product's row. Values that no table takes are left out.

    A field that one of the slots shows and that the page does not have now is None: the was-price of a sale that ended.
    """
    patches: dict[str, Patch] = {}
    for reading in page.readings:
        if reading.sku != page.sku or reading.table in _NOT_READ:
            continue
        patch: Patch = dict.fromkeys(_shown(spec.slots, reading.table)) | reading.values
        if reading.table == "prices" and len(page.currencies) == 1:
            patch.setdefault("currency", page.currencies[0])
        try:
            none = {name: None for name, value in patch.items() if value is None}
            patches[reading.table] = none | merge(reading.table, {}, patch)
        except RowProblem:
            continue
    return patches


def _reads(slot: SlotSpec, form: str) -> bool:
    if form == "json-ld" and not (slot.at.startswith("json:") and "ld+json" in slot.at):
        return False
    fill = compile_fill(slot.fill)
    return bool(set(fill.tables) - _NOT_READ) and not fill.visitor


def _shown(slots: Iterable[SlotSpec], table: str) -> tuple[str, ...]:
    """Fields of the table that the slots name."""
    if table == "inventory":
        return _STOCK
    return tuple(name for slot in slots for name in re.findall(rf"\b{re.escape(table)}\.(\w+)", slot.fill))
