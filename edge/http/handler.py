"""A request's way (design, section 3): identify, look up, decide, deliver or fill, and tell the story once."""

from __future__ import annotations

import itertools
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass

import msgspec
from aiohttp import web

from edge import clock
from edge.assemble.holdings import Place
from edge.errors import EdgeError, OriginError, RequestError, StoreError
from edge.fill.client import FillerUnavailable
from edge.fill.origin import OriginClient
from edge.fill.protocol import FillAnswer, FillRequest, Fills, Outcome
from edge.http import refusals
from edge.http.copies import Copies, Copy, Found
from edge.http.recency import Recency
from edge.http.relay import Answer, relay, stream
from edge.http.send import Delivery, Sender
from edge.http.visit import Visit, receive
from edge.lifecycle import Spawner
from edge.model import CacheKey
from edge.observe.records import DecisionRecord
from edge.policy.cache_control import NOTHING_ASKED, RequestDirectives, request_directives
from edge.policy.cache_status import CacheStatus, Fwd, forward_reason
from edge.policy.forward import relay_request_fields
from edge.policy.identify import Identity, Sites
from edge.policy.key import KeyRule, cache_key
from edge.policy.lookup import Verdict, decide
from edge.policy.proxies import TrustedProxies

logger = logging.getLogger("vitrine.http")

OWN_PREFIX = "/.vitrine/"
_STORE_METHODS = frozenset({"GET", "HEAD"})
_PERSONAL = ("Authorization", "Upgrade")
"""Fields that make a request one visitor's own: his credentials, his connection."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What a worker's handler is made of; the composition root fills it in."""

    sites: Sites
    rules: dict[str, KeyRule]
    """By origin name."""
    trusted: TrustedProxies
    copies: Copies
    sender: Sender
    fills: Fills
    origins: OriginClient
    recency: Recency
    spawner: Spawner
    place: Callable[[str], Place | None]
    """Client address to place."""
    record: Callable[[DecisionRecord, float], None]
    """Told of every request once it is answered, with its duration in seconds."""
    worker: str


