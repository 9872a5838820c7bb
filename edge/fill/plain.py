"""Responses for which the RFCs decide: sent to the first caller while they arrive, and stored once they are whole."""

from __future__ import annotations

from edge.clock import monotonic_s
from edge.fill.answers import origin_in_error
from edge.fill.asking import Asking
from edge.fill.entries import bounded, store_plain, variant_names
from edge.fill.exchange import OriginResponse
from edge.fill.filling import Filling
from edge.fill.lead import STREAM_BYTES
from edge.fill.onward import Onward
from edge.fill.place import Copy, place
from edge.fill.protocol import FillRequest
from edge.model import Lifetime, fields
from edge.policy.cache_control import request_directives
from edge.policy.lookup import decide
from edge.policy.storability import Refusal, admit
from edge.policy.syntax import delta_seconds


async def receive_plain(filling: Filling, response: OriginResponse, asked: Asking, copy: Copy | None) -> None:
    """Judge the response by its header section, then store it or pass it on."""
    failed = response.status >= 500 or response.status == 429
    if failed and copy is not None and may_stand_in(copy, now=filling.parts.now_ms() // 1000):
        filling.down(origin_in_error(response), copy)
        return
    if response.status == 429:  # the node's limit, not the page's: never stored, whatever its fields say
        await pass_on(filling, response, "origin-rests", remember=False)
        return
    rules = filling.parts.rules
    verdict = admit(filling.exchange(response), rules.plain)
    if asked.stripped and (response.status != 200 or isinstance(verdict, Refusal)):
        # Asked without the visitor's cookies, the origin may have refused what it would have given him.
        reason = verdict.value if isinstance(verdict, Refusal) else "status"
        filling.passed(reason, origin_ms=response.waited_ms, remember=response.status < 500)
    elif isinstance(verdict, Refusal):
        remember = not verdict.concerns_request_only and response.status < 500
        await pass_on(filling, response, verdict.value, remember=remember)
    elif (declared_length(response) or 0) > rules.max_object_bytes:
        await pass_on(filling, response, "max-object", remember=True)
    else:
        await _keep(filling, response, asked, bounded(verdict, rules.max_grace_s))


async def pass_on(filling: Filling, response: OriginResponse, reason: str, *, remember: bool) -> None:
    """Send the response to the first caller and keep nothing of it. The others are told to ask on their own."""
    lead = filling.stream(response, response.pairs, reason=reason, limit_bytes=STREAM_BYTES)
    filling.passed(reason, origin_ms=response.waited_ms, remember=remember)
    if lead is not None:
        async for piece in response.body():
            await lead.pipe.write(piece)
            if not lead.listens:
                return
        lead.pipe.end()


async def _keep(filling: Filling, response: OriginResponse, asked: Asking, lifetime: Lifetime) -> None:
    """Store the response, and send it to the first caller meanwhile.

    The origin is read at its own pace, whatever the first caller's: what he has not taken is kept anyway. A response
    without a body is complete with its head, so everybody is sent it from the store.
    """
    length = declared_length(response)
    lead = None
    if length != 0 and response.status != 204:
        lead = filling.stream(response, response.pairs, reason="", limit_bytes=filling.parts.rules.max_object_bytes)
    keeping, onward = _Keeping(filling, response), Onward(lead, length)
    async for piece in response.body():
        if not keeping.go_on(piece):
            return
        await onward.write(piece)
    if keeping.storable:
        where = place(filling.request, variant_names(fields(response.pairs), stripped=asked.stripped))
        await store_plain(filling, response, where, lifetime, b"".join(keeping.pieces))
    await onward.complete()


class _Keeping:
    """The body so far, and whether it is worth going on."""

    def __init__(self, filling: Filling, response: OriginResponse) -> None:
        self._filling = filling
        self._response = response
        self._patient_until = monotonic_s() + filling.parts.rules.wait_limit_s
        self._length = 0
        self.pieces: list[bytes] = []
        self.storable = True

    def go_on(self, piece: bytes) -> bool:
        """Take a piece. False when nobody waits any more for what can no longer be stored, or not in time."""
        filling, rules = self._filling, self._filling.parts.rules
        if not self.storable:
            return filling.heard
        self._length += len(piece)
        self.pieces.append(piece)
        if self._length > rules.max_object_bytes:
            self.storable = False
            self.pieces.clear()
            filling.passed("max-object", origin_ms=self._response.waited_ms, remember=True)
            if filling.lead is not None:
                filling.lead.pipe.limit_bytes = STREAM_BYTES
            return filling.heard
        if monotonic_s() > self._patient_until:
            # Those who come now must not wait for it; it will be stored if it ends while somebody listens.
            filling.passed("slow", origin_ms=self._response.waited_ms)
            return filling.heard
        return True


def usable(request: FillRequest, copy: Copy, *, now: int) -> bool:
    """The stored copy answers this request, where the RFCs decide, without a word from the origin."""
    asked = request_directives(request.fields)
    return decide(copy.entry.lifetime, now=now, origin_up=True, request=asked).delivers


def may_stand_in(copy: Copy, *, now: int) -> bool:
    """The stored copy may be sent in place of an error, or of silence (RFC 5861 §4, RFC 9111 §4.2.4)."""
    return decide(copy.entry.lifetime, now=now, origin_up=False).delivers


def declared_length(response: OriginResponse) -> int | None:
    """Bytes of the body, where Content-Length says so."""
    return delta_seconds(fields(response.pairs).get("Content-Length", ""))
