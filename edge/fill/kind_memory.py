"""What the leak gate remembers of a page kind: which pages two strangers agreed on, and what it learnt from them."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

import msgspec

from edge.errors import StoreError
from edge.fill.judging import Judged
from edge.fill.rules import KindRule, OriginRule
from edge.model import VisitorCookie
from edge.store.pages import PageReader, PageStore
from renderers.page import KindSpec, SlotSpec

logger = logging.getLogger("vitrine.fill")

T = TypeVar("T")

FIRST_PAGES = 20
"""Pages of a kind that are each judged when they are first seen."""
ONE_IN = 50
"""Of the fills after that, how many go by for one that is judged."""
_STRUCTURES = 1024
_TOLD = 256
_FIELDS = 64
_VERSION = 1
"""Raised when the gate begins to look for more: what it let pass before is then judged again."""

_encode = msgspec.msgpack.Encoder().encode


class KindMemory(msgspec.Struct, frozen=True, array_like=True):
    """One page kind of one origin. A MessagePack array in the store: append, never reorder."""

    gate: bytes = b""
    """What verdicts depend on, see :func:`gate_digest`. Under another one nothing remembered counts."""
    pages: tuple[bytes, ...] = ()
    """Digests of the cache keys of the first pages found fit for everybody."""
    structures: tuple[bytes, ...] = ()
    """Of pages found fit, the latest last."""
    unjudged: int = 0
    """Fills since the last one that was judged."""
    slots: tuple[SlotSpec, ...] = ()
    """Visitor slots that nobody declared: tokens were found there, and the platform takes minted ones."""
    unmintable: tuple[str, ...] = ()
    """Cookies that those slots print and only the origin can set."""
    told: tuple[str, ...] = ()
    """Places of noise that the operator was told about."""
    differing: tuple[str, ...] = ()
    """Response fields, in lower case, that strangers are given different values of. They are not stored."""
    cookies: tuple[VisitorCookie, ...] = ()
    """How the origin sets the cookies that visitor slots print, as last seen."""

    def spec(self, spec: KindSpec) -> KindSpec:
        """The page kind with the slots that were added."""
        return msgspec.structs.replace(spec, slots=(*spec.slots, *self.slots)) if self.slots else spec


_decode = msgspec.msgpack.Decoder(KindMemory).decode


def gate_digest(spec: KindSpec, rule: OriginRule) -> bytes:
    """8 bytes over all that verdicts on pages of the kind depend on: a page judged under another is judged anew."""
    decisive = (_VERSION, spec.digest, [(token.cookie, token.field) for token in rule.tokens], rule.rewrite_host)
    return hashlib.blake2b(_encode(decisive), digest_size=8).digest()


def due(memory: KindMemory, page: bytes) -> bool:
    """A second stranger has to see this page (digest of its cache key), whatever it looks like."""
    early = len(memory.pages) < FIRST_PAGES and page not in memory.pages
    return early or memory.unjudged + 1 >= ONE_IN


def after_skipping(memory: KindMemory) -> KindMemory:
    """One more page was stored without a second stranger."""
    return msgspec.structs.replace(memory, unjudged=memory.unjudged + 1)


def after_refusal(memory: KindMemory) -> KindMemory:
    """A page was somebody's: pages that were trusted for being like others are each looked at again."""
    return msgspec.structs.replace(memory, pages=(), unjudged=0)


def after_agreement(memory: KindMemory, page: bytes, judged: Judged, differing: Iterable[str]) -> KindMemory:
    """Two strangers were shown the same page, but for tokens with slots and for noise."""
    structure = judged.cut.structure
    return msgspec.structs.replace(
        memory,
        pages=_joined(memory.pages, (page,), FIRST_PAGES) if page not in memory.pages else memory.pages,
        structures=(*(known for known in memory.structures if known != structure), structure)[-_STRUCTURES:],
        unjudged=0,
        slots=(*memory.slots, *(slot for slot in judged.added if slot.at not in {known.at for known in memory.slots})),
        unmintable=tuple(dict.fromkeys((*memory.unmintable, *judged.unmintable))),
        told=_joined(memory.told, (noise.where for noise in judged.noise), _TOLD),
        differing=_joined(memory.differing, differing, _FIELDS),
    )


def with_cookies(memory: KindMemory, cookies: Iterable[VisitorCookie]) -> KindMemory:
    """How the origin set these cookies just now."""
    held = {cookie.name: cookie for cookie in memory.cookies} | {cookie.name: cookie for cookie in cookies}
    return msgspec.structs.replace(memory, cookies=tuple(held.values()))


def _joined(known: tuple[T, ...], new: Iterable[T], most: int) -> tuple[T, ...]:
    """Both, each once. Beyond ``most`` nothing is added: what was known first stays known."""
    return tuple(dict.fromkeys((*known, *new)))[: max(most, len(known))]


class KindMemories:
    """The memories of every page kind. The filler alone writes them, so they are read from the store once."""

    def __init__(self) -> None:
        self._held: dict[tuple[str, str], KindMemory] = {}

    def get(self, reader: PageReader, origin: str, kind: KindRule, rule: OriginRule) -> KindMemory:
        """What is remembered of a page kind of an origin. Raises StoreError."""
        name = kind.spec.name
        held = self._held.get((origin, name))
        gate = gate_digest(kind.spec, rule)
        if held is None:
            with reader.view() as view:
                raw = view.kind_memory(origin, name)
            held = _decoded(raw, name)
        if held.gate != gate:
            held = KindMemory(gate)
        self._held[origin, name] = held
        return held

    async def change(
        self, store: PageStore, origin: str, kind: str, change: Callable[[KindMemory], KindMemory]
    ) -> KindMemory:
        """Change what :meth:`get` gave, at once here and then in the store. Failing to store it is logged."""
        before = self._held[origin, kind]
        after = self._held[origin, kind] = change(before)
        if after != before:
            try:
                await store.remember_kind(origin, kind, _encode(after))
            except StoreError as exc:
                logger.warning("what the leak gate learnt of %s is not kept: %s", kind, exc)
        return after


def _decoded(raw: bytes | None, kind: str) -> KindMemory:
    if raw is None:
        return KindMemory()
    try:
        return _decode(raw)
    except msgspec.MsgspecError as exc:
        logger.warning("what the leak gate learnt of %s is forgotten: %s", kind, exc)
        return KindMemory()
