"""What it means when an attribute differs between two strangers' pages."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from urllib.parse import SplitResult, parse_qsl, urlsplit

from renderers.strangers.changes import Change
from renderers.strangers.generated import generated_ids, in_disguise, random_pair, renamed
from renderers.strangers.names import in_doubt, means_position, means_rendering, means_token
from renderers.strangers.times import both_epochs, only_times_differ
from renderers.strangers.verdicts import Verdict, noise, other, token

TOKEN_CHARS = 8
"""A shorter value is no secret."""
_IDS = (
    "id for list form headers usemap aria-labelledby aria-describedby aria-controls aria-owns aria-details aria-flowto "
    "aria-activedescendant aria-errormessage"
)
ID_NAMES = frozenset(_IDS.split())
"""Attributes whose values are ids of the page's own elements."""
_LINKS = frozenset(
    {"href", "src", "srcset", "action", "formaction", "poster", "xlink:href", "data-src", "data-href", "data-url"}
)
_BY_POSITION = frozenset({"first", "last", "odd", "even"})
_CACHE_BUSTERS = frozenset(
    {
        "_",
        "t",
        "ts",
        "rnd",
        "rand",
        "random",
        "cb",
        "cachebuster",
        "cachebust",
        "ord",
        "time",
        "timestamp",
        "nocache",
        "v",
        "ver",
    }
)
_RANDOM = re.compile(r"[0-9]{5,20}|0?\.[0-9]{5,20}|(?=[a-f]*[0-9])[0-9a-f]{6,40}")
_SECRET = re.compile(r"[\w+/=.:~|-]{8,4096}")


def judge(change: Change, pair: tuple[str, str], renames: Mapping[str, str]) -> Verdict:
    """The verdict on an attribute that holds no cookie's value; ``pair`` is the two values decoded."""
    name = change.name
    if change.first is None or change.second is None:
        return other(f"the attribute {name} is on one page only")
    if pair[0] == pair[1]:
        return noise("the same value, written otherwise")
    if name in ID_NAMES:
        return noise("a generated id") if generated_ids(*pair) else other(f"the attribute {name}")
    if name in {"value", "content"}:
        return _field(change, pair)
    for matches, rule in _RULES:
        if matches(name) and (verdict := rule(name, pair, renames)) is not None:
            return verdict
    return other(f"the attribute {name}")


def could_be_tokens(first: str, second: str) -> bool:
    """Whether both values have the looks of a secret: long enough, one word."""
    return all(_SECRET.fullmatch(value) is not None for value in (first, second))


def _field(change: Change, pair: tuple[str, str]) -> Verdict:
    """A form field's value or a meta's content."""
    called = change.label
    if change.name == "value" and change.hidden and could_be_tokens(*pair) and not _plain(pair):
        return token(f"the hidden field {called} holds a token")
    if means_token(called) and could_be_tokens(*pair):
        return token(f"{called} is a token by its name")
    if change.name == "content" and only_times_differ(*pair) and not in_doubt(called):
        return noise("a time")
    return other(f"the value of {called}")


def _plain(pair: tuple[str, str]) -> bool:
    """Whether values are words or numbers rather than secrets."""
    return any(value.isalpha() and value.islower() for value in pair) or all(value.isdigit() for value in pair)


def _token(name: str, pair: tuple[str, str], _renames: Mapping[str, str]) -> Verdict | None:
    why = f"the attribute {name} is a token by its name"
    return token(why) if could_be_tokens(*pair) else other(f"the attribute {name}, which may be a token by its name")


def _class(_name: str, pair: tuple[str, str], _renames: Mapping[str, str]) -> Verdict | None:
    first, second = (set(value.split()) for value in pair)
    apart = sorted(first - second), sorted(second - first)
    if _BY_POSITION.issuperset((*apart[0], *apart[1])):
        return noise("a class for the place in a list")
    if len(apart[0]) == len(apart[1]) and all(random_pair(*names) for names in zip(*apart, strict=True)):
        return noise("a generated class")
    return other("a class: it may mark a variant of an experiment, or what the visitor is")


def _data(name: str, pair: tuple[str, str], renames: Mapping[str, str]) -> Verdict | None:
    if renamed(*pair, renames):
        return noise("a generated id")
    if in_doubt(name) or any(in_doubt(value) or in_disguise(value) for value in pair):
        return other(f"the attribute {name}")
    if means_position(name) and all(value.isdigit() for value in pair):
        return noise("the place in a list")
    if only_times_differ(*pair) or both_epochs(*pair):
        return noise("a time")
    digits = all(value.replace(".", "").isdigit() for value in pair)
    if random_pair(*pair) or (digits and means_rendering(name.removeprefix("data-"))):
        return noise(f"{name} is generated")
    return None


def _link(name: str, pair: tuple[str, str], renames: Mapping[str, str]) -> Verdict | None:
    if all(value.startswith("#") for value in pair):
        return noise("a generated id") if generated_ids(pair[0][1:], pair[1][1:]) else None
    if renamed(*pair, renames):
        return noise("a generated id")
    try:
        first, second = (urlsplit(value) for value in pair)
    except ValueError:
        return None
    if first.hostname != second.hostname:
        return other(f"{name} names another host ({first.hostname or 'none'}, {second.hostname or 'none'})")
    return _query(name, first, second)


def _query(name: str, first: SplitResult, second: SplitResult) -> Verdict | None:
    """The verdict on two links that differ in single parameters of the query."""
    here, there = parse_qsl(first.query, keep_blank_values=True), parse_qsl(second.query, keep_blank_values=True)
    if first._replace(query="") != second._replace(query="") or [key for key, _ in here] != [key for key, _ in there]:
        return None
    apart = [
        (key, value, other_value)
        for (key, value), (_, other_value) in zip(here, there, strict=True)
        if value != other_value
    ]
    for key, *values in apart:
        if means_token(key) and could_be_tokens(*values):
            return token(f"the parameter {key} of {name} is a token by its name", whole=False)
    if apart and all(key.lower() in _CACHE_BUSTERS and all(map(_RANDOM.fullmatch, values)) for key, *values in apart):
        return noise("a number that keeps a link out of caches")
    return None


def _time(_name: str, pair: tuple[str, str], _renames: Mapping[str, str]) -> Verdict | None:
    if only_times_differ(*pair) and not any(in_doubt(value) for value in pair):
        return noise("a time")
    return None


def _script(_name: str, pair: tuple[str, str], renames: Mapping[str, str]) -> Verdict | None:
    return noise("a generated id") if renamed(*pair, renames) else None


_Rule = Callable[[str, tuple[str, str], Mapping[str, str]], Verdict | None]
_RULES: tuple[tuple[Callable[[str], bool], _Rule], ...] = (
    (means_token, _token),
    (lambda name: name == "class", _class),
    (lambda name: name in _LINKS, _link),
    (lambda name: name.startswith("data-"), _data),
    (lambda name: name.startswith("on") or name == "style", _script),
    (lambda name: name in {"datetime", "title", "alt", "aria-label"}, _time),
)
