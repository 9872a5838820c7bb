"""Which requests neither read nor write the store."""

from __future__ import annotations

from edge.model import RequestFacts
from edge.policy.cache_status import CacheStatus, Fwd
from edge.policy.identify import Identity

_STORE_METHODS = frozenset({"GET", "HEAD"})
_PERSONAL = ("Authorization", "Upgrade")
"""Fields that make a request one visitor's own: his credentials, his connection."""


def around_the_store(facts: RequestFacts, identity: Identity, *, has_body: bool) -> CacheStatus | None:
    """Why a request is relayed as it is, as Cache-Status says it (RFC 9211 §2.2); None when the store may answer.

    A range of a page does not keep it from the store: pages are sent whole, which RFC 9110 §14.2 allows.
    """
    if facts.method not in _STORE_METHODS:
        return CacheStatus(fwd=Fwd.METHOD)
    if identity.bypass is not None:
        return CacheStatus(fwd=Fwd.BYPASS, detail=f"cookie {identity.bypass}")
    if has_body:
        return CacheStatus(fwd=Fwd.BYPASS, detail="request-body")
    personal = next((name for name in _PERSONAL if name in facts.fields), None)
    if personal is not None:
        return CacheStatus(fwd=Fwd.BYPASS, detail=personal.lower())
    if "Range" in facts.fields and identity.kind is None:
        return CacheStatus(fwd=Fwd.PARTIAL)
    return None


def has_stand_in(facts: RequestFacts, identity: Identity) -> bool:
    """While the origin fails, a visitor who is relayed may be sent the page as everybody sees it."""
    return identity.kind is not None and facts.method in _STORE_METHODS
