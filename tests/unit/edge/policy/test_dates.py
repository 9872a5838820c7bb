from __future__ import annotations

from email.utils import formatdate
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.policy.dates import format_http_date, parse_http_date

SUNDAY = 784111777
"""The instant of every example in RFC 9110 §5.6.7."""


class Case(NamedTuple):
    id: str
    text: str
    want: int | None


CASES = [
    Case("§5.6.7 IMF-fixdate", "Sun, 06 Nov 1994 08:49:37 GMT", SUNDAY),
    Case("§5.6.7 RFC 850", "Sunday, 06-Nov-94 08:49:37 GMT", SUNDAY),
    Case("§5.6.7 asctime", "Sun Nov  6 08:49:37 1994", SUNDAY),
    Case("asctime with a day of two digits", "Wed Nov 16 08:49:37 1994", SUNDAY + 10 * 86400),
    Case("RFC 9111 §4.2 case does not matter", "sun, 06 NOV 1994 08:49:37 gmt", SUNDAY),
    Case("space around the date", " Sun, 06 Nov 1994 08:49:37 GMT\t", SUNDAY),
    Case("a wrong name of the day is overlooked", "Mon, 06 Nov 1994 08:49:37 GMT", SUNDAY),
    Case("two digits below 70 are this century", "Sunday, 06-Nov-44 08:49:37 GMT", 2362034977),
    Case("a leap second is the second before", "Sat, 31 Dec 2016 23:59:60 GMT", 1483228799),
    Case("RFC 9111 §4.2 another zone is invalid", "Sun, 06 Nov 1994 08:49:37 UTC", None),
    Case("RFC 9111 §4.2 an offset is invalid", "Sun, 06 Nov 1994 08:49:37 +0000", None),
    Case("no zone", "Sun, 06 Nov 1994 08:49:37", None),
    Case("no comma", "Sun 06 Nov 1994 08:49:37 GMT", None),
    Case("two spaces", "Sun,  06 Nov 1994 08:49:37 GMT", None),
    Case("day of one digit", "Sun, 6 Nov 1994 08:49:37 GMT", None),
    Case("dashes in IMF-fixdate", "Sun, 06-Nov-1994 08:49:37 GMT", None),
    Case("no such month", "Sun, 06 Nox 1994 08:49:37 GMT", None),
    Case("no such day", "Sun, 31 Feb 1994 08:49:37 GMT", None),
    Case("25 o'clock", "Sun, 06 Nov 1994 25:49:37 GMT", None),
    Case("second 61", "Sun, 06 Nov 1994 08:49:61 GMT", None),
    Case("the year 0", "Sun, 06 Nov 0000 08:49:37 GMT", None),
    Case("digits of another script", "Sun, ٠٦ Nov 1994 08:49:37 GMT", None),
    Case("a number, as in Expires: 0", "0", None),
    Case("two dates", "Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT", None),
    Case("nothing", "", None),
]


@pytest.mark.parametrize("case", CASES, ids=[c.id for c in CASES])
def test_parse_http_date(case: Case) -> None:
    assert parse_http_date(case.text) == case.want


@given(st.integers(0, 253402300799))
def test_what_is_printed_is_read_and_is_what_the_standard_library_prints(at: int) -> None:
    assert parse_http_date(format_http_date(at)) == at
    assert format_http_date(at) == formatdate(at, usegmt=True)


@given(st.text())
def test_no_text_makes_it_raise(text: str) -> None:
    parse_http_date(text)


@given(st.from_regex(r"[A-Z][a-z]{2}, [0-9]{2} (Jan|Feb|Dec) [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT", fullmatch=True))
def test_no_date_however_impossible_makes_it_raise(text: str) -> None:
    parse_http_date(text)
