"""An inspection for people, in a screenful, and for programs."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from edge.inspect.canary import Sighting
from edge.inspect.conclusion import Inspection
from renderers.compare import Difference, Kind
from renderers.inspect.proposal import PlannedSlot
from renderers.inspect.sample import shown

_MOST_ROWS = 12
_WHAT_NOW = {
    Kind.NOISE: "stored as first seen",
    Kind.OTHER: "decide: slot or freeze",
}


def print_report(console: Console, inspection: Inspection) -> None:
    """Print what was found; a person reads it in a minute."""
    console.print(Group(*_parts(inspection)))


def _parts(inspection: Inspection) -> Iterator[RenderableType]:
    pages = len(inspection.samples)
    yield _summary(inspection)
    if inspection.proposal.slots or inspection.visitor_slots:
        yield _heading(f"Where it stands (proven on {pages} product page{'s' if pages > 1 else ''})")
        yield _places(inspection)
    if inspection.proposal.left:
        yield _heading("What keeps the shop's bytes")
        yield _left(inspection)
    if inspection.differences:
        yield _heading("What differs between two strangers")
        yield _differences(inspection)
    yield _facts(inspection)
    yield _verdict(inspection)


def _heading(text: str) -> Text:
    return Text(text, style="bold")


def _summary(inspection: Inspection) -> Text:
    sku = inspection.proposal.sku
    text = Text(f"{inspection.name or inspection.url}\n", style="bold")
    currency = inspection.currency or "the page does not say which currency"
    price = f"{inspection.shown or inspection.price} ({currency})"
    was = f", was {inspection.list_price}" if inspection.list_price else ""
    stock = f", {inspection.availability}" if inspection.availability else ""
    number = f"SKU {sku.values[0]} by {sku.spec}" if sku is not None else "no SKU found"
    text.append(f"{number}; {price}{was}{stock}", style="default not bold")
    return text


def _places(inspection: Inspection) -> Table:
    pages = len(inspection.samples)
    table = _table("slot", "at", "shows", "seen")
    for slot in inspection.proposal.slots:
        table.add_row(slot.spec.name, _at(slot), Text(slot.shows), _seen(slot, pages))
    for visitor in inspection.visitor_slots:
        table.add_row(visitor.name, Text(visitor.at), Text(visitor.fill), "each visitor's own")
    return table


def _at(slot: PlannedSlot) -> Text:
    return Text(slot.spec.at if slot.spec.each is None else f"{slot.spec.at} in each {slot.spec.each}")


def _seen(slot: PlannedSlot, pages: int) -> str:
    return f"{slot.seen} cards" if slot.spec.each is not None else f"{len(slot.pages)}/{pages}"


def _left(inspection: Inspection) -> Table:
    table = _table("what", "where", "why")
    for one in inspection.proposal.left[:_MOST_ROWS]:
        table.add_row(Text(f"{one.what} {one.shown}".strip()), Text(shown(one.where)), Text(one.reason))
    return table


def _differences(inspection: Inspection) -> Table:
    table = _table("kind", "where", "why", "so")
    once = {(one.kind, one.where): one for one in inspection.differences}.values()
    ordered = sorted(once, key=lambda one: [Kind.OTHER, Kind.TOKEN, Kind.NOISE].index(one.kind))
    for one in ordered[:_MOST_ROWS]:
        table.add_row(one.kind.value, Text(one.where), Text(one.why), _consequence(inspection, one))
    if len(ordered) > _MOST_ROWS:
        table.add_row("", f"and {len(ordered) - _MOST_ROWS} more", "", "")
    return table


def _consequence(inspection: Inspection, one: Difference) -> str:
    if one.kind is Kind.TOKEN:
        covered = one.slot is not None and one.slot.at in {slot.at for slot in inspection.visitor_slots}
        return "a visitor slot" if covered else "pages are relayed"
    return _WHAT_NOW[one.kind]


def _facts(inspection: Inspection) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_row("platform", inspection.adapter)
    table.add_row("pages", Text(" ".join(inspection.match.match[:4])))
    if inspection.match.remark:
        table.add_row("", Text(inspection.match.remark))
    cookies = ", ".join(f"{one.name} ({one.meaning})" for one in inspection.cookies)
    table.add_row("cookies", Text(cookies or "none on a first view"))
    table.add_row("caching", Text("; ".join(inspection.caching.words)))
    hosts = inspection.hosts
    table.add_row("host", Text(f"{hosts.self_urls} absolute links to itself; {hosts.hosting.value}"))
    for remark in inspection.remarks:
        table.add_row("note", Text(remark))
    return table


def _verdict(inspection: Inspection) -> Text:
    if not inspection.obstacles:
        return Text(f"This page would be stored, with {inspection.slots_cut} slots.", style="bold green")
    told = (one.partition("; proposed: ")[0] for one in inspection.obstacles[:_MOST_ROWS])
    lines = "\n".join(f"  {one}" for one in told)
    return Text(f"This page would be relayed, not stored:\n{lines}", style="bold red")


def print_canary(console: Console, found: Sighting) -> None:
    """Print what two signed-in visitors saw."""
    for who, cookie in zip("AB", found.kept_out, strict=True):
        kept = f"{cookie} keeps them out of the store" if cookie else "no cookie of theirs keeps them out of the store"
        console.print(Text(f"Visitor {who}: {kept}"))
    if found.alike:
        console.print(Text("The shop showed both the page of a stranger; are the cookies those of signed-in visitors?"))
    table = _table("kind", "where", "A", "B")
    for one in found.differences[:_MOST_ROWS]:
        table.add_row(one.kind.value, Text(one.where), Text(one.first), Text(one.second))
    if found.differences:
        console.print(_heading("What differs between the two"), table)
    if found.leaks:
        console.print(
            Text("Of theirs, this would be stored:\n" + "\n".join(f"  {one}" for one in found.leaks), "bold red")
        )
    else:
        console.print(Text("Nothing of theirs would be stored: pages are fetched without their cookies.", "bold green"))


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def document(inspection: Inspection) -> dict[str, object]:
    """The inspection as JSON has it."""
    proposal, hosts = inspection.proposal, inspection.hosts
    sku = proposal.sku
    return {
        "url": inspection.url,
        "samples": list(inspection.samples),
        "product": {
            "name": inspection.name,
            "sku": sku.values[0] if sku is not None else None,
            "price": inspection.price,
            "list_price": inspection.list_price,
            "currency": inspection.currency,
            "availability": inspection.availability,
        },
        "sku": [{"spec": one.spec, "kind": one.rank.name.lower(), "values": list(one.values)} for one in proposal.skus],
        "slots": [_slot_document(slot) for slot in proposal.slots],
        "visitor_slots": [{"name": one.name, "at": one.at, "fill": one.fill} for one in inspection.visitor_slots],
        "left": [one._asdict() for one in proposal.left],
        "differences": [_difference_document(one) for one in inspection.differences],
        "cookies": [{"name": one.name, "meaning": one.meaning, "detail": one.detail} for one in inspection.cookies],
        "caching": {"declared": inspection.caching.declared, "means": list(inspection.caching.words)},
        "hosts": {
            "self_urls": hosts.self_urls,
            "aliases": list(hosts.aliases),
            "behaviour": hosts.hosting.value,
            "host_header": "preserve" if hosts.preserve else "origin",
            "rewrite_host": hosts.rewrite,
        },
        "adapter": inspection.adapter,
        "match": {"patterns": list(inspection.match.match), "remark": inspection.match.remark},
        "stored": not inspection.obstacles,
        "obstacles": list(inspection.obstacles),
        "remarks": list(inspection.remarks),
    }


def _slot_document(slot: PlannedSlot) -> dict[str, object]:
    spec = slot.spec
    return {
        "name": spec.name,
        "field": slot.field.value,
        "form": slot.form.value,
        "at": spec.at,
        "each": spec.each,
        "sku": spec.sku,
        "fill": spec.fill,
        "shows": slot.shows,
        "pages": len(slot.pages),
        "places": slot.seen,
    }


def _difference_document(one: Difference) -> dict[str, object]:
    return {
        "kind": one.kind.value,
        "where": one.where,
        "first": one.first,
        "second": one.second,
        "why": one.why,
        "cookie": one.cookie,
        "personal": one.personal,
        "proposal": one.proposal,
    }
