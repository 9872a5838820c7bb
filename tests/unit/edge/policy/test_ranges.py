from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.model import Pairs, fields
from edge.policy.ranges import Part, Span, asked_spans, content_range, range_applies, received_part, within

DATE = "Sun, 06 Nov 1994 08:49:37 GMT"
LATER = "Sun, 06 Nov 1994 08:49:38 GMT"


class Asked(NamedTuple):
    id: str
    value: str
    want: tuple[Span, ...] | None


ASKED = [
    Asked("§14.1.2 first and last, both included", "bytes=0-4", (Span(0, 4),)),
    Asked("§14.1.2 to the end", "bytes=6-", (Span(6, 9),)),
    Asked("§14.1.2 the last bytes", "bytes=-3", (Span(7, 9),)),
    Asked("§14.1.2 more than there are", "bytes=8-99", (Span(8, 9),)),
    Asked("§14.1.2 a suffix longer than the whole", "bytes=-99", (Span(0, 9),)),
    Asked("several, in their order", "bytes=8-9, 0-1", (Span(8, 9), Span(0, 1))),
    Asked("§14.1.2 what begins behind the end is left out", "bytes=0-0,10-", (Span(0, 0),)),
    Asked("§14.1.1 the unit ignores case", "Bytes=1-1", (Span(1, 1),)),
    Asked("§15.5.17 nothing of it is there", "bytes=10-", ()),
    Asked("§15.5.17 a suffix of nothing", "bytes=-0", ()),
    Asked("§14.2 another unit is ignored", "pages=1-2", None),
    Asked("§14.2 a last byte before the first", "bytes=5-4", None),
    Asked("§14.2 no number", "bytes=a-b", None),
    Asked("a dash alone", "bytes=-", None),
    Asked("a sign", "bytes=+1-2", None),
    Asked("nothing", "bytes=", None),
    Asked("no equals sign", "bytes", None),
    Asked("one malformed range spoils all", "bytes=0-1,x", None),
    Asked("§14.2 overlapping ranges are ignored", "bytes=0-5,5-6", None),
    Asked("§14.2 many ranges are ignored", "bytes=" + ",".join(f"{n}-{n}" for n in range(17)), None),
    Asked("a number of a hundred digits", "bytes=0-" + "9" * 100, None),
]


@pytest.mark.parametrize("case", ASKED, ids=[c.id for c in ASKED])
def test_what_a_range_asks_of_ten_bytes(case: Asked) -> None:
    assert asked_spans(case.value, 10) == case.want


class Condition(NamedTuple):
    id: str
    request: Pairs
    stored: Pairs
    want: bool


CONDITIONS = [
    Condition("no If-Range", (), (), True),
    Condition("§13.1.5 the same strong tag", (("If-Range", '"1"'),), (("ETag", '"1"'),), True),
    Condition("§13.1.5 another tag", (("If-Range", '"2"'),), (("ETag", '"1"'),), False),
    Condition("§13.1.5 a weak tag never", (("If-Range", 'W/"1"'),), (("ETag", 'W/"1"'),), False),
    Condition("a tag, and we have none", (("If-Range", '"1"'),), (), False),
    Condition("§13.1.5 the exact date", (("If-Range", DATE),), (("Last-Modified", DATE), ("Date", LATER)), True),
    Condition("§8.8.2.2 a date that is not strong", (("If-Range", DATE),), (("Last-Modified", DATE), ("Date", DATE)),
              False),
    Condition("a date without Date to compare", (("If-Range", DATE),), (("Last-Modified", DATE),), False),
    Condition("§13.1.5 a later date is another one", (("If-Range", LATER),), (("Last-Modified", DATE), ("Date", LATER)),
              False),
    Condition("neither tag nor date", (("If-Range", "x"),), (("Last-Modified", "x"), ("Date", LATER)), False),
]  # fmt: skip


@pytest.mark.parametrize("case", CONDITIONS, ids=[c.id for c in CONDITIONS])
def test_range_applies(case: Condition) -> None:
    assert range_applies(fields(case.request), fields(case.stored)) is case.want


class Received(NamedTuple):
    id: str
    value: str
    length: int
    want: Part | None


RECEIVED = [
    Received("§14.4 a part of a known whole", "bytes 2-4/10", 3, Part(Span(2, 4), 10)),
    Received("§14.4 of a whole nobody knows", "bytes 2-4/*", 3, Part(Span(2, 4), None)),
    Received("RFC 9111 §3.3 fewer bytes than announced: what arrived", "bytes 4-9/10", 5, Part(Span(4, 8), 10)),
    Received("more bytes than announced", "bytes 2-4/10", 4, None),
    Received("§14.4 a last byte before the first", "bytes 4-2/10", 3, None),
    Received("§14.4 a last byte beyond the whole", "bytes 2-10/10", 9, None),
    Received("§15.5.17 an unsatisfied range", "bytes */10", 3, None),
    Received("another unit", "pages 2-4/10", 3, None),
    Received("nothing arrived", "bytes 2-4/10", 0, None),
    Received("a multipart has no Content-Range of its own", "", 3, None),
]


@pytest.mark.parametrize("case", RECEIVED, ids=[c.id for c in RECEIVED])
def test_received_part(case: Received) -> None:
    assert received_part(fields({"Content-Range": case.value} if case.value else {}), case.length) == case.want


class Within(NamedTuple):
    id: str
    value: str
    want: Span | None
    part: Part = Part(Span(4, 8), 10)


WITHIN = [
    Within("RFC 9111 §3.3 wholly within", "bytes=6-8", Span(6, 8)),
    Within("the part itself", "bytes=4-8", Span(4, 8)),
    Within("begins before", "bytes=3-5", None),
    Within("ends behind", "bytes=6-", None),
    Within("a suffix within", "bytes=-2", Span(8, 9), Part(Span(5, 9), 10)),
    Within("two ranges", "bytes=4-4,6-6", None),
    Within("nothing of it is there", "bytes=10-", None),
    Within("of a whole nobody knows", "bytes=6-8", None, Part(Span(4, 8), None)),
]


@pytest.mark.parametrize("case", WITHIN, ids=[c.id for c in WITHIN])
def test_what_a_stored_part_answers(case: Within) -> None:
    assert within(case.value, case.part) == case.want


def test_content_range() -> None:
    assert content_range(Span(4, 8), 10) == "bytes 4-8/10"


@given(st.text(), st.integers(min_value=0, max_value=2**40))
def test_no_text_makes_them_raise(value: str, length: int) -> None:
    asked_spans(value, length)
    asked_spans(f"bytes={value}", length)
    received_part(fields({"Content-Range": value}), length)


@given(st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99)), max_size=8), st.integers(0, 60))
def test_spans_are_within_the_whole_and_never_overlap(pairs: list[tuple[int, int]], length: int) -> None:
    spans = asked_spans("bytes=" + ",".join(f"{first}-{last}" for first, last in pairs), length)
    taken = [at for span in spans or () for at in range(span.first, span.last + 1)]
    assert all(0 <= at < length for at in taken)
    assert len(taken) == len(set(taken))
