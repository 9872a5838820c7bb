"""Where a difference stands, in the configuration's own words: the target that finds it, proven by looking it up."""

from __future__ import annotations

import bisect
import itertools
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from selectolax.lexbor import LexborNode, SelectolaxError

from renderers.locate import Document, Element, Span, Unreadable
from renderers.strangers.changes import Change, Spot
from renderers.strangers.copies import Copy
from renderers.strangers.outline import Form, Node
from renderers.strangers.values import Range
from renderers.targets import JsonTarget, TargetError, parse_target

_IDENTIFIER = re.compile(r"-?[A-Za-z_][\w-]*", re.ASCII)
_NUMBERED = re.compile(r"[0-9]{3,}|[0-9][a-f]|[a-f][0-9]")
"""Ids and classes with such parts may be another page's, or another view's, tomorrow."""
_QUOTABLE = re.compile(r"[\w\[\]:./ +-]{1,80}", re.ASCII)
_ATTRIBUTE_NAME = re.compile(r"[a-z_][\w:.-]*", re.ASCII)
_NAMED_BY = (b"name", b"property", b"itemprop", b"type")
_LOOKUPS = 60
_LOOKUP_BYTES = 40_000_000
"""How much of the page may be searched, all lookups together: differences past that are placed less exactly."""
_MAX_CLASSES = 12
_MAX_SIBLINGS = 300
"""Finding ``:nth-child`` among more takes lexbor the square of it."""
WHOLE_PAGE = "css:html"


class Where(NamedTuple):
    """A target and what it finds."""

    at: str
    exact: bool = False
    """It finds the value and nothing around it, so that a slot can stand there."""
    repeated: bool = False
    """It finds other places as well."""


class Locator:
    """Finds targets for places in one copy, in words that hold for ``other`` as well.

    The page is parsed when the first one is asked for.
    """

    def __init__(self, copy: Copy, other: Copy) -> None:
        self._copy = copy
        self._other = other
        self._document: Document | None = None
        self._unreadable = False
        self._starts: dict[str, tuple[int | None, ...]] = {}
        self._matches: dict[str, list[Element]] = {}
        self._found: dict[str, frozenset[Range]] = {}
        self._by_start: dict[int, Node] = {}
        self._budget = _LOOKUPS + _LOOKUP_BYTES // (len(copy.source) + 1)
        root = copy.outline.root
        widest = max(len(node.children) for node in itertools.chain([root], copy.outline.nodes()))
        self._steppable = widest <= _MAX_SIBLINGS

    def target(self, nodes: tuple[Node, Node], change: Change, place: Range, *, unique: bool) -> Where | None:
        """The target of a change that this copy has at ``place``; ``nodes`` hold it here and in the other copy.

        ``unique``: one that finds other places as well will not do. None when the page cannot be parsed.
        """
        if self._doc() is None:
            return None
        for selector in self._selectors(nodes, unique=False):
            if (at := _at(selector, change)) is not None:
                places = self._places(at)
                if place in places and (len(places) == 1 or not unique):
                    return Where(at, exact=True, repeated=len(places) > 1)
        around = itertools.chain([nodes], _ancestors(*nodes))
        selectors = (selector for pair in around for selector in self._selectors(pair, unique=True))
        return next((Where(f"css:{selector}") for selector in selectors), Where(WHOLE_PAGE))

    def ranges(self, at: str) -> list[Range]:
        """Every range in this copy that a target of ``freeze`` names: elements with their tags. Raises TargetError."""
        target = parse_target(at)
        if self._doc() is None:
            return []
        if isinstance(target, JsonTarget) or target.attribute is not None:
            return list(self._places(at))
        return [self._outer(start) for start in self._elements(target.selector)]

    def _doc(self) -> Document | None:
        if self._document is None and not self._unreadable:
            try:
                self._document = Document(self._copy.view.body, self._copy.view.charset)
            except Unreadable:
                self._unreadable = True
        return self._document

    def _spent(self) -> bool:
        self._budget -= 1
        return self._budget < 0

    def _outer(self, start: int | None) -> Range:
        """The range of the element whose tag starts here; of one without a tag of its own, the page."""
        if not self._by_start:
            nodes = (node for node in self._copy.outline.nodes() if node.form is Form.ELEMENT)
            self._by_start = {self._copy.offset(node.start): node for node in nodes}
        if start is None:
            return Range(0, len(self._copy.source))
        node = self._by_start.get(start)
        return self._copy.at(node.start, node.end) if node is not None else Range(start, start)

    def _elements(self, selector: str) -> tuple[int | None, ...]:
        """Offsets of the tags of what a selector matches; nothing once too much has been looked up."""
        doc = self._doc()
        if selector not in self._starts and doc is not None:
            if self._spent():
                return ()
            try:
                found = doc.elements(selector)
            except SelectolaxError:
                found = []
            self._matches[selector] = found
            self._starts[selector] = tuple(doc.start_tag(element) for element in found)
        return self._starts.get(selector, ())

    def _places(self, at: str) -> frozenset[Range]:
        doc = self._doc()
        if at not in self._found and doc is not None:
            if self._spent():
                return frozenset()
            spans = [span for span in doc.find(parse_target(at)) if isinstance(span, Span)]
            self._found[at] = frozenset(Range(span.start, span.end) for span in spans)
        return self._found.get(at, frozenset())

    def _selectors(self, nodes: tuple[Node, Node], *, unique: bool) -> Iterator[str]:
        """CSS selectors that match an element, those that say most first; the last one leads to it step by step."""
        node = nodes[0]
        if node.parent is None:
            return
        start = self._copy.offset(node.start)
        for selector in itertools.chain(self._own(*nodes), self._inherited(*nodes)):
            matches = self._elements(selector)
            if start in matches and (len(matches) == 1 or not unique):
                yield selector
        if (path := self._path(node, start)) is not None:
            yield path

    def _own(self, node: Node, other: Node) -> Iterator[str]:
        """Selectors from what the element's name, id, classes and attributes are in both copies."""
        tag = node.name.decode("ascii", "replace")
        if not _IDENTIFIER.fullmatch(tag):
            return
        for label in _NAMED_BY:
            value = self._shared(node, other, label)
            if value and _QUOTABLE.fullmatch(value):
                yield f"{tag}[{label.decode()}='{value}']"
        if (identity := self._shared(node, other, b"id")) and _lasting(identity):
            yield f"#{identity}"
        theirs = set((self._other.outline.text_of(other, b"class") or "").split())
        mine = (self._copy.outline.text_of(node, b"class") or "").split()
        classes = [name for name in mine[:_MAX_CLASSES] if name in theirs and _lasting(name)]
        for name in classes:
            yield f".{name}"
        if len(classes) > 1:
            yield tag + "".join(f".{name}" for name in classes)
        yield tag

    def _shared(self, node: Node, other: Node, name: bytes) -> str | None:
        """An attribute's value, if it is the same in both copies."""
        value = self._copy.outline.text_of(node, name)
        return value if value == self._other.outline.text_of(other, name) else None

    def _inherited(self, node: Node, other: Node) -> Iterator[str]:
        """The element's plain selectors inside the nearest ancestors that have an id or a class."""
        own = list(self._own(node, other))[-3:]
        for ancestor, counterpart in itertools.islice(_ancestors(node, other), 4):
            for outer in list(self._own(ancestor, counterpart))[:-1]:
                yield from (f"{outer} {inner}" for inner in own)

    def _path(self, node: Node, start: int) -> str | None:
        """The way to an element from the root or the nearest id, as lexbor's tree has it."""
        tag = node.name.decode("ascii", "replace")
        if not self._steppable or start not in self._elements(tag):
            return None
        path = _steps(self._matches[tag][self._starts[tag].index(start)])
        return path if self._elements(path) == (start,) else None


