from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.model import Pairs, fields
from edge.policy.conditional import (
    agrees,
    confirms,
    merged,
    modification_date,
    not_modified,
    parse_etags,
    revalidation_fields,
    strong_match,
    weak_match,
)

DATE = "Sun, 06 Nov 1994 08:49:37 GMT"
SAME_DATE = "Sunday, 06-Nov-94 08:49:37 GMT"
EARLIER = "Sun, 06 Nov 1994 08:49:36 GMT"
LATER = "Sun, 06 Nov 1994 08:49:38 GMT"


class ListCase(NamedTuple):
    id: str
    value: str
    want: tuple[str, ...]


LISTS = [
    ListCase("one", '"a"', ('"a"',)),
    ListCase("a weak one", 'W/"a"', ('W/"a"',)),
    ListCase("several", '"a", W/"b","c"', ('"a"', 'W/"b"', '"c"')),
    ListCase("§8.8.3 a comma in a tag", '"a,b", "c"', ('"a,b"', '"c"')),
    ListCase("§8.8.3 a backslash is a character", r'"a\", "b"', (r'"a\"', '"b"')),
    ListCase("an empty tag", '""', ('""',)),
    ListCase("empty elements", ', ,"a",,"b",', ('"a"', '"b"')),
    ListCase("§13.1.2 any", " * ", ("*",)),
    ListCase("a star among tags is no tag", '"a", *', ('"a"',)),
    ListCase("w in lower case is no tag", 'w/"a"', ()),
    ListCase("no quotes", "a", ()),
    ListCase("a quote never closed", '"a", "b', ('"a"',)),
    ListCase("reading ends at garbage", '"a" x, "b"', ()),
    ListCase("nothing", "", ()),
]


@pytest.mark.parametrize("case", LISTS, ids=[c.id for c in LISTS])
def test_parse_etags(case: ListCase) -> None:
    assert parse_etags(case.value) == case.want


@pytest.mark.parametrize(
    ("one", "other", "strong", "weak"),
    [
        ('W/"1"', 'W/"1"', False, True),
        ('W/"1"', 'W/"2"', False, False),
        ('W/"1"', '"1"', False, True),
        ('"1"', '"1"', True, True),
    ],
)
def test_comparison_follows_the_table_of_rfc_9110_8_8_3_2(one: str, other: str, strong: bool, weak: bool) -> None:
    assert (strong_match(one, other), strong_match(other, one)) == (strong, strong)
    assert (weak_match(one, other), weak_match(other, one)) == (weak, weak)


class Case(NamedTuple):
    id: str
    request: Pairs
    want: bool
    etag: str | None = '"1"'
    last_modified: str | None = DATE


CASES = [
    Case("§13.1.2 the same tag", (("If-None-Match", '"1"'),), True),
    Case("§13.1.2 weakly compared", (("If-None-Match", 'W/"1"'),), True),
    Case("§13.1.2 one of several", (("If-None-Match", '"0", "1"'),), True),
    Case("§13.1.2 on several lines", (("If-None-Match", '"0"'), ("If-None-Match", '"1"')), True),
    Case("§13.1.2 another tag", (("If-None-Match", '"2"'),), False),
    Case("§13.1.2 any", (("If-None-Match", "*"),), True),
    Case("§13.1.2 any, even without a tag", (("If-None-Match", "*"),), True, None),
    Case("§13.1.2 a tag, and we have none", (("If-None-Match", '"1"'),), False, None),
    Case("§13.1.3 not modified since that second", (("If-Modified-Since", DATE),), True),
    Case("§13.1.3 in another format", (("If-Modified-Since", SAME_DATE),), True),
    Case("§13.1.3 nor since a later one", (("If-Modified-Since", LATER),), True),
    Case("§13.1.3 modified since an earlier one", (("If-Modified-Since", EARLIER),), False),
    Case("§13.1.3 an invalid date is ignored", (("If-Modified-Since", "yesterday"),), False),
    Case("§13.1.3 two dates are ignored", (("If-Modified-Since", DATE), ("If-Modified-Since", DATE)), False),
    Case("§13.1.3 no Last-Modified", (("If-Modified-Since", DATE),), False, '"1"', None),
    Case("§13.1.3 an invalid Last-Modified", (("If-Modified-Since", "x"),), False, None, "x"),
    Case("§13.2.2 the tag decides against the date", (("If-None-Match", '"2"'), ("If-Modified-Since", DATE)), False),
    Case("§13.2.2 the tag decides for it", (("If-None-Match", '"1"'), ("If-Modified-Since", EARLIER)), True),
    Case("§13.2.2 even a malformed tag", (("If-None-Match", "x"), ("If-Modified-Since", DATE)), False),
    Case("no condition", (), False),
]


@pytest.mark.parametrize("case", CASES, ids=[c.id for c in CASES])
def test_not_modified(case: Case) -> None:
    assert not_modified(fields(case.request), etag=case.etag, last_modified=case.last_modified) is case.want


