"""One question to an origin on everybody's behalf: in turn, counted, asked once more when the shop merely stumbled."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TypeVar

from edge.errors import OriginError
from edge.fill.asking import Asking
from edge.fill.exchange import OriginRequest, OriginResponse
from edge.fill.filling import Filling
from edge.fill.manners import Urgency
from edge.model import fields
from edge.policy.pace import rest_s

T = TypeVar("T")

Take = Callable[[OriginResponse], Awaitable[T]]
"""Makes something of a response while the exchange lasts."""


async def ask(filling: Filling, asked: Asking, take: Take[T], *, repeatable: bool = False) -> T:
    """What ``take`` makes of the response.

    ``repeatable``: a 5xx of an origin that is up is not the last word. Shops on small databases fail some of a burst of
    first views; asked again a moment later, and fewer at a time, they answer. Only what fails then counts against the
    origin. Raises OriginError, and NoTurn when the origin has no room.
    """
    parts, origin, key = filling.parts, filling.request.origin, filling.key
    if repeatable and parts.health.up(origin) and not parts.manners.hopeless(origin, key):
        async with _exchange(filling, asked, urgency(filling)) as response:
            if not _stumbled(filling, response):
                return await _heard(filling, response, take)
        await parts.manners.pause()
        async with _exchange(filling, asked, Urgency.REPEAT) as response:
            if _stumbled(filling, response):
                parts.manners.give_up(origin, key)
            return await _heard(filling, response, take)
    async with _exchange(filling, asked, urgency(filling)) as response:
        return await _heard(filling, response, take)


def urgency(filling: Filling) -> Urgency:
    """Products first, since they are what a shop sells; what nobody waits for last."""
    if filling.request.background:
        return Urgency.REFRESH
    kind = filling.parts.rules.kinds.get(filling.request.kind or "")
    return Urgency.PRODUCT if kind is not None and kind.spec.sku is not None else Urgency.VISITOR


@asynccontextmanager
async def _exchange(filling: Filling, asked: Asking, urgent: Urgency) -> AsyncIterator[OriginResponse]:
    parts, origin = filling.parts, filling.request.origin
    request = OriginRequest(filling.request.method, asked.target, asked.fields, interim=filling.interim)
    async with AsyncExitStack() as stack:
        if filling.request.kind is not None:  # pages cost shops what files do not
            place = parts.manners.place(origin, urgent, limit_s=parts.rules.wait_limit_s)
            await stack.enter_async_context(place)
        rate = parts.rules.origin(origin).pace
        await parts.manners.turn(origin, rate, urgent, limit_s=parts.rules.turn_limit_s)
        response = await stack.enter_async_context(_sent(filling, request))
        parts.counters.origin_requests[origin, f"{response.status // 100}xx"] += 1
        rests_s = _rest_s(filling, response)
        if rests_s is not None:
            parts.manners.rest(origin, rests_s, limited=response.status == 429)
        elif response.status >= 500:
            parts.manners.stumbled(origin, filling.key)
        else:
            parts.manners.answered(origin)
        yield response


@asynccontextmanager
async def _sent(filling: Filling, request: OriginRequest) -> AsyncIterator[OriginResponse]:
    parts, origin = filling.parts, filling.request.origin
    try:
        async with parts.client.send(origin, request) as response:
            yield response
    except OriginError:
        parts.manners.stumbled(origin, filling.key)
        raise


async def _heard(filling: Filling, response: OriginResponse, take: Take[T]) -> T:
    await filling.parts.health.answered(filling.request.origin, response.status, key=filling.key)
    return await take(response)


def _stumbled(filling: Filling, response: OriginResponse) -> bool:
    """The origin failed, and did not ask to be left alone."""
    return response.status >= 500 and _rest_s(filling, response) is None


def _rest_s(filling: Filling, response: OriginResponse) -> float | None:
    retry_after = fields(response.pairs).get("Retry-After")
    return rest_s(response.status, retry_after, now=filling.parts.now_ms() // 1000)
