"""The inside of a JSON string that stands in a script element (RFC 8259 section 7), both ways.

Whatever the origin's style, the result never holds ``</``, ``<!--``, ``<script`` or a raw U+2028/2029: the first three
can end or nest the script (HTML Standard 13.2.5.4 and 13.2.5.15 to 31), the last two end a line in older JavaScript.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import lru_cache

from renderers.spellings import Choice, always, combinations, learn, literally, picks


def _units(char: str, form: str) -> str:
    if char >= "\U00010000":
        offset = ord(char) - 0x10000
        return f"\\u{format(0xD800 + (offset >> 10), form)}\\u{format(0xDC00 + (offset & 0x3FF), form)}"
    return f"\\u{format(ord(char), form)}"


def _lower(char: str) -> str:
    return _units(char, "04x")


def _upper(char: str) -> str:
    return _units(char, "04X")


_SHORT = {"\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def _short(char: str) -> str:
    return _SHORT.get(char, _lower(char))


_CHOICES = (
    Choice(re.compile("/"), (literally, always("\\/"))),
    Choice(re.compile('"'), (always('\\"'), _lower)),
    Choice(re.compile(r"\\"), (always("\\\\"), _lower, _upper)),
    Choice(re.compile("'"), (literally, _lower)),
    Choice(re.compile("&"), (literally, _lower)),
    Choice(re.compile("<"), (literally, _lower, _upper)),
    Choice(re.compile(">"), (literally, _lower, _upper)),
    Choice(re.compile("[\x00-\x1f]"), (_short, _lower, _upper)),
    Choice(re.compile("[^\x00-\x7e\u2028\u2029\ud800-\udfff]"), (literally, _lower, _upper)),
)
COMBINATIONS = combinations(_CHOICES)
_NEVER_RAW = "[\u2028\u2029\ud800-\udfff]"
_DANGEROUS = re.compile(r"<(?=/|!--|script)", re.IGNORECASE)
_TOKEN = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|.", re.DOTALL)


@lru_cache(maxsize=256)
def _spelling(style: int) -> tuple[re.Pattern[str], tuple[tuple[int, int], ...]]:
    chosen = enumerate(picks(_CHOICES, style))
    active = tuple((index, pick) for index, pick in chosen if _CHOICES[index].ways[pick] is not literally)
    return re.compile("|".join([_NEVER_RAW, *(_CHOICES[index].concerns.pattern for index, _ in active)])), active


def encode(text: str, style: int) -> str:
    """Source for ``text`` between the quotes of a JSON string."""
    pattern, active = _spelling(style)

    def write(match: re.Match[str]) -> str:
        for index, pick in active:
            if _CHOICES[index].concerns.fullmatch(match.group()):
                return _CHOICES[index].ways[pick](match.group())
        return _lower(match.group())

    return _DANGEROUS.sub(r"\\u003c", pattern.sub(write, text))


def decode(source: str) -> str:
    """The string's value. Raises ValueError when ``source`` is not the inside of a JSON string."""
    value: str = json.loads(f'"{source}"')
    return value


def learn_style(source: str) -> int | None:
    """The style that writes the decoded ``source`` as it stands; None when there is none or it is not JSON."""
    try:
        text = decode(source)
    except ValueError:
        return None
    style = learn(_CHOICES, _tokens(source))
    return style if style is not None and encode(text, style) == source else None


def _tokens(source: str) -> Iterator[tuple[str, str]]:
    for match in _TOKEN.finditer(source):
        yield decode(match.group()), match.group()


def escape_unencodable(source: str, charset: str) -> bytes:
    """``source`` in ``charset``; characters it lacks become escapes, which JSON reads as the same text."""
    try:
        return source.encode(charset)
    except UnicodeEncodeError:
        return b"".join(_encode_char(char, charset) for char in source)


def _encode_char(char: str, charset: str) -> bytes:
    try:
        return char.encode(charset)
    except UnicodeEncodeError:
        return _lower(char).encode(charset)
