"""What a difference is found to be."""

from __future__ import annotations

from typing import NamedTuple

from renderers.strangers.values import Kind


class Verdict(NamedTuple):
    """The kind of a difference and why."""

    kind: Kind
    why: str
    cookie: str | None = None
    whole: bool = False
    """A token that is all of the value, so that a slot can stand in its place."""
    personal: bool = False


def token(why: str, cookie: str | None = None, *, whole: bool = True) -> Verdict:
    """A visitor's secret."""
    return Verdict(Kind.TOKEN, why, cookie, whole)


def noise(why: str) -> Verdict:
    """Nobody's."""
    return Verdict(Kind.NOISE, why)


def other(why: str, *, personal: bool = False) -> Verdict:
    """It may be somebody's."""
    return Verdict(Kind.OTHER, why, personal=personal)
