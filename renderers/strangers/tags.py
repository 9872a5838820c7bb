"""Where two start tags differ: attribute by attribute, then in how they are written."""

from __future__ import annotations

import html
from collections.abc import Sequence

from renderers.markup import Attribute
from renderers.strangers.align import remainder
from renderers.strangers.changes import Change, Extent, Spot
from renderers.strangers.outline import Node, Outline

_HOLDERS = frozenset({b"value", b"content"})
_LABELS = (b"name", b"property", b"itemprop", b"http-equiv", b"id")


def tag_changes(first: Outline, second: Outline, node: Node, other: Node) -> list[Change]:
    """Differences of the start tags of two elements of one name."""
    tag, other_tag = first.source[node.start : node.open_end], second.source[other.start : other.open_end]
    if tag == other_tag:
        return []
    mine, theirs = first.attributes(node), second.attributes(other)
    found: list[Change] = []
    for name in dict.fromkeys((*mine, *theirs)):
        value, other_value = first.value(mine.get(name)), second.value(theirs.get(name))
        if value != other_value:
            at = _extent(first, node, mine.get(name), alone=name not in theirs)
            other_at = _extent(second, other, theirs.get(name), alone=name not in mine)
            change = Change(
                Spot.ATTRIBUTE, at, other_at, node, other, value, other_value, name.decode("utf-8", "replace")
            )
            found.append(_labelled(first, second, change) if name in _HOLDERS else change)
    at, other_at = (node.start, node.open_end), (other.start, other.open_end)
    rest = remainder(first.source, at, [change.at for change in found])
    if rest != remainder(second.source, other_at, [change.other_at for change in found]):
        spot = Spot.SPELLING if _same_rest(first, second, found, (node, other)) else Spot.BLOCK
        found.append(Change(spot, at, other_at, node, other, tag, other_tag))
    return found


def _labelled(first: Outline, second: Outline, change: Change) -> Change:
    """The change of a form field or a meta with what the page calls it."""
    sides = (first, change.node), (second, change.other)
    names = [
        next(filter(None, (outline.text_of(node, name) for name in _LABELS)), change.name) for outline, node in sides
    ]
    hidden = all((outline.text_of(node, b"type") or "").lower() == "hidden" for outline, node in sides)
    label = names[0] if names[0] == names[1] else " ".join(sorted(names))
    return change._replace(label=label, hidden=hidden)


def _extent(outline: Outline, node: Node, attribute: Attribute | None, *, alone: bool) -> Extent:
    """The value; with its name when the other tag has no such attribute; the end of the tag when this one has not."""
    if attribute is None:
        return node.open_end - 1, node.open_end - 1
    if not alone:
        return attribute.start, attribute.end
    start = outline.source[node.start : attribute.start].lower().rfind(attribute.name) + node.start
    while outline.source[start - 1 : start].isspace():
        start -= 1
    return start, attribute.end + (1 if attribute.quote else 0)


def _same_rest(first: Outline, second: Outline, found: Sequence[Change], tags: tuple[Node, Node]) -> bool:
    """Whether the tags say the same but for the differences told apart already."""
    told = {change.name for change in found}
    node, other = tags
    return _attributes(first, node, told) == _attributes(second, other, told)


def _attributes(outline: Outline, node: Node, told: set[str]) -> list[tuple[str, str]]:
    """Names and values of a tag in an order of their own. A repeated one of those told apart stays."""
    pairs: list[tuple[str, str]] = []
    seen: set[str] = set()
    for attribute in outline.written(node):
        name = attribute.name.decode("utf-8", "replace")
        if name not in told or name in seen:
            value = outline.source[attribute.start : attribute.end].decode("utf-8", "replace")
            pairs.append((name, html.unescape(value)))
        seen.add(name)
    return sorted(pairs)
