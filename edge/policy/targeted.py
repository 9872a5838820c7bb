"""Which field decides how a response may be stored: one aimed at caches like this one, else Cache-Control (RFC 9213).

The target list is ``CDN-Cache-Control``, then ``Surrogate-Control``, its elder (W3C Edge Architecture, 2001). The first
that is well-formed and not empty governs alone: Cache-Control and Expires are then for others (§2.2).
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import http_sf
import msgspec

from edge.model import Fields
from edge.policy.cache_control import Directives, response_directives
from edge.policy.syntax import MAX_DELTA_S, OWS, combined, delta_seconds, split_list

SURROGATE = "vitrine"
"""Our name as a surrogate: a directive with another one after its semicolon is for somebody else."""
CAPABILITY = f'{SURROGATE}="Surrogate/1.0"'
"""Our member of the request field Surrogate-Capability."""

_SECONDS = frozenset({"max-age", "s-maxage", "stale-while-revalidate", "stale-if-error"})
_FLAGS = frozenset({"no-store", "public", "must-revalidate", "proxy-revalidate", "must-understand"})
_WITH_FIELD_NAMES = frozenset({"no-cache", "private"})


class Governing(NamedTuple):
    """What is to be obeyed."""

    directives: Directives
    targeted: bool
    """The directives were meant for caches like this one; Cache-Control, Expires and Pragma do not count."""


def governing(fields: Fields) -> Governing:
    """The directives that govern a response with these fields."""
    for name, parse in (("CDN-Cache-Control", parse_targeted), ("Surrogate-Control", parse_surrogate)):
        value = combined(fields, name)
        directives = parse(value) if value is not None else None
        if directives is not None:
            return Governing(directives, targeted=True)
    return Governing(response_directives(fields), targeted=False)


@lru_cache(maxsize=1024)
def parse_targeted(value: str) -> Directives | None:
    """A targeted field as the dictionary it has to be (§2.1); None when it is malformed or empty, and so is ignored.

    A directive whose value is not of its type (a quoted max-age, a fraction) makes the whole field malformed: what its
    author meant is not known. Parameters are ignored, as are directives nobody has defined.
    """
    try:
        members = http_sf.parse(value.encode("ascii"), tltype="dictionary")
    except (http_sf.StructuredFieldError, UnicodeEncodeError):
        return None
    if not isinstance(members, dict) or not members:
        return None
    stated: dict[str, int | bool] = {}
    for name, member in members.items():
        known = _typed(name, member[0] if isinstance(member, tuple) else member)
        if known is None:
            return None
        if name in _SECONDS | _FLAGS | _WITH_FIELD_NAMES:
            stated[name.replace("-", "_")] = known
    return msgspec.convert(stated, Directives)


@lru_cache(maxsize=1024)
def parse_surrogate(value: str) -> Directives | None:
    """``no-store`` and ``max-age=TTL[+GRACE]`` of a Surrogate-Control that are for everybody or for us.

    None when there is neither: then the field says nothing about storing. The first of several max-ages counts.
    """
    ttl: tuple[int, int | None] | None = None
    no_store = False
    for element in split_list(value):
        directive, *targets = (part.strip(OWS) for part in element.split(";"))
        name, _, argument = directive.partition("=")
        if targets and SURROGATE not in targets:
            continue
        if name.lower() == "no-store":
            no_store = True
        elif name.lower() == "max-age" and ttl is None:
            ttl = _surrogate_ttl(argument)
    if ttl is None:
        return Directives(no_store=True) if no_store else None
    return Directives(max_age=ttl[0], stale_while_revalidate=ttl[1], no_store=no_store)


def _typed(name: str, value: object) -> int | bool | None:
    """The value as the directive has it; None when it is of the wrong type. Of an unknown directive any will do."""
    if name in _SECONDS:
        return min(value, MAX_DELTA_S) if type(value) is int and value >= 0 else None
    if name in _FLAGS:
        return value if isinstance(value, bool) else None
    if name in _WITH_FIELD_NAMES and isinstance(value, bool | str):
        return value is not False
    return None if name in _WITH_FIELD_NAMES else True


def _surrogate_ttl(argument: str) -> tuple[int, int | None] | None:
    fresh, plus, extension = argument.partition("+")
    ttl, grace = delta_seconds(fresh), delta_seconds(extension)
    if ttl is None or (plus and grace is None):
        return None
    return ttl, grace
