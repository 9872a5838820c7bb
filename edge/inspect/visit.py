"""One page as one stranger got it."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from edge.model import Fields, Pairs, fields
from edge.policy.set_cookie import SetCookie


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """One page as one stranger got it."""

    url: str
    """Where it was in the end."""
    status: int
    pairs: Pairs
    body: bytes
    cookies: Mapping[str, str]
    """Every cookie he holds afterwards."""
    cookies_set: tuple[SetCookie, ...]
    """Those set on the way, redirects included."""

    @property
    def fields(self) -> Fields:
        """The response's fields."""
        return fields(self.pairs)

    @property
    def content_type(self) -> str:
        """As stated; empty when it is not."""
        return self.fields.get("Content-Type", "")

    @property
    def is_html(self) -> bool:
        """Whether it says it is HTML, or says nothing and looks like it."""
        stated = self.content_type.partition(";")[0].strip().lower()
        return stated in {"text/html", "application/xhtml+xml"} or (not stated and b"<html" in self.body[:2048].lower())
