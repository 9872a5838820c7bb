"""Which of several stored variants answers a request (RFC 9111 §4.1)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache

from edge.model import Fields, Pairs
from edge.policy.encoding import accept_encoding_class, qvalue
from edge.policy.syntax import OWS, combined, split_list

ABSENT = ""
"""Normalised value of a field the request does not have. A field that is there but empty is :data:`EMPTY`."""
EMPTY = " "

_NOT_LISTS = frozenset({"authorization", "cookie", "from", "host", "origin", "referer", "user-agent"})
"""Fields in which a comma is just a character, so space beside it may matter."""


def selecting_fields(response: Fields, *, reached: Collection[str] | None = None) -> tuple[str, ...] | None:
    """Names in Vary, in lower case, sorted, each once; None for ``*``, which matches no other request.

    ``reached`` are the fields (lower case) whose client value went to the origin outside the cache key, None meaning
    all of them and ``()`` right for a page kind. What did not reach the origin cannot have changed its answer and
    selects nothing.
    """
    names = {name.lower() for name in split_list(combined(response, "Vary") or "")}
    if "*" in names:
        return None
    return tuple(sorted(name for name in names if reached is None or name in reached))


def variant(field_names: Sequence[str], request: Fields) -> Pairs:
    """(name, normalised value) of each selecting field: equal for two requests that may share a response."""
    return tuple((name, normalised(name, request)) for name in field_names)


def vary_suffix(field_names: Sequence[str], request: Fields) -> str:
    """The variant as text to append to a primary cache key; empty when nothing selects.

    Values hold no line break, so two different variants never give the same text.
    """
    return "".join(f"\nvary {name}={value}" for name, value in variant(field_names, request))


def normalised(name: str, request: Fields) -> str:
    """The request's value for ``name`` (lower case), lines combined and insignificant space removed.

    Accept-Encoding becomes its class, Accept-Language its weighted languages in one order. Only what the definition of
    a field calls insignificant is changed (§4.1).
    """
    if name == "accept-encoding":
        return accept_encoding_class(combined(request, name))
    value = combined(request, name)
    if value is None:
        return ABSENT
    if name == "accept-language":
        value = normalised_language(value)
    elif name in _NOT_LISTS:
        value = value.strip(OWS)
    else:
        value = ", ".join(split_list(value))
    return _one_line(value) or EMPTY


@lru_cache(maxsize=4096)
def normalised_language(value: str) -> str:
    """An Accept-Language value in the one form all equal ones share: lower case, no space, best language first.

    Languages of the same weight are in alphabetical order: theirs in the field means nothing (RFC 9110 §12.5.4). This
    form is also what fills send, so that it holds before an origin that believes otherwise. A value with a weight that
    is none is only lowered and stripped of space.
    """
    value = "".join(value.lower().split())
    weighed: list[tuple[float, str]] = []
    for element in split_list(value):
        language, semicolon, parameters = element.partition(";")
        weight = qvalue(parameters.removeprefix("q=")) if semicolon else 1.0
        if weight is None:
            return value
        weighed.append((-weight, language))
    return ",".join(
        language if weight == -1 else f"{language};q={-weight:g}" for weight, language in sorted(set(weighed))
    )


def _one_line(value: str) -> str:
    """HTTP fields hold no line break; should a parser let one through, it must not forge another part of a key."""
    return value.replace("\r", "%0D").replace("\n", "%0A")
