"""304: the stored response still holds (RFC 9111 §4.3.3, §4.3.4)."""

from __future__ import annotations

import msgspec

from edge.fill.entries import bounded
from edge.fill.exchange import OriginResponse
from edge.fill.filling import Filling
from edge.fill.kind_memory import KindMemory
from edge.fill.octets import encodable
from edge.fill.place import Copy, Place
from edge.fill.rules import KindRule
from edge.model import fields
from edge.policy.conditional import confirms, merged
from edge.policy.storability import Refusal, admit, stored_fields
from edge.store.pages import Renewal


def may_validate(filling: Filling, kind: KindRule | None, copy: Copy) -> bool:
    """Asking whether the stored response still holds makes sense: a yes would be all that is needed."""
    entry = copy.entry
    if filling.request.accept or entry.status != 200 or entry.kind != filling.request.kind:
        return False
    if entry.gate != filling.gate:
        return False
    if kind is None or copy.page is None:
        return copy.page is None
    return copy.page.spec_digest == _memory(filling, kind).spec(kind.spec).digest


def _memory(filling: Filling, kind: KindRule) -> KindMemory:
    parts, origin = filling.parts, filling.request.origin
    return parts.kinds.get(parts.reader, origin, kind, parts.rules.origin(origin))


async def receive_not_modified(
    filling: Filling, kind: KindRule | None, response: OriginResponse, found: tuple[Place, Copy]
) -> bool:
    """Freshen the stored response. False when the answer is about another one, or it is gone: ask for the whole."""
    if not confirms(fields(found[1].entry.headers), fields(response.pairs)):
        return False
    return await freshen(filling, kind, response, found)


async def freshen(filling: Filling, kind: KindRule | None, response: OriginResponse, found: tuple[Place, Copy]) -> bool:
    """Give the stored response the fields of this one and the lifetime that follows; False when it is gone.

    Everybody is told: that it is stored, or why it may not be any more.
    """
    where, copy = found
    # A page was read by its type and charset, and what is kept of it are its pieces.
    read_by = ("content-type",) if copy.page is not None else ()
    together = fields(merged(copy.entry.headers, fields(response.pairs), kept=read_by))
    rules = filling.parts.rules
    exchange = msgspec.structs.replace(
        filling.exchange(response), method="GET", status=copy.entry.status, fields=together
    )
    verdict = admit(exchange, kind.route if kind is not None else rules.plain)
    if isinstance(verdict, Refusal):
        filling.passed(verdict.value, origin_ms=response.waited_ms, remember=not verdict.concerns_request_only)
        return True
    lifetime = verdict if kind is not None else bounded(verdict, rules.max_grace_s)
    dropped = _memory(filling, kind).differing if kind is not None else ()
    kept = tuple(pair for pair in stored_fields(together) if pair[0].lower() not in dropped)
    renewal = Renewal(lifetime, encodable(kept), filling.asked_at_ms)
    if not await filling.parts.store.freshen(where.key.digest, renewal):
        return False
    filling.stored(response, where)
    return True
