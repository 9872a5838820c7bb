"""Where the price stands in a page and no slot can reach, so that nobody is surprised by yesterday's there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from selectolax.lexbor import LexborNode

from renderers.inspect.facts import Facts
from renderers.inspect.places import Place
from renderers.inspect.sample import attribute, elements, shown
from renderers.locate import select


class Left(NamedTuple):
    """Something that keeps the origin's bytes."""

    what: str
    where: str
    shown: str
    reason: str


def left_in_page(facts: Facts, found: Sequence[Place]) -> Iterator[Left]:
    """Amounts declared otherwise than shown, and the price in scripts and attributes that cannot be pointed into."""
    for amount in facts.disputed:
        reason = f"the page shows {facts.price}; with or without tax, or not kept up to date"
        yield Left("price", "declared for machines", amount, reason)
    spelling = _spelling(facts.price)
    if spelling is None:
        return
    yield from _in_scripts(facts, found, spelling)
    yield from _in_attributes(facts, spelling)


def _spelling(price: str | None) -> re.Pattern[str] | None:
    """The price as programs write it; None for amounts so short that they would be found by chance."""
    whole, _, fraction = (price or "").partition(".")
    if not fraction:
        return re.compile(rf"(?<![\w.,-]){whole}[.,]00?(?![\w.])") if whole else None
    cents = re.escape(fraction.ljust(2, "0"))
    return re.compile(rf"(?<![\w.,-]){whole}[.,](?:{cents}|{re.escape(fraction)})(?![\w.])")


def _in_scripts(facts: Facts, found: Sequence[Place], spelling: re.Pattern[str]) -> Iterator[Left]:
    covered: dict[int, int] = {}
    for place in found:
        if place.inside.startswith("#"):
            covered[place.node.mem_id] = covered.get(place.node.mem_id, 0) + 1
    for node in select(facts.sample.tree, "script"):
        matches = list(spelling.finditer(node.inner_html or ""))
        if len(matches) > covered.get(node.mem_id, 0):
            reason = "it stands in JavaScript that is not JSON, or under a name that says nothing of a price"
            yield Left("price (script)", _script(node), _around(node.inner_html or "", matches[-1]), reason)


def _in_attributes(facts: Facts, spelling: re.Pattern[str]) -> Iterator[Left]:
    for node in elements(facts.sample.tree):
        for name in node.attributes:
            value = attribute(node, name)
            if value[:1] in {"{", "["} and (match := spelling.search(value)) and facts.layout.own(node):
                reason = "a slot is a whole attribute, not a value in the JSON inside it"
                yield Left("price (attribute)", f"<{node.tag} {name}>", _around(value, match), reason)


def _script(node: LexborNode) -> str:
    name = attribute(node, "id") or attribute(node, "type")
    return f"<script {name}>" if name else "<script>"


def _around(text: str, match: re.Match[str]) -> str:
    return shown(text[max(0, match.start() - 24) : match.end() + 12])
