"""Cookie values found again in a page: as they are, in another spelling, in base64, or masked as Django masks them."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator, Mapping
from typing import NamedTuple
from urllib.parse import unquote

from renderers.strangers.generated import decoded

_CHANCE_CHARS = 8
"""Shorter cookie values (``1``, ``eur``, ``de-DE``) stand on any page by chance."""
_PART_CHARS = 16
"""Parts of a signed cookie (``s:VALUE.SIGNATURE``) that are looked for on their own."""
_PARTS = re.compile(r"[.:|~%;,&=\s]+")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{12,}={0,2}")
_ALPHABET = string.ascii_letters + string.digits
_SECRET_CHARS = 32
_MASKED = re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9]{64}(?![A-Za-z0-9])")


class Held(NamedTuple):
    """A cookie whose value was found."""

    cookie: str
    whole: bool
    """The value is all of what was searched."""


class Secrets:
    """The cookies of one stranger, ready to be looked for.

    One that another stranger holds with the same value is no secret: it counts only where it is all of a value.
    """

    def __init__(self, cookies: Mapping[str, str], others: Mapping[str, str]) -> None:
        self._spellings = [(name, tuple(_spellings(value))) for name, value in cookies.items() if value]
        self._secret = [(name, spellings) for name, spellings in self._spellings if cookies[name] != others.get(name)]
        self._django = [
            (name, secret) for name, value in cookies.items() if (secret := _django_secret(value)) is not None
        ]

    def find(self, text: str) -> Held | None:
        """The first cookie whose value is, or is in, the text; one whose value is all of it before others."""
        bare = text.strip()
        for name, spellings in self._spellings:
            if bare in spellings:
                return Held(name, whole=True)
        for name, secret in self._django:
            if len(bare) == 2 * _SECRET_CHARS and unmask(bare) == secret:
                return Held(name, whole=True)
        return self._inside(text)

    def _inside(self, text: str) -> Held | None:
        for name, spellings in self._secret:
            if any(len(spelling) >= _CHANCE_CHARS and spelling in text for spelling in spellings):
                return Held(name, whole=False)
        masked = {unmask(token) for token in _MASKED.findall(text)} if self._django else set()
        for name, secret in self._django:
            if secret in masked:
                return Held(name, whole=False)
        return self._disguised(text)

    def _disguised(self, text: str) -> Held | None:
        for blob in _BASE64.findall(text):
            inside = decoded(blob)
            for name, spellings in self._secret:
                if inside and any(len(spelling) >= _CHANCE_CHARS and spelling in inside for spelling in spellings):
                    return Held(name, whole=False)
        return None


def secrets_of(first: Mapping[str, str], second: Mapping[str, str]) -> tuple[Secrets, Secrets]:
    """The secrets of two strangers, from the cookies each holds."""
    return Secrets(first, second), Secrets(second, first)


def unmask(token: str) -> str | None:
    """The secret behind a CSRF token as Django masks it (``django/middleware/csrf.py``, ``_unmask_cipher_token``).

    64 characters: a mask of 32 and the secret added to it in the alphabet's arithmetic. None for anything else.
    """
    if _MASKED.fullmatch(token) is None:
        return None
    pairs = zip(token[:_SECRET_CHARS], token[_SECRET_CHARS:], strict=True)
    return "".join(_ALPHABET[_ALPHABET.index(char) - _ALPHABET.index(mask)] for mask, char in pairs)


def _django_secret(cookie: str) -> str | None:
    """The secret in a ``csrftoken`` cookie: itself, or masked as before Django 4.1."""
    if re.fullmatch(r"[A-Za-z0-9]{32}", cookie):
        return cookie
    return unmask(cookie)


def _spellings(value: str) -> Iterator[str]:
    bare = value.strip('"')
    yield from {value, bare, unquote(bare), unquote(unquote(bare))}
    for part in _PARTS.split(unquote(bare)):
        if len(part) >= _PART_CHARS:
            yield part
