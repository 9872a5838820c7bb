"""``vitrine refresh URL``: fetch a page again now, and with ``--accept`` believe what the origin says."""

from __future__ import annotations

from urllib.parse import urlsplit

from edge.admin.parts import Document
from edge.fill.protocol import FillRequest, Fills
from edge.model import RequestFacts, fields
from edge.policy.forward import Hop, relay_request_fields
from edge.policy.identify import Sites
from edge.policy.key import KeyRule, cache_key

_HERE = "127.0.0.1"


class Refresher:
    """Asks the filler as a worker would, for a visitor without cookies."""

    def __init__(self, sites: Sites, rules: dict[str, KeyRule], fills: Fills) -> None:
        self._sites = sites
        self._rules = rules
        self._fills = fills

    async def refresh(self, url: str, accept: bool) -> Document:  # noqa: FBT001 - the shape AdminParts names
        """What became of it. Raises RequestError for a host that is not served here, FillerUnavailable."""
        parts = urlsplit(url)
        facts = RequestFacts(
            method="GET",
            scheme=parts.scheme or "http",
            host=parts.netloc.lower(),
            path=parts.path or "/",
            query=parts.query or None,
            fields=fields(()),
            client=_HERE,
        )
        identity = self._sites.identify(facts)
        request = FillRequest(
            scheme=facts.scheme,
            host=facts.host,
            target=facts.target,
            pairs=relay_request_fields(facts, Hop(peer=_HERE, trusted=False), host=facts.host),
            client=_HERE,
            origin=identity.site.origin,
            kind=identity.kind.name if identity.kind else None,
            key=cache_key(facts, self._rules[identity.site.origin]).text,
            background=True,
            accept=accept,
        )
        async with self._fills.fill(request) as result:
            answer = result.answer
        return {"outcome": answer.outcome.value, "reason": answer.reason or None, "notes": list(answer.notes)}
