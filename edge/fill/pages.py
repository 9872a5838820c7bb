"""Responses on page kinds: seen whole, cut, checked for what is somebody's, and stored if the publish gate lets them.

Nothing of an unfinished judgement is ever sent: a visitor gets the page from the store, or relays on his own.
"""

from __future__ import annotations

import logging

from edge.fill.answers import held_back, origin_in_error
from edge.fill.bodies import Unstorable, whole_body
from edge.fill.cutting import Cut, CutFailed, Cutting
from edge.fill.entries import decoded_pairs, store_page, store_plain
from edge.fill.exchange import OriginResponse
from edge.fill.filling import Filling
from edge.fill.gate import gate, has_price, hold
from edge.fill.lead import STREAM_BYTES
from edge.fill.place import Copy, place
from edge.fill.rows import effective_row
from edge.fill.rules import KindRule
from edge.fill.vocabulary import learn, vocabularies
from edge.model import Lifetime, fields
from edge.policy.publish import Publish, Summary
from edge.policy.storability import Refusal, admit
from renderers.cut import carry
from renderers.page import Page

logger = logging.getLogger("vitrine.fill")

_STAND_IN_TTL_S = 60
"""How long an answer other than 200 stands where a page was before the origin is asked again."""
_STAND_IN = frozenset({301, 302, 303, 307, 308, 404, 410})


async def receive_page(filling: Filling, kind: KindRule, response: OriginResponse, copy: Copy | None) -> None:
    """Judge the response and tell everybody what became of it. Raises OriginError."""
    if response.status >= 500 and copy is not None:
        filling.down(origin_in_error(response), copy)
        return
    rules = filling.parts.rules
    try:
        body = await whole_body(
            response, origin=filling.request.origin, limit_bytes=rules.max_object_bytes, limit_s=rules.wait_limit_s
        )
    except Unstorable as exc:
        filling.passed(exc.reason, origin_ms=response.waited_ms, remember=response.status == 200)
        return
    if response.status == 200:
        await _receive_ok(filling, kind, response, body, copy=copy)
    else:
        await _receive_other(filling, kind, response, body, copy=copy)


async def _receive_ok(
    filling: Filling, kind: KindRule, response: OriginResponse, body: bytes, *, copy: Copy | None
) -> None:
    verdict = admit(filling.exchange(response), kind.route)
    where = place(filling.request, ())  # Nothing of the visitor's reached the origin, so nothing can select.
    if isinstance(verdict, Refusal):
        filling.passed(verdict.value, origin_ms=response.waited_ms, remember=True)
    elif "html" not in fields(response.pairs).get("Content-Type", "text/html").lower():
        await store_plain(filling, response, where, verdict, body)
    else:
        cut = await _cut(filling, kind, response, body)
        if cut is not None:
            page = _dated(filling, cut.compiled.page, copy)
            await _publish(filling, response, verdict, (page, cut, len(body)), copy=copy)


async def _cut(filling: Filling, kind: KindRule, response: OriginResponse, body: bytes) -> Cut | None:
    """The page ready for the store; None when it is not for others, which everybody has then been told."""
    parts = filling.parts
    with parts.reader.view() as view:
        known = vocabularies(view, kind.spec)
    received = fields(response.pairs)
    job = Cutting(
        body=body,
        spec=kind.spec,
        content_type=received.get("Content-Type", ""),
        url_path=filling.request.facts.path,
        vocabulary=known,
        cookie_values=tuple(_cookie_value(line) for line in received.getall("Set-Cookie", ())),
    )
    try:
        cut = await parts.cutter.cut(job)
    except CutFailed as exc:
        logger.error("not cut: %s: %s", filling.key, exc)  # noqa: TRY400 - the page is relayed instead
        filling.passed("cut-failed", origin_ms=response.waited_ms, remember=True, notes=(str(exc),))
        return None
    if cut.uncovered:
        logger.warning("not stored: %s: %s", filling.key, "; ".join(cut.uncovered))
        filling.passed("leak-gate", origin_ms=response.waited_ms, remember=True, notes=cut.uncovered)
        return None
    for refused in cut.compiled.refused:
        parts.counters.slots_refused[kind.spec.name, refused.slot] += 1
        logger.warning("slot %s of %s keeps the origin's bytes: %s", refused.slot, filling.key, refused.reason)
    await learn(parts.store, kind.spec.name, cut.compiled.page, known)
    return cut


def _dated(filling: Filling, page: Page, copy: Copy | None) -> Page:
    """The page with the instants at which the origin changed a value behind the back of its row (design, law 5)."""
    now_ms = filling.parts.now_ms()
    with filling.parts.tables.snapshot() as snapshot:
        return carry(
            copy.page if copy is not None else None,
            page,
            fetched_at_ms=filling.asked_at_ms,
            held=lambda table, sku: effective_row(snapshot, table, sku, now_ms=now_ms),
        )


async def _publish(
    filling: Filling, response: OriginResponse, lifetime: Lifetime, cut: tuple[Page, Cut, int], *, copy: Copy | None
) -> None:
    page, _, length = cut
    judged = gate(filling, copy, Summary(200, length, has_price(page)), page.spec_digest)
    if judged.outcome is Publish.HOLD and copy is not None and judged.doubt is not None:
        await hold(filling, judged.memory)
        filling.down(held_back(judged.doubt, response), copy)
    else:
        await store_page(filling, response, place(filling.request, ()), lifetime, cut)


async def _receive_other(
    filling: Filling, kind: KindRule, response: OriginResponse, body: bytes, *, copy: Copy | None
) -> None:
    """Not a page: it may take a page's place once the publish gate believes it, and goes to the first caller else."""
    judged = gate(filling, copy, Summary(response.status, len(body), has_price=False), b"")
    if copy is not None and judged.outcome is Publish.HOLD and judged.doubt is not None:
        await hold(filling, judged.memory)
        filling.down(held_back(judged.doubt, response), copy)
    elif "Set-Cookie" in fields(response.pairs):
        # A redirect that tests for cookies would lead the visitor in circles without the cookie it sets.
        filling.passed("status", origin_ms=response.waited_ms)
    elif copy is not None and response.status in _STAND_IN:
        lifetime = Lifetime(response.received_at, 0, _STAND_IN_TTL_S, 0, kind.route.error_grace_s)
        await store_plain(filling, response, place(filling.request, ()), lifetime, body)
    else:
        lead = filling.stream(
            response, decoded_pairs(response.pairs), reason=f"status-{response.status}", limit_bytes=STREAM_BYTES
        )
        filling.passed(f"status-{response.status}", origin_ms=response.waited_ms)
        if lead is not None:
            await lead.pipe.write(body)
            lead.pipe.end()


def _cookie_value(line: str) -> str:
    return line.partition(";")[0].partition("=")[2].strip()
