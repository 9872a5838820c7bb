"""Requests that are one visitor's own, and whose answers others may still have: nobody else waits for them.

A HEAD, a range, a request with credentials. What comes back goes to her; what of it the RFCs let a shared cache have is
kept on the way.
"""

from __future__ import annotations

import msgspec

from edge.fill.asking import Asking, asking_alone
from edge.fill.entries import bounded
from edge.fill.exchange import OriginResponse
from edge.fill.filling import Filling
from edge.fill.parts import keep_part, keep_whole
from edge.fill.place import Copy, Place
from edge.fill.plain import pass_on
from edge.fill.polite import ask
from edge.fill.revalidate import freshen
from edge.model import fields
from edge.policy.conditional import agrees
from edge.policy.storability import Refusal, admit


async def ask_alone(filling: Filling, where: Place, copy: Copy | None) -> None:
    """Ask, tell the visitor, keep what may be kept. Raises OriginError."""
    asked = asking_alone(filling.request, filling.parts.rules)

    async def take(response: OriginResponse) -> None:
        filling.asked_at_ms = filling.parts.now_ms() - response.waited_ms
        if filling.request.method == "HEAD":
            await _receive_head(filling, response, where, copy)
        elif response.status in {200, 206}:
            await _receive_body(filling, response, asked, copy)
        else:
            await pass_on(filling, response, f"status-{response.status}", remember=False)

    await ask(filling, asked, take)


async def _receive_head(filling: Filling, response: OriginResponse, where: Place, copy: Copy | None) -> None:
    """What HEAD says of a stored response renews it, or makes it stale (RFC 9111 §4.3.5)."""
    if copy is not None and _may_speak_of(filling, response, copy):
        if agrees(fields(copy.entry.headers), copy.entry.body_length, fields(response.pairs)):
            if await freshen(filling, None, response, (where, copy)):
                return
        else:
            await filling.parts.store.outdate((where.key.digest,))
    await pass_on(filling, response, "method", remember=False)


def _may_speak_of(filling: Filling, response: OriginResponse, copy: Copy) -> bool:
    """A GET by anybody could have brought what is stored, and this is what HEAD says of that."""
    comparable = response.status == 200 and copy.entry.status == 200 and copy.page is None
    return comparable and "Authorization" not in filling.request.fields


async def _receive_body(filling: Filling, response: OriginResponse, asked: Asking, copy: Copy | None) -> None:
    """A part, if the whole could be stored (§3.3); or the whole, to credentials only if it says so (§3.5)."""
    rules = filling.parts.rules
    verdict = admit(msgspec.structs.replace(filling.exchange(response), status=200), rules.plain)
    if isinstance(verdict, Refusal):
        await pass_on(filling, response, verdict.value, remember=False)
    elif response.status == 206:
        await keep_part(filling, response, asked, bounded(verdict, rules.max_grace_s))
    elif copy is not None and copy.entry.lifetime.age(response.received_at) < copy.entry.lifetime.ttl:
        await pass_on(filling, response, "stored-already", remember=False)
    else:
        await keep_whole(filling, response, asked, bounded(verdict, rules.max_grace_s))
