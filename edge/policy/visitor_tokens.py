"""Tokens that bind a form to its visitor by a cookie (double submit): which are well-formed, and how to make one."""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterable

import msgspec

from edge.model import Fields, VisitorCookie
from edge.policy.cookies import request_cookies

DEFAULT = VisitorCookie(name="", max_age_s=31_449_600, same_site="Lax")
"""How a cookie that the origin was never seen to set is set: for a year, as Django does, since forms stay open long."""

_WELL_FORMED = re.compile(r"[A-Za-z0-9_-]{16,128}")
_ALPHABETS = (
    string.digits,
    string.digits + "abcdef",
    string.digits + "ABCDEF",
    string.digits + string.ascii_lowercase,
    string.digits + string.ascii_uppercase,
    string.digits + string.ascii_letters,
    string.digits + string.ascii_letters + "_-",
)
"""Smallest first. A random value of 16 characters and more that is all of a smaller one is of that one."""
_LETTERS_AND_DIGITS = _ALPHABETS[5]
_CHARS = 32
"""190 bits in letters and digits; what Django wants."""


def well_formed(value: str) -> bool:
    """A visitor's cookie may be printed into a page: it cannot break out of any sink, and is nobody's short word."""
    return _WELL_FORMED.fullmatch(value) is not None


def held_token(fields: Fields, name: str) -> str | None:
    """The visitor's own token: the first cookie of that name, if it is well-formed."""
    first = next((value for cookie, value in request_cookies(fields) if cookie == name), None)
    return first if first is not None and well_formed(first) else None


def with_grammar(cookie: VisitorCookie, values: Iterable[str]) -> VisitorCookie:
    """The cookie with alphabet and length of the values seen; without, when they are not all well-formed and alike."""
    seen = list(values)
    if not seen or not all(well_formed(value) for value in seen) or len({len(value) for value in seen}) > 1:
        return cookie
    characters = set("".join(seen))
    alphabet = next(known for known in _ALPHABETS if characters <= set(known))
    return msgspec.structs.replace(cookie, alphabet=alphabet, length=len(seen[0]))


def mint(cookie: VisitorCookie, choose: Callable[[str], str]) -> str:
    """A new token in the grammar of the origin's own. ``choose`` picks one character of a text, unpredictably."""
    alphabet = cookie.alphabet or _LETTERS_AND_DIGITS
    return "".join(choose(alphabet) for _ in range(cookie.length or _CHARS))


def unobtainable(cookies: Iterable[VisitorCookie], fields: Fields) -> str | None:
    """Name of a cookie that the page needs, the visitor does not have, and only the origin can set.

    Her view is then relayed: the answer sets the cookie, and her next one comes from the store.
    """
    return next(
        (cookie.name for cookie in cookies if not cookie.mintable and held_token(fields, cookie.name) is None), None
    )
