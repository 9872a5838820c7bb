"""What a shop's headers and cookies mean, in words. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from edge.model import Fields
from edge.policy.cache_control import response_directives
from edge.policy.globs import compile_globs
from edge.policy.set_cookie import SetCookie
from edge.policy.syntax import combined
from origin_adapters import Adapter

_MEANINGS = (
    (r"csrf|xsrf|form_?key|anti-?forgery|requestverification|_token$|nonce", "csrf", "ties forms to this visitor"),
    (r"basket|cart|items_in_cart|quote", "basket", "names the visitor's basket"),
    (r"consent|cookie_?(?:notice|law|policy)|gdpr|optanon|^policy$", "consent", "the answer to the cookie notice"),
    (r"history|recent|viewed|last_?seen|visited", "history", "what the visitor looked at"),
    (r"currency|lang|locale|country|region|store$|^mage-.*", "preference", "a choice of the visitor's"),
    (r"^messages$|flash", "message", "something to say on the next page"),
    (r"sess|sid$|zenid|^frontend$|^wp_", "session", "who this visitor is"),
    (r"auth|login|logged|remember|customer|account", "sign-in", "a signed-in visitor"),
    (r"^_|analytics|utm|track|visitor|ab_?test|experiment|sbjs", "analytics", "measuring"),
)
_RATE_FIELDS = ("RateLimit-Limit", "X-RateLimit-Limit", "X-Rate-Limit-Limit", "RateLimit-Policy")


class CookieNote(msgspec.Struct, frozen=True):
    """One cookie that a first visit sets."""

    name: str
    meaning: str
    """A word: session, csrf, basket, consent, analytics, ..."""
    detail: str


class Caching(msgspec.Struct, frozen=True):
    """What the shop declares about storing its page."""

    declared: str
    """The fields that matter, as sent."""
    words: tuple[str, ...]
    """What they mean to a shared cache."""
    limit_per_minute: int | None
    """Views a client may ask for, when the shop says so."""


def cookie_notes(cookies: Sequence[SetCookie], adapter: Adapter) -> tuple[CookieNote, ...]:
    """Each cookie once, with what its name says it is for."""
    bypass, harmless = compile_globs(adapter.bypass_cookies), compile_globs(adapter.harmless)
    notes: dict[str, CookieNote] = {}
    for cookie in cookies:
        meaning, detail = _meaning(cookie.name)
        if bypass.fullmatch(cookie.name):
            detail += "; whoever sends it is never answered from the store"
        elif harmless.fullmatch(cookie.name):
            meaning = "analytics" if meaning == "unknown" else meaning
            detail = "no page is built from it"
        notes[cookie.name] = CookieNote(cookie.name, meaning, detail)
    return tuple(notes.values())


def _meaning(name: str) -> tuple[str, str]:
    for pattern, meaning, detail in _MEANINGS:
        if re.search(pattern, name, re.IGNORECASE):
            return meaning, detail
    return "unknown", "its name says nothing"


def caching(answer: Fields) -> Caching:
    """The page's cacheability as the shop declares it, in words."""
    names = ("Cache-Control", "Pragma", "Expires", "Vary", "ETag", "Last-Modified")
    declared = ", ".join(f"{name}: {value}" for name in names if (value := combined(answer, name)) is not None)
    return Caching(declared, tuple(_words(answer)), _rate(answer))


def _words(answer: Fields) -> list[str]:
    directives = response_directives(answer)
    found = [
        "no-store: no cache may keep it" if directives.no_store else "",
        "private: only the visitor's own browser may keep it" if directives.private else "",
        "no-cache: to be asked again each time" if directives.no_cache else "",
        f"fresh for {directives.s_maxage} s in shared caches" if directives.s_maxage is not None else "",
        f"fresh for {directives.max_age} s" if directives.max_age is not None and directives.s_maxage is None else "",
    ]
    vary = [name.strip().lower() for name in (combined(answer, "Vary") or "").split(",") if name.strip()]
    found.append("Vary: Cookie, so for everybody another page" if "cookie" in vary else "")
    found.append("Vary: *, never the same" if "*" in vary else "")
    if "Set-Cookie" in answer:
        found.append("sets cookies on every first view, so no shared cache keeps it")
    return [word for word in found if word] or ["says nothing about caching"]


def _rate(answer: Fields) -> int | None:
    for name in _RATE_FIELDS:
        match = re.match(r"\D*([0-9]{1,6})", answer.get(name, ""))
        if match is not None:
            window = re.search(r"w=([0-9]{1,6})", answer.get(name, ""))
            per_minute = int(match[1]) * 60 // max(1, int(window[1])) if window else int(match[1])
            return max(1, per_minute)
    return None
