"""How a text is spelt where it stands on the page, and back.

The law of every sink: whatever the text and the style, a parser reads ``encode(sink, style, text)`` as exactly that
text and nothing around it changes its meaning.
"""

from __future__ import annotations

import re

from renderers import json_strings, references
from renderers.page import Sink

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
"""RFC 8259 section 6."""
_WORDS = frozenset({"true", "false", "null"})


class NotInSink(ValueError):
    """A text that cannot stand in this sink, or source that is not of it."""


def styles(sink: Sink) -> range:
    """Every style :func:`encode` takes and :func:`learn_style` may return for ``sink``."""
    match sink:
        case Sink.HTML:
            return range(references.COMBINATIONS)
        case Sink.ATTRIBUTE:
            return range(references.COMBINATIONS * len(references.Enclosure))
        case Sink.JSON_STRING:
            return range(json_strings.COMBINATIONS)
        case Sink.JSON_NUMBER | Sink.JSON_LITERAL:
            return range(1)


def encode(sink: Sink, style: int, text: str) -> str:
    """Source for ``text`` that never leaves its sink. Raises NotInSink.

    A JSON literal may give way to a number: origins write null for a price they do not have.
    """
    source = _source(sink, style, text)
    if source is None:
        raise NotInSink(f"{text[:80]!r} cannot be written as {sink.value}")
    return source


def _source(sink: Sink, style: int, text: str) -> str | None:
    match sink:
        case Sink.HTML:
            return references.encode(text, style, None)
        case Sink.ATTRIBUTE:
            spelling, enclosure = style_parts(style)
            return references.encode(text, spelling, enclosure)
        case Sink.JSON_STRING:
            return json_strings.encode(text, style)
        case Sink.JSON_NUMBER:
            return text if _NUMBER.fullmatch(text) else None
        case Sink.JSON_LITERAL:
            return text if text in _WORDS or _NUMBER.fullmatch(text) else None


def decode(sink: Sink, raw: str) -> str:
    """The text a parser reads from ``raw``. Raises NotInSink. In HTML, tags are text like any other here."""
    match sink:
        case Sink.HTML:
            return references.decode(raw, attribute=False)
        case Sink.ATTRIBUTE:
            return references.decode(raw, attribute=True)
        case Sink.JSON_STRING:
            try:
                return json_strings.decode(raw)
            except ValueError as exc:
                raise NotInSink(f"{raw[:80]!r} is not the inside of a JSON string") from exc
        case Sink.JSON_NUMBER | Sink.JSON_LITERAL:
            return encode(sink, 0, raw)


def learn_style(sink: Sink, raw: str, quote: str | None = None) -> int | None:
    """The style that spells ``decode(sink, raw)`` as ``raw``; None when there is none (mixed spellings, markup).

    ``quote`` (attributes only): the character before the value, ``"`` or ``'``, "" when unquoted, None when unknown;
    then the style holds in every kind of quotes that ``raw`` itself does not rule out.
    """
    match sink:
        case Sink.HTML:
            return references.learn_style(raw, None)
        case Sink.ATTRIBUTE:
            enclosure = references.infer_enclosure(raw, quote)
            spelling = references.learn_style(raw, enclosure)
            return None if spelling is None else spelling * len(references.Enclosure) + enclosure
        case Sink.JSON_STRING:
            return json_strings.learn_style(raw)
        case Sink.JSON_NUMBER:
            return 0 if _NUMBER.fullmatch(raw) else None
        case Sink.JSON_LITERAL:
            return 0 if raw in _WORDS else None


def default_style(sink: Sink, raw: str, quote: str | None = None) -> int:
    """The style to print with when ``raw`` has none of its own: standard spellings, safe in the quotes around it."""
    return references.infer_enclosure(raw, quote).value if sink is Sink.ATTRIBUTE else 0


def style_parts(style: int) -> tuple[int, references.Enclosure]:
    """An attribute style as (spelling, enclosure)."""
    spelling, enclosure = divmod(style, len(references.Enclosure))
    return spelling, references.Enclosure(enclosure)


def to_bytes(sink: Sink, source: str, charset: str) -> bytes:
    """``source`` in the page's charset; a character the charset lacks becomes a reference or an escape."""
    if sink is Sink.JSON_STRING:
        return json_strings.escape_unencodable(source, charset)
    return source.encode(charset, "xmlcharrefreplace")
