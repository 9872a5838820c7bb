"""The fields of an answer that was made for one visitor alone, as she gets it."""

from __future__ import annotations

from edge.model import Pairs, RequestFacts, fields
from edge.policy.cache_control import response_directives
from edge.policy.identify import Identity
from edge.policy.ownership import mark
from edge.policy.syntax import combined, split_list

_TO_SHARED_CACHES = ("cdn-cache-control", "surrogate-control")
"""Endings of the fields that shared caches obey rather than Cache-Control (RFC 9213 §3.1, Edge Architecture §2)."""
_SHARING = frozenset({"proxy-revalidate", "public", "s-maxage"})


def relayed_fields(facts: RequestFacts, identity: Identity, answer: tuple[int, Pairs], *, now: int) -> Pairs:
    """The origin's answer (status, fields) to a visitor's own request. ``now`` is Unix seconds.

    Who has left something with the origin is marked. On page kinds, and wherever she is marked, no cache after this
    node may share the answer: her basket may stand in it.
    """
    status, pairs = answer
    line = mark(facts, identity.site.effects, (status, fields(pairs)), now=now)
    if line is not None:
        pairs = (*pairs, ("Set-Cookie", line))
    return private(pairs) if line is not None or identity.kind is not None or identity.mutates else pairs


def private(pairs: Pairs) -> Pairs:
    """The same fields with ``private`` in Cache-Control, unless they forbid sharing already (RFC 9111 §5.2.2.7).

    How long the visitor's own browser may keep the answer stays the origin's word.
    """
    received = fields(pairs)
    said = response_directives(received)
    kept = tuple((name, value) for name, value in pairs if not name.lower().endswith(_TO_SHARED_CACHES))
    if said.no_store or (said.private and "private" in _names(received.getall("Cache-Control", ()))):
        return kept
    stated = split_list(combined(received, "Cache-Control") or "")
    wanted = [element for element in stated if element.partition("=")[0].strip().lower() not in _SHARING | {"private"}]
    kept = tuple((name, value) for name, value in kept if name.lower() != "cache-control")
    return (*kept, ("Cache-Control", ", ".join(["private", *wanted])))


def _names(values: list[str] | tuple[()]) -> set[str]:
    """Directives without an argument: ``private="x"`` lets caches share the rest."""
    return {element.strip().lower() for value in values for element in split_list(value)}
