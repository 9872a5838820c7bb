"""What the pages of a kind taught about how this shop writes: one page shows one price and one stock line of many."""

from __future__ import annotations

import logging

import msgspec

from edge.errors import StoreError
from edge.store.pages import PageStore, PageView
from renderers.fragments import Vocabulary
from renderers.page import KindSpec, Page

logger = logging.getLogger("vitrine.fill")

_MOST = 64
"""Formats kept for one slot; a shop has a handful, and a slot that never repeats itself has no format."""

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(tuple[tuple[str, bytes], ...]).decode


def vocabularies(view: PageView, spec: KindSpec) -> dict[str, Vocabulary]:
    """By slot: the formats learnt on other pages of the kind. What does not decode counts as not learnt."""
    found: dict[str, Vocabulary] = {}
    for slot in spec.slots:
        raw = view.vocabulary(spec.name, slot.name)
        if raw is not None:
            try:
                found[slot.name] = _decode(raw)
            except msgspec.MsgspecError as exc:
                logger.warning("vocabulary of %s %s is forgotten: %s", spec.name, slot.name, exc)
    return found


async def learn(store: PageStore, kind: str, page: Page, known: dict[str, Vocabulary]) -> None:
    """Keep the formats of this page that other pages have not shown. Failing to is logged: they can be learnt again."""
    for name in dict.fromkeys(slot.name for slot in page.slots):
        held = tuple(known.get(name, ()))
        seen = (pair for slot in page.slots if slot.name == name for pair in slot.learnt.formats)
        new = tuple(dict.fromkeys(pair for pair in seen if pair not in held))
        if new and len(held) + len(new) <= _MOST:
            try:
                await store.set_vocabulary(kind, name, _encode((*held, *new)))
            except StoreError as exc:
                logger.warning("vocabulary of %s %s is not kept: %s", kind, name, exc)
