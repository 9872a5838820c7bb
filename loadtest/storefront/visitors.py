"""Cookies: a session for everyone, a token for forms, a basket for those who have one."""

from __future__ import annotations

import hmac
import re
import secrets

import msgspec
from aiohttp import web

SESSION = "sessionid"
CSRF = "csrftoken"
CSRF_FIELD = "csrf_token"
BASKET = "basket"

_WELL_FORMED = re.compile(r"[A-Za-z0-9_-]{16,128}")
_TWO_WEEKS_S = 14 * 24 * 3600
_YEAR_S = 364 * 24 * 3600


class Visitor(msgspec.Struct, frozen=True):
    """What one request's cookies say, with new values where they were missing or malformed."""

    session: str
    csrf: str
    basket: str | None
    """None until something lies in the basket."""


def visitor(request: web.Request) -> Visitor:
    """Read the visitor's cookies. Any well-formed token is taken, as double-submit schemes do: nothing is kept here."""
    return Visitor(
        session=_token(request, SESSION) or secrets.token_urlsafe(24),
        csrf=_token(request, CSRF) or secrets.token_urlsafe(24),
        basket=_token(request, BASKET),
    )


def set_session(response: web.StreamResponse, who: Visitor) -> None:
    """Start or prolong the session: sent with each page, as most shop platforms do."""
    response.set_cookie(SESSION, who.session, max_age=_TWO_WEEKS_S, httponly=True, samesite="Lax")


def set_csrf(response: web.StreamResponse, who: Visitor) -> None:
    """Send the token that the page's forms carry."""
    response.set_cookie(CSRF, who.csrf, max_age=_YEAR_S, samesite="Lax")


def csrf_holds(request: web.Request, sent: str) -> bool:
    """Whether the form's token is well-formed and equals the cookie's (double submit)."""
    held = _token(request, CSRF)
    return held is not None and hmac.compare_digest(held.encode(), sent.encode())


def _token(request: web.Request, cookie: str) -> str | None:
    value = request.cookies.get(cookie, "")
    return value if _WELL_FORMED.fullmatch(value) else None
