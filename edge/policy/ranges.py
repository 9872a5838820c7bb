"""Parts of representations: what a Range asks for, and what a stored part can answer (RFC 9110 §14, RFC 9111 §3.3)."""

from __future__ import annotations

import itertools
import re
from typing import NamedTuple

from edge.model import Fields
from edge.policy.conditional import strong_match
from edge.policy.dates import parse_http_date
from edge.policy.syntax import OWS, combined, split_list

MAX_PARTS = 16
"""A request for more parts, or for overlapping ones, is answered whole: §14.2 warns of those who ask for thousands."""

_SPEC = re.compile(r"([0-9]{1,18})-([0-9]{1,18})?|-([0-9]{1,18})", re.ASCII)
_CONTENT_RANGE = re.compile(r"bytes ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18}|\*)", re.ASCII)


class Span(NamedTuple):
    """Bytes ``first`` to ``last``, both included."""

    first: int
    last: int

    @property
    def length(self) -> int:
        """At least 1."""
        return self.last - self.first + 1


class Part(NamedTuple):
    """One part of a representation, as a 206 brings it."""

    span: Span
    complete: int | None
    """Length of the whole; None when the origin did not know it."""


def asked_spans(value: str, length: int) -> tuple[Span, ...] | None:
    """The parts of a representation of ``length`` bytes that a Range field asks for, in its order.

    None when the field is to be ignored (§14.2): another unit, a syntax error, too many parts or overlapping ones.
    Empty when nothing of what it asks for is there: 416.
    """
    unit, equals, ranges = value.partition("=")
    if not equals or unit.strip(OWS).lower() != "bytes":
        return None
    specs = [_SPEC.fullmatch(spec) for spec in split_list(ranges)]
    if not specs or len(specs) > MAX_PARTS:
        return None
    spans: list[Span] = []
    for spec in specs:
        if spec is None or (spec[2] and int(spec[2]) < int(spec[1])):
            return None
        span = _satisfied(spec, length)
        if span is not None:
            spans.append(span)
    return None if _overlap(spans) else tuple(spans)


def range_applies(request: Fields, stored: Fields) -> bool:
    """The Range field of a request is to be heard (§13.1.5): there is no If-Range, or its validator is the stored one.

    A date has to be the Last-Modified itself, and older than Date, so that it is strong (§8.8.2.2).
    """
    condition = request.get("If-Range")
    if condition is None:
        return True
    if condition.startswith(('"', "W/")):
        return strong_match(condition.strip(OWS), stored.get("ETag", ""))
    asked, modified_at = parse_http_date(condition), parse_http_date(stored.get("Last-Modified", ""))
    date = parse_http_date(stored.get("Date", ""))
    return asked is not None and asked == modified_at and date is not None and date > asked


def received_part(response: Fields, length: int) -> Part | None:
    """The part that a 206 with ``length`` bytes of body holds; None when it cannot be told.

    What arrived counts. An origin that announces more than it sends has sent an incomplete part (RFC 9111 §3.3), and
    the bytes that are there are where it says they begin.
    """
    match = _CONTENT_RANGE.fullmatch((combined(response, "Content-Range") or "").strip(OWS))
    if match is None or length == 0:
        return None
    first, last, complete = int(match[1]), int(match[2]), None if match[3] == "*" else int(match[3])
    if last < first or length > last - first + 1 or (complete is not None and last >= complete):
        return None
    return Part(Span(first, first + length - 1), complete)


def within(value: str, part: Part) -> Span | None:
    """The bytes of a stored part that answer a Range field which lies wholly in it (RFC 9111 §3.3), else None.

    Counted from the start of the representation. Only one range: several would be a multipart for one stored part.
    """
    if part.complete is None:
        return None
    spans = asked_spans(value, part.complete)
    if spans is None or len(spans) != 1:
        return None
    span = spans[0]
    return span if part.span.first <= span.first and span.last <= part.span.last else None


def reusable(asked: str, answered: str, part: Part) -> Span | None:
    """The bytes of a stored part that answer a Range field, None when it does not hold them.

    ``answered`` is the Range field the origin sent the part for. The same question gets the same answer, also where
    origin and arithmetic do not agree on what it is.
    """
    return part.span if asked == answered else within(asked, part)


def content_range(span: Span, complete: int) -> str:
    """The Content-Range of one part."""
    return f"bytes {span.first}-{span.last}/{complete}"


def _satisfied(spec: re.Match[str], length: int) -> Span | None:
    if spec[3] is not None:
        wanted = min(int(spec[3]), length)
        return Span(length - wanted, length - 1) if wanted else None
    first = int(spec[1])
    last = min(int(spec[2]), length - 1) if spec[2] else length - 1
    return Span(first, last) if first < length else None


def _overlap(spans: list[Span]) -> bool:
    ordered = sorted(spans)
    return any(one.last >= other.first for one, other in itertools.pairwise(ordered))
