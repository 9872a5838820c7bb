"""What a successful write makes stale (RFC 9111 §4.4)."""

from __future__ import annotations

from urllib.parse import SplitResult, urljoin, urlsplit

from edge.model import Fields, RequestFacts
from edge.policy.key import canonical_host

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_NAMED_IN = ("Location", "Content-Location")


def invalidated_targets(facts: RequestFacts, status: int, response: Fields) -> tuple[str, ...]:
    """Request targets on the request's own host whose entries are stale now, its own first.

    Empty unless the method is unsafe and the answer no error (2xx or 3xx). Location and Content-Location count only
    with the request's own origin (§4.4), or one site could empty another's entries.
    """
    if facts.method in _SAFE_METHODS or not 200 <= status <= 399:
        return ()
    base = f"{facts.scheme}://{facts.host}{facts.path}"
    targets = [facts.target]
    for name in _NAMED_IN:
        for reference in response.getall(name, ()):
            target = _same_origin_target(base, reference.strip(), facts)
            if target is not None and target not in targets:
                targets.append(target)
    return tuple(targets)


def _same_origin_target(base: str, reference: str, facts: RequestFacts) -> str | None:
    """Path and query of a reference; None when it is no URL or leads elsewhere."""
    try:
        url = urlsplit(urljoin(base, reference))
    except ValueError:
        return None
    if url.scheme != facts.scheme or canonical_host(url.netloc, url.scheme) != canonical_host(facts.host, facts.scheme):
        return None
    return _target(url)


def _target(url: SplitResult) -> str:
    path = url.path or "/"
    return f"{path}?{url.query}" if url.query else path
