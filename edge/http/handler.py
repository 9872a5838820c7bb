"""A request's way (design, section 3): identify, look up, decide, deliver or fill, and tell the story once."""

from __future__ import annotations

import itertools
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import msgspec
from aiohttp import web

from edge import clock
from edge.assemble.holdings import Place
from edge.errors import EdgeError, OriginError, OriginUnavailable, RequestError, StoreError
from edge.fill.client import FillerUnavailable
from edge.fill.exchange import OriginResponse
from edge.fill.octets import legible_pairs
from edge.fill.origin import OriginClient
from edge.fill.protocol import FillAnswer, FillRequest, Fills, Outcome
from edge.http import refusals
from edge.http.copies import Copies, Copy, Found
from edge.http.interim import interim_to
from edge.http.invalidate import Invalidator
from edge.http.partial import answers
from edge.http.recency import Recency
from edge.http.refreshes import Refreshes
from edge.http.relay import Answer, Relay, stream
from edge.http.send import Delivery, Sender
from edge.http.telling import decision_record
from edge.http.visit import Visit, receive
from edge.model import CacheKey, Pairs
from edge.observe.records import DecisionRecord
from edge.policy.bypass import around_the_store, has_stand_in, past_the_copies
from edge.policy.cache_control import NOTHING_ASKED, RequestDirectives, request_directives
from edge.policy.cache_status import CacheStatus, Fwd, forward_reason
from edge.policy.forward import relay_request_fields, without_range
from edge.policy.identify import Identity, Sites
from edge.policy.key import KeyRule, cache_key
from edge.policy.lookup import Verdict, decide
from edge.policy.proxies import TrustedProxies
from edge.policy.relayed import relayed_fields
from edge.policy.visitor_tokens import unobtainable

logger = logging.getLogger("vitrine.http")

OWN_PREFIX = "/.vitrine/"
_IN_TROUBLE = frozenset({500, 502, 503, 504})
"""Answers in place of which RFC 5861 §4 lets a stored copy be sent."""
_NO_FAILURE = ("publish-gate", "origin-rests", "origin-pace")
"""Beginnings of reasons why an origin that is up did not give the page anew."""


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
    refreshes: Refreshes
    place: Callable[[str], Place | None]
    """Client address to place."""
    record: Callable[[DecisionRecord, float], None]
    """Told of every request once it is answered, with its duration in seconds."""
    worker: str


