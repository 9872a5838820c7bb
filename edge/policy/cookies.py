"""The Cookie request field as names and values (RFC 6265 §5.4), as lenient as the servers that read it."""

from __future__ import annotations

from edge.model import Fields, Pairs


def request_cookies(fields: Fields) -> Pairs:
    """(name, value) of every cookie the request carries, in order. A part without ``=`` is a name without a value."""
    pairs: list[tuple[str, str]] = []
    for line in fields.getall("Cookie", ()):
        for part in line.split(";"):
            name, _, value = part.partition("=")
            if name := name.strip():
                pairs.append((name, value.strip()))
    return tuple(pairs)
