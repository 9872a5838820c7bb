"""Lists, quoted strings and numbers in field values (RFC 9110 §5.6). Lenient, linear in time, never raising."""

from __future__ import annotations

import re

from edge.model import Fields

OWS = " \t"
"""Optional whitespace (§5.6.3). Nothing else is stripped: other control characters make a value invalid."""

MAX_DELTA_S = 2**31
"""What a number of seconds too large to represent becomes (RFC 9111 §1.2.2)."""

_ELEMENT = re.compile(r'[^",]*+(?:"(?:[^"\\]|\\.)*+"[^",]*+)*+', re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


def combined(fields: Fields, name: str) -> str | None:
    """All lines of a list-based field as one value (§5.3); None when the field is absent."""
    lines = fields.getall(name, None)
    return None if lines is None else ", ".join(lines)


def split_list(value: str) -> list[str]:
    """Elements of a comma-separated list, without the empty ones (§5.6.1). Commas inside quoted strings do not split.

    A quote that is never closed is an ordinary character, so it cannot hide the directives written after it.
    """
    if '"' not in value:
        return [element for part in value.split(",") if (element := part.strip(OWS))]
    parts: list[str] = []
    at = 0
    while at <= len(value):
        match = _ELEMENT.match(value, at)
        end = match.end() if match else at
        if end < len(value) and value[end] == '"':
            parts.extend(value[at:].split(","))
            break
        parts.append(value[at:end])
        at = end + 1
    return [element for part in parts if (element := part.strip(OWS))]


def unquoted(text: str) -> str:
    """The content of a quoted string (§5.6.4); any other text unchanged."""
    if len(text) < 2 or text[0] != '"' or text[-1] != '"':
        return text
    return _ESCAPE.sub(r"\1", text[1:-1])


def delta_seconds(text: str) -> int | None:
    """A count of seconds (RFC 9111 §1.2.2), at most 2**31; None when it is anything but ASCII digits."""
    if not (text.isascii() and text.isdigit()):
        return None
    digits = text.lstrip("0")
    return min(int(digits or "0"), MAX_DELTA_S) if len(digits) <= 10 else MAX_DELTA_S
