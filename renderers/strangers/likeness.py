"""When two blocks of two pages are the same block, although not the same bytes."""

from __future__ import annotations

import re
from collections import Counter, defaultdict, deque
from collections.abc import Hashable, Iterator, Sequence

from renderers.strangers.outline import Form, Node, Outline

_VOLATILE = frozenset({b"id", b"for", b"value", b"nonce", b"href", b"name", b"list", b"form", b"headers", b"usemap"})
_GENERATED = re.compile(rb"(?<![0-9a-zA-Z])(?=[a-zA-Z]*[0-9])[0-9a-zA-Z]{6,}|[0-9]+")
_BY_POSITION = re.compile(rb"(?<!\S)(?:first|last|odd|even|active|selected|current)(?!\S)")


class Likeness:
    """Equal for blocks that say the same, whatever ids and tokens they have. Remembers what it has seen."""

    def __init__(self, outline: Outline) -> None:
        self._outline = outline
        self._known: dict[Node, Hashable] = {}

    def of(self, node: Node) -> Hashable:
        """The likeness of a node and all that is in it; comparable with that of another outline's node."""
        if (known := self._known.get(node)) is not None:
            return known
        like: Hashable
        match node.form:
            case Form.ELEMENT:
                inside = tuple(self.of(child) for child in self._outline.solid(node))
                like = hash((node.name, frozenset(_stable(self._outline, node)), inside))
            case Form.TEXT:
                like = b" ".join(self._outline.text(node).split())
            case _:
                like = node.form
        self._known[node] = like
        return like


def shape(outline: Outline, node: Node) -> Hashable:
    """Equal for elements with the same name and classes, and for fields of one name."""
    if node.form is not Form.ELEMENT:
        return node.form
    attributes = outline.attributes(node)
    return node.name, *(outline.value(attributes.get(name)) for name in (b"class", b"type", b"name"))


def element_name(_outline: Outline, node: Node) -> Hashable:
    """Equal for elements of one name, and for leaves of one form."""
    return node.form, node.name


def permutation(
    likes: Sequence[Hashable], other_likes: Sequence[Hashable], texts: Sequence[bytes], other_texts: Sequence[bytes]
) -> list[int] | None:
    """Where each block is on the other side: the same bytes if they are there, else one that is like it.

    None when they are not the same blocks.
    """
    if likes == other_likes:
        return list(range(len(likes)))
    if Counter(likes) != Counter(other_likes):
        return None
    exact: dict[tuple[Hashable, bytes], deque[int]] = defaultdict(deque)
    for index, item in enumerate(zip(other_likes, other_texts, strict=True)):
        exact[item].append(index)
    order = [exact[item].popleft() if exact.get(item) else -1 for item in zip(likes, texts, strict=True)]
    taken = set(order)
    alike: dict[Hashable, deque[int]] = defaultdict(deque)
    for index, like in enumerate(other_likes):
        if index not in taken:
            alike[like].append(index)
    return [alike[like].popleft() if at < 0 else at for like, at in zip(likes, order, strict=True)]


def _stable(outline: Outline, node: Node) -> Iterator[tuple[bytes, bytes]]:
    """The attributes of an element that make out what it is, without what is generated in them."""
    for name, attribute in outline.attributes(node).items():
        if name not in _VOLATILE and not name.startswith((b"data-", b"aria-")):
            value = outline.source[attribute.start : attribute.end]
            if name == b"class":
                value = b" ".join(_BY_POSITION.sub(b"", value).split())
            yield name, _GENERATED.sub(b"#", value)
