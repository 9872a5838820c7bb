"""The Cookie request field as names and values (RFC 6265 §5.4), as lenient as the servers that read it."""

from __future__ import annotations

from edge.model import Fields, Pairs

OWN = "vt_own"
"""Marks a visitor who has a basket or a session: pages are not taken from the store for her."""
VISITOR = "vt_id"
"""Who a visitor is, to experiments."""
OUR_COOKIES = frozenset({OWN, VISITOR})
"""Cookies of the node. No origin ever sees them, and no cache key holds them."""


def request_cookies(fields: Fields) -> Pairs:
    """(name, value) of every cookie the request carries, in order. A part without ``=`` is a name without a value."""
    pairs: list[tuple[str, str]] = []
    for line in fields.getall("Cookie", ()):
        for part in line.split(";"):
            name, _, value = part.partition("=")
            if name := name.strip():
                pairs.append((name, value.strip()))
    return tuple(pairs)


def without_our_cookies(cookies: str) -> str | None:
    """A Cookie field line as the origin sees it; None when nothing is left of it. The rest stays byte for byte."""
    kept = [part for part in cookies.split(";") if part.partition("=")[0].strip() not in OUR_COOKIES]
    return ";".join(kept).strip() or None
