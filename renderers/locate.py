"""Where a target stands in the source of a page.

lexbor builds the tree a browser builds but keeps no offsets. So each tag of the source gets a number before parsing: an
attribute in each start tag says which tag made an element, a comment before each tag says in which element that tag
was met. The last tag met inside an element is the one that closed it, be it its own end tag or one that implies it, so
the ranges follow the tree even where tags are missing. ``renderers/prove.py`` checks them against the unmarked page.
"""

from __future__ import annotations

import itertools
import re

import msgspec
from selectolax.lexbor import LexborHTMLParser, LexborNode

from renderers import json_spans, markup
from renderers.charsets import restore, transcode
from renderers.page import Sink
from renderers.targets import JsonTarget, Target

_BOM = b"\xef\xbb\xbf"
_COMMENT = re.compile(rb"<!--(?:-?>|.*?(?:--!?>|\Z))", re.DOTALL)
_SLASH = 0x2F
_DEPTH_LIMIT = 2_000
"""Browsers stop nesting at 512; lexbor takes a second for 30,000 open elements and minutes for more."""
_ATTRIBUTE_LIMIT = 1_000
"""lexbor compares each attribute of a tag with all before it: 100,000 take most of a minute."""
_LONG_TAG_BYTES = 2 * _ATTRIBUTE_LIMIT
_OPTIONAL_END = frozenset(
    b"area base br col embed hr img input link meta param source track wbr p li dt dd option optgroup tr td th thead "
    b"tbody tfoot colgroup html body head rp rt".split()
)


class Span(msgspec.Struct, frozen=True):
    """The range of one value, in bytes of ``Document.source``."""

    start: int
    end: int
    sink: Sink
    quote: str | None = None
    """Attributes: the quote around the value, empty when there is none."""


class Unplaceable(msgspec.Struct, frozen=True):
    """A target that matches the page but has no range of its own."""

    reason: str


class Element(msgspec.Struct, frozen=True):
    """An element found in the page, to look inside it."""

    node: LexborNode


class Unreadable(ValueError):
    """The page cannot be cut at all; the message says why."""


def parse(source: bytes) -> LexborHTMLParser:
    """The tree that the browser of a visitor who runs scripts builds from a UTF-8 page."""
    return LexborHTMLParser(source.removeprefix(_BOM).decode("utf-8", "replace"), scripting=True)


def select(tree: LexborHTMLParser | LexborNode, selector: str) -> list[LexborNode]:
    """Matching elements in document order, each once; below a node, the node itself may match."""
    found: dict[int, LexborNode] = {}
    for node in tree.css(selector):
        found.setdefault(node.mem_id, node)
    return list(found.values())


def unused(stem: str, *texts: bytes) -> str:
    """``stem`` and a number, so that it is in none of the texts."""
    return next(name for n in itertools.count() if not any((name := f"{stem}{n}x").encode() in text for text in texts))