class Handler:
    """Answers requests for one worker. Call it as aiohttp's low-level server does."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._ids = itertools.count(1)
        self._id_prefix = f"{parts.worker}-{os.urandom(4).hex()}"

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        """The response, on its way already if it was streamed. Failures are answers too; a bug is a logged 500."""
        try:
            visit = receive(request, self._parts.trusted)
        except RequestError as exc:
            return refusals.bad_request(exc)
        try:
            response = await self._answer(visit)
        except EdgeError as exc:
            response = refusals.failure(visit, exc)
        except Exception:
            logger.exception("%s %s failed", visit.facts.method, visit.facts.target)
            response = refusals.bug(visit)
        self._tell(visit, response)
        return response

    async def _answer(self, visit: Visit) -> web.StreamResponse:
        facts = visit.facts
        if facts.path.startswith(OWN_PREFIX):
            return refusals.nothing_here(visit)
        identity = visit.identity = self._parts.sites.identify(facts)
        around = _around_the_store(visit, identity)
        if around is not None:
            return await self._relay(visit, identity, around)
        key = visit.key = cache_key(facts, self._parts.rules[identity.site.origin])
        try:
            found = self._parts.copies.find(key, facts.fields, identity.site.origin)
        except StoreError as exc:
            return await self._relay(visit, identity, CacheStatus(fwd=Fwd.MISS, detail=f"store: {exc}"))
        asked = NOTHING_ASKED if identity.kind else request_directives(facts.fields)
        verdict = self._decide(found, identity, asked, origin_up=found.origin_up)
        return await self._carry_out(visit, identity, found, verdict)

    def _decide(self, found: Found, identity: Identity, asked: RequestDirectives, *, origin_up: bool) -> Verdict:
        lifetime = found.copy.entry.lifetime if found.copy else None
        page_kind = identity.kind is not None
        return decide(lifetime, now=clock.now_s(), origin_up=origin_up, page_kind=page_kind, request=asked)

    async def _carry_out(self, visit: Visit, identity: Identity, found: Found, verdict: Verdict) -> web.StreamResponse:
        if verdict.delivers and found.copy is not None:
            if verdict is Verdict.DELIVER_AND_REFRESH:
                self._refresh(visit, identity)
            return self._deliver(visit, identity, found.copy, _hit(verdict))
        if verdict is Verdict.ONLY_IF_CACHED:
            return refusals.not_cached(visit)
        status = CacheStatus(fwd=Fwd.VARY_MISS if found.varies and not found.copy else forward_reason(verdict))
        if verdict is Verdict.PASS or (visit.facts.method == "HEAD" and identity.kind is None):
            return await self._relay(visit, identity, status)
        return await self._fill(visit, identity, found, status)

    async def _fill(self, visit: Visit, identity: Identity, found: Found, status: CacheStatus) -> web.StreamResponse:
        try:
            async with self._parts.fills.fill(self._request(visit, identity, background=False)) as result:
                answer = result.answer
                visit.origin_ms, visit.notes = answer.origin_ms, answer.notes
                status = msgspec.structs.replace(status, collapsed=answer.collapsed, detail=answer.reason or None)
                match answer.outcome:
                    case Outcome.STREAM:
                        status = msgspec.structs.replace(status, fwd_status=answer.status)
                        return await stream(visit, Answer(answer.status, answer.pairs, result.body()), status)
                    case Outcome.STORED | Outcome.PASS | Outcome.DOWN:
                        pass
        except FillerUnavailable:
            answer = FillAnswer(outcome=Outcome.DOWN, reason="filler-down")
            return await self._without_origin(visit, identity, found, answer, relayable=True)
        if answer.outcome is Outcome.DOWN:
            return await self._without_origin(visit, identity, found, answer, relayable=False)
        if answer.outcome is Outcome.STORED:
            again = self._parts.copies.find(_key(visit), visit.facts.fields, identity.site.origin)
            if again.copy is not None:
                return self._deliver(visit, identity, again.copy, msgspec.structs.replace(status, stored=True))
        return await self._relay(visit, identity, status)

    async def _without_origin(
        self, visit: Visit, identity: Identity, found: Found, answer: FillAnswer, *, relayable: bool
    ) -> web.StreamResponse:
        """The fetch failed: what may be sent instead (RFC 9111 §4.2.4, and the operator's word on page kinds)."""
        verdict = self._decide(found, identity, NOTHING_ASKED, origin_up=False)
        if verdict.delivers and found.copy is not None:
            detail = "filler-down" if relayable else verdict.value
            return self._deliver(visit, identity, found.copy, CacheStatus(hit=True, detail=detail))
        if relayable:
            return await self._relay(visit, identity, CacheStatus(fwd=Fwd.MISS, detail=answer.reason))
        return refusals.origin_failed(visit, answer.error_status or 502, answer.reason, answer.retry_after_s)

    async def _relay(self, visit: Visit, identity: Identity, status: CacheStatus) -> web.StreamResponse:
        try:
            return await relay(visit, self._parts.origins, identity.site.origin, status)
        except OriginError as exc:
            copy = self._anonymous_copy(visit, identity)
            if copy is None:
                return refusals.failure(visit, exc)
            status = CacheStatus(hit=True, detail=Verdict.DELIVER_ORIGIN_DOWN.value)
            return self._deliver(visit, identity, copy, status, private=True)

    def _anonymous_copy(self, visit: Visit, identity: Identity) -> Copy | None:
        """What a visitor with a basket sees of a page while the origin is down: the page as everybody sees it."""
        if identity.kind is None or visit.facts.method not in _STORE_METHODS:
            return None
        key = cache_key(visit.facts, self._parts.rules[identity.site.origin])
        return self._parts.copies.find(key, visit.facts.fields, identity.site.origin).copy

    def _deliver(
        self, visit: Visit, identity: Identity, copy: Copy, status: CacheStatus, *, private: bool = False
    ) -> web.StreamResponse:
        self._parts.recency.used(copy.digest)
        lifetime = copy.entry.lifetime
        ttl = lifetime.ttl - lifetime.age(clock.now_s())
        delivery = Delivery(
            status=msgspec.structs.replace(status, ttl=ttl),
            place=self._parts.place(visit.facts.client),
            private=private,
        )
        response, wants_refresh = self._parts.sender.response(visit, copy, delivery)
        if wants_refresh:
            self._refresh(visit, identity)
        return response

    def _refresh(self, visit: Visit, identity: Identity) -> None:
        request = self._request(visit, identity, background=True)
        self._parts.spawner.start(self._ask_for_refresh(request), name=f"refresh {request.key}")

    async def _ask_for_refresh(self, request: FillRequest) -> None:
        try:
            await self._parts.fills.refresh(request)
        except FillerUnavailable:
            return  # it is being replaced; the next visitor of this stale page asks again

    def _request(self, visit: Visit, identity: Identity, *, background: bool) -> FillRequest:
        facts, key = visit.facts, visit.key or cache_key(visit.facts, self._parts.rules[identity.site.origin])
        return FillRequest(
            scheme=facts.scheme,
            host=facts.host,
            target=facts.target,
            pairs=relay_request_fields(facts, visit.hop, host=facts.host),
            client=facts.client,
            origin=identity.site.origin,
            kind=visit.kind,
            key=key.text,
            background=background,
        )

    def _tell(self, visit: Visit, response: web.StreamResponse) -> None:
        status = visit.cache_status
        elapsed_s = clock.monotonic_s() - visit.started_s
        body = response.body if isinstance(response, web.Response) else None
        record = DecisionRecord(
            ts=clock.now_ms(),
            id=f"{self._id_prefix}-{next(self._ids)}",
            client=visit.facts.client,
            method=visit.facts.method,
            host=visit.facts.host,
            target=visit.facts.target,
            status=response.status,
            kind=visit.kind,
            verdict="hit" if status.hit else status.fwd.value if status.fwd else "error",
            detail="; ".join(filter(None, (status.detail, *visit.notes))) or None,
            key=visit.key.digest.hex() if visit.key else None,
            age_s=visit.age_s,
            ttl_s=status.ttl,
            origin_ms=visit.origin_ms,
            total_us=round(elapsed_s * 1e6),
            bytes=len(body) if isinstance(body, bytes) else response.body_length,
            encoding=visit.encoding,
            rows=visit.rows,
            worker=self._parts.worker,
        )
        self._parts.record(record, elapsed_s)


def _around_the_store(visit: Visit, identity: Identity) -> CacheStatus | None:
    """Why a request neither reads nor writes the store; None when it may."""
    facts = visit.facts
    if facts.method not in _STORE_METHODS:
        return CacheStatus(fwd=Fwd.METHOD)
    if identity.bypass is not None:
        return CacheStatus(fwd=Fwd.BYPASS, detail=f"cookie {identity.bypass}")
    if visit.request.can_read_body:
        return CacheStatus(fwd=Fwd.BYPASS, detail="request-body")
    if "Range" in facts.fields and identity.kind is None:
        return CacheStatus(fwd=Fwd.PARTIAL)
    personal = next((name for name in _PERSONAL if name in facts.fields), None)
    return CacheStatus(fwd=Fwd.BYPASS, detail=personal.lower()) if personal else None


def _hit(verdict: Verdict) -> CacheStatus:
    return CacheStatus(hit=True, detail=None if verdict is Verdict.DELIVER else verdict.value)


def _key(visit: Visit) -> CacheKey:
    if visit.key is None:
        raise ValueError("a visit that fills has a cache key")
    return visit.key
