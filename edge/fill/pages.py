"""Responses on page kinds: seen whole, checked for what is somebody's, cut, and stored if the publish gate lets them.

Nothing of an unfinished judgement is ever sent: a visitor gets the page from the store, or relays on his own.
"""

from __future__ import annotations

import msgspec

from edge.fill.answers import held_back, origin_in_error, origin_rests
from edge.fill.bodies import Unstorable, whole_body
from edge.fill.entries import Finished, decoded_pairs, store_page, store_plain
from edge.fill.exchange import OriginResponse
from edge.fill.filling import Filling
from edge.fill.gate import gate, has_price, hold
from edge.fill.lead import STREAM_BYTES
from edge.fill.leak_gate import Fit, Gate, Received, Verdict
from edge.fill.place import Copy, place
from edge.fill.rows import effective_row, overruled
from edge.fill.rules import KindRule
from edge.fill.vocabulary import learn, vocabularies
from edge.model import Lifetime, fields
from edge.policy.publish import Publish, Summary
from edge.policy.storability import Refusal, admit
from renderers.cut import carry

_STAND_IN_TTL_S = 60
"""How long an answer other than 200 stands where a page was before the origin is asked again."""
_STAND_IN = frozenset({301, 302, 303, 307, 308, 404, 410})


async def take_page(filling: Filling, response: OriginResponse, copy: Copy | None) -> Received | None:
    """The response, whole; None when it is of no use, which everybody has then been told. Raises OriginError."""
    if response.status == 429:
        _limited(filling, copy)
        return None
    if response.status >= 500 and copy is not None:
        filling.down(origin_in_error(response), copy)
        return None
    rules = filling.parts.rules
    try:
        body = await whole_body(
            response, origin=filling.request.origin, limit_bytes=rules.max_object_bytes, limit_s=rules.wait_limit_s
        )
    except Unstorable as exc:
        filling.passed(exc.reason, origin_ms=response.waited_ms, remember=response.status == 200)
        return None
    return Received(response, body)


def _limited(filling: Filling, copy: Copy | None) -> None:
    """The origin limits the node: what is stale will do, and a visitor's own request may well be within her limit."""
    if copy is not None or filling.request.background:
        rests_s = filling.parts.manners.rests_s(filling.request.origin, waited_for=True)
        filling.down(origin_rests("origin-rests", rests_s), copy)
    else:
        filling.passed("origin-rests")


async def receive_page(filling: Filling, kind: KindRule, received: Received, copy: Copy | None) -> None:
    """Judge the response and tell everybody what became of it. Raises OriginError."""
    if received.response.status == 200:
        await _receive_ok(filling, kind, received, copy)
    else:
        await _receive_other(filling, kind, received, copy)


async def _receive_ok(filling: Filling, kind: KindRule, received: Received, copy: Copy | None) -> None:
    response, length = received.response, len(received.body)
    verdict = admit(filling.exchange(response), kind.route)
    where = place(filling.request, ())  # Nothing of the visitor's reached the origin, so nothing can select.
    leak_gate = Gate(filling, kind, received, (where, copy))
    if isinstance(verdict, Refusal):
        filling.passed(verdict.value, origin_ms=response.waited_ms, remember=True)
    elif "html" not in fields(response.pairs).get("Content-Type", "text/html").lower():
        new = Summary(200, length, has_price=False)
        if await leak_gate.body() is Verdict.FIT and not await _withheld(filling, kind, response, new, copy=copy):
            await store_plain(filling, response, where, verdict, received.body)
    else:
        fit = await leak_gate.page()
        if fit is None:
            return
        await _report(filling, kind, fit)
        finished = _finished(filling, fit, length, copy)
        new = Summary(200, length, has_price(finished.page))
        if not await _withheld(filling, kind, response, new, copy=copy):
            await store_page(filling, response, where, verdict, finished)


