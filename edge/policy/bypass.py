"""Which requests neither read nor write the store."""

from __future__ import annotations

from edge.model import RequestFacts
from edge.policy.cache_status import CacheStatus, Fwd
from edge.policy.identify import Identity

_STORE_METHODS = frozenset({"GET", "HEAD"})


def around_the_store(facts: RequestFacts, identity: Identity, *, has_body: bool) -> CacheStatus | None:
    """Why a request is relayed as it is, as Cache-Status says it (RFC 9211 §2.2); None when the store may answer.

    A range does not keep a request from the store: of pages the whole is sent, which RFC 9110 §14.2 allows.
    """
    if facts.method not in _STORE_METHODS:
        return CacheStatus(fwd=Fwd.METHOD)
    personal = _personal(facts, identity)
    if personal is None and has_body:
        personal = "request-body"
    if personal is not None:
        return CacheStatus(fwd=Fwd.BYPASS, detail=personal)
    return None


def past_the_copies(facts: RequestFacts) -> CacheStatus | None:
    """Why the store is not looked at, although the answer may go into it (RFC 9111 §3.5); None when it is looked at."""
    return CacheStatus(fwd=Fwd.BYPASS, detail="authorization") if "Authorization" in facts.fields else None


def _personal(facts: RequestFacts, identity: Identity) -> str | None:
    """What makes the request one visitor's own."""
    if identity.mutates:
        return "mutating-get"
    if identity.bypass is not None:
        return f"cookie {identity.bypass}"
    if "Upgrade" in facts.fields:
        return "upgrade"
    return "authorization" if "Authorization" in facts.fields and identity.kind is not None else None


def has_stand_in(facts: RequestFacts, identity: Identity) -> bool:
    """While the origin fails, a visitor who is relayed may be sent the page as everybody sees it.

    Not in answer to a request that was to change something: she would take it for done.
    """
    return identity.kind is not None and facts.method in _STORE_METHODS and not identity.mutates