@pytest.mark.parametrize(
    ("stored", "want"),
    [({"Last-Modified": EARLIER, "Date": DATE}, EARLIER), ({"Date": DATE}, DATE), ({}, None)],
)
def test_a_stored_response_without_last_modified_is_as_old_as_its_date(
    stored: dict[str, str], want: str | None
) -> None:
    assert modification_date(fields(stored)) == want


class FillCase(NamedTuple):
    id: str
    stored: Pairs
    want: Pairs


FILLS = [
    FillCase("RFC 9111 §4.3.1 both validators", (("ETag", 'W/"1"'), ("Last-Modified", DATE)),
             (("If-None-Match", 'W/"1"'), ("If-Modified-Since", DATE))),
    FillCase("a malformed tag is not asked about", (("ETag", "1"), ("Last-Modified", DATE)),
             (("If-Modified-Since", DATE),)),
    FillCase("a star is no tag", (("ETag", "*"),), ()),
    FillCase("two tags are none", (("ETag", '"1", "2"'),), ()),
    FillCase("a malformed date is not asked about", (("Last-Modified", "0"),), ()),
    FillCase("no validator, no condition", (), ()),
]  # fmt: skip


@pytest.mark.parametrize("case", FILLS, ids=[c.id for c in FILLS])
def test_revalidation_fields(case: FillCase) -> None:
    assert revalidation_fields(fields(case.stored)) == case.want


@pytest.mark.parametrize(
    ("stored", "update", "want"),
    [
        ('"1"', '"1"', True),
        ('"1"', '"2"', False),
        ('W/"1"', '"2"', False),
        ('"1"', 'W/"2"', True),
        ('"1"', None, True),
        (None, '"2"', True),
    ],
)
def test_a_304_with_another_strong_tag_is_about_another_response(
    stored: str | None, update: str | None, want: bool
) -> None:
    one = fields({"ETag": stored} if stored else {})
    assert confirms(one, fields({"ETag": update} if update else {})) is want


def test_a_304_replaces_its_namesakes_and_nothing_about_the_body() -> None:
    stored = (
        ("Content-Type", "text/html"),
        ("Content-Length", "9"),
        ("Vary", "Accept"),
        ("Cache-Control", "max-age=1"),
        ("cache-control", "public"),
        ("Link", "</a>"),
    )
    update = fields(
        (
            ("Connection", "x-hop"),
            ("X-Hop", "1"),
            ("Content-Type", "text/plain"),
            ("Content-Length", "0"),
            ("Content-MD5", "x"),
            ("Vary", "*"),
            ("Set-Cookie", "a=1"),
            ("CACHE-CONTROL", "max-age=60"),
            ("Age", "3"),
        )
    )
    assert merged(stored, update) == (
        ("Content-Length", "9"),
        ("Vary", "Accept"),
        ("Link", "</a>"),
        ("Content-Type", "text/plain"),
        ("CACHE-CONTROL", "max-age=60"),
        ("Age", "3"),
    )
    assert ("Content-Type", "text/html") in merged(stored, update, kept={"content-type"})


class HeadCase(NamedTuple):
    id: str
    head: Pairs
    want: bool


HEADS = [
    HeadCase("§4.3.5 nothing that could differ", (("X", "1"),), True),
    HeadCase("§4.3.5 the same tag and date", (("ETag", '"1"'), ("Last-Modified", DATE)), True),
    HeadCase("§4.3.5 the same length", (("Content-Length", "9"),), True),
    HeadCase("§4.3.5 another tag", (("ETag", '"2"'),), False),
    HeadCase("§4.3.5 another date", (("Last-Modified", LATER),), False),
    HeadCase("§4.3.5 another length", (("Content-Length", "8"),), False),
    HeadCase("a length that is none", (("Content-Length", "x"),), True),
]  # fmt: skip


@pytest.mark.parametrize("case", HEADS, ids=[c.id for c in HEADS])
def test_a_200_to_head_agrees_with_the_stored_response(case: HeadCase) -> None:
    stored = fields({"ETag": '"1"', "Last-Modified": DATE})
    assert agrees(stored, 9, fields(case.head)) is case.want


def test_a_validator_that_is_new_is_about_another_response() -> None:
    assert not agrees(fields({}), 9, fields({"ETag": '"1"'}))


@given(st.text(), st.text(), st.text(), st.text())
def test_no_text_makes_them_raise(none_match: str, since: str, etag: str, modified: str) -> None:
    request = fields({"If-None-Match": none_match, "If-Modified-Since": since})
    not_modified(request, etag=etag, last_modified=modified)
    not_modified(fields({"If-Modified-Since": since}), etag=etag, last_modified=modified)
    revalidation_fields(fields({"ETag": etag, "Last-Modified": modified}))


tags = st.tuples(st.sampled_from(["", "W/"]), st.text(alphabet="a,\\ü!", max_size=4)).map(lambda t: f'{t[0]}"{t[1]}"')


@given(st.lists(tags, min_size=1, max_size=5))
def test_every_list_of_tags_is_read_back(given_tags: list[str]) -> None:
    assert parse_etags(", ".join(given_tags)) == tuple(given_tags)