async def _report(filling: Filling, kind: KindRule, fit: Fit) -> None:
    """Tell of the slots that keep the origin's bytes, and keep what the others taught."""
    parts, compiled = filling.parts, fit.cut.compiled
    for slot in compiled.refused:
        parts.counters.slots_refused[kind.spec.name, slot.slot] += 1
    parts.notices.tell(
        "slots", filling.key, tuple(f"{slot.slot} keeps the origin's: {slot.reason}" for slot in compiled.refused)
    )
    with parts.reader.view() as view:
        known = vocabularies(view, kind.spec)
    await learn(parts.store, kind.spec.name, compiled.page, known)


def _finished(filling: Filling, fit: Fit, length: int, copy: Copy | None) -> Finished:
    """The page with the instants at which the origin changed a value behind the back of its row (design, law 5)."""
    parts, asked_at_ms = filling.parts, filling.asked_at_ms
    now_ms = parts.now_ms()
    page = msgspec.structs.replace(fit.cut.compiled.page, refused=fit.cut.compiled.refused)
    notes = []
    with parts.tables.snapshot() as snapshot:
        page = carry(
            copy.page if copy is not None else None,
            page,
            fetched_at_ms=asked_at_ms,
            held=lambda table, sku: effective_row(snapshot, table, sku, now_ms=now_ms),
        )
        for reading in page.readings:
            if reading.changed_at_ms == asked_at_ms and overruled(snapshot, reading):
                parts.counters.rows_overruled[reading.table,] += 1
                notes.append(
                    f"the origin changed {reading.table} of {reading.sku} to {reading.values} after its row was "
                    "written, so the row shows nowhere on this page; write it again if it is meant to hold"
                )
    parts.notices.tell("rows", filling.key, tuple(notes))
    return Finished(page, fit, length, tuple(notes))


async def _withheld(
    filling: Filling, kind: KindRule, response: OriginResponse, new: Summary, *, copy: Copy | None
) -> bool:
    """The publish gate keeps the last good copy, and everybody has been told."""
    notices = filling.parts.notices
    judged = gate(filling, copy, new)
    if copy is None or judged.outcome is not Publish.HOLD or judged.doubt is None:
        notices.tell("publishing", filling.key, ())
        return False
    await hold(filling, judged.memory)
    answer = held_back(judged.doubt, response)
    filling.parts.counters.pages_held[kind.spec.name, answer.reason] += 1
    notices.tell("publishing", filling.key, answer.notes)
    filling.down(answer, copy)
    return True


async def _receive_other(filling: Filling, kind: KindRule, received: Received, copy: Copy | None) -> None:
    """Not a page: it may take a page's place once the publish gate believes it, and goes to the first caller else."""
    response, body = received.response, received.body
    status, sets_cookie = response.status, "Set-Cookie" in fields(response.pairs)
    # A redirect that tests for cookies would lead the visitor in circles without the cookie it sets.
    stands_in = status in _STAND_IN and not (sets_cookie and status < 400)
    if await _withheld(filling, kind, response, Summary(status, len(body), has_price=False), copy=copy):
        return
    if copy is not None and stands_in:
        await _stand_in(filling, kind, received, copy)
    elif sets_cookie:
        filling.passed("status", origin_ms=response.waited_ms)
    else:
        lead = filling.stream(
            response, decoded_pairs(response.pairs), reason=f"status-{status}", limit_bytes=STREAM_BYTES
        )
        filling.passed(f"status-{status}", origin_ms=response.waited_ms)
        if lead is not None:
            await lead.pipe.write(body)
            lead.pipe.end()


async def _stand_in(filling: Filling, kind: KindRule, received: Received, copy: Copy) -> None:
    """The page is no more, and the answer takes its place. One that is somebody's (a form's token) only ends it."""
    where = place(filling.request, ())
    match await Gate(filling, kind, received, (where, copy)).body():
        case Verdict.FIT:
            stored_at = received.response.received_at
            lifetime = Lifetime(stored_at, 0, _STAND_IN_TTL_S, 0, kind.route.error_grace_s)
            await store_plain(filling, received.response, where, lifetime, received.body)
        case Verdict.REFUSED:
            await filling.parts.store.remove(where.key.digest)
        case Verdict.UNJUDGED:
            pass  # the last good copy stays, and everybody has been told
