"""Keeping what was asked for alone: the whole, or a part beside it under a cache key of its own (RFC 9111 §3.3).

One part of each resource is stored, and answers ranges that lie in it. Nothing ever takes it for the whole.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec

from edge.fill.asking import Asking
from edge.fill.entries import store_plain, variant_names
from edge.fill.exchange import OriginResponse
from edge.fill.filling import Filling
from edge.fill.lead import STREAM_BYTES
from edge.fill.onward import Onward
from edge.fill.place import place
from edge.fill.plain import declared_length
from edge.model import Lifetime, fields
from edge.policy.key import part_key
from edge.policy.ranges import received_part


async def keep_whole(filling: Filling, response: OriginResponse, asked: Asking, lifetime: Lifetime) -> None:
    """Send the response to the visitor, and store it. Raises OriginError."""
    names = variant_names(fields(response.pairs), stripped=asked.stripped)

    async def store(body: bytes) -> None:
        await store_plain(filling, response, place(filling.request, names), lifetime, body)

    await _keep(filling, response, store)


async def keep_part(filling: Filling, response: OriginResponse, asked: Asking, lifetime: Lifetime) -> None:
    """Send a 206 to the visitor, and store it if it is one part. Raises OriginError."""
    received = fields(response.pairs)
    request = msgspec.structs.replace(filling.request, key=part_key(filling.request.key))

    async def store(body: bytes) -> None:
        if received_part(received, len(body)) is not None:
            where = place(request, variant_names(received, stripped=asked.stripped))
            await store_plain(filling, response, where, lifetime, body)

    await _keep(filling, response, store)


async def _keep(filling: Filling, response: OriginResponse, store: Callable[[bytes], Awaitable[None]]) -> None:
    limit = filling.parts.rules.max_object_bytes
    lead = filling.stream(response, response.pairs, reason="", limit_bytes=STREAM_BYTES)
    onward = Onward(lead, declared_length(response))
    pieces: list[bytes] = []
    length = 0
    async for piece in response.body():
        length += len(piece)
        if length <= limit:
            pieces.append(piece)
        elif not filling.heard:
            return
        else:
            pieces.clear()
        await onward.write(piece)
    if length <= limit:
        await store(b"".join(pieces))
    await onward.complete()
