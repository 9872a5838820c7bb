"""One stranger's page made ready to be aligned: UTF-8, with the bytes that slots cover taken out."""

from __future__ import annotations

import bisect

from renderers.charsets import transcode
from renderers.strangers.outline import Outline
from renderers.strangers.values import Covered, Range, View

_PLACEHOLDER = b"0"
"""Stands for what a slot covers: good text, a good attribute value and a good JSON number alike."""


class NotComparable(ValueError):
    """The page cannot be read in its charset; the message says so."""


class Copy:
    """One page without what its slots cover. Raises NotComparable and TooLarge."""

    def __init__(self, view: View) -> None:
        source = transcode(view.body, view.charset)
        if source is None:
            raise NotComparable(f"the page is not {view.charset} throughout")
        self.view = view
        self.source = source
        """The whole page as UTF-8; :meth:`at` leads into it."""
        self.covered = _apart(view.covered, len(source))
        blanked, self._edges, self._shifts = _blanked(source, self.covered)
        self.outline = Outline(blanked)

    def at(self, start: int, end: int) -> Range:
        """A range of the outline as a range of ``source``."""
        return Range(self.offset(start), self.offset(end))

    def offset(self, position: int) -> int:
        """A position between two bytes of the outline as one of ``source``."""
        slots_before = bisect.bisect_right(self._edges, position)
        return position + (self._shifts[slots_before - 1] if slots_before else 0)

    def piece(self, place: Range) -> bytes:
        """The source in a range."""
        return self.source[place.start : place.end]


def _apart(covered: tuple[Covered, ...], length: int) -> list[Covered]:
    """The covered ranges in order, without those that overlap or leave the page."""
    kept: list[Covered] = []
    for item in sorted(covered, key=lambda item: item.at):
        after = kept[-1].at.end if kept else 0
        if after <= item.at.start <= item.at.end <= length:
            kept.append(item)
    return kept


def _blanked(source: bytes, covered: list[Covered]) -> tuple[bytes, list[int], list[int]]:
    """The source with placeholders, where those end, and how much further each such place is in the source."""
    parts: list[bytes] = []
    edges: list[int] = []
    shifts: list[int] = []
    position = length = 0
    for item in covered:
        parts += (source[position : item.at.start], _PLACEHOLDER)
        length += item.at.start - position + len(_PLACEHOLDER)
        position = item.at.end
        edges.append(length)
        shifts.append(position - length)
    parts.append(source[position:])
    return b"".join(parts), edges, shifts
