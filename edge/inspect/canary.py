"""Two signed-in visitors look at a page: is anything of theirs in what the edge would store for everybody?"""

from __future__ import annotations

import html
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import unquote

import msgspec

from edge.fill.origin import OriginClient
from edge.inspect.conclusion import Inspection, conclude, view
from edge.inspect.gathering import gather, read_page
from edge.inspect.visit import Visit
from edge.inspect.visiting import Stranger
from edge.policy.globs import compile_globs
from origin_adapters import adapter
from renderers.charsets import decode_charset
from renderers.compare import Comparison, Difference, Kind, compare
from renderers.inspect.sample import shown
from renderers.locate import Document

_TELLING_CHARS = 6
"""Shorter values stand on any page by chance."""


class Canary(NamedTuple):
    """The Cookie headers of two signed-in visitors."""

    first: str
    second: str


class Sighting(msgspec.Struct, frozen=True, kw_only=True):
    """What the two saw."""

    url: str
    differences: tuple[Difference, ...]
    """Between their pages, outside slots."""
    alike: bool
    """Their pages are the stranger's: the shop did not know them."""
    kept_out: tuple[str | None, str | None]
    """The cookie that keeps each of them out of the store; None: none of theirs does."""
    leaks: tuple[str, ...]
    """What of theirs stands in the page for everybody."""

    @property
    def document(self) -> dict[str, object]:
        """The sighting as JSON has it."""
        return {
            "url": self.url,
            "differences": [
                {"kind": one.kind.value, "where": one.where, "first": one.first, "second": one.second, "why": one.why}
                for one in self.differences
            ],
            "recognised": not self.alike,
            "kept_out_by": list(self.kept_out),
            "leaks": list(self.leaks),
        }


async def fly(client: OriginClient, url: str, canary: Canary) -> Sighting:
    """Look as a stranger, to know what would be stored, then as each of the two. Raises Unvisitable."""
    gathered = await gather(client, url)
    inspection = conclude(gathered)
    first = await Stranger(client, url, cookie=canary.first).visit(gathered.first.url)
    second = await Stranger(client, url, cookie=canary.second).visit(gathered.first.url)
    for visit in (first, second):
        read_page(visit)
    return sighting(inspection, gathered.first, (first, second))


def sighting(inspection: Inspection, stored: Visit, signed_in: tuple[Visit, Visit]) -> Sighting:
    """Judge the three views of one page."""
    first, second = signed_in
    comparison = compare(view(first, inspection.kind), view(second, inspection.kind))
    strange = compare(view(stored, inspection.kind), view(first, inspection.kind))
    return Sighting(
        url=stored.url,
        differences=comparison.differences,
        alike=not comparison.of(Kind.OTHER) and not strange.of(Kind.OTHER),
        kept_out=(_kept_out(inspection, first), _kept_out(inspection, second)),
        leaks=tuple(dict.fromkeys(_leaks(comparison, stored, signed_in))),
    )


def _kept_out(inspection: Inspection, visit: Visit) -> str | None:
    bypass = compile_globs(adapter(inspection.adapter).bypass_cookies)
    return next((name for name in visit.cookies if bypass.fullmatch(name)), None)


def _leaks(comparison: Comparison, stored: Visit, signed_in: tuple[Visit, Visit]) -> Iterator[str]:
    """Tokens, personal data and cookies of the two that the stranger's page holds as well."""
    page = _source(stored)
    for visit in signed_in:
        for name, value in visit.cookies.items():
            spellings = {value, unquote(value), html.escape(value)}
            known = len(value) > _TELLING_CHARS and any(one.encode() in page for one in spellings)
            if known and stored.cookies.get(name) != value:
                yield f"the value of a visitor's cookie {name} stands in the page for everybody"
    for difference in comparison.differences:
        if difference.kind is Kind.TOKEN or difference.personal:
            for visit, at in zip(signed_in, (difference.first_at, difference.second_at), strict=True):
                text = _source(visit)[at.start : at.end].strip()
                if len(text) >= _TELLING_CHARS and text in page:
                    told = shown(text.decode("utf-8", "replace"))
                    yield f"{told}, at {difference.where}, stands in the page for everybody: {difference.why}"


def _source(visit: Visit) -> bytes:
    """The page as UTF-8, which ranges count."""
    return Document(visit.body, decode_charset(visit.body, visit.content_type)).source