class Document:
    """One page, parsed once, in which targets are looked up.

    ``source`` is the page as UTF-8 (the page itself when it is UTF-8) and the unit of all offsets. Raises Unreadable.
    """

    def __init__(self, body: bytes, charset: str) -> None:
        source = transcode(body, charset)
        if source is None:
            raise Unreadable(f"the page is not {charset} throughout: decoding and encoding it changes its bytes")
        self.body = body
        self.source = source
        self.charset = charset
        self._tags = markup.tags(source)
        if any(tag.end - tag.start > _LONG_TAG_BYTES and _crowded(source, tag) for tag in self._tags):
            raise Unreadable(f"a tag of the page has more than {_ATTRIBUTE_LIMIT} attributes")
        if len(self._tags) > _DEPTH_LIMIT and _depth(source, self._tags) > _DEPTH_LIMIT:
            raise Unreadable(f"the page nests more than {_DEPTH_LIMIT} elements")
        self._mark = unused("vt", source.lower())
        self._closed_by = re.compile(f"<!--{self._mark}([0-9]+)-->")
        self.tree = parse(self._marked())

    def elements(self, selector: str) -> list[Element]:
        """The elements a CSS selector matches, in document order."""
        return [Element(node) for node in select(self.tree, selector)]

    def start_tag(self, element: Element) -> int | None:
        """Offset of the tag that made an element; None when the parser made it of its own."""
        number = self._tag(element.node)
        return None if number is None else self._tags[number].start

    def find(self, target: Target, within: Element | None = None) -> list[Span | Unplaceable]:
        """Every match of the target in the page, or inside one element of it (itself included)."""
        nodes = select(self.tree if within is None else within.node, target.selector)
        if isinstance(target, JsonTarget):
            return [span for node in nodes for span in self._json(node, target.pointer)]
        name = target.attribute
        if name is None:
            return [self._inner(node) for node in nodes]
        return [self._value(node, name) for node in nodes if name in node.attributes]

    def bytes_of(self, span: Span) -> bytes:
        """The range in the page's own bytes. Raises UnicodeError."""
        return restore(self.source[span.start : span.end], self.charset)

    def text(self, span: Span) -> str:
        """The source between the ends of a span; broken characters come as lone surrogates."""
        return self.source[span.start : span.end].decode("utf-8", "surrogateescape")

    def cut(self, spans: list[Span]) -> tuple[list[bytes], list[bytes]]:
        """Segments and slots in the page's own bytes. Spans are in order and do not overlap. Raises UnicodeError."""
        edges = [0, *itertools.chain.from_iterable((span.start, span.end) for span in spans), len(self.source)]
        pieces = [restore(self.source[start:end], self.charset) for start, end in itertools.pairwise(edges)]
        return pieces[::2], pieces[1::2]

    def visible_text(self) -> str:
        """The source between tags, without scripts, styles and comments; character references stay."""
        pieces, position, raw = [], 0, False
        for tag in self._tags:
            if not raw:
                pieces.append(self.source[position : tag.start])
            position, raw = tag.end, not tag.closing and tag.name in markup.RAW_TEXT
        if not raw:
            pieces.append(self.source[position:])
        return _COMMENT.sub(b"", b" ".join(pieces)).decode("utf-8", "replace")

    def _marked(self) -> bytes:
        parts: list[bytes] = []
        position = 0
        source, mark = self.source, self._mark.encode()
        comment, attribute = b"<!--" + mark + b"%d-->", b" " + mark + b'="%d"'
        for number, (_, closing, start, name_end, _) in enumerate(self._tags):
            parts.append(source[position:start])
            parts.append(comment % number)
            position = start
            if not closing:
                parts.append(source[start:name_end])
                parts.append(attribute % number)
                position = name_end
        parts.append(source[position:])
        parts.append(comment % len(self._tags))
        return b"".join(parts)

    def _tag(self, node: LexborNode) -> int | None:
        """Number of the start tag that made an element; None when the parser made it of its own."""
        number = node.attributes.get(self._mark)
        return int(number) if number is not None else None

    def _inner(self, node: LexborNode) -> Span | Unplaceable:
        number = self._tag(node)
        if number is None:
            return Unplaceable(f"<{node.tag}> has no tag of its own in the source; point at an element that has")
        tag = self._tags[number]
        if tag.name in markup.RAW_TEXT:
            return Unplaceable(f"<{node.tag}> holds no text of the page; point into JSON with json:SELECTOR#/POINTER")
        if tag.name in {b"textarea", b"title"}:
            return self._until_end_tag(number)
        closing = max((int(n) for n in self._closed_by.findall(node.inner_html or "")), default=number)
        if closing <= number:
            return Unplaceable(f"<{node.tag}> has no inside; point at an attribute with css:SELECTOR@ATTRIBUTE")
        end = len(self.source) if closing == len(self._tags) else self._tags[closing].start
        return Span(tag.end, end, Sink.HTML)

    def _until_end_tag(self, number: int) -> Span | Unplaceable:
        """The range of an element whose text holds no tags: it ends at the next one."""
        tag = self._tags[number]
        following = self._tags[number + 1] if number + 1 < len(self._tags) else None
        if following is None or not following.closing or following.name != tag.name:
            return Unplaceable(f"<{tag.name.decode('ascii', 'replace')}> is not closed")
        return Span(tag.end, following.start, Sink.HTML)

    def _value(self, node: LexborNode, name: str) -> Span | Unplaceable:
        number = self._tag(node)
        if number is not None:
            for attribute in markup.attributes(self.source, self._tags[number]):
                if attribute.name == name.encode():
                    if attribute.quote is None:
                        return Unplaceable(f'the attribute {name} has no value; have the shop write {name}=""')
                    return Span(attribute.start, attribute.end, Sink.ATTRIBUTE, attribute.quote)
        return Unplaceable(f"the attribute {name} of <{node.tag}> is not written in its own tag")

    def _json(self, node: LexborNode, pointer: tuple[str, ...]) -> list[Span | Unplaceable]:
        number = self._tag(node)
        if node.tag != "script" or number is None:
            return [Unplaceable(f"<{node.tag}> is no script; json: targets point into script elements")]
        whole = self._until_end_tag(number)
        if isinstance(whole, Unplaceable):
            return [whole]
        text = self.text(whole)
        try:
            found = json_spans.find(text, pointer)
        except json_spans.JsonProblem as exc:
            return [Unplaceable(str(exc))]
        return [self._json_span(whole.start, text, span) for span in found]

    def _json_span(self, offset: int, text: str, span: json_spans.JsonSpan) -> Span:
        start = offset + len(text[: span.start].encode("utf-8", "surrogateescape"))
        end = start + len(text[span.start : span.end].encode("utf-8", "surrogateescape"))
        return Span(start, end, span.sink)


def _crowded(source: bytes, tag: markup.Tag) -> bool:
    """Whether a tag has more attributes than the limit."""
    return next(itertools.islice(markup.attributes(source, tag), _ATTRIBUTE_LIMIT, None), None) is not None


def _depth(source: bytes, tags: list[markup.Tag]) -> int:
    """How deeply elements may nest; those whose end tag may be left out are not counted."""
    open_tags: dict[bytes, int] = {}
    depth = deepest = 0
    for name, closing, _, _, end in tags:
        if name in _OPTIONAL_END:
            continue
        count = open_tags.get(name, 0)
        if not closing:
            if source[end - 2] == _SLASH and open_tags.get(b"svg", 0):
                continue
            open_tags[name] = count + 1
            depth += 1
            deepest = max(deepest, depth)
        elif count:
            open_tags[name] = count - 1
            depth -= 1
    return deepest