class Handler:
    """Answers requests for one worker. Call it as aiohttp's low-level server does."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._invalidator = Invalidator(parts.rules, parts.copies, parts.fills)
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
        around = around_the_store(facts, identity, has_body=visit.request.can_read_body)
        if around is not None:
            return await self._relay(visit, identity, around)
        visit.key = cache_key(facts, self._parts.rules[identity.site.origin])
        try:
            return await self._from_store(visit, identity, visit.key)
        except StoreError as exc:  # raised by look-ups, before anything is sent
            visit.notes = (*visit.notes, str(exc))
            return await self._relay(visit, identity, CacheStatus(fwd=Fwd.MISS, detail="store-error"))

    async def _from_store(self, visit: Visit, identity: Identity, key: CacheKey) -> web.StreamResponse:
        past = past_the_copies(visit.facts)
        if past is not None:
            return await self._fill(visit, identity, Found(None, varies=False, origin_up=True), past)
        found = self._parts.copies.find(key, visit.facts.fields, identity.site.origin)
        asked = request_directives(visit.facts.fields)
        verdict = _decide(found, identity, asked, origin_up=found.origin_up)
        if verdict.delivers and found.copy is not None:
            judged_anew = identity.kind is not None and found.copy.entry.gate != identity.kind.gate
            if verdict is Verdict.DELIVER_AND_REFRESH or (judged_anew and found.origin_up):
                self._refresh(visit, identity)
            return await self._give(visit, identity, found, _hit(verdict))
        part = self._part(visit, identity) if found.copy is None else None
        if part is not None and part.copy is not None and _answers(visit, identity, part, asked):
            return self._deliver(visit, identity, part.copy, CacheStatus(hit=True))
        if verdict is Verdict.ONLY_IF_CACHED:
            return refusals.not_cached(visit)
        status = CacheStatus(fwd=_why(found, part, verdict))
        if verdict is Verdict.PASS:
            return await self._relay(visit, identity, status)
        return await self._fill(visit, identity, found, status)

    def _part(self, visit: Visit, identity: Identity) -> Found | None:
        """What is stored of a resource of which nothing whole is; None where no part is asked for."""
        facts = visit.facts
        if identity.kind is not None or facts.method != "GET" or "Range" not in facts.fields:
            return None
        return self._parts.copies.find_part(_key(visit), facts.fields, identity.site.origin)

    async def _fill(self, visit: Visit, identity: Identity, found: Found, status: CacheStatus) -> web.StreamResponse:
        whole = found.copy is not None  # whose validators spare the body; parts are then taken of it
        held_ms = found.copy.entry.fetched_at_ms if found.copy is not None else 0
        request = msgspec.structs.replace(self._request(visit, identity, whole=whole), held_ms=held_ms)
        try:
            async with self._parts.fills.fill(request, interim_to(visit.request)) as result:
                answer = result.answer
                visit.origin_ms, visit.notes = answer.origin_ms, answer.notes
                status = msgspec.structs.replace(status, detail=answer.reason or None)
                if answer.outcome is Outcome.STREAM:
                    status = msgspec.structs.replace(status, fwd_status=answer.status, stored=answer.storing)
                    return await stream(visit, Answer(answer.status, answer.pairs, result.body()), status)
        except FillerUnavailable:
            answer = FillAnswer(outcome=Outcome.DOWN, reason="filler-down")
            return await self._without_fill(visit, identity, found, answer, relayable=True)
        if answer.outcome is Outcome.DOWN:
            return await self._without_fill(visit, identity, found, answer, relayable=False)
        if answer.outcome is Outcome.STORED:
            again = self._parts.copies.find(_key(visit), visit.facts.fields, identity.site.origin)
            if again.copy is not None:
                status = msgspec.structs.replace(status, stored=True, collapsed=answer.collapsed)
                return await self._give(visit, identity, again, status)
        return await self._relay(visit, identity, status)

    async def _give(self, visit: Visit, identity: Identity, found: Found, status: CacheStatus) -> web.StreamResponse:
        """The copy found, unless it needs a token that the visitor does not have and only the origin can set."""
        if found.copy is None:
            raise ValueError("there is no copy to give")
        lacking = unobtainable(found.copy.entry.cookies, visit.facts.fields) if found.origin_up else None
        if lacking is not None:
            return await self._relay(visit, identity, CacheStatus(fwd=Fwd.BYPASS, detail=f"no cookie {lacking}"))
        return self._deliver(visit, identity, found.copy, status)

    async def _without_fill(
        self, visit: Visit, identity: Identity, found: Found, answer: FillAnswer, *, relayable: bool
    ) -> web.StreamResponse:
        """The fetch failed: what may be sent instead (RFC 9111 §4.2.4, and the operator's word on page kinds)."""
        verdict = _decide(found, identity, NOTHING_ASKED, origin_up=False)
        if verdict.delivers and found.copy is not None:
            origin_failed = answer.error_status is not None and not answer.reason.startswith(_NO_FAILURE)
            detail = verdict.value if origin_failed else answer.reason
            return self._deliver(visit, identity, found.copy, CacheStatus(hit=True, detail=detail))
        if relayable:
            return await self._relay(visit, identity, CacheStatus(fwd=Fwd.MISS, detail=answer.reason))
        return refusals.origin_failed(visit, answer.error_status or 502, answer.reason, answer.retry_after_s)

    async def _relay(self, visit: Visit, identity: Identity, status: CacheStatus) -> web.StreamResponse:
        stand_in = self._stand_in(visit, identity)
        if stand_in is not None and not stand_in.origin_up:
            return self._deliver_stand_in(visit, identity, stand_in.copy)
        judge = partial(self._judge, visit, identity, stand_in)
        relay = Relay(self._parts.origins, identity.site.origin, status, judge, once=identity.mutates)
        try:
            return await relay.carry_out(visit)
        except OriginError as exc:
            if stand_in is None:
                raise
            visit.notes = (*visit.notes, str(exc))
            return self._deliver_stand_in(visit, identity, stand_in.copy)

    def _stand_in(self, visit: Visit, identity: Identity) -> StandIn | None:
        """What a visitor with a basket is sent of a page while the origin fails: the page as everybody sees it."""
        if not has_stand_in(visit.facts, identity):
            return None
        key = cache_key(visit.facts, self._parts.rules[identity.site.origin])
        try:
            found = self._parts.copies.find(key, visit.facts.fields, identity.site.origin)
        except StoreError:
            return None
        return StandIn(found.copy, found.origin_up) if found.copy is not None else None

    def _deliver_stand_in(self, visit: Visit, identity: Identity, copy: Copy) -> web.StreamResponse:
        status = CacheStatus(hit=True, detail=Verdict.DELIVER_ORIGIN_DOWN.value)
        return self._deliver(visit, identity, copy, status, private=True)

    async def _judge(
        self, visit: Visit, identity: Identity, stand_in: StandIn | None, response: OriginResponse
    ) -> Pairs:
        if stand_in is not None and response.status in _IN_TROUBLE:
            raise OriginUnavailable(identity.site.origin, f"answered {response.status}")
        await self._invalidator.answered(visit, identity, response)
        return relayed_fields(visit.facts, identity, (response.status, response.pairs), now=clock.now_s())

    def _deliver(
        self, visit: Visit, identity: Identity, copy: Copy, status: CacheStatus, *, private: bool = False
    ) -> web.StreamResponse:
        self._parts.recency.used(copy.digest)
        lifetime = copy.entry.lifetime
        placed = copy.page is not None and copy.page.placed
        delivery = Delivery(
            status=msgspec.structs.replace(status, ttl=lifetime.ttl - lifetime.age(clock.now_s())),
            place=self._parts.place(visit.facts.client) if placed else None,
            private=private,
        )
        response, wants_refresh = self._parts.sender.response(visit, copy, delivery)
        if wants_refresh:
            self._refresh(visit, identity)
        return response

    def _refresh(self, visit: Visit, identity: Identity) -> None:
        key = visit.key or cache_key(visit.facts, self._parts.rules[identity.site.origin])
        self._parts.refreshes.ask(key.text, lambda: self._request(visit, identity, whole=True, background=True))

    def _request(self, visit: Visit, identity: Identity, *, whole: bool, background: bool = False) -> FillRequest:
        """``whole``: not only the part of it that the visitor asks for. Nobody refreshes a part, or a head."""
        facts, key = visit.facts, visit.key or cache_key(visit.facts, self._parts.rules[identity.site.origin])
        pairs = legible_pairs(relay_request_fields(facts, visit.hop, host=facts.host))
        return FillRequest(
            method="HEAD" if facts.method == "HEAD" and identity.kind is None and not background else "GET",
            scheme=facts.scheme,
            host=facts.host,
            target=facts.target,
            pairs=without_range(pairs) if whole else pairs,
            client=facts.client,
            origin=identity.site.origin,
            kind=visit.kind,
            key=key.text,
            background=background,
        )

    def _tell(self, visit: Visit, response: web.StreamResponse) -> None:
        request_id = f"{self._id_prefix}-{next(self._ids)}"
        record = decision_record(visit, response, request_id=request_id, worker=self._parts.worker)
        self._parts.record(record, visit.elapsed_ms / 1000)


class StandIn(msgspec.Struct, frozen=True):
    """The anonymous copy of a page."""

    copy: Copy
    origin_up: bool


def _decide(found: Found, identity: Identity, asked: RequestDirectives, *, origin_up: bool) -> Verdict:
    lifetime = found.copy.entry.lifetime if found.copy else None
    page_kind = identity.kind is not None
    return decide(lifetime, now=clock.now_s(), origin_up=origin_up, page_kind=page_kind, request=asked)


def _answers(visit: Visit, identity: Identity, part: Found, asked: RequestDirectives) -> bool:
    """The stored part holds what is asked for, and may be sent."""
    held = part.copy is not None and answers(visit.facts.fields, part.copy)
    return held and _decide(part, identity, asked, origin_up=part.origin_up).delivers


def _why(found: Found, part: Found | None, verdict: Verdict) -> Fwd | None:
    """Why a request goes to the origin (RFC 9211 §2.2)."""
    if part is not None and part.copy is not None:
        return Fwd.PARTIAL
    return Fwd.VARY_MISS if found.varies and not found.copy else forward_reason(verdict)


def _hit(verdict: Verdict) -> CacheStatus:
    return CacheStatus(hit=True, detail=None if verdict is Verdict.DELIVER else verdict.value)


def _key(visit: Visit) -> CacheKey:
    if visit.key is None:
        raise ValueError("a visit that fills has a cache key")
    return visit.key
