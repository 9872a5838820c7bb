"""An inspection as ``vitrine.toml``, each choice with its reason. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from edge.inspect.conclusion import Inspection
from renderers.compare import Difference, Kind
from renderers.inspect.addresses import authority
from renderers.inspect.proposal import PlannedSlot
from renderers.inspect.sample import shown
from renderers.inspect.skus import Rank
from renderers.page import SlotSpec

_RANKS = {
    Rank.SKU: "the shop's own number of the product",
    Rank.TRADE_NUMBER: "a trade number (EAN, UPC, ISBN, MPN); no number of the shop's own was found",
    Rank.PRODUCT_ID: "the shop's internal number; no SKU stands on the page",
    Rank.PATH: "part of the address; nothing on the page names the product",
}
_TABLES = """
# How old a row may grow before the shop's own bytes count again.
[tables.prices]
max_age = "24h"

[tables.inventory]
max_age = "24h"
"""


def configuration(inspection: Inspection) -> str:
    """The text of a ``vitrine.toml`` that stores the shop's product pages."""
    blocks = [
        _head(inspection),
        _origin(inspection),
        _TABLES.strip("\n"),
        *_feed(inspection),
        *_others(inspection),
        _kind(inspection),
        *(_slot(slot.spec, _about(slot, len(inspection.samples))) for slot in inspection.proposal.slots),
        *(_slot(slot, _about_visitor(slot, inspection)) for slot in inspection.visitor_slots),
        *_undecided(inspection),
        *_left(inspection),
    ]
    return "\n\n".join(blocks) + "\n"


def quoted(text: str) -> str:
    """A TOML basic string."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _head(inspection: Inspection) -> str:
    pages = "\n".join(f"#   {url}" for url in inspection.samples)
    return (
        f"# Written by `vitrine inspect` from these pages of the shop:\n{pages}\n"
        "# Everything here says where things stand on the shop's pages; the shop itself needs no change.\n"
        '# `vitrine check` finds mistakes, `vitrine serve` starts the edge, [listen] http = "HOST:PORT" moves it.'
    )


def _origin(inspection: Inspection) -> str:
    hosts = inspection.hosts
    url = urlsplit(inspection.url)
    lines = [
        "[[origins]]",
        'name = "shop"',
        f"url = {quoted(f'{url.scheme}://{authority(inspection.url)}')}",
        f"adapter = {quoted(inspection.adapter)}{_adapter_reason(inspection)}",
    ]
    if hosts.preserve:
        lines.append(f'host_header = "preserve"    # asked under another host, {hosts.hosting.value}')
    else:
        lines.append(f'host_header = "origin"      # {hosts.hosting.value}')
    if hosts.rewrite:
        count = f"{hosts.self_urls} absolute links on this page name the shop's own host"
        lines.append(f"rewrite_host = true         # {count}; they lead to the edge instead")
    if hosts.aliases:
        lines.append(f"# The pages call the shop {', '.join(hosts.aliases)} as well; such links leave the edge.")
    lines.append(f"# hosts = [{quoted(url.hostname or 'shop.example')}]    # name yours, and every other Host gets 421")
    if inspection.caching.limit_per_minute is not None:
        limit = inspection.caching.limit_per_minute
        lines.append(f'pace = "{max(1, limit // 2)}/m"    # the shop allows {limit} views a minute')
    return "\n".join(lines)


def _adapter_reason(inspection: Inspection) -> str:
    return "" if inspection.adapter == "generic" else "    # by its cookies and its markup"


def _feed(inspection: Inspection) -> Iterator[str]:
    sitemap = inspection.sitemap
    if sitemap is None:
        return
    yield (
        f"# The shop's prices reach the tables by re-reading its product pages ({sitemap.products} in its sitemap).\n"
        '# A merchant feed, if there is one, costs the shop less: format = "google-merchant" and its url.\n'
        f'[[feeds]]\nname = "pages"\nformat = "page"\nurl = {quoted(sitemap.path)}\ninterval = "5m"'
    )


def _others(inspection: Inspection) -> Iterator[str]:
    """Page kinds that keep other pages out of the products' patterns."""
    for number, other in enumerate(inspection.match.others, start=1):
        yield (
            "# These are no product pages, though the products' pattern covers them. They come from the shop while it\n"
            "# is up, and are kept for when it is down.\n"
            f'[[pages]]\nname = "other-{number}"\nmatch = [{quoted(other)}]\n'
            'ttl = "0s"\ngrace = "0s"\nerror_grace = "30d"'
        )
        for slot in inspection.visitor_slots:
            yield _slot(slot, "")


