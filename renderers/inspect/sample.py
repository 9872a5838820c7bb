"""A page of the shop as inspect looks at it: its tree, and the questions about elements that everything here asks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from renderers.charsets import decode_charset
from renderers.inspect.addresses import authority, same_origin
from renderers.locate import Document, parse, select

_WORD = re.compile(r"[^\W\d_]+|[0-9]+")
_RUN_ON = re.compile(r"(price|preis)(?!s)")
"""Words that names run on with others: ``normalprice``, ``preisalt``."""
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_NAMING = ("id", "class", "itemprop", "name", "property", "data-testid", "data-role", "data-hook")
_UNSEEN = frozenset({"script", "style", "noscript", "template", "svg", "option", "textarea", "title", "iframe"})
"""Elements whose text no visitor reads as part of the page."""

_MOST_OF = 4
"""Links to one authority that are too few to say anything."""


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """One fetched page. Proofs are made on ``doc``; ``tree`` is for looking around."""

    url: str
    """Absolute, as it was fetched in the end."""
    body: bytes
    content_type: str
    doc: Document
    tree: LexborHTMLParser
    aliases: frozenset[str]
    """Other authorities that its links call the shop by. They are not spoken to: their paths are asked of the shop."""

    def resolve(self, href: str) -> str | None:
        """The URL on the shop's own origin that a link leads to, without fragment; None when it leaves the shop."""
        return same_origin(self.url, href, self.aliases)

    @property
    def path(self) -> str:
        """The path of its URL."""
        return urlsplit(self.url).path or "/"


def read_sample(url: str, body: bytes, content_type: str) -> Sample:
    """Parse one page. Raises renderers.locate.Unreadable when it cannot be cut at all."""
    doc = Document(body, decode_charset(body, content_type))
    tree = parse(doc.source)
    return Sample(url, body, content_type, doc, tree, _aliases(url, tree))


def _aliases(url: str, tree: LexborHTMLParser) -> frozenset[str]:
    """Authorities that the page gives as its own: in its canonical address, or in most of its links."""
    named = {
        authority(href)
        for node in select(tree, "link[rel=canonical], meta[property='og:url']")
        if urlsplit(href := attribute(node, "href") or attribute(node, "content")).path == urlsplit(url).path
    }
    counts = Counter(authority(urljoin(url, attribute(node, "href"))) for node in select(tree, "a[href]"))
    named |= {name for name, count in counts.items() if count > _MOST_OF and count > sum(counts.values()) / 2}
    return frozenset(named - {"", authority(url)})


def ancestors(node: LexborNode) -> Iterator[LexborNode]:
    """The elements around a node, innermost first."""
    parent = node.parent
    while parent is not None and parent.is_element_node:
        yield parent
        parent = parent.parent


def attribute(node: LexborNode, name: str) -> str:
    """The value of an attribute; empty when it has none."""
    return node.attributes.get(name) or ""


def words(text: str) -> tuple[str, ...]:
    """The words of a name as shops write them: ``old-price``, ``oldPrice`` and ``oldprice`` are the same two."""
    return tuple(_WORD.findall(_RUN_ON.sub(r" \1 ", _CAMEL.sub(" ", text).lower())))


def naming(node: LexborNode) -> frozenset[str]:
    """The words of all names the shop gave an element."""
    return frozenset(word for key in _NAMING if (value := node.attributes.get(key)) for word in words(value))


def texts(tree: LexborHTMLParser) -> Iterator[LexborNode]:
    """The text nodes a visitor reads, in document order."""
    body = tree.body
    if body is None:
        return
    for node in body.traverse(include_text=True):
        if node.is_text_node and not node.is_empty_text_node:
            parent = node.parent
            if parent is not None and parent.tag not in _UNSEEN:
                yield node


def elements(tree: LexborHTMLParser) -> Iterator[LexborNode]:
    """All elements, in document order."""
    root = tree.root
    if root is not None:
        yield from (node for node in root.traverse() if node.is_element_node)


def shown(text: str | None, limit: int = 60) -> str:
    """A text on one line, shortened for reports."""
    line = " ".join((text or "").split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def text_of(node: LexborNode) -> str:
    """What an element says, on one line."""
    return " ".join(node.text(separator=" ").split())


def first(tree: LexborHTMLParser | LexborNode, selector: str) -> LexborNode | None:
    """The first element a selector matches; None when it matches none."""
    return next(iter(select(tree, selector)), None)
