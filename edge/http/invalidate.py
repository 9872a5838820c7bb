"""After a visitor's write: what it makes stale is told to the filler before she learns that it succeeded."""

from __future__ import annotations

import logging

import msgspec

from edge.errors import StoreError
from edge.fill.client import FillerUnavailable
from edge.fill.exchange import OriginResponse
from edge.fill.protocol import Fills
from edge.http.copies import Copies
from edge.http.visit import Visit
from edge.model import RequestFacts, fields
from edge.policy.identify import Identity, kind_of
from edge.policy.invalidation import invalidated_targets
from edge.policy.key import KeyRule, cache_key

logger = logging.getLogger("vitrine.http")


class Invalidator:
    """Carries out RFC 9111 §4.4 for one worker; ``rules`` by origin name."""

    def __init__(self, rules: dict[str, KeyRule], copies: Copies, fills: Fills) -> None:
        self._rules = rules
        self._copies = copies
        self._fills = fills

    async def answered(self, visit: Visit, identity: Identity, response: OriginResponse) -> None:
        """Make stale what the visitor's request changed, if it was a write and something of it is stored.

        A page kind named in Location or Content-Location is left alone, as §4.4 permits: shops answer "add to basket"
        with the way back to the product page, and every sale would make that page stale.
        """
        facts = visit.facts
        targets = invalidated_targets(facts, response.status, fields(response.pairs))
        places = [_at(facts, target) for target in targets]
        rule = self._rules[identity.site.origin]
        keys = [
            cache_key(there, rule)
            for there in places
            if there.target == facts.target or kind_of(there, identity.site.kinds) is None
        ]
        try:
            digests = tuple(key.digest for key in keys if self._copies.holds(key))
            if digests:
                await self._fills.invalidate(digests)
        except (FillerUnavailable, StoreError) as exc:
            logger.warning("%s of %s made nothing stale: %s", facts.method, facts.target, exc)
            visit.notes = (*visit.notes, f"nothing was made stale: {exc}")


def _at(facts: RequestFacts, target: str) -> RequestFacts:
    path, mark, query = target.partition("?")
    return msgspec.structs.replace(facts, method="GET", path=path, query=query if mark else None)