def _kind(inspection: Inspection) -> str:
    proposal = inspection.proposal
    lines = []
    if inspection.match.remark:
        lines.append(f"# {inspection.match.remark}.")
    lines += ["[[pages]]", 'name = "product"', f"match = {_array(inspection.match.match)}"]
    if proposal.sku is not None:
        found = f'"{shown(proposal.sku.values[0])}": {_RANKS[proposal.sku.rank]}'
        lines.append(f"sku = {quoted(proposal.sku.spec)}    # {found}")
        lines += [f"# sku = {quoted(other.spec)}    # finds {quoted(other.values[0])}" for other in proposal.skus[1:4]]
    lines += ['ttl = "10m"', 'grace = "1h"', 'error_grace = "30d"']
    if proposal.currency is not None:
        lines.append(f"currency = {quoted(proposal.currency)}    # the pages show its sign only")
    elif inspection.currency is None:
        lines.append('# currency = "USD"    # the pages do not say which currency this is; rows that name one need it')
    return "\n".join(lines)


def _array(items: Sequence[str]) -> str:
    if len(items) == 1:
        return f"[{quoted(items[0])}]"
    return "[\n" + "".join(f"    {quoted(item)},\n" for item in items) + "]"


def _about(slot: PlannedSlot, pages: int) -> str:
    if slot.spec.each is not None:
        return f"# Other products on the page: {slot.seen} cards seen, such as {shown(slot.shows)}"
    seen = "" if len(slot.pages) == pages or pages == 1 else f"; on {len(slot.pages)} of {pages} pages"
    return f"# Shows {shown(slot.shows)}{seen}"


def _about_visitor(slot: SlotSpec, inspection: Inspection) -> str:
    own = "# Each visitor's own token, never another's."
    if any(f'"{name}"' in slot.fill for name in inspection.unmintable):
        return f"{own} Only the shop can make it, so a visitor's first view comes from the shop."
    return own


def _slot(slot: SlotSpec, comment: str) -> str:
    lines = [comment] if comment else []
    lines += ["[[pages.slots]]", f"name = {quoted(slot.name)}"]
    if slot.each is not None:
        lines.append(f"each = {quoted(slot.each)}")
    if slot.sku is not None:
        lines.append(f"sku = {quoted(slot.sku)}")
    lines.append(f"at = {quoted(slot.at)}")
    if slot.all:
        lines.append("all = true")
    lines.append(f"fill = {quoted(slot.fill)}")
    return "\n".join(lines)


def _undecided(inspection: Inspection) -> Iterator[str]:
    """What differs between strangers and nobody but the operator can judge."""
    covered = {slot.at for slot in inspection.visitor_slots}
    open_ones = [
        one
        for one in inspection.differences
        if one.kind is Kind.OTHER or (one.kind is Kind.TOKEN and (one.slot is None or one.slot.at not in covered))
    ]
    noise = [one for one in inspection.differences if one.kind is Kind.NOISE]
    if open_ones:
        told = "\n".join(_difference(one) for one in open_ones)
        yield f"# Two strangers see different things here. Until that is settled, pages are relayed:\n{told}"
    if noise:
        told = "\n".join(f"#   {one.where}: {one.why}" for one in noise[:8])
        yield f"# Differences between strangers that are nobody's; they are stored as first seen:\n{told}"


def _difference(one: Difference) -> str:
    proposal = "\n".join(f"#   {line}" for line in one.proposal.splitlines())
    return f"#   {one.where}: {shown(one.first)} | {shown(one.second)}: {one.why}\n{proposal}"


def _left(inspection: Inspection) -> Iterator[str]:
    if inspection.proposal.left:
        told = "\n".join(f"#   {one.what} {one.where} {one.shown}: {one.reason}" for one in inspection.proposal.left)
        yield f"# What keeps the shop's bytes:\n{_one_line_each(told)}"


def _one_line_each(text: str) -> str:
    """Comment lines whatever a page put into them."""
    return "\n".join(line if line.startswith("#") else f"# {line}" for line in text.splitlines())
