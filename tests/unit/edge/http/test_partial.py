from __future__ import annotations

import re
from typing import NamedTuple

import pytest
from multidict import CIMultiDict

from edge.http.copies import Copy
from edge.http.partial import answers, part_of_part, part_of_whole, ranged
from edge.model import Lifetime, Pairs, fields
from edge.store.pages import Entry

BODY = b"0123456789"


def copy(headers: Pairs = (), body: bytes = BODY, *, status: int = 200, vary: Pairs = ()) -> Copy:
    entry = Entry(
        key="k",
        origin="shop",
        kind=None,
        status=status,
        headers=headers,
        lifetime=Lifetime(0, 0, 60),
        fetched_at_ms=1,
        body_length=len(body),
        version=b"version1",
        vary=vary,
    )
    return Copy(bytes(16), entry, None, body, None)


def asking(value: str, *more: tuple[str, str]) -> Pairs:
    return (("Range", value), *more)


def test_one_part_of_a_whole() -> None:
    partial = part_of_whole(fields(asking("bytes=2-4")), CIMultiDict({"ETag": '"1"'}), BODY)
    assert partial is not None
    assert (partial.status, partial.body) == (206, b"234")
    assert dict(partial.headers) == {"ETag": '"1"', "Content-Range": "bytes 2-4/10"}


def test_several_parts_of_a_whole_come_as_one_body_with_a_range_each() -> None:
    partial = part_of_whole(fields(asking("bytes=8-9,0-1")), CIMultiDict({"Content-Type": "text/plain"}), BODY)
    assert partial is not None
    boundary = re.fullmatch(r"multipart/byteranges; boundary=(\w{32})", partial.headers["Content-Type"])
    assert boundary is not None
    mark = boundary[1].encode()
    assert partial.body == (
        b"--" + mark + b"\r\nContent-Range: bytes 8-9/10\r\nContent-Type: text/plain\r\n\r\n89\r\n"
        b"--" + mark + b"\r\nContent-Range: bytes 0-1/10\r\nContent-Type: text/plain\r\n\r\n01\r\n"
        b"--" + mark + b"--\r\n"
    )
    assert "Content-Range" not in partial.headers


def test_nothing_of_it_is_there() -> None:
    partial = part_of_whole(
        fields(asking("bytes=10-")), CIMultiDict({"ETag": '"1"', "Cache-Control": "max-age=9"}), BODY
    )
    assert partial is not None
    assert (partial.status, partial.body, dict(partial.headers)) == (416, b"", {"Content-Range": "bytes */10"})


def test_a_range_that_is_ignored_leaves_the_whole() -> None:
    assert part_of_whole(fields(asking("pages=1-2")), CIMultiDict(), BODY) is None


class Case(NamedTuple):
    id: str
    request: Pairs
    stored: Copy
    want: bool


WHOLE = copy((("ETag", '"1"'),))
RANGED = [
    Case("no range", (), WHOLE, False),
    Case("a range", asking("bytes=0-1"), WHOLE, True),
    Case("a range of this very representation", asking("bytes=0-1", ("If-Range", '"1"')), WHOLE, True),
    Case("of another one", asking("bytes=0-1", ("If-Range", '"2"')), WHOLE, False),
]


@pytest.mark.parametrize("case", RANGED, ids=[c.id for c in RANGED])
def test_ranged(case: Case) -> None:
    assert ranged(fields(case.request), case.stored) is case.want


def part(value: str = "bytes 4-8/10", body: bytes = b"45678", *headers: tuple[str, str]) -> Copy:
    return copy((("Content-Range", value), *headers), body, status=206, vary=(("range", "bytes=-6"),))


PARTS = [
    Case("a range within", asking("bytes=5-6"), part(), True),
    Case("one that ends behind", asking("bytes=5-9"), part(), False),
    Case("the very question it answered", asking("bytes=-6"), part("bytes 4-9/10"), True),
    Case("of another representation", asking("bytes=5-6", ("If-Range", '"2"')), part("bytes 4-8/10", b"45678"), False),
    Case("a whole is no part", asking("bytes=5-6"), copy((("Content-Range", "bytes 4-8/10"),), b"45678"), False),
]


@pytest.mark.parametrize("case", PARTS, ids=[c.id for c in PARTS])
def test_what_a_stored_part_answers(case: Case) -> None:
    assert answers(fields(case.request), case.stored) is case.want
    assert (part_of_part(fields(case.request), CIMultiDict(), case.stored) is not None) is case.want


def test_a_part_of_a_part_has_its_own_content_range() -> None:
    stored = part()
    partial = part_of_part(fields(asking("bytes=5-6")), CIMultiDict(stored.entry.headers), stored)
    assert partial is not None
    assert (partial.status, partial.body, partial.headers["Content-Range"]) == (206, b"56", "bytes 5-6/10")


def test_the_same_question_gets_the_origins_own_answer() -> None:
    stored = part("bytes 4-9/10")
    partial = part_of_part(fields(asking("bytes=-6")), CIMultiDict(stored.entry.headers), stored)
    assert partial is not None
    assert (partial.body, partial.headers["Content-Range"]) == (b"45678", "bytes 4-9/10")
