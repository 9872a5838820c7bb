"""Targets that point at the right places on every sample page and nowhere else: as few as will do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

from renderers import json_spans
from renderers.inspect.places import Place
from renderers.inspect.sample import attribute
from renderers.inspect.selectors import selectors
from renderers.locate import select

_MOST_TRIED = 260
"""Selectors tried for one place."""

Spot = tuple[int, str]
"""An element's identity and the place in it, as ``Place.spot``."""


class Scope(NamedTuple):
    """A page, or one element of ``each``: where targets are looked up, and what they may hit."""

    root: LexborHTMLParser | LexborNode
    right: dict[Spot, Place]
    """The places that targets are wanted for."""
    harmless: Callable[[LexborNode, str], bool]
    """Whether a hit that is not right says nothing, so that a slot there would only keep the origin's bytes."""


class Target(NamedTuple):
    """A target in the configuration's syntax and the places it covers, by index of the scope."""

    at: str
    places: dict[int, Place]


class Cover(NamedTuple):
    """What can be pointed at, and what cannot."""

    targets: tuple[Target, ...]
    left: tuple[tuple[int, Place], ...]
    """(index of the scope, place) for each place no target was found for."""


def cover(scopes: Sequence[Scope]) -> Cover:
    """Targets for the right places of all scopes.

    A target hits at most one place in each scope, and only places that no other target has.
    """
    targets: list[Target] = []
    left: list[tuple[int, Place]] = []
    taken: set[tuple[int, Spot]] = set()
    for index, scope in enumerate(scopes):
        for spot, place in scope.right.items():
            if (index, spot) in taken:
                continue
            target = _best(scopes, place, taken)
            if target is None:
                left.append((index, place))
            else:
                targets.append(target)
                taken |= {(at, hit.spot) for at, hit in target.places.items()}
    return Cover(tuple(targets), tuple(left))


def _best(scopes: Sequence[Scope], place: Place, taken: set[tuple[int, Spot]]) -> Target | None:
    """The target for one place that covers most scopes; of equals, the one whose selector lasts longest."""
    best: Target | None = None
    possible = sum(_wanted(scope, place, taken, index) for index, scope in enumerate(scopes))
    scoped = isinstance(scopes[0].root, LexborNode)
    for selector in selectors(place.node, place.inside, scoped=scoped)[:_MOST_TRIED]:
        covered = _covered(scopes, selector, place, taken)
        if covered is None or not covered:
            continue
        if best is None or len(covered) > len(best.places):
            best = Target(written(selector, place.inside), covered)
        if len(best.places) >= possible:
            break
    return best


def _wanted(scope: Scope, place: Place, taken: set[tuple[int, Spot]], index: int) -> bool:
    """Whether a scope has a place like this one that no target covers yet."""
    return any(_alike(place, other) and (index, spot) not in taken for spot, other in scope.right.items())


def _alike(one: Place, other: Place) -> bool:
    return (one.form, one.fill, one.inside[:1]) == (other.form, other.fill, other.inside[:1])


def _covered(
    scopes: Sequence[Scope], selector: str, place: Place, taken: set[tuple[int, Spot]]
) -> dict[int, Place] | None:
    """The places a selector covers by scope; None when it hits anything else, or two places in one scope."""
    covered: dict[int, Place] = {}
    for index, scope in enumerate(scopes):
        found = list(hits(scope.root, selector, place.inside))
        if len(found) > 1:
            return None
        for node in found:
            spot = node.mem_id, place.inside
            other = scope.right.get(spot)
            if other is None and scope.harmless(node, place.inside):
                continue
            if other is None or other.fill != place.fill or (index, spot) in taken:
                return None
            covered[index] = other
    return covered


def hits(root: LexborHTMLParser | LexborNode, selector: str, inside: str) -> Iterator[LexborNode]:
    """The elements in which a target finds a place, each as often as it finds one."""
    for node in select(root, selector):
        if inside.startswith("#"):
            yield from [node] * _values(node, inside[1:])
        elif not inside or inside[1:] in node.attributes:
            yield node


def written(selector: str, inside: str) -> str:
    """A target as the configuration has it."""
    return f"json:{selector}{inside}" if inside.startswith("#") else f"css:{selector}{inside}"


def value_at(node: LexborNode, inside: str) -> str:
    """What stands in a place: markup, an attribute's value, or the source of a JSON value."""
    if inside.startswith("@"):
        return attribute(node, inside[1:])
    text = node.inner_html or ""
    if inside.startswith("#"):
        return next((text[span.start : span.end] for span in json_spans.find(text, _steps(inside[1:]))), "")
    return text


def _values(node: LexborNode, pointer: str) -> int:
    """How many values a pointer finds in a script; a script that cannot be read counts, for it would be a fault."""
    try:
        return len(json_spans.find(node.inner_html or "", _steps(pointer))) if node.tag == "script" else 1
    except json_spans.JsonProblem:
        return 2


def _steps(pointer: str) -> tuple[str, ...]:
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in pointer[1:].split("/"))
