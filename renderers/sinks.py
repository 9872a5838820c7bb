"""How a text is spelt where it stands, and back."""

from __future__ import annotations

from renderers.page import Sink


class NotInSink(ValueError):
    """A text that cannot stand in this sink, or source that is not of it."""


def styles(sink: Sink) -> range:
    """Every spelling :func:`learn_style` may return."""
    raise NotImplementedError


def encode(sink: Sink, style: int, text: str) -> str:
    """Source for ``text`` that never leaves its sink. Raises NotInSink."""
    raise NotImplementedError


def decode(sink: Sink, raw: str) -> str:
    """The text a parser reads from ``raw``. Raises NotInSink."""
    raise NotImplementedError


def learn_style(sink: Sink, raw: str, quote: str | None = None) -> int | None:
    """The style that spells ``decode(raw)`` as ``raw``; None when there is none."""
    raise NotImplementedError


def to_bytes(sink: Sink, source: str, charset: str) -> bytes:
    """``source`` in the page's charset; what the charset lacks becomes a reference or escape. Raises NotInSink."""
    raise NotImplementedError
