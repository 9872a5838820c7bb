"""Selectors for one element, the most lasting first: what the shop named on purpose before where it happens to stand.

Costs are only an order. Names that a build tool made, that say a state (``instock``, ``active``) or how something looks
(``mt-4``) come late: they change without the shop changing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from selectolax.lexbor import LexborNode

from renderers.inspect.money import PRICE_WORDS
from renderers.inspect.sample import ancestors, attribute, text_of, words

_IDENT = re.compile(r"-?[A-Za-z_][A-Za-z0-9_-]*")
_QUOTABLE = re.compile(r"[^'\"\\\n\r\[\]]{1,60}")
_NUMBERED = re.compile(r"[0-9]{2,}")
_MADE = re.compile(r"(?:^|[-_])(?=[A-Za-z]*[0-9])(?=[0-9]*[A-Za-z])[A-Za-z0-9]{5,}$|^(?:css|sc|jsx|svelte|chakra)-")
_STATE = re.compile(
    r"(?:is|has|js)-.*|(?:in|out-?of)-?_?stock|(?:un)?available|(?:on-?)?sale|active|selected|current|hidden|visible|open"
    r"|first|last|odd|even|new|low|sold-?out|special|discount(?:ed)?|loaded|lazy|featured",
    re.IGNORECASE,
)
_LOOKS = re.compile(
    r"(?:[mp][trblxy]?|w|h|gap|text|font|bg|border|flex|grid|col|row|d|align|justify|items|float|rounded|shadow|leading|"
    r"tracking|space|order|min|max|sm|md|lg|xl|fs|fw|badge|btn|list|table|nav|navbar|card|form|container|row|clearfix|"
    r"pull|block|inline|inner|wrapper|outer|left|right|center|large|small|bold|mb|mt)(?:-.*)?",
    re.IGNORECASE,
)
_TELLING = PRICE_WORDS | frozenset(
    words("stock availability product sku summary detail details main info buy purchase offer current sale special")
)
_ATTRIBUTES = (
    "itemprop",
    "data-price-type",
    "data-testid",
    "data-test",
    "data-hook",
    "data-role",
    "data-qa",
    "data-ui-id",
)
_NAMED_TAGS = frozenset({"input", "meta", "button", "select", "form"})
_LABELS = frozenset({"th", "dt", "td", "label", "span", "strong", "b", "div", "p"})
_BARE = 9
"""Cost of a tag without any name, which has to stand close to something named."""
_MOST_ANCESTORS = 10
_LOST = 6
"""Cost of a name alone: where other pages list products, the same name stands in their cards."""

Scored = tuple[int, str]


def selectors(node: LexborNode, inside: str, *, scoped: bool = False) -> list[str]:
    """Selectors that match the element, best first; most match others too, so each needs proof.

    ``inside`` is the place meant in it, as in :class:`renderers.inspect.places.Place`. ``scoped``: they are looked up
    in an element that is about one product already.
    """
    leaves = own_selectors(node, inside)
    lost = 0 if inside or scoped else _LOST
    found = [(cost + lost * _needs_scope(cost, name), name) for cost, name in leaves] + _labelled(node)
    beside = [(cost + 1 + own, f"{name}{leaf}") for own, leaf in leaves[:3] for cost, name in _named_neighbour(node)]
    found += [(cost + 2 * lost, selector) for cost, selector in beside]
    line = list(islice(ancestors(node), _MOST_ANCESTORS))
    outers = [(depth, outer) for depth, around in enumerate(line) for outer in _names(around)[:3]]
    below = _below_parent(node, leaves)
    found += [(cost + lost * _needs_scope(cost, selector), selector) for cost, selector in below]
    starts = [*leaves[:4], *_labelled(node)[:1], *sorted(beside)[:4], *below]
    for depth, (cost, outer) in outers:
        found += [(cost + own + 1 + depth * (3 if own >= _BARE else 1), f"{outer} {leaf}") for own, leaf in starts]
    found += _counted(node, [outer for _, outer in outers], leaves)
    best: dict[str, int] = {}
    for cost, selector in found:
        best[selector] = min(cost, best.get(selector, cost))
    return sorted(best, key=lambda selector: (best[selector], len(selector), selector))


def _needs_scope(cost: int, name: str) -> int:
    """How much a name suffers from standing alone."""
    return 0 if name[0] == "#" else 3 if cost >= _BARE else 1


def own_selectors(node: LexborNode, inside: str) -> list[Scored]:
    """Selectors made of the element's own names, its tag alone last."""
    found = _names(node)
    if inside.startswith("@") and _IDENT.fullmatch(name := inside[1:]) and name not in {"content", "value", "href"}:
        found.append((2, f"[{name}]"))
    if node.tag == "script":
        found += _script_marks(node)
    tag = str(node.tag)
    with_tag = [(cost + 1, f"{tag}{name}") for cost, name in found if name[0] in ".[:" or tag == "script"]
    found = with_tag if tag == "script" else found + with_tag
    found += _class_pairs(node)
    return [*sorted(found), (_BARE, tag)]


