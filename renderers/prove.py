"""Proof that a range of the source is what its target names, and nothing else.

Each slot is replaced by a number that occurs nowhere on the page, the result is parsed as a browser would, unmarked,
and compared with the tree of the origin's page: every number must be the whole of what its target selects, and
everything around the numbers must be unchanged.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

import msgspec
from selectolax.lexbor import LexborHTMLParser, LexborNode

from renderers import json_spans
from renderers.locate import Span, parse, select
from renderers.page import Sink
from renderers.targets import CssTarget, Target

_PROOFS = 40
"""Pages parsed to single out slots that spoil the proof of all; past it, what is unproven is refused."""

MOVED = "putting another value there changes the page elsewhere, or does not show at the target"


class Hole(msgspec.Struct, frozen=True):
    """A range and the question it answers: match ``nth`` of ``target`` in container ``container`` of ``each``."""

    span: Span
    target: Target
    nth: int
    each: str | None = None
    container: int = 0


class _Origin(msgspec.Struct, frozen=True):
    source: bytes
    tree: LexborHTMLParser
    html: str


def proven(source: bytes, holes: Sequence[Hole]) -> set[int]:
    """Indexes of the holes that hold, all of them filled together. Holes are in order and do not overlap."""
    tree = parse(source)
    origin = _Origin(source, tree, tree.html or "")
    if _holds(origin, holes):
        return set(range(len(holes)))
    numbered = list(enumerate(holes))
    budget = iter(range(_PROOFS))
    middle = len(holes) // 2
    good = _search(origin, numbered[:middle], budget) | _search(origin, numbered[middle:], budget)
    return good if _holds(origin, [hole for index, hole in numbered if index in good]) else set()


def _search(origin: _Origin, holes: list[tuple[int, Hole]], budget: Iterator[int]) -> set[int]:
    """Halve what does not hold together until the holes at fault stand alone."""
    if not holes or next(budget, None) is None:
        return set()
    if _holds(origin, [hole for _, hole in holes]):
        return {index for index, _ in holes}
    if len(holes) == 1:
        return set()
    middle = len(holes) // 2
    return _search(origin, holes[:middle], budget) | _search(origin, holes[middle:], budget)


def _holds(origin: _Origin, holes: Sequence[Hole]) -> bool:
    stem = _unused_digits(origin)
    sentinels = [f"{stem}{number:06d}" for number in range(len(holes))]
    tree = parse(_splice(origin.source, holes, sentinels))
    before = _answers(origin.tree, holes)
    after = _answers(tree, holes)
    if None in before or after != sentinels:
        return False
    return _same_elsewhere(origin, holes, before, re.split(f"({stem}[0-9]{{6}})", tree.html or ""))


def _unused_digits(origin: _Origin) -> str:
    """Digits, so that the sentinel is good text, a good attribute value and a good JSON number alike."""
    return next(digits for n in itertools.count(7_046_029_254) if (digits := str(n)) not in origin.html)


def _splice(source: bytes, holes: Sequence[Hole], sentinels: Sequence[str]) -> bytes:
    parts: list[bytes] = []
    position = 0
    for hole, sentinel in zip(holes, sentinels, strict=True):
        parts += (source[position : hole.span.start], sentinel.encode())
        position = hole.span.end
    parts.append(source[position:])
    return b"".join(parts)


def _answers(tree: LexborHTMLParser, holes: Sequence[Hole]) -> list[str | None]:
    """What each hole's target selects in this tree; each target is looked up once per container."""
    containers: dict[str, list[LexborNode]] = {}
    asked: dict[tuple[Target, str | None, int], list[str]] = {}
    answers: list[str | None] = []
    for hole in holes:
        question = (hole.target, hole.each, hole.container)
        if question not in asked:
            asked[question] = _ask(tree, hole, containers)
        found = asked[question]
        answers.append(found[hole.nth] if hole.nth < len(found) else None)
    return answers


def _ask(tree: LexborHTMLParser, hole: Hole, containers: dict[str, list[LexborNode]]) -> list[str]:
    root: LexborHTMLParser | LexborNode = tree
    if hole.each is not None:
        if hole.each not in containers:
            containers[hole.each] = select(tree, hole.each)
        if hole.container >= len(containers[hole.each]):
            return []
        root = containers[hole.each][hole.container]
    nodes = select(root, hole.target.selector)
    if not isinstance(hole.target, CssTarget):
        return [value for node in nodes for value in _json(node.inner_html or "", hole.target.pointer)]
    name = hole.target.attribute
    if name is None:
        return [node.inner_html or "" for node in nodes]
    return [node.attributes[name] or "" for node in nodes if name in node.attributes]


def _json(script: str, pointer: tuple[str, ...]) -> list[str]:
    try:
        return [script[span.start : span.end] for span in json_spans.find(script, pointer)]
    except json_spans.JsonProblem:
        return []


def _same_elsewhere(origin: _Origin, holes: Sequence[Hole], before: Sequence[str | None], pieces: list[str]) -> bool:
    """Whether the spliced page, cut at its sentinels, is the origin's page around the origin's values.

    ``pieces`` alternates text and sentinel. Their order may differ from the source's (foster parenting).
    """
    if len(pieces) != 2 * len(holes) + 1 or len(set(pieces[1::2])) != len(holes):
        return False
    html, position = origin.html, len(pieces[0])
    if html[:position] != pieces[0]:
        return False
    for sentinel, text in zip(pieces[1::2], pieces[2::2], strict=True):
        number = int(sentinel[-6:])
        if holes[number].span.sink is Sink.ATTRIBUTE:
            position = html.find('"', position)  # Serialised attributes are quoted so, and hold no such quote.
        else:
            position += len(before[number] or "")
        if position < 0 or not html.startswith(text, position):
            return False
        position += len(text)
    return position == len(html)
