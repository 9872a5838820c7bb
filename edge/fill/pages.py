"""Responses on page kinds: seen whole, cut, checked for what is somebody's, and stored if the publish gate lets them.

Nothing of an unfinished judgement is ever sent: a visitor gets the page from the store, or relays on his own.
"""

from __future__ import annotations

import msgspec

from edge.fill.answers import held_back, origin_in_error
from edge.fill.bodies import Unstorable, whole_body
from edge.fill.cutting import Cut, CutFailed, Cutting
from edge.fill.entries import Finished, decoded_pairs, store_page, store_plain
from edge.fill.exchange import OriginResponse
from edge.fill.filling import Filling
from edge.fill.gate import gate, has_price, hold
from edge.fill.lead import STREAM_BYTES
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
        new = Summary(200, len(body), has_price=False)
        if not await _withheld(filling, kind, response, new, copy=copy):
            await store_plain(filling, response, where, verdict, body)
    else:
        cut = await _cut(filling, kind, response, body)
        if cut is None:
            return
        finished = _finished(filling, cut, len(body), copy)
        new = Summary(200, len(body), has_price(finished.page))
        if not await _withheld(filling, kind, response, new, copy=copy):
            await store_page(filling, response, where, verdict, finished)


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
        _kept_out(filling, kind, response, "cut-failed", (str(exc),))
        return None
    if cut.uncovered:
        _kept_out(filling, kind, response, "leak-gate", cut.uncovered)
        return None
    parts.notices.tell("storing", filling.key, ())
    refused = cut.compiled.refused
    for slot in refused:
        parts.counters.slots_refused[kind.spec.name, slot.slot] += 1
    parts.notices.tell(
        "slots", filling.key, tuple(f"{slot.slot} keeps the origin's: {slot.reason}" for slot in refused)
    )
    await learn(parts.store, kind.spec.name, cut.compiled.page, known)
    return cut


def _kept_out(
    filling: Filling, kind: KindRule, response: OriginResponse, reason: str, sentences: tuple[str, ...]
) -> None:
    """The page is not for others: everybody relays on his own, and the operator learns why."""
    filling.parts.counters.pages_held[kind.spec.name, reason] += 1
    filling.parts.notices.tell("storing", filling.key, tuple(f"not stored, {reason}: {line}" for line in sentences))
    filling.passed(reason, origin_ms=response.waited_ms, remember=True, notes=sentences)


def _finished(filling: Filling, cut: Cut, length: int, copy: Copy | None) -> Finished:
    """The page with the instants at which the origin changed a value behind the back of its row (design, law 5)."""
    parts, asked_at_ms = filling.parts, filling.asked_at_ms
    now_ms = parts.now_ms()
    page = msgspec.structs.replace(cut.compiled.page, refused=cut.compiled.refused)
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
    return Finished(page, cut.pressed, length, tuple(notes))


async def _withheld(
    filling: Filling, kind: KindRule, response: OriginResponse, new: Summary, *, copy: Copy | None
) -> bool:
    """The publish gate keeps the last good copy, and everybody has been told."""
    notices = filling.parts.notices
    judged = gate(filling, copy, new, kind.spec.digest)
    if copy is None or judged.outcome is not Publish.HOLD or judged.doubt is None:
        notices.tell("publishing", filling.key, ())
        return False
    await hold(filling, judged.memory)
    answer = held_back(judged.doubt, response)
    filling.parts.counters.pages_held[kind.spec.name, answer.reason] += 1
    notices.tell("publishing", filling.key, answer.notes)
    filling.down(answer, copy)
    return True


async def _receive_other(
    filling: Filling, kind: KindRule, response: OriginResponse, body: bytes, *, copy: Copy | None
) -> None:
    """Not a page: it may take a page's place once the publish gate believes it, and goes to the first caller else."""
    status, sets_cookie = response.status, "Set-Cookie" in fields(response.pairs)
    # A redirect that tests for cookies would lead the visitor in circles without the cookie it sets.
    stands_in = status in _STAND_IN and not (sets_cookie and status < 400)
    if await _withheld(filling, kind, response, Summary(status, len(body), has_price=False), copy=copy):
        return
    if copy is not None and stands_in:
        lifetime = Lifetime(response.received_at, 0, _STAND_IN_TTL_S, 0, kind.route.error_grace_s)
        await store_plain(filling, response, place(filling.request, ()), lifetime, body)
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


def _cookie_value(line: str) -> str:
    return line.partition(";")[0].partition("=")[2].strip()