def _ancestors(node: Node, other: Node) -> Iterator[tuple[Node, Node]]:
    """The elements around two elements that correspond, the roots aside."""
    while node.parent is not None and other.parent is not None and node.parent.parent is not None:
        node, other = node.parent, other.parent
        yield node, other


class Frozen:
    """Places of one page where a difference may be stored as first seen."""

    def __init__(self, places: Iterable[Range]) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        for place in sorted(places):
            if self._ends and place.start <= self._ends[-1]:
                self._ends[-1] = max(self._ends[-1], place.end)
            else:
                self._starts.append(place.start)
                self._ends.append(place.end)

    def __bool__(self) -> bool:
        return bool(self._starts)

    def holds(self, place: Range, source: bytes) -> bool:
        """Whether a place is inside one of these, or blank."""
        index = bisect.bisect_right(self._starts, place.start) - 1
        return (index >= 0 and place.end <= self._ends[index]) or not source[place.start : place.end].strip()


def _steps(element: Element) -> str:
    steps: list[str] = []
    node: LexborNode | None = element.node
    while node is not None and node.tag not in {"html", "-undef", None}:
        steps.append(f"{node.tag}:nth-child({_place(node)})" if node.tag not in {"body", "head"} else str(node.tag))
        node = node.parent
    return " > ".join(reversed(steps))


def _place(node: LexborNode) -> int:
    place, before = 1, node.prev
    while before is not None:
        place += before.is_element_node
        before = before.prev
    return place


def _at(selector: str, change: Change) -> str | None:
    """The target of a change inside the element of a selector; None when the configuration cannot write it."""
    match change.spot:
        case Spot.ATTRIBUTE if _ATTRIBUTE_NAME.fullmatch(change.name):
            at = f"css:{selector}@{change.name}"
        case Spot.VALUE if change.pointer is not None:
            steps = "/".join(step.replace("~", "~0").replace("/", "~1") for step in change.pointer)
            at = f"json:{selector}#/{steps}"
        case Spot.TEXT:
            at = f"css:{selector}"
        case _:
            return None
    try:
        parse_target(at)
    except TargetError:
        return None
    return at


def _lasting(name: str) -> bool:
    return _IDENTIFIER.fullmatch(name) is not None and _NUMBERED.search(name) is None
