"""One fetch from the first question to the origin to the landing."""

from __future__ import annotations

import logging

from edge.errors import OriginError, OriginProtocolError, RequestError, StoreError
from edge.fill.alone import ask_alone
from edge.fill.answers import breaker_open, failure_name, origin_failed, origin_rests
from edge.fill.asking import Asking, alone, asking, kind_rule
from edge.fill.blame import NoAnswer
from edge.fill.exchange import OriginResponse
from edge.fill.filling import Filling
from edge.fill.leak_gate import Received
from edge.fill.manners import NoTurn
from edge.fill.pages import receive_page, take_page
from edge.fill.place import Copy, Place, known_place, stored_copy
from edge.fill.plain import may_stand_in, receive_plain
from edge.fill.polite import ask
from edge.fill.revalidate import may_validate, receive_not_modified
from edge.fill.rules import KindRule

logger = logging.getLogger("vitrine.fill")


async def fetch(filling: Filling) -> None:
    """Fetch, judge, store, and tell everybody. Whatever fails, what is stored stays."""
    lead = filling.lead
    try:
        await _fetch(filling)
    except StoreError as exc:
        logger.error("the store failed during the fill of %s: %s", filling.key, exc)  # noqa: TRY400
        filling.passed("store-error")
    except RequestError as exc:
        filling.passed("request", notes=(str(exc),))
    finally:
        if lead is not None:
            lead.end()


async def _fetch(filling: Filling) -> None:
    parts, origin = filling.parts, filling.request.origin
    with parts.reader.view() as view:
        where = known_place(view, filling.request)
        copy = stored_copy(view, where)
    if copy is not None and _came_meanwhile(filling, copy):
        filling.found(where)
        return
    rests_s = parts.manners.rests_s(origin, waited_for=not filling.request.background)
    if rests_s > 0:
        _leave_alone(filling, "origin-rests", rests_s, copy)
        return
    if not parts.health.permit(origin):
        filling.down(breaker_open(parts.health.retry_after_s(origin)), None)
        return
    try:
        if alone(filling.request):
            await ask_alone(filling, where, copy)
        elif not await _ask(filling, where, copy, validate=True):
            await _ask(filling, where, copy, validate=False)
    except NoTurn as exc:
        logger.info("fill of %s: %s", filling.key, exc)
        _leave_alone(filling, "origin-pace", 1, copy)
    except OriginError as exc:
        logger.info("fill of %s failed: %s", filling.key, exc)
        parts.counters.origin_requests[origin, failure_name(exc)] += 1
        if filling.lead is not None:
            filling.lead.pipe.end(exc)
        filling.down(origin_failed(exc), copy if copy is not None and _usable(filling, copy) else None)
        await parts.health.failed(origin, certain=not isinstance(exc, NoAnswer | OriginProtocolError))


def _came_meanwhile(filling: Filling, copy: Copy) -> bool:
    """Between the worker's look and this fetch somebody else's ended: what it stored is as fresh as can be."""
    request = filling.request
    if request.held_ms is None or copy.entry.fetched_at_ms <= request.held_ms or "Authorization" in request.fields:
        return False
    lifetime = copy.entry.lifetime
    return lifetime.age(filling.parts.now_ms() // 1000) < lifetime.ttl


def _usable(filling: Filling, copy: Copy) -> bool:
    """The copy may be sent while the origin fails. The last good copy of a page always may."""
    return filling.request.kind is not None or may_stand_in(copy, now=filling.parts.now_ms() // 1000)


def _leave_alone(filling: Filling, reason: str, seconds: float, copy: Copy | None) -> None:
    """The origin is not asked. What is stale will do; who has nothing asks on his own, from his own address."""
    if copy is not None or filling.request.background:
        filling.down(origin_rests(reason, seconds), copy)
    else:
        filling.passed(reason)


async def _ask(filling: Filling, where: Place, copy: Copy | None, *, validate: bool) -> bool:
    """One question. False when the answer is not about what is stored, so that the whole has to be asked for."""
    parts, request = filling.parts, filling.request
    kind = kind_rule(request, parts.rules)
    known = copy if validate and copy is not None and may_validate(filling, kind, copy) else None
    asked = asking(request, parts.rules, stored=known.entry.headers if known is not None else None)
    question = _Question(filling, kind, asked, (where, copy), known)
    # With a copy to send in its place, a failure is no hurry; without one, a visitor would see it.
    answer = await ask(filling, asked, question.take, repeatable=kind is not None and copy is None)
    if isinstance(answer, Received) and kind is not None:
        await receive_page(filling, kind, answer, copy)
        return True
    return bool(answer)


class _Question:
    """What is known when the answer begins to arrive."""

    def __init__(
        self,
        filling: Filling,
        kind: KindRule | None,
        asked: Asking,
        found: tuple[Place, Copy | None],
        known: Copy | None,
    ) -> None:
        self._filling = filling
        self._kind = kind
        self._asked = asked
        self._found = found
        self._known = known
        """The copy whose validators were sent."""

    async def take(self, response: OriginResponse) -> bool | Received:
        """True: everybody has been told. False: ask for the whole. Else a response on a page kind, whole."""
        filling, kind, known = self._filling, self._kind, self._known
        where, copy = self._found
        filling.asked_at_ms = filling.parts.now_ms() - response.waited_ms
        if response.status == 304 and known is not None and self._asked.conditional:
            return await receive_not_modified(filling, kind, response, (where, known))
        if response.status == 304:
            raise OriginProtocolError(filling.request.origin, "304 to a request without conditions")
        if kind is None:
            await receive_plain(filling, response, self._asked, copy)
            return True
        return await take_page(filling, response, copy) or True
