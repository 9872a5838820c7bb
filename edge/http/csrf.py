"""A visitor's own token, for forms in stored pages (the double-submit pattern: cookie and form field must agree)."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

import msgspec

from edge.model import RequestFacts, VisitorCookie
from edge.policy.set_cookie import minted_line
from edge.policy.visitor_tokens import DEFAULT, held_token, mint


class Tokens:
    """``visitor`` in a fill. Remembers what it had to mint, so that the response can set the cookie.

    ``cookies``: how the origin sets those that the page asks for; others are set as most origins do.
    """

    def __init__(self, facts: RequestFacts, cookies: Iterable[VisitorCookie] = ()) -> None:
        self._facts = facts
        self._cookies = {cookie.name: cookie for cookie in cookies}
        self.minted: dict[str, str] = {}

    def csrf(self, name: str) -> str:
        """The cookie's value if it is well-formed, else a new one; the same at every use within a response."""
        if name in self.minted:
            return self.minted[name]
        held = held_token(self._facts.fields, name)
        if held is not None:
            return held
        self.minted[name] = mint(self._cookie(name), secrets.choice)
        return self.minted[name]

    def set_cookies(self) -> list[str]:
        """A Set-Cookie value for each minted token, as the origin would write it.

        None for what only the origin can set: such a visitor is relayed, unless the origin is down. Her form then holds
        a value that is nobody's, and her own session, if she has one, is left alone.
        """
        secure = self._facts.scheme == "https"
        return [
            minted_line(cookie, value, host=self._facts.host, secure=secure)
            for name, value in self.minted.items()
            if (cookie := self._cookie(name)).mintable
        ]

    def _cookie(self, name: str) -> VisitorCookie:
        return self._cookies.get(name) or msgspec.structs.replace(DEFAULT, name=name)
