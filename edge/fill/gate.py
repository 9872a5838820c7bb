"""The publish gate's shell: what it compares, and where its memory lies."""

from __future__ import annotations

import logging

import msgspec

from edge.errors import StoreError
from edge.fill.filling import Filling
from edge.fill.place import Copy, place
from edge.policy.publish import Judgement, Memory, Summary, judge
from renderers.page import Page

logger = logging.getLogger("vitrine.fill")

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Memory).decode


def gate(filling: Filling, copy: Copy | None, new: Summary) -> Judgement:
    """Compare a new response with the stored one.

    Whether a price is there can only be compared between pages cut the same way: a slot that the operator has just
    removed is not a page that lost its price.
    """
    now = filling.parts.now_ms() // 1000
    if copy is None:
        return judge(None, new, None, now=now, accept=filling.request.accept)
    page = copy.page
    priced = page is not None and copy.entry.gate == filling.gate and has_price(page)
    previous = Summary(copy.entry.status, copy.entry.body_length, priced)
    return judge(previous, new, remembered(copy.memory), now=now, accept=filling.request.accept)


async def hold(filling: Filling, memory: Memory | None) -> None:
    """Keep the gate's memory. Failing to is logged: the gate then takes longer to be convinced."""
    digest = place(filling.request, ()).key.digest
    try:
        await filling.parts.store.hold(digest, None if memory is None else _encode(memory))
    except StoreError as exc:
        logger.warning("the publish gate forgets about %s: %s", filling.key, exc)


def has_price(page: Page) -> bool:
    """The page states the price of its own product."""
    return any(reading.table == "prices" and reading.sku == page.sku for reading in page.readings)


def remembered(raw: bytes | None) -> Memory | None:
    """What the store keeps for the gate; None when there is nothing readable."""
    if raw is None:
        return None
    try:
        return _decode(raw)
    except msgspec.MsgspecError:
        return None
