"""``vitrine explain``: one request's whole decision, hop by hop, without carrying it out."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from edge import clock
from edge.admin.parts import Document, ExplainQuery
from edge.assemble.assembler import Assembler
from edge.assemble.holdings import Moment, Place
from edge.errors import RequestError
from edge.http.copies import Copies, Copy
from edge.model import RequestFacts, fields
from edge.policy.cache_control import request_directives
from edge.policy.identify import Identity, Sites
from edge.policy.key import KeyRule, cache_key, split_ignored, target_for_origin
from edge.policy.lookup import decide

_DEFAULT_CLIENT = "127.0.0.1"


class Explainer:
    """Evaluates requests against what this node holds now. ``place`` maps a client address to a place."""

    def __init__(
        self,
        sites: Sites,
        rules: dict[str, KeyRule],
        copies: Copies,
        assembler: Assembler,
        place: Callable[[str], Place | None],
    ) -> None:
        self._sites = sites
        self._rules = rules
        self._copies = copies
        self._assembler = assembler
        self._place = place

    async def explain(self, query: ExplainQuery) -> Document:
        """The story as a JSON object, hops in order. Raises StoreError."""
        now_ms = query.at_ms if query.at_ms is not None else clock.now_ms()
        facts = _facts(query)
        story: Document = {
            "request": {"method": facts.method, "host": facts.host, "target": facts.target, "client": facts.client},
            "evaluated_at_ms": now_ms,
        }
        if query.at_ms is not None:
            story["note"] = "today's rows and today's stored page, evaluated at the time asked for"
        try:
            identity = self._sites.identify(facts)
        except RequestError as exc:
            return story | {"answer": {"status": exc.response_status, "because": str(exc)}}
        return story | self._decision(query, facts, identity, now_ms)

    def _decision(self, query: ExplainQuery, facts: RequestFacts, identity: Identity, now_ms: int) -> Document:
        rule = self._rules[identity.site.origin]
        key = cache_key(facts, rule)
        found = self._copies.find(key, facts.fields, identity.site.origin)
        lifetime = found.copy.entry.lifetime if found.copy else None
        verdict = decide(
            lifetime,
            now=now_ms // 1000,
            origin_up=found.origin_up,
            page_kind=identity.kind is not None,
            request=request_directives(facts.fields),
        )
        place = {"country": query.country} if query.country else self._place(facts.client)
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
            "verdict": "pass" if identity.bypass else verdict.value,
        }
        if found.copy is not None and found.copy.page is not None:
            notes, until_ms = self._assembler.notes(found.copy.page, Moment(now_ms, place))
            document["slots"] = [
                {"slot": note.slot, "sku": note.sku, "from": note.source, "because": note.reason} for note in notes
            ]
            document["valid_until_ms"] = until_ms
            document["readings"] = [
                {"table": r.table, "sku": r.sku, "origin_says": r.values, "origin_changed_at_ms": r.changed_at_ms}
                for r in found.copy.page.page.readings
            ]
        return document


def _facts(query: ExplainQuery) -> RequestFacts:
    url = urlsplit(query.url)
    headers = fields(query.headers)
    return RequestFacts(
        method="GET",
        scheme=url.scheme or "http",
        host=(url.netloc or headers.get("Host", "")).lower(),
        path=url.path or "/",
        query=url.query or None,
        fields=headers,
        client=query.ip or _DEFAULT_CLIENT,
    )


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
