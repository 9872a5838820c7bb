"""Whose pages may no longer come from the store: visitors who have left something with the origin.

Where a cookie says so (a basket, a sign-in) the origin tells. On platforms that keep everything in a session everybody
has, nothing does; then what a visitor has done does: the node marks her with a cookie of its own, ``vt_own``.
"""

from __future__ import annotations

import msgspec

from edge.model import Fields, RequestFacts
from edge.policy.cookies import OWN, request_cookies
from edge.policy.globs import compile_globs
from edge.policy.patterns import certainly, possibly
from edge.policy.set_cookie import cookies_set, lifetime_s

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class Effects(msgspec.Struct, frozen=True, kw_only=True):
    """What requests do at one origin beyond what their method says. Patterns: :mod:`edge.policy.patterns`."""

    mutating_get: tuple[str, ...] = ()
    """GETs that change something."""
    harmless_paths: tuple[str, ...] = ()
    """Requests, of whatever method, after which every page looks as before to the visitor who made them."""
    lasting_cookies: tuple[str, ...] = ()
    """Globs of the bypass cookies that stay as long as the basket or the sign-in they stand for."""


def mutating_get(facts: RequestFacts, effects: Effects) -> bool:
    """The request is a GET or HEAD that changes something: never stored, fetched ahead, repeated or shared."""
    return facts.method in {"GET", "HEAD"} and possibly(effects.mutating_get, facts)


def is_marked(fields: Fields) -> bool:
    """The visitor carries the mark."""
    return "Cookie" in fields and any(name == OWN for name, _ in request_cookies(fields))


def mark(facts: RequestFacts, effects: Effects, answer: tuple[int, Fields], *, now: int) -> str | None:
    """The Set-Cookie value that marks the visitor after this answer (status, fields); None when there is no need to.

    Marked is who has made an unsafe or mutating request that was answered 2xx or 3xx, unless it is known as harmless,
    she is marked already, or a cookie of the origin's own tells as much from now on. ``now`` is Unix seconds.
    """
    status, received = answer
    if not 200 <= status <= 399 or (facts.method in _SAFE_METHODS and not mutating_get(facts, effects)):
        return None
    if certainly(effects.harmless_paths, facts) or is_marked(facts.fields):
        return None
    if _told_by_origin(facts.fields, received, effects.lasting_cookies, now=now):
        return None
    return f"{OWN}=1; Path=/; HttpOnly; SameSite=Lax" + ("; Secure" if facts.scheme == "https" else "")


def _told_by_origin(sent: Fields, received: Fields, lasting: tuple[str, ...], *, now: int) -> bool:
    """The visitor leaves with a cookie that keeps her out of the store."""
    if not lasting:
        return False
    covers = compile_globs(lasting).fullmatch
    held = {name for name, _ in request_cookies(sent) if covers(name)}
    for cookie in cookies_set(received.getall("Set-Cookie", ())):
        if covers(cookie.name):
            life_s = lifetime_s(cookie, now=now)
            if life_s is None or life_s > 0:
                held.add(cookie.name)
            else:
                held.discard(cookie.name)
    return bool(held)
