"""Set-Cookie as browsers read it (RFC 6265 §5.2)."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from edge.model import VisitorCookie
from edge.policy.dates import parse_http_date

_SAME_SITE = {"strict": "Strict", "lax": "Lax", "none": "None"}


class SetCookie(msgspec.Struct, frozen=True):
    """One cookie an origin sets."""

    name: str
    value: str
    """As sent, quotes included."""
    attributes: dict[str, str]
    """By name in lower case; of a repeated one the last counts."""


def parse_set_cookie(line: str) -> SetCookie | None:
    """One field line; None when it sets nothing (no ``=``, or no name)."""
    pair, *rest = line.split(";")
    name, equals, value = pair.partition("=")
    if not equals or not name.strip():
        return None
    attributes = {}
    for part in rest:
        key, _, text = part.partition("=")
        attributes[key.strip().lower()] = text.strip()
    return SetCookie(name.strip(), value.strip(), attributes)


def cookies_set(lines: Iterable[str]) -> tuple[SetCookie, ...]:
    """Every cookie of a response, in order."""
    return tuple(cookie for line in lines if (cookie := parse_set_cookie(line)) is not None)


def lifetime_s(cookie: SetCookie, *, now: int) -> int | None:
    """Seconds the cookie lives from ``now`` (Unix seconds): Max-Age before Expires; None: until the browser closes.

    Zero or less deletes it.
    """
    stated = cookie.attributes.get("max-age", "")
    if stated.removeprefix("-").isdigit() and stated.isascii():
        return max(-1, min(int(stated[:12]), 2**31))
    expires = parse_http_date(cookie.attributes.get("expires", ""))
    return None if expires is None else max(-1, expires - now)


def described(cookie: SetCookie, *, mintable: bool, now: int) -> VisitorCookie:
    """The cookie without its value: what another of its kind has to look like."""
    attributes = cookie.attributes
    path = attributes.get("path", "")
    return VisitorCookie(
        name=cookie.name,
        mintable=mintable,
        path=path if path.startswith("/") else "/",
        domain=attributes.get("domain", "").removeprefix(".").lower() or None,
        max_age_s=lifetime_s(cookie, now=now),
        same_site=_SAME_SITE.get(attributes.get("samesite", "").lower()),
        secure="secure" in attributes,
        http_only="httponly" in attributes,
    )


def minted_line(cookie: VisitorCookie, value: str, *, host: str, secure: bool) -> str:
    """A Set-Cookie value with the origin's own attributes.

    ``host``: of the request; a Domain it does not belong to would make browsers refuse the cookie, and is left out.
    ``secure``: the visitor came over TLS, so the cookie need never travel in the clear.
    """
    parts = [f"{cookie.name}={value}", f"Path={cookie.path}"]
    if cookie.max_age_s is not None:
        parts.append(f"Max-Age={cookie.max_age_s}")
    if cookie.domain is not None and _belongs(host, cookie.domain):
        parts.append(f"Domain={cookie.domain}")
    if cookie.same_site is not None:
        parts.append(f"SameSite={cookie.same_site}")
    if cookie.http_only:
        parts.append("HttpOnly")
    if cookie.secure or secure:
        parts.append("Secure")
    return "; ".join(parts)


def _belongs(host: str, domain: str) -> bool:
    """RFC 6265 §5.1.3."""
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() and ":" in host else host
    return name == domain or (name.endswith(f".{domain}") and not name.replace(".", "").isdigit())
