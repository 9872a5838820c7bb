"""What follows from a visit: the page kind that stores the shop's product pages, and whether it does. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

import msgspec

from edge.fill.cutting import Cutting, cut
from edge.fill.judging import Judged, Judging, Sight, judge
from edge.inspect.gathered import Gathered, Hosting, Sitemap, self_urls
from edge.inspect.meanings import Caching, CookieNote, caching, cookie_notes
from edge.inspect.visit import Visit
from origin_adapters import NAMES, Adapter, adapter
from renderers.charsets import decode_charset
from renderers.compare import Comparison, Difference, View, compare, covered_by
from renderers.cut import compile_page
from renderers.inspect.addresses import Pattern, authority, pattern
from renderers.inspect.facts import Facts
from renderers.inspect.places import Field
from renderers.inspect.platform import platform
from renderers.inspect.proposal import Proposal, propose
from renderers.inspect.sample import text_of
from renderers.page import KindSpec, SlotSpec
from renderers.recognise import currencies


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
    unmintable: tuple[str, ...]
    """Cookies among them that only the shop can set: the first view of a visitor without one is the shop's own."""
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
    judged = _judged(gathered, proposal.kind, adapter(known))
    kind = msgspec.structs.replace(proposal.kind, slots=(*proposal.kind.slots, *judged.added))
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
        visitor_slots=judged.added,
        unmintable=judged.unmintable,
        kind=kind,
        differences=_compared(gathered, KindSpec(name="product")).differences,
        cookies=cookie_notes((*gathered.first.cookies_set, *gathered.second.cookies_set), adapter(known)),
        caching=caching(gathered.first.fields),
        hosts=_hosts(gathered, preserve=adapter(known).preserve_host),
        sitemap=gathered.sitemap,
        obstacles=(*_shortcomings(proposal), *judged.refusals),
        slots_cut=len(judged.cut.compiled.page.slots),
        remarks=gathered.remarks,
    )


def _title(own: Facts) -> str | None:
    return text_of(own.layout.title) if own.layout.title is not None else None


def _product_urls(facts: Sequence[Facts]) -> list[str]:
    """The pages seen, and those that cards on them lead to."""
    seen = [one.sample.url for one in facts]
    return list(dict.fromkeys([*seen, *(card.url for one in facts for card in one.layout.cards)]))


def _path(visit: Visit) -> str:
    return urlsplit(visit.url).path or "/"


def view(visit: Visit, kind: KindSpec) -> View:
    """One stranger's copy, with what the slots of ``kind`` cover of it."""
    compiled = compile_page(visit.body, kind, content_type=visit.content_type, url_path=_path(visit))
    return View(
        body=visit.body,
        charset=decode_charset(visit.body, visit.content_type),
        cookies=visit.cookies,
        covered=covered_by(compiled.page),
    )


def _compared(gathered: Gathered, kind: KindSpec) -> Comparison:
    return compare(view(gathered.first, kind), view(gathered.second, kind))


def _judged(gathered: Gathered, kind: KindSpec, known: Adapter) -> Judged:
    """What the leak gate would say of this page under this kind."""
    first, second = gathered.first, gathered.second
    job = Cutting(
        body=first.body,
        spec=kind,
        content_type=first.content_type,
        url_path=_path(first),
        vocabulary={},
        cookies=tuple(first.cookies.items()),
    )
    sight = Sight(body=second.body, content_type=second.content_type, cookies=tuple(second.cookies.items()))
    return judge(Judging(job=job, first=cut(job), second=sight, tokens=known.tokens, stored=None))


def _shortcomings(proposal: Proposal) -> list[str]:
    """What keeps today's price out of the page."""
    if proposal.sku is None:
        return ["nothing on the pages tells one product from another, so no slot has a row; name it with sku"]
    if not any("prices" in slot.spec.fill for slot in proposal.slots):
        return ["no place of the price can be filled, so the page would show the price of when it was stored"]
    return []


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
