"""A visitor's own token, for forms in stored pages (the double-submit pattern: cookie and form field must agree)."""

from __future__ import annotations

import re
import secrets
import string

from edge.model import RequestFacts
from edge.policy.cookies import request_cookies

_WELL_FORMED = re.compile(r"[A-Za-z0-9_-]{16,128}")
_MINTED_ALPHABET = string.ascii_letters + string.digits
_MINTED_CHARS = 32
"""190 bits. Django refuses a secret of another length, or with any other character."""


class Tokens:
    """``visitor`` in a fill. Remembers what it had to mint, so that the response can set the cookie."""

    def __init__(self, facts: RequestFacts) -> None:
        self._facts = facts
        self.minted: dict[str, str] = {}

    def csrf(self, name: str) -> str:
        """The cookie's value if it is well-formed, else a new one; the same at every use within a response."""
        if name in self.minted:
            return self.minted[name]
        values = [value for cookie, value in request_cookies(self._facts.fields) if cookie == name]
        if values and _WELL_FORMED.fullmatch(values[0]):
            return values[0]
        self.minted[name] = "".join(secrets.choice(_MINTED_ALPHABET) for _ in range(_MINTED_CHARS))
        return self.minted[name]

    def set_cookies(self) -> list[str]:
        """A Set-Cookie value for each minted token. A year, as Django does: a form may be open for long."""
        attributes = "Path=/; Max-Age=31449600; SameSite=Lax" + ("; Secure" if self._facts.scheme == "https" else "")
        return [f"{name}={value}; {attributes}" for name, value in self.minted.items()]
