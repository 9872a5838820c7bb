"""One fetch from the first question to the origin to the landing."""

from __future__ import annotations

import logging

from edge.errors import OriginError, OriginProtocolError, RequestError, StoreError
from edge.fill.answers import breaker_open, failure_name, origin_failed
from edge.fill.asking import asking, kind_rule
from edge.fill.filling import Filling
from edge.fill.pages import receive_page
from edge.fill.place import Copy, Place, known_place, stored_copy
from edge.fill.plain import receive_plain
from edge.fill.revalidate import may_validate, receive_not_modified

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
    if not parts.health.permit(origin):
        filling.down(breaker_open(parts.health.retry_after_s(origin)), None)
        return
    try:
        if not await _ask(filling, where, copy, validate=True):
            await _ask(filling, where, copy, validate=False)
    except OriginError as exc:
        logger.info("fill of %s failed: %s", filling.key, exc)
        parts.counters.origin_requests[origin, failure_name(exc)] += 1
        if filling.lead is not None:
            filling.lead.pipe.end(exc)
        filling.down(origin_failed(exc), copy)
        await parts.health.failed(origin)


async def _ask(filling: Filling, where: Place, copy: Copy | None, *, validate: bool) -> bool:
    """One exchange. False when the answer is not about what is stored, so that the whole has to be asked for."""
    parts, request = filling.parts, filling.request
    kind = kind_rule(request, parts.rules)
    known = copy if validate and copy is not None and may_validate(filling, kind, copy) else None
    asked = asking(request, parts.rules, stored=known.entry.headers if known is not None else None)
    async with parts.client.exchange(request.origin, "GET", asked.target, asked.fields) as response:
        filling.asked_at_ms = parts.now_ms() - response.waited_ms
        parts.counters.origin_requests[request.origin, f"{response.status // 100}xx"] += 1
        await parts.health.answered(request.origin, response.status, key=request.key)
        if response.status == 304 and known is not None and asked.conditional:
            return await receive_not_modified(filling, kind, response, (where, known))
        if response.status == 304:
            raise OriginProtocolError(request.origin, "304 to a request without conditions")
        if kind is not None:
            await receive_page(filling, kind, response, copy)
        else:
            await receive_plain(filling, response, asked, copy)
    return True
