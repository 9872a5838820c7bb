"""Page kinds of the configuration as the renderers see them."""

from __future__ import annotations

from edge.config.schema import Config, PageKind, SlotTable
from renderers.page import KindSpec, SlotSpec


def kind_specs(config: Config) -> tuple[KindSpec, ...]:
    """One spec for each ``[[pages]]`` table of a loaded configuration, in its order."""
    return tuple(kind_spec(kind) for kind in config.pages)


def kind_spec(kind: PageKind) -> KindSpec:
    """The part of one page kind that decides how its pages are cut."""
    slots = tuple(_slot_spec(slot) for slot in kind.slots)
    return KindSpec(name=kind.name, sku=kind.sku, slots=slots, currency=kind.currency, freeze=kind.freeze)


def _slot_spec(slot: SlotTable) -> SlotSpec:
    if slot.fill is None:
        raise ValueError(f"slot {slot.name!r}: its template has not been read in; use edge.config.load.load")
    return SlotSpec(name=slot.name, at=slot.at, fill=slot.fill, each=slot.each, sku=slot.sku, all=slot.all)
