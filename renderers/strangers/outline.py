"""A page as a tree that keeps its offsets, good enough to align two copies of it.

Not the tree a browser builds: end tags may be missing and elements are closed by simple rules. Both copies of a page
are read by the same rules, so what is the same in both is the same in both trees; every byte is in one leaf or one tag.
Where a difference stands for CSS selectors is asked of lexbor (``renderers/strangers/where.py``).
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator

from renderers import markup

_MAX_TAGS = 100_000
"""Pages with more are not compared: they take seconds."""
_MAX_DEPTH = 200
"""Elements nested deeper are siblings; browsers stop at 512."""
_VOID = frozenset(b"area base br col embed hr img input link meta param source track wbr".split())
_CLOSED_BY = {
    b"li": frozenset({b"li"}),
    b"dt": frozenset({b"dt", b"dd"}),
    b"dd": frozenset({b"dt", b"dd"}),
    b"td": frozenset({b"td", b"th"}),
    b"th": frozenset({b"td", b"th"}),
    b"tr": frozenset({b"td", b"th", b"tr"}),
    b"tbody": frozenset({b"td", b"th", b"tr", b"thead", b"tbody"}),
    b"tfoot": frozenset({b"td", b"th", b"tr", b"thead", b"tbody"}),
    b"option": frozenset({b"option"}),
    b"optgroup": frozenset({b"option", b"optgroup"}),
    b"body": frozenset({b"head"}),
} | dict.fromkeys(b"p div ul ol dl table form section article h1 h2 h3 h4 h5 h6 hr pre".split(), frozenset({b"p"}))
"""Which open elements a start tag closes; keeps lists without end tags from nesting ever deeper."""
_ASIDE = re.compile(rb"<!--(?:-?>|.*?(?:--!?>|\Z))|<[!?/][^>]*+>?", re.DOTALL)
_SLASH = 0x2F


class Form(enum.Enum):
    """What a node is."""

    ELEMENT = "element"
    TEXT = "text"
    RAW = "raw"
    """The inside of a script, a style or another element whose content is no markup."""
    ASIDE = "comment"
    """A comment, a doctype, a stray end tag: nothing of it shows."""


class Node:
    """An element with its children, or a leaf. Offsets are bytes of the source."""

    __slots__ = ("children", "end", "form", "inner_end", "name", "open_end", "parent", "start")

    def __init__(self, form: Form, name: bytes, start: int, end: int, parent: Node | None) -> None:
        self.form = form
        self.name = name
        """Lower case; of a leaf, the name of the element it is in."""
        self.start = start
        self.end = end
        self.open_end = end
        """End of the start tag; of a leaf, its own end."""
        self.inner_end = end
        """Start of the end tag; ``end`` where there is none."""
        self.parent = parent
        self.children: list[Node] = []

    def __repr__(self) -> str:
        return f"<{self.form.value} {self.name.decode('ascii', 'replace')} {self.start}:{self.end}>"


class TooLarge(ValueError):
    """A page with more tags than can be compared in time."""


class Outline:
    """One page as a tree under ``root``, an element without tags. Raises TooLarge."""

    def __init__(self, source: bytes) -> None:
        self.source = source
        self.tags = markup.tags(source)
        if len(self.tags) > _MAX_TAGS:
            raise TooLarge(f"the page has more than {_MAX_TAGS:,} tags")
        self.root = Node(Form.ELEMENT, b"", 0, 0, None)
        self._attributes: dict[Node, dict[bytes, markup.Attribute]] = {}
        self.root.end = self.root.inner_end = len(source)
        _Builder(self).build()

    def text(self, node: Node) -> bytes:
        """The node's source, tags included."""
        return self.source[node.start : node.end]

    def written(self, node: Node) -> Iterator[markup.Attribute]:
        """The attributes of an element's start tag in order, repeated ones included."""
        name_end = node.start + 1 + len(node.name)
        return markup.attributes(self.source, markup.Tag(node.name, False, node.start, name_end, node.open_end))

    def attributes(self, node: Node) -> dict[bytes, markup.Attribute]:
        """The attributes of an element by name; of repeated ones the first, which counts."""
        found = self._attributes.get(node)
        if found is None:
            found = self._attributes[node] = {}
            for attribute in self.written(node):
                found.setdefault(attribute.name, attribute)
        return found

    def value(self, attribute: markup.Attribute | None) -> bytes | None:
        """An attribute's value as written; None when there is no such attribute."""
        return None if attribute is None else self.source[attribute.start : attribute.end]

    def text_of(self, node: Node, name: bytes) -> str | None:
        """An attribute's value as written, decoded; None when there is no such attribute."""
        value = self.value(self.attributes(node).get(name))
        return None if value is None else value.decode("utf-8", "replace")

    def solid(self, node: Node) -> list[Node]:
        """The children that are not blank text."""
        return [child for child in node.children if child.form is not Form.TEXT or not self.text(child).isspace()]

    def nodes(self) -> Iterator[Node]:
        """Every node under the root, in order."""
        pending = self.root.children[::-1]
        while pending:
            node = pending.pop()
            yield node
            pending += node.children[::-1]


class _Builder:
    def __init__(self, outline: Outline) -> None:
        self._source = outline.source
        self._tags = outline.tags
        self._stack = [outline.root]
        self._open: dict[bytes, int] = {}
        self._position = 0

    def build(self) -> None:
        for tag in self._tags:
            if tag.start > self._position:
                self._leaves(tag.start)
            self._position = tag.end
            if tag.closing:
                self._close(tag)
            else:
                self._start(tag)
        self._leaves(len(self._source))
        while len(self._stack) > 1:
            self._pop(len(self._source))

    def _start(self, tag: markup.Tag) -> None:
        if (closes := _CLOSED_BY.get(tag.name)) is not None:
            while self._stack[-1].name in closes:
                self._pop(tag.start)
        parent = self._stack[-1]
        node = Node(Form.ELEMENT, tag.name, tag.start, tag.end, parent)
        parent.children.append(node)
        if tag.name in _VOID or len(self._stack) > _MAX_DEPTH:
            return
        if self._source[tag.end - 2] == _SLASH and self._open.get(b"svg", 0) + self._open.get(b"math", 0):
            return
        self._stack.append(node)
        self._open[tag.name] = self._open.get(tag.name, 0) + 1

    def _close(self, tag: markup.Tag) -> None:
        if not self._open.get(tag.name, 0):
            self._leaf(Form.ASIDE, tag.start, tag.end)
            return
        while self._stack[-1].name != tag.name:
            self._pop(tag.start)
        self._pop(tag.start).end = tag.end

    def _pop(self, end: int) -> Node:
        node = self._stack.pop()
        node.inner_end = node.end = end
        self._open[node.name] -= 1
        return node

    def _leaves(self, end: int) -> None:
        """The text up to ``end``, with its comments apart."""
        position, self._position = self._position, end
        if self._stack[-1].name in markup.RAW_TEXT:
            self._leaf(Form.RAW, position, end)
            return
        if b"<" in self._source[position:end]:
            for match in _ASIDE.finditer(self._source, position, end):
                self._leaf(Form.TEXT, position, match.start())
                self._leaf(Form.ASIDE, match.start(), match.end())
                position = match.end()
        self._leaf(Form.TEXT, position, end)

    def _leaf(self, form: Form, start: int, end: int) -> None:
        if end > start:
            parent = self._stack[-1]
            parent.children.append(Node(form, parent.name, start, end, parent))