def _names(node: LexborNode) -> list[Scored]:
    """Id, telling attributes and classes of one element."""
    found: list[Scored] = []
    name = attribute(node, "id")
    if _IDENT.fullmatch(name) and not _MADE.search(name):
        found.append((8 if _NUMBERED.search(name) else 0, f"#{name}"))
    for key in _ATTRIBUTES:
        value = attribute(node, key)
        if value and _QUOTABLE.fullmatch(value) and not _NUMBERED.search(value):
            found.append((1, f"[{key}='{value}']"))
    if node.tag in _NAMED_TAGS:
        found += [(1, f"{node.tag}[{key}='{value}']") for key, value in _naming_attributes(node)]
    found += [(_class_cost(one), f".{one}") for one in _classes(node)]
    return sorted(found)


def _naming_attributes(node: LexborNode) -> Iterator[tuple[str, str]]:
    for key in ("name", "property"):
        value = attribute(node, key)
        if value and _QUOTABLE.fullmatch(value) and not _NUMBERED.search(value):
            yield key, value


def _classes(node: LexborNode) -> list[str]:
    return [one for one in attribute(node, "class").split() if _IDENT.fullmatch(one)][:8]


def _class_cost(name: str) -> int:
    if _MADE.search(name) or _NUMBERED.search(name):
        return 14
    if _STATE.fullmatch(name):
        return 12
    if _LOOKS.fullmatch(name):
        return 8
    return 2 if set(words(name)) & _TELLING else 4


def _class_pairs(node: LexborNode) -> list[Scored]:
    classes = sorted(_classes(node), key=_class_cost)[:4]
    pairs = ((a, b) for index, a in enumerate(classes) for b in classes[index + 1 :])
    return [(max(_class_cost(a), _class_cost(b)) + 2, f".{a}.{b}") for a, b in pairs]


def _script_marks(node: LexborNode) -> list[Scored]:
    """What tells one script from another: its type, or the name it assigns to."""
    found: list[Scored] = []
    kind = attribute(node, "type")
    if kind and _QUOTABLE.fullmatch(kind) and kind != "text/javascript":
        found.append((2, f"[type='{kind}']"))
    text = node.inner_html or ""
    marks = re.findall(r"[\w$.]{3,40}(?=\s*[=(]\s*[\[{])", text)[:2]
    found += [(3, f":lexbor-contains('{mark}')") for mark in marks]
    if (kind_mark := re.search(r"\"@type\"\s*:\s*\"Product\"", text)) is not None:
        found.append((3, f"[type='{kind}']:lexbor-contains('{kind_mark.group()}')"))
    return found


def _labelled(node: LexborNode) -> list[Scored]:
    """By the text that introduces the element: ``<th>Price</th><td>``. Never by its own text: slots change that."""
    before = _previous(node)
    if before is None or before.tag not in _LABELS or not (label := _label(text_of(before))):
        return []
    return [(5, f"{before.tag}:lexbor-contains('{label}') + {node.tag}")]


def _label(text: str) -> str:
    """The text of a label, when it can stand in a selector and is no value itself."""
    label = text.strip().rstrip(":").strip()
    return label if _QUOTABLE.fullmatch(label) and len(label) <= 40 and not re.search("[0-9]", label) else ""


def _previous(node: LexborNode) -> LexborNode | None:
    before = node.prev
    while before is not None and not before.is_element_node:
        before = before.prev
    return before


def _named_neighbour(node: LexborNode) -> list[Scored]:
    """By the element before it (``.price + p``)."""
    before = _previous(node)
    if before is None:
        return []
    return [(cost + 3, f"{name} + ") for cost, name in [*_names(before)[:2], (7, str(before.tag))]]


def _below_parent(node: LexborNode, leaves: list[Scored]) -> list[Scored]:
    """As a child, which tells ``.price > .amount`` from ``.price > ins > .amount``."""
    found: list[Scored] = []
    line = list(islice(ancestors(node), 2))
    for levels, outer in enumerate(line):
        between = "".join(f"{around.tag} > " for around in reversed(line[:levels]))
        for cost, name in own_selectors(outer, "")[:3]:
            found += [(cost + own + 2 + levels, f"{name} > {between}{leaf}") for own, leaf in leaves[:3]]
    return found


def _counted(node: LexborNode, outers: list[Scored], leaves: list[Scored]) -> list[Scored]:
    """By its place among its siblings, the last resort."""
    marks = (":first-of-type", ":last-of-type", f":nth-of-type({_position(node)})")
    return [
        (cost + own + 18 + index, f"{outer} {leaf}{mark}")
        for cost, outer in outers[:8]
        for own, leaf in leaves[-2:]
        for index, mark in enumerate(marks)
    ]


def _position(node: LexborNode) -> int:
    count, before = 1, node.prev
    while before is not None:
        count += before.tag == node.tag
        before = before.prev
    return count
