"""Reading the schema's annotations: the file is checked, and its JSON Schema written, from the types alone."""

from __future__ import annotations

import types
from functools import cache
from typing import Annotated, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from edge.config.schema import Section

Hint = object
"""A type annotation: a class, a generic alias, ``Annotated`` or a union with None."""


@cache
def hints_of(kind: type[Section]) -> dict[str, Hint]:
    """Annotations of a schema class by key, ``Annotated`` kept."""
    return get_type_hints(kind, include_extras=True)


def plain_type(hint: Hint) -> Hint:
    """The hint without ``Annotated`` and without ``None``; TOML has no null, so absence is the only None."""
    if get_origin(hint) is Annotated:
        return plain_type(get_args(hint)[0])
    if get_origin(hint) in (Union, types.UnionType):
        (inner,) = (arg for arg in get_args(hint) if arg is not types.NoneType)
        return plain_type(inner)
    return hint


def section_type(hint: Hint) -> type[Section] | None:
    """The schema class the hint stands for, if it is one."""
    plain = plain_type(hint)
    return plain if isinstance(plain, type) and issubclass(plain, Section) else None


def item_hint(hint: Hint) -> Hint | None:
    """What an array holds; None when the hint is no array."""
    plain = plain_type(hint)
    return get_args(plain)[0] if get_origin(plain) is tuple else None


def entry_hints(hint: Hint) -> tuple[Hint, Hint] | None:
    """What the keys and values of a table with free keys are; None when the hint is no such table."""
    plain = plain_type(hint)
    if get_origin(plain) is not dict:
        return None
    key, value = get_args(plain)
    return key, value


def is_leaf(hint: Hint) -> bool:
    """Whether the value is one text, number or truth value, or an array or a table with free keys of them."""
    item = item_hint(hint)
    if item is not None:
        return is_leaf(item)
    entry = entry_hints(hint)
    if entry is not None:
        return all(is_leaf(part) for part in entry)
    return section_type(hint) is None


def metas(hint: Hint) -> list[msgspec.Meta]:
    """The constraints that stand in ``Annotated``, outermost first."""
    if get_origin(hint) is Annotated:
        inner, *extras = get_args(hint)
        return [meta for meta in extras if isinstance(meta, msgspec.Meta)] + metas(inner)
    if get_origin(hint) in (Union, types.UnionType):
        return [meta for arg in get_args(hint) for meta in metas(arg)]
    return []


def describe(hint: Hint) -> str:
    """What to write for a leaf, in words: the schema's own description where it has one."""
    for meta in metas(hint):
        if meta.description:
            return meta.description
    plain = plain_type(hint)
    if get_origin(plain) is Literal:
        return "one of " + ", ".join(f'"{choice}"' for choice in get_args(plain))
    words: dict[Hint, str] = {bool: "true or false", int: "a whole number", float: "a number"}
    return words.get(plain, "a text in quotes") + _bounds(hint)


def _bounds(hint: Hint) -> str:
    for meta in metas(hint):
        if meta.ge is not None and meta.le is not None:
            return f" from {meta.ge} to {meta.le}"
    return ""
