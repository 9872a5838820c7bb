"""``vitrine explain``: one request's whole decision, hop by hop, without carrying it out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from edge import clock
from edge.admin.asked import asked_facts
from edge.admin.parts import Document, ExplainQuery
from edge.assemble.assembler import Assembler, StoredPage
from edge.assemble.holdings import Moment, Place
from edge.errors import RequestError
from edge.fill.gate import remembered
from edge.http.copies import Copies, Copy, Found
from edge.model import RequestFacts
from edge.policy.bypass import around_the_store, has_stand_in
from edge.policy.cache_control import request_directives
from edge.policy.cache_status import serialise
from edge.policy.identify import Identity, Sites
from edge.policy.key import KeyRule, cache_key, split_ignored, target_for_origin
from edge.policy.lookup import Verdict, decide
from edge.store.pages import PageReader

_DECODED_BYTES = 16 << 20
"""What is kept decoded between two explanations."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """What explanations are made from: the parts a worker's decisions are made from."""

    sites: Sites
    rules: dict[str, KeyRule]
    """By origin name."""
    pages: PageReader
    assembler: Assembler
    place: Callable[[str], Place | None]
    """Client address to place."""
    host: str
    """Host of a URL that is a path only."""


class Explainer:
    """Evaluates requests against what this node holds now."""

    def __init__(self, parts: Explained) -> None:
        self._parts = parts
        self._copies = Copies(parts.pages, limit_bytes=_DECODED_BYTES)

    async def explain(self, query: ExplainQuery) -> Document:
        """The story as a JSON object, hops in order. Raises StoreError."""
        now_ms = query.at_ms if query.at_ms is not None else clock.now_ms()
        facts = asked_facts(query.url, host=self._parts.host, headers=query.headers, client=query.ip)
        story: Document = {
            "request": {"method": facts.method, "host": facts.host, "target": facts.target, "client": facts.client},
            "evaluated_at_ms": now_ms,
        }
        if query.at_ms is not None:
            story["note"] = "today's rows and today's stored page, evaluated at the time asked for"
        try:
            identity = self._parts.sites.identify(facts)
        except RequestError as exc:
            return story | {"answer": {"status": exc.response_status, "because": str(exc)}}
        return story | self._decision(query, facts, identity, now_ms)

    def _decision(self, query: ExplainQuery, facts: RequestFacts, identity: Identity, now_ms: int) -> Document:
        rule = self._parts.rules[identity.site.origin]
        key = cache_key(facts, rule)
        found = self._copies.find(key, facts.fields, identity.site.origin)
        place = {"country": query.country} if query.country else self._parts.place(facts.client)
        document: Document = {
            "identity": _identity(identity),
            "key": {
                "text": key.text,
                "digest": key.digest.hex(),
                "ignored_query": split_ignored(facts.query, rule.ignore_query).ignored,
                "asked_of_origin": target_for_origin(facts, rule),
            },
            "place": place,
            "origin_up": found.origin_up,
            "stored": _stored(found.copy, now_ms) if found.copy else None,
            "answer": _answer(facts, identity, found, now_ms),
        }
        if found.copy is not None and found.copy.page is not None:
            document |= self._page(found.copy.page, Moment(now_ms, place))
        with self._parts.pages.view() as view:
            memory = remembered(view.held(key.digest))
        if memory is not None:
            document["publish_gate"] = {
                "keeps_back": memory.doubt.value,
                "seen_times": memory.seen,
                "last_seen_at_s": memory.last_at,
                "remedy": "vitrine refresh URL --accept, if the change is meant",
            }
        return document

    def _page(self, stored: StoredPage, moment: Moment) -> Document:
        notes, until_ms = self._parts.assembler.notes(stored, moment)
        return {
            "slots": [
                {"slot": note.slot, "sku": note.sku, "from": note.source, "because": note.reason} for note in notes
            ],
            "refused_slots": [{"slot": refused.slot, "because": refused.reason} for refused in stored.page.refused],
            "valid_until_ms": until_ms,
            "readings": [
                {"table": r.table, "sku": r.sku, "origin_says": r.values, "origin_changed_at_ms": r.changed_at_ms}
                for r in stored.page.readings
            ],
        }


def _answer(facts: RequestFacts, identity: Identity, found: Found, now_ms: int) -> Document:
    """What a worker would do with the request."""
    around = around_the_store(facts, identity, has_body=False)
    if around is not None:
        stands_in = found.copy is not None and not found.origin_up and has_stand_in(facts, identity)
        verdict = Verdict.DELIVER_ORIGIN_DOWN if stands_in else Verdict.PASS
        return {"verdict": verdict.value, "cache_status": serialise(around), "because": around.detail}
    lifetime = found.copy.entry.lifetime if found.copy else None
    page_kind, asked = identity.kind is not None, request_directives(facts.fields)
    verdict = decide(lifetime, now=now_ms // 1000, origin_up=found.origin_up, page_kind=page_kind, request=asked)
    return {"verdict": verdict.value, "delivers_from_store": verdict.delivers}


def _identity(identity: Identity) -> Document:
    return {
        "site": identity.site.origin,
        "page_kind": identity.kind.name if identity.kind else None,
        "kept_from_the_store_by_cookie": identity.bypass,
    }


def _stored(copy: Copy, now_ms: int) -> Document:
    lifetime = copy.entry.lifetime
    age = lifetime.age(now_ms // 1000)
    return {
        "status": copy.entry.status,
        "version": copy.entry.version.hex(),
        "fetched_at_ms": copy.entry.fetched_at_ms,
        "age_s": age,
        "ttl_left_s": lifetime.ttl - age,
        "grace_s": lifetime.grace,
        "error_grace_s": lifetime.error_grace,
        "body_bytes": copy.entry.body_length,
        "page": copy.page is not None,
        "vary": [list(pair) for pair in copy.entry.vary],
    }
