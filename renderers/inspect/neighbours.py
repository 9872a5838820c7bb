"""Where to look for other products of the same shop: beside the product, in lists it names, in the sitemap."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborNode

from renderers.inspect.addresses import PERHAPS, SURE, likeness
from renderers.inspect.facts import Facts
from renderers.inspect.layout import Card, links
from renderers.inspect.money import age
from renderers.inspect.sample import Sample, ancestors, naming, text_of
from renderers.stock import state_in_words

_LOCATION = re.compile(rb"<loc>\s*(?:<!\[CDATA\[)?\s*([^<\]]+?)\s*(?:\]\]>)?\s*</loc>", re.IGNORECASE)
_SITEMAP = re.compile(r"^\s*sitemap\s*:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
_MOST_LOCATIONS = 5_000


def product_links(facts: Facts) -> list[str]:
    """URLs that look like other products, the likeliest first, and among cards the most different first."""
    url = facts.sample.url
    linked = {link for _, link in links(facts.sample)}
    ranked = sorted(linked, key=lambda link: (-likeness(url, link), link))
    alike = [link for link in ranked if likeness(url, link) >= SURE]
    perhaps = [link for link in ranked if PERHAPS <= likeness(url, link) < SURE]
    return list(dict.fromkeys([*_varied(facts), *alike, *perhaps]))


def listing_links(sample: Sample) -> list[str]:
    """URLs of pages that may list products: the folders above, the breadcrumbs, the start page."""
    path = urlsplit(sample.url).path
    above = [path[: at + 1] for at in range(len(path) - 2, 0, -1) if path[at] == "/"]
    crumbs = [url for node, url in links(sample) if _in_breadcrumbs(node)]
    found = [*(urljoin(sample.url, folder) for folder in above), *reversed(crumbs), urljoin(sample.url, "/")]
    return [url for url in dict.fromkeys(found) if url != sample.url]


def locations(body: bytes) -> list[str]:
    """Every address in a sitemap or sitemap index, as written."""
    found = (match[1] for _, match in zip(range(_MOST_LOCATIONS), _LOCATION.finditer(body), strict=False))
    return [html.unescape(one.decode("utf-8", "replace")) for one in found]


def sitemaps(robots: bytes) -> list[str]:
    """The sitemaps that robots.txt names."""
    return _SITEMAP.findall(robots.decode("utf-8", "replace"))


def own_address(base: str, location: str) -> str:
    """The address on the shop's own origin: sitemaps are written with hosts the shop has elsewhere, or never had."""
    own, other = urlsplit(base), urlsplit(urljoin(base, location))
    return other._replace(scheme=own.scheme, netloc=own.netloc, fragment="").geturl()


def _varied(facts: Facts) -> list[str]:
    """The products of the cards; one of each sort (reduced, sold out, neither) before a second of any."""
    rows: dict[tuple[bool, str | None], list[str]] = {}
    for card in facts.layout.cards:
        row = rows.setdefault(_sort(facts, card), [])
        if card.url not in row:
            row.append(card.url)
    columns = list(_columns(list(rows.values())))
    return list(dict.fromkeys(columns))


def _sort(facts: Facts, card: Card) -> tuple[bool, str | None]:
    struck = any(
        age(amount).struck and any(node.mem_id == card.node.mem_id for node in ancestors(amount.node))
        for amount in facts.amounts
    )
    return struck, state_in_words(f"{text_of(card.node)} {' '.join(naming(card.node))}".lower())


def _columns(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    for index in range(max(map(len, rows), default=0)):
        yield from (row[index] for row in rows if index < len(row))


def _in_breadcrumbs(node: LexborNode) -> bool:
    return any(naming(one) & {"breadcrumb", "breadcrumbs", "crumbs", "crumb"} for one in list(ancestors(node))[:5])
