"""The publish gate: may what the origin sent now take the place of the last good copy of a page? (design, law 3)"""

from __future__ import annotations

import enum
from typing import NamedTuple

import msgspec

AGREEING = 3
"""Refreshes that have to change a page the same way before the change is believed."""
APART_S = 60
"""Seconds that have to lie between two of them."""
GONE_SEEN = 2
"""Answers 404 or 410 after which the page is gone."""
SHRUNK_BELOW = 3
"""A page shorter than the last one by more than this factor is suspect."""

_GONE = frozenset({404, 410})


class Publish(enum.Enum):
    """What becomes of the stored page."""

    ADMIT = "admit"
    """Store the new response in its place, if it may be stored at all."""
    HOLD = "hold"
    """Keep the last good copy."""
    REPLACE_GONE = "replace-gone"
    """The page is no more: remove the copy and answer as the origin does."""


class Doubt(enum.Enum):
    """What is wrong with the new response. The value is shown in metrics and decision records."""

    SERVER_ERROR = "server-error"
    """5xx. Never believed."""
    REFUSED = "refused"
    """4xx other than 404 and 410 (a firewall, a rate limit). It says nothing of the page, so it is never believed."""
    GONE = "gone"
    MOVED = "moved"
    """A status below 400 that is not 200."""
    SHRUNK = "shrunk"
    LOST_PRICE = "lost-price"


class Summary(msgspec.Struct, frozen=True, array_like=True):
    """What the gate compares of a response."""

    status: int
    length: int
    """Bytes of the decoded body."""
    has_price: bool


class Memory(msgspec.Struct, frozen=True, array_like=True):
    """Refusals of one page in a row that agree with each other."""

    doubt: Doubt
    length: int
    """Of the first response refused."""
    seen: int
    last_at: int
    """Unix seconds of the last one counted."""


class Judgement(NamedTuple):
    """The gate's answer. ``memory`` replaces the one passed in; None when nothing is in doubt any more."""

    outcome: Publish
    doubt: Doubt | None
    memory: Memory | None


def judge(
    previous: Summary | None, new: Summary, memory: Memory | None, *, now: int, accept: bool = False
) -> Judgement:
    """Compare a new response with the last good copy.

    ``previous`` is None when nothing is stored: there is nothing to protect then, and storability alone decides.
    ``accept`` is the operator's word that the change is meant; it does not turn an error into a page. ``now`` is Unix
    seconds.
    """
    doubt = _doubt(previous, new)
    if doubt is None:
        return Judgement(Publish.ADMIT, None, None)
    if doubt in (Doubt.SERVER_ERROR, Doubt.REFUSED):
        return Judgement(Publish.HOLD, doubt, memory)
    outcome = Publish.REPLACE_GONE if doubt in (Doubt.GONE, Doubt.MOVED) else Publish.ADMIT
    memory = _remembered(memory, doubt, new, now=now)
    if accept or memory.seen >= (GONE_SEEN if doubt is Doubt.GONE else AGREEING):
        return Judgement(outcome, doubt, None)
    return Judgement(Publish.HOLD, doubt, memory)


def _doubt(previous: Summary | None, new: Summary) -> Doubt | None:
    if new.status >= 500:
        return Doubt.SERVER_ERROR
    if previous is None or previous.status != 200:
        return None
    if new.status != 200:
        return Doubt.GONE if new.status in _GONE else Doubt.REFUSED if new.status >= 400 else Doubt.MOVED
    if new.length * SHRUNK_BELOW < previous.length:
        return Doubt.SHRUNK
    return Doubt.LOST_PRICE if previous.has_price and not new.has_price else None


def _remembered(memory: Memory | None, doubt: Doubt, new: Summary, *, now: int) -> Memory:
    """The memory after one more refusal. One too soon after the last is not another witness; one unlike it is a first.

    A 404 needs no minute in between: unlike half a page, it is a whole answer.
    """
    if memory is None or not _agrees(memory, doubt, new):
        return Memory(doubt, new.length, 1, now)
    if doubt is not Doubt.GONE and now - memory.last_at < APART_S:
        return memory
    return Memory(doubt, memory.length, memory.seen + 1, now)


def _agrees(memory: Memory, doubt: Doubt, new: Summary) -> bool:
    """The same fault, and for a page of sorts about the same page: within a tenth of its length."""
    if memory.doubt is not doubt:
        return False
    return new.status != 200 or abs(new.length - memory.length) * 10 <= max(new.length, memory.length)
