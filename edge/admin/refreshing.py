"""``vitrine refresh URL``: fetch a page again now, and with ``--accept`` believe what the origin says."""

from __future__ import annotations

from edge.admin.asked import HERE, asked_facts
from edge.admin.parts import Document
from edge.fill.protocol import FillRequest, Fills
from edge.policy.forward import Hop, relay_request_fields
from edge.policy.identify import Sites
from edge.policy.key import KeyRule, cache_key


class Refresher:
    """Asks the filler as a worker would, for a visitor without cookies."""

    def __init__(self, sites: Sites, rules: dict[str, KeyRule], fills: Fills, *, host: str) -> None:
        self._sites = sites
        self._rules = rules
        self._fills = fills
        self._host = host
        """Of a URL that is a path only."""

    async def refresh(self, url: str, accept: bool) -> Document:  # noqa: FBT001 - the shape AdminParts names
        """What became of it. Raises RequestError for a host that is not served here, FillerUnavailable."""
        facts = asked_facts(url, host=self._host)
        identity = self._sites.identify(facts)
        request = FillRequest(
            scheme=facts.scheme,
            host=facts.host,
            target=facts.target,
            pairs=relay_request_fields(facts, Hop(peer=HERE, trusted=False), host=facts.host),
            client=HERE,
            origin=identity.site.origin,
            kind=identity.kind.name if identity.kind else None,
            key=cache_key(facts, self._rules[identity.site.origin]).text,
            background=True,
            accept=accept,
        )
        async with self._fills.fill(request) as result:
            answer = result.answer
        return {"outcome": answer.outcome.value, "reason": answer.reason or None, "notes": list(answer.notes)}
