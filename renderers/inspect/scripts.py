"""Every value in the JSON of a page's scripts, and which of them belong to the page's own schema.org Product."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

from renderers import json_spans
from renderers.inspect.sample import attribute
from renderers.locate import select

_MOST_VALUES = 20_000
"""Values looked at in one script; state larger than that is a catalogue, not a product."""
_WRAPPERS = frozenset({"@graph", "mainEntity", "mainEntityOfPage"})
_PRODUCT = re.compile(r"(?:.*[/:#])?(?:Product|ProductGroup|IndividualProduct|Book|Vehicle)", re.IGNORECASE)


class Number(str):
    """The digits of a JSON number, as written."""

    __slots__ = ()


_DECODER = json.JSONDecoder(strict=False, parse_int=Number, parse_float=Number)


class Value(NamedTuple):
    """One string, number, truth value or null. Strings and numbers are text; a number is a ``Number``."""

    pointer: tuple[str, ...]
    value: object

    @property
    def names(self) -> tuple[str, ...]:
        """The member names that lead to it, without the places in arrays."""
        return tuple(step for step in self.pointer if not step.isdecimal())


class Script(NamedTuple):
    """One script element with readable JSON in it."""

    node: LexborNode
    linked_data: bool
    """JSON-LD."""
    values: tuple[Value, ...]
    product: tuple[str, ...] | None
    """JSON-LD: pointer to the page's own Product; None when it is not in here."""


def scripts(tree: LexborHTMLParser) -> tuple[Script, ...]:
    """The page's scripts that hold JSON, in document order."""
    found = [script for node in select(tree, "script") if (script := _read(node)) is not None]
    depths = [len(_weight(script.product)) for script in found if script.product is not None]
    least = min(depths, default=0)
    return tuple(
        script._replace(product=None) if script.product is not None and len(_weight(script.product)) > least else script
        for script in found
    )


def pointer_text(pointer: Sequence[str]) -> str:
    """A JSON pointer as it is written (RFC 6901)."""
    return "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in pointer)


def _read(node: LexborNode) -> Script | None:
    text = node.inner_html or ""
    if "{" not in text and "[" not in text:
        return None
    linked_data = attribute(node, "type").strip().lower().startswith("application/ld+json")
    try:
        documents = [_DECODER.raw_decode(text, start)[0] for start in json_spans.values(text)]
    except (json_spans.JsonProblem, ValueError, RecursionError):
        return None
    if not documents:
        return None
    found = tuple(itertools.islice(_scalars(documents), _MOST_VALUES))
    product = _own_product(documents[0]) if linked_data else None
    return Script(node, linked_data, found, product)


def _scalars(documents: Sequence[object]) -> Iterator[Value]:
    pending: list[tuple[tuple[str, ...], object]] = [((), document) for document in reversed(documents)]
    while pending:
        pointer, value = pending.pop()
        members = list(_members(value))
        if members:
            pending += [((*pointer, name), inner) for name, inner in reversed(members)]
        elif not isinstance(value, dict | list) and pointer:
            yield Value(pointer, value)


def _members(value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, dict):
        yield from ((str(name), inner) for name, inner in value.items())
    elif isinstance(value, list):
        yield from ((str(index), inner) for index, inner in enumerate(value))


def _own_product(document: object) -> tuple[str, ...] | None:
    """Pointer to the Product that lies least deep; the first of several."""
    products: list[tuple[str, ...]] = []
    pending: list[tuple[tuple[str, ...], object]] = [((), document)]
    while pending:
        pointer, value = pending.pop()
        if isinstance(value, dict) and _is_product(value):
            products.append(pointer)
        pending += [((*pointer, name), inner) for name, inner in reversed(list(_members(value)))]
    return min(products, key=lambda pointer: len(_weight(pointer)), default=None)


def _is_product(node: dict[str, object]) -> bool:
    kinds = node.get("@type")
    names = kinds if isinstance(kinds, list) else [kinds]
    return any(isinstance(name, str) and _PRODUCT.fullmatch(name) for name in names)


def _weight(pointer: Sequence[str]) -> list[str]:
    """The steps that lead away from the page's subject; arrays and wrappers do not."""
    return [step for step in pointer if step not in _WRAPPERS and not step.isdecimal()]
