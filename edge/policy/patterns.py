"""Patterns that name requests by path and parameters: ``/cart/add*``, ``?add-to-cart``, ``/index.php?route=cart/*``.

Before the first question mark stands a glob over the whole path; nothing there is every path. After it stand the
parameters that have to be there, in any order: ``name`` with any value, or ``name=glob``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote, unquote_plus

from edge.model import RequestFacts
from edge.policy.globs import glob_source
from edge.policy.key import canonical_path

_PATH_PARAMETERS = re.compile(r";[^/]*")
_SLASHES = re.compile(r"/{2,}")
_NEEDS_READING = re.compile(r"%|;|//")

Parameters = Mapping[str, tuple[str, ...]]
"""Decoded values by decoded name, in order."""


class _Pattern(NamedTuple):
    path: re.Pattern[str] | None
    """None: every path."""
    parameters: tuple[tuple[str, re.Pattern[str] | None], ...]
    """(name, values); None: any value."""


class _Compiled(NamedTuple):
    paths: re.Pattern[str]
    """The patterns without parameters, as one."""
    others: tuple[_Pattern, ...]


def certainly(patterns: tuple[str, ...], facts: RequestFacts) -> bool:
    """Whether one of the patterns covers the request, whatever origin reads it.

    The path is compared in the form the cache key has. A parameter given twice has to fit each time, since origins
    differ in which one they take.
    """
    compiled = _compiled(patterns, re.DOTALL)
    path = canonical_path(facts.path)
    if compiled.paths.fullmatch(path):
        return True
    if not compiled.others or facts.query is None:
        return False
    parameters = query_parameters(facts.query)
    return any(
        (pattern.path is None or pattern.path.fullmatch(path) is not None)
        and all(_every(parameters.get(name, ()), values) for name, values in pattern.parameters)
        for pattern in compiled.others
    )


def possibly(patterns: tuple[str, ...], facts: RequestFacts) -> bool:
    """Whether some origin could read the request as one that a pattern covers.

    Case does not count. The path also counts decoded, without doubled slashes and without path parameters
    (``;jsessionid=``). Of a parameter given twice one has to fit, and ``name[]`` counts as ``name``.
    """
    compiled = _compiled(patterns, re.DOTALL | re.IGNORECASE)
    paths = _readings(facts.path)
    if any(compiled.paths.fullmatch(path) for path in paths):
        return True
    if not compiled.others or facts.query is None:
        return False
    parameters = _without_case(query_parameters(facts.query))
    return any(
        (pattern.path is None or any(pattern.path.fullmatch(path) for path in paths))
        and all(_some(parameters.get(name.lower(), ()), values) for name, values in pattern.parameters)
        for pattern in compiled.others
    )


def query_parameters(query: str) -> Parameters:
    """The parameters of a raw query (WHATWG URL, application/x-www-form-urlencoded parsing)."""
    found: dict[str, tuple[str, ...]] = {}
    for part in query.split("&"):
        if part:
            name, _, value = part.partition("=")
            name = unquote_plus(name)
            found[name] = (*found.get(name, ()), unquote_plus(value))
    return found


@lru_cache(maxsize=256)
def _compiled(patterns: tuple[str, ...], flags: re.RegexFlag) -> _Compiled:
    plain = [glob_source(pattern) for pattern in patterns if "?" not in pattern]
    return _Compiled(
        re.compile("|".join(plain) if plain else r"(?!)", flags),
        tuple(_parsed(pattern, flags) for pattern in patterns if "?" in pattern),
    )


def _parsed(pattern: str, flags: re.RegexFlag) -> _Pattern:
    path, _, query = pattern.partition("?")
    parameters = [part.partition("=") for part in query.split("&") if part]
    return _Pattern(
        re.compile(glob_source(path), flags) if path else None,
        tuple((name, re.compile(glob_source(values), flags) if values else None) for name, _, values in parameters),
    )


def _readings(path: str) -> tuple[str, ...]:
    """The path as the cache key has it, and as a lenient server may read it."""
    canonical = canonical_path(path)
    if not _NEEDS_READING.search(canonical):
        return (canonical,)
    return (canonical, _SLASHES.sub("/", _PATH_PARAMETERS.sub("", unquote(canonical))))


def _without_case(parameters: Parameters) -> Parameters:
    found: dict[str, tuple[str, ...]] = {}
    for given, values in parameters.items():
        for name in {given.lower(), given.partition("[")[0].lower()}:
            found[name] = found.get(name, ()) + values
    return found


def _every(given: tuple[str, ...], values: re.Pattern[str] | None) -> bool:
    return bool(given) and (values is None or all(values.fullmatch(value) for value in given))


def _some(given: tuple[str, ...], values: re.Pattern[str] | None) -> bool:
    return bool(given) and (values is None or any(values.fullmatch(value) for value in given))
