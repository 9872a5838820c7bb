"""Parts of stored responses as answers to a Range (RFC 9110 §14, §15.3.7)."""

from __future__ import annotations

import secrets
from typing import NamedTuple

from multidict import CIMultiDict

from edge.http.copies import Copy
from edge.model import Fields, fields
from edge.policy.ranges import Part, Span, asked_spans, content_range, range_applies, received_part, reusable

_KEPT_ON_416 = frozenset({"cache-status", "date", "server", "server-timing", "vary", "via"})
"""What an answer without any of the representation still says; its freshness is not the representation's."""


class Partial(NamedTuple):
    """An answer in place of the whole."""

    status: int
    headers: CIMultiDict[str]
    body: bytes


def ranged(request: Fields, copy: Copy) -> bool:
    """The request asks for parts of the copy, and of this very representation (§13.1.5)."""
    return "Range" in request and copy.page is None and range_applies(request, fields(copy.entry.headers))


def part_of_whole(request: Fields, headers: CIMultiDict[str], body: bytes) -> Partial | None:
    """The 206 or 416 for a copy with this body; None when the Range is to be ignored and the whole sent."""
    spans = asked_spans(request.get("Range", ""), len(body))
    if spans is None:
        return None
    if not spans:
        kept = CIMultiDict((name, value) for name, value in headers.items() if name.lower() in _KEPT_ON_416)
        kept["Content-Range"] = f"bytes */{len(body)}"
        return Partial(416, kept, b"")
    if len(spans) > 1:
        return _multipart(spans, headers, body)
    parted = CIMultiDict(headers)
    parted["Content-Range"] = content_range(spans[0], len(body))
    return Partial(206, parted, body[spans[0].first : spans[0].last + 1])


def part_of_part(request: Fields, headers: CIMultiDict[str], copy: Copy) -> Partial | None:
    """The answer from a stored part; None when it does not hold what is asked for."""
    part, span = _reusable(request, copy)
    if part is None or span is None:
        return None
    parted = CIMultiDict(headers)
    if part.complete is not None and span != part.span:
        parted["Content-Range"] = content_range(span, part.complete)
    first = span.first - part.span.first
    return Partial(206, parted, copy.body[first : first + span.length])


def answers(request: Fields, copy: Copy) -> bool:
    """A stored part holds what the request asks for."""
    return _reusable(request, copy)[1] is not None


def _reusable(request: Fields, copy: Copy) -> tuple[Part | None, Span | None]:
    headers = fields(copy.entry.headers)
    part = received_part(headers, len(copy.body))
    if part is None or copy.entry.status != 206 or not range_applies(request, headers):
        return None, None
    return part, reusable(request.get("Range", ""), dict(copy.entry.vary).get("range", ""), part)


def _multipart(spans: tuple[Span, ...], headers: CIMultiDict[str], body: bytes) -> Partial:
    """§14.6: each part with its own Content-Range, between boundaries nobody can foresee."""
    boundary = secrets.token_hex(16)
    content_type = headers.get("Content-Type")
    pieces: list[bytes] = []
    for span in spans:
        lines = [f"--{boundary}", f"Content-Range: {content_range(span, len(body))}"]
        if content_type is not None:
            lines.append(f"Content-Type: {content_type}")
        pieces += ["\r\n".join((*lines, "", "")).encode(), body[span.first : span.last + 1], b"\r\n"]
    parted = CIMultiDict(headers)
    parted["Content-Type"] = f"multipart/byteranges; boundary={boundary}"
    return Partial(206, parted, b"".join((*pieces, f"--{boundary}--\r\n".encode())))
