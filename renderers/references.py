"""Text in HTML source: character references in elements and attribute values, both ways.

Decoding follows the HTML Standard (13.2.5.72 to 13.2.5.80); encoding picks, per kind of character, the spelling that
the origin was seen to use, within what is safe where the text stands.
"""

from __future__ import annotations

import enum
import html
import re
from collections.abc import Iterator
from functools import lru_cache
from html.entities import codepoint2name, html5

from renderers.spellings import Choice, always, combinations, learn, literally, picks


class Enclosure(enum.IntEnum):
    """What is known of the quotes around an attribute value."""

    OPEN = 0
    """Unquoted, or nothing known: the value must be safe without quotes."""
    DOUBLE = 1
    SINGLE = 2
    QUOTED = 3
    """Quoted, by either quote."""


def _decimal(char: str) -> str:
    return _readable(f"&#{ord(char)};", char)


def _hex_lower(char: str) -> str:
    return _readable(f"&#x{ord(char):x};", char)


def _hex_upper(char: str) -> str:
    return _readable(f"&#x{ord(char):X};", char)


def _readable(reference: str, char: str) -> str:
    """Some code points (U+0080..9F, noncharacters) have no reference that every reader reads as them."""
    return reference if html.unescape(reference) == char else char


def _named(char: str) -> str:
    name = codepoint2name.get(ord(char))
    return f"&{name};" if name else char


_CHOICES = (
    Choice(re.compile("'"), (always("&#39;"), literally, always("&#x27;"), always("&apos;"), always("&#039;"))),
    Choice(re.compile('"'), (always("&quot;"), literally, always("&#34;"), always("&#x22;"))),
    Choice(re.compile(">"), (always("&gt;"), literally, always("&#62;"))),
    Choice(re.compile("<"), (always("&lt;"), always("&#60;"))),
    Choice(re.compile("&"), (always("&amp;"), literally, always("&#38;"))),
    Choice(re.compile("[/=`]"), (literally, _hex_upper)),
    Choice(re.compile("\xa0"), (literally, always("&nbsp;"), _decimal, _hex_lower, _hex_upper)),
    Choice(re.compile("[^\x00-\xa0]"), (literally, _decimal, _hex_lower, _hex_upper, _named)),
)
COMBINATIONS = combinations(_CHOICES)
"""Styles of an element's text; an attribute has as many for each enclosure."""

_RAW = 1
"""The pick of the first five choices that writes the character itself."""
_APOSTROPHE, _QUOTE, _GREATER, _AMPERSAND = 0, 1, 2, 4
_FORCED = {
    Enclosure.OPEN: (_APOSTROPHE, _QUOTE, _GREATER),
    Enclosure.DOUBLE: (_QUOTE,),
    Enclosure.SINGLE: (_APOSTROPHE,),
    Enclosure.QUOTED: (_APOSTROPHE, _QUOTE),
}
_IMPOSSIBLE = re.compile("[\x00\ud800-\udfff]")
_TOKEN = re.compile(r"&(?:#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[A-Za-z][A-Za-z0-9]*;?)|.", re.DOTALL)
_REFERENCE = re.compile(r"&(#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[A-Za-z][A-Za-z0-9]*;?)(?=(=)?)")


@lru_cache(maxsize=256)
def _spelling(style: int, enclosure: Enclosure | None) -> tuple[re.Pattern[str], tuple[tuple[int, int], ...]]:
    """What must be rewritten in this style, and the (choice, pick) pairs that say how."""
    chosen = list(picks(_CHOICES, style))
    forced = _FORCED[enclosure] if enclosure is not None else ()
    for index in forced:
        chosen[index] = 0 if chosen[index] == _RAW else chosen[index]
    parts = ["\r"]
    if enclosure is Enclosure.OPEN:
        parts.append("[ \t\n\f`=]")
    active: list[tuple[int, int]] = []
    for index, (choice, pick) in enumerate(zip(_CHOICES, chosen, strict=True)):
        if choice.ways[pick] is not literally:
            active.append((index, pick))
            parts.append(choice.concerns.pattern)
        elif index == _AMPERSAND and enclosure is None:
            parts.append(r"&(?![^A-Za-z0-9#])")  # harmless only before something that cannot continue a reference
    return re.compile("|".join(parts)), tuple(active)


def encode(text: str, style: int, enclosure: Enclosure | None) -> str | None:
    """Source for ``text`` in an element (enclosure None) or an attribute value; None when HTML cannot say it.

    HTML has no way to write U+0000 or a lone surrogate, and no empty value without quotes.
    """
    if _IMPOSSIBLE.search(text) or (enclosure is Enclosure.OPEN and not text):
        return None
    pattern, active = _spelling(style, enclosure)

    def write(match: re.Match[str]) -> str:
        char = match.group()
        for index, pick in active:
            if _CHOICES[index].concerns.fullmatch(char):
                return _CHOICES[index].ways[pick](char)
        return "&amp;" if char == "&" else _decimal(char)

    source = pattern.sub(write, text)
    if enclosure is not None and "&" in text and decode(source, attribute=True) != text:
        return encode(text, _with_safe_ampersand(style), enclosure)
    return source


def _with_safe_ampersand(style: int) -> int:
    below = combinations(_CHOICES[:_AMPERSAND])
    return style - picks(_CHOICES, style)[_AMPERSAND] * below


def decode(source: str, *, attribute: bool) -> str:
    """The text an HTML parser reads. In attributes a reference without semicolon may not be one (``?a&copy=1``)."""
    return _REFERENCE.sub(_in_attribute, source) if attribute else html.unescape(source)


def _in_attribute(match: re.Match[str]) -> str:
    name, equals = match.group(1), match.group(2)
    if name.startswith("#"):
        return html.unescape(match.group())
    if name in html5 and (name.endswith(";") or equals is None):
        return html5[name]
    return match.group()


def learn_style(source: str, enclosure: Enclosure | None) -> int | None:
    """The style that writes the decoded ``source`` as it stands; None when the origin mixes spellings."""
    attribute = enclosure is not None
    style = learn(_CHOICES, _tokens(source, attribute=attribute))
    if style is None or encode(decode(source, attribute=attribute), style, enclosure) != source:
        return None
    return style


def _tokens(source: str, *, attribute: bool) -> Iterator[tuple[str, str]]:
    for match in _TOKEN.finditer(source):
        token = match.group()
        if attribute and source.startswith("=", match.end()):
            token += "="
        char = decode(token, attribute=attribute).removesuffix("=") or token
        if len(char) == 1:
            yield char, match.group()
        else:
            yield token[0], token[0]


def infer_enclosure(source: str, quote: str | None) -> Enclosure:
    """What stands around an attribute value: from ``quote`` when the caller saw it, else from the value's own bytes."""
    if quote is not None:
        return {'"': Enclosure.DOUBLE, "'": Enclosure.SINGLE}.get(quote, Enclosure.OPEN)
    if not re.search(r"[ \t\n\f\r>]", source):
        return Enclosure.OPEN
    if "'" in source:
        return Enclosure.DOUBLE
    return Enclosure.SINGLE if '"' in source else Enclosure.QUOTED
