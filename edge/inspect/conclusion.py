"""What follows from a visit: the page kind that stores the shop's product pages, and whether it does. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from edge.inspect.gathered import Gathered, Hosting, Sitemap, self_urls
from edge.inspect.meanings import Caching, CookieNote, caching, cookie_notes
from edge.inspect.visit import Visit
from origin_adapters import NAMES, adapter
from renderers.charsets import decode_charset
from renderers.compare import Comparison, Difference, Kind, View, compare, covered_by
from renderers.cut import compile_page
from renderers.inspect.addresses import Pattern, authority, pattern
from renderers.inspect.facts import Facts
from renderers.inspect.places import Field
from renderers.inspect.platform import platform
from renderers.inspect.proposal import Proposal, propose
from renderers.inspect.sample import text_of
from renderers.page import Compiled, KindSpec, SlotSpec
from renderers.recognise import currencies
from renderers.tokens import uncovered_tokens


class Hosts(msgspec.Struct, frozen=True):
    """How the shop and its own address go together."""

    self_urls: int
    """Absolute URLs on the page that name the shop's own host."""
    aliases: tuple[str, ...]
    """Other hosts that the page's links call the shop by."""
    hosting: Hosting
    preserve: bool
    """``host_header = "preserve"``."""
    rewrite: bool
    """``rewrite_host = true``."""


class Inspection(msgspec.Struct, frozen=True, kw_only=True):
    """Everything inspect says about one shop."""

    url: str
    samples: tuple[str, ...]
    """Every product page looked at, the one asked about first."""
    name: str | None
    shown: str | None
    """The price as the shop writes it."""
    price: str | None
    list_price: str | None
    currency: str | None
    availability: str | None
    adapter: str
    proposal: Proposal
    match: Pattern
    visitor_slots: tuple[SlotSpec, ...]
    kind: KindSpec
    """What is written, visitor slots included."""
    differences: tuple[Difference, ...]
    """Between the two strangers, before any slot covers them."""
    cookies: tuple[CookieNote, ...]
    caching: Caching
    hosts: Hosts
    sitemap: Sitemap | None
    obstacles: tuple[str, ...]
    """Why the page would be relayed and not stored with this configuration; empty when it would be stored."""
    slots_cut: int
    """Slots in the page when it is cut with it."""
    remarks: tuple[str, ...]


def conclude(gathered: Gathered) -> Inspection:
    """Judge what was gathered. Raises nothing, whatever the pages."""
    facts = [gathered.own, *gathered.others]
    proposal = propose(facts)
    platform_name = platform(gathered.own.sample, tuple(gathered.first.cookies))
    known = platform_name if platform_name in NAMES else "generic"
    bare = _compared(gathered, KindSpec(name="product"))
    visitor_slots = _visitor_slots(bare, proposal)
    kind = _with_slots(proposal.kind, visitor_slots)
    compiled = _cut(gathered.first, kind)
    return Inspection(
        url=gathered.first.url,
        samples=tuple(one.sample.url for one in facts),
        name=gathered.own.claims.name or _title(gathered.own),
        shown=next((slot.shows for slot in proposal.slots if slot.field is Field.PRICE), None),
        price=gathered.own.price,
        list_price=gathered.own.list_price,
        currency=proposal.currency or gathered.own.claims.currency or _currency(gathered),
        availability=gathered.own.claims.availability,
        adapter=known,
        proposal=proposal,
        match=pattern(_product_urls(facts), gathered.addresses),
        visitor_slots=visitor_slots,
        kind=kind,
        differences=bare.differences,
        cookies=cookie_notes((*gathered.first.cookies_set, *gathered.second.cookies_set), adapter(known)),
        caching=caching(gathered.first.fields),
        hosts=_hosts(gathered, preserve=adapter(known).preserve_host),
        sitemap=gathered.sitemap,
        obstacles=tuple(_obstacles(gathered, kind, proposal)),
        slots_cut=len(compiled.page.slots),
        remarks=gathered.remarks,
    )


def _title(own: Facts) -> str | None:
    return text_of(own.layout.title) if own.layout.title is not None else None


def _product_urls(facts: Sequence[Facts]) -> list[str]:
    """The pages seen, and those that cards on them lead to."""
    seen = [one.sample.url for one in facts]
    return list(dict.fromkeys([*seen, *(card.url for one in facts for card in one.layout.cards)]))


def _cut(visit: Visit, kind: KindSpec) -> Compiled:
    path = visit.url.partition("://")[2].partition("/")[2].partition("?")[0]
    return compile_page(visit.body, kind, content_type=visit.content_type, url_path=f"/{path}")


def view(visit: Visit, kind: KindSpec) -> View:
    """One stranger's copy, with what the slots of ``kind`` cover of it."""
    return View(
        body=visit.body,
        charset=decode_charset(visit.body, visit.content_type),
        cookies=visit.cookies,
        covered=covered_by(_cut(visit, kind).page),
    )


def _compared(gathered: Gathered, kind: KindSpec) -> Comparison:
    return compare(view(gathered.first, kind), view(gathered.second, kind))


def _visitor_slots(comparison: Comparison, proposal: Proposal) -> tuple[SlotSpec, ...]:
    """One slot for each target that tokens stand at; the same target twice is one slot for all its places."""
    taken = {slot.spec.name for slot in proposal.slots}
    slots: dict[str, SlotSpec] = {}
    for difference in comparison.of(Kind.TOKEN):
        if difference.slot is not None and difference.slot.at not in slots:
            names = (f"{difference.slot.name}{ending}" for ending in ("", *(f"-{n}" for n in range(2, 100))))
            name = next(name for name in names if name not in taken)
            taken.add(name)
            slots[difference.slot.at] = msgspec.structs.replace(difference.slot, name=name)
    return tuple(slots.values())


def _with_slots(kind: KindSpec, slots: Sequence[SlotSpec]) -> KindSpec:
    return msgspec.structs.replace(kind, slots=(*kind.slots, *slots))


def _obstacles(gathered: Gathered, kind: KindSpec, proposal: Proposal) -> list[str]:
    """Why the page would not be stored, or stored without today's price."""
    found: list[str] = []
    if proposal.sku is None:
        found.append("nothing on the pages tells one product from another, so no slot has a row; name it with sku")
    elif not any("prices" in slot.spec.fill for slot in proposal.slots):
        found.append("no place of the price can be filled, so the page would show the price of when it was stored")
    left = _compared(gathered, kind)
    found += [f"{one.where}: {one.why}" for one in left.differences if one.kind is not Kind.NOISE]
    for visit in (gathered.first, gathered.second):
        values = [cookie.value for cookie in visit.cookies_set]
        found += uncovered_tokens(_cut(visit, kind).page, values)
    return list(dict.fromkeys(found))


def _hosts(gathered: Gathered, *, preserve: bool) -> Hosts:
    count = self_urls(gathered.first.body, authority(gathered.first.url))
    refused = gathered.hosting in {Hosting.REFUSES, Hosting.REDIRECTS}
    fixed = refused or not preserve
    return Hosts(
        self_urls=count,
        aliases=tuple(sorted(gathered.own.sample.aliases)),
        hosting=gathered.hosting,
        preserve=not fixed,
        rewrite=fixed or gathered.hosting is Hosting.IGNORES,
    )


def _currency(gathered: Gathered) -> str | None:
    codes = currencies(gathered.own.sample.doc)
    return codes[0] if len(codes) == 1 else None
