"""What on a page is about its own product, and what about others: its title, and the cards of other products."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

from renderers.inspect.addresses import PERHAPS, SURE, likeness
from renderers.inspect.money import Amount
from renderers.inspect.sample import Sample, ancestors, attribute, first, naming, text_of, words
from renderers.locate import select

_REGIONS = frozenset({"header", "footer", "nav"})
_HALLS = frozenset({"body", "main", "section", "aside", "ul", "ol", "header", "footer", "nav", "table", "tbody"})
"""Elements that hold cards and are none themselves."""
_ELSEWHERE = frozenset(
    words("minicart minibasket cart basket wishlist compare related upsell upsells crosssell recent")
)
_FORM_WORDS = frozenset(["add", "form", "to", "variations"])
"""``add-to-cart`` and ``cart`` forms hold the page's own price."""


class Card(NamedTuple):
    """An element about another product."""

    node: LexborNode
    url: str
    """Absolute URL of that product's page."""


class Layout(NamedTuple):
    """The page taken apart."""

    title: LexborNode | None
    """The heading that names the product."""
    cards: tuple[Card, ...]
    title_line: frozenset[int]
    card_ids: frozenset[int]

    def holds_title(self, node: LexborNode) -> bool:
        """Whether the title stands in an element, or is it."""
        return node.mem_id in self.title_line

    def own(self, node: LexborNode) -> bool:
        """Whether an element may be about the page's own product: in no card, no site header, no basket."""
        for around in [node, *ancestors(node)]:
            if around.mem_id in self.title_line:
                return True
            if around.mem_id in self.card_ids or around.tag in _REGIONS or _is_elsewhere(around):
                return False
        return True


def layout(sample: Sample, name: str | None, amounts: Sequence[Amount]) -> Layout:
    """Take a page apart. ``name``: the product's name if the page declares it; ``amounts``: what it shows of money."""
    title = _title(sample.tree, name)
    line = frozenset(node.mem_id for node in [title, *ancestors(title)]) if title is not None else frozenset()
    priced = frozenset(node.mem_id for amount in amounts for node in [amount.node, *ancestors(amount.node)])
    cards = tuple(_cards(sample, line, priced))
    return Layout(title, cards, line, frozenset(card.node.mem_id for card in cards))


def links(sample: Sample) -> list[tuple[LexborNode, str]]:
    """Every link that stays on the shop's origin: element and absolute URL."""
    found = ((node, sample.resolve(attribute(node, "href"))) for node in select(sample.tree, "a[href]"))
    return [(node, url) for node, url in found if url is not None]


def _title(tree: LexborHTMLParser, name: str | None) -> LexborNode | None:
    """The heading that the page's title or the declared name says it is about; logos are often headings as well."""
    title = first(tree, "title")
    about = f"{name or ''}\n{text_of(title) if title is not None else ''}".lower()
    for level in ("h1", "h2, h3, h4"):
        headings = select(tree, level)
        named = [(about.index(text), node) for node in headings if (text := text_of(node).lower()) and text in about]
        if named:
            return min(named, key=lambda pair: pair[0])[1]
        if headings and level == "h1":
            return headings[0]
    return first(tree, "[itemprop=name]")


def _cards(sample: Sample, line: frozenset[int], priced: frozenset[int]) -> list[Card]:
    alike = {url: likeness(sample.url, url) for _, url in links(sample)}
    products = [(node, url) for node, url in links(sample) if alike[url] >= PERHAPS]
    around: defaultdict[int, set[str]] = defaultdict(set)
    for node, url in products:
        for outer in [node, *ancestors(node)]:
            around[outer.mem_id].add(url)
    cards: dict[int, Card] = {}
    for node, url in products:
        card = node
        for outer in ancestors(node):
            if outer.mem_id in line or outer.tag in _HALLS or len(around[outer.mem_id]) > 1:
                break
            card = outer
        sure = alike[url] >= SURE or card.mem_id in priced
        if sure and card.mem_id not in line:
            cards.setdefault(card.mem_id, Card(card, url))
    return list(cards.values())


def _is_elsewhere(node: LexborNode) -> bool:
    if node.tag in {"form", "button", "body", "html"}:
        return False
    named = naming(node)
    return bool(named & _ELSEWHERE) and not named & _FORM_WORDS
