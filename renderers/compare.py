"""Two strangers' copies of one page: what differs, and is it a token, noise, or somebody's?

Pure. The gate (``edge/fill``) fetches the copies and acts on the answer.
"""

from __future__ import annotations

from collections.abc import Sequence

from renderers.charsets import transcode
from renderers.page import Page
from renderers.strangers.copies import Copy, NotComparable
from renderers.strangers.outline import TooLarge
from renderers.strangers.personal import personal
from renderers.strangers.report import incomparable, report
from renderers.strangers.values import Comparison, Covered, Difference, Finding, Kind, Range, View
from renderers.targets import parse_target

__all__ = [
    "Comparison",
    "Covered",
    "Difference",
    "Finding",
    "Kind",
    "Range",
    "View",
    "compare",
    "covered_by",
    "personal",
]


def compare(first: View, second: View, *, freeze: Sequence[str] = ()) -> Comparison:
    """Every difference between two strangers' copies of one page, with its kind.

    ``freeze``: targets of the page kind. A difference inside one of them is NOISE, unless it is a token or personal.
    Differences inside covered ranges are left out. Symmetric: swapping the views swaps the sides and changes no kind.
    Raises TargetError when a target of ``freeze`` is written wrongly, and nothing else, whatever the pages.
    """
    for at in freeze:
        parse_target(at)
    if first.body == second.body and first.charset == second.charset:
        return Comparison(())
    swapped = (second.body, second.charset) < (first.body, first.charset)
    views = (second, first) if swapped else (first, second)
    try:
        copies = Copy(views[0]), Copy(views[1])
    except (NotComparable, TooLarge) as exc:
        return incomparable(first, second, str(exc))
    return report(*copies, freeze, swapped=swapped)


def covered_by(page: Page) -> tuple[Covered, ...]:
    """The ranges of a compiled page's slots, for ``View.covered``: only slots that were really cut cover anything."""
    covered: list[Covered] = []
    position = _length(page.segments[0], page.charset)
    for slot, segment in zip(page.slots, page.segments[1:], strict=True):
        end = position + _length(slot.origin, page.charset)
        covered.append(Covered(Range(position, end), slot.visitor))
        position = end + _length(segment, page.charset)
    return tuple(covered)


def _length(piece: bytes, charset: str) -> int:
    """Bytes of a piece written as UTF-8."""
    source = transcode(piece, charset)
    return len(piece if source is None else source)
