from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.model import Pairs, fields
from edge.policy.dates import format_http_date
from edge.policy.freshness import corrected_initial_age, explicit_ttl, heuristic_ttl
from edge.policy.targeted import governing

NOW = 1_700_000_000


def at(offset: int) -> str:
    return format_http_date(NOW + offset)


class TtlCase(NamedTuple):
    id: str
    pairs: Pairs
    want: int | None


TTLS = [
    TtlCase("§4.2.1 nothing is stated", (), None),
    TtlCase("§4.2.1 max-age", (("Cache-Control", "max-age=60"),), 60),
    TtlCase("§5.2.2.10 s-maxage wins over max-age", (("Cache-Control", "max-age=60, s-maxage=5"),), 5),
    TtlCase("§5.3 max-age wins over Expires", (("Cache-Control", "max-age=60"), ("Expires", at(9))), 60),
    TtlCase("§4.2.1 an invalid max-age wins over Expires", (("Cache-Control", "max-age=x"), ("Expires", at(9))), 0),
    TtlCase("§4.2.1 Expires less Date", (("Expires", at(90)), ("Date", at(-10))), 100),
    TtlCase("RFC 9110 §6.6.1 without Date, Expires less arrival", (("Expires", at(90)),), 90),
    TtlCase("an unreadable Date is as good as none", (("Expires", at(90)), ("Date", "today")), 90),
    TtlCase("§5.3 Expires: 0 is the past", (("Expires", "0"),), 0),
    TtlCase("§5.3 an invalid date is the past", (("Expires", "in an hour"),), 0),
    TtlCase("§5.3 an empty date is the past", (("Expires", ""),), 0),
    TtlCase("Expires before Date is no negative ttl", (("Expires", at(-90)),), 0),
    TtlCase("§4.2.1 two Expires that differ are stale", (("Expires", at(90)), ("Expires", at(80))), 0),
    TtlCase("two Expires that agree are one", (("Expires", at(90)), ("Expires", at(90))), 90),
    TtlCase("§1.2.2 ttl ends at 2**31", (("Expires", "Fri, 31 Dec 9999 23:59:59 GMT"),), 2**31),
    TtlCase("§4.2.2 Last-Modified states no ttl", (("Last-Modified", at(-9000)),), None),
    TtlCase("RFC 9213 §2.2 a targeted max-age", (("CDN-Cache-Control", "max-age=7"), ("Expires", at(90))), 7),
    TtlCase(
        "RFC 9213 §2.2 a targeted field leaves Expires no say", (("CDN-Cache-Control", "x"), ("Expires", at(90))), None
    ),
]


@pytest.mark.parametrize("case", TTLS, ids=[c.id for c in TTLS])
def test_explicit_ttl(case: TtlCase) -> None:
    response = fields(case.pairs)
    assert explicit_ttl(governing(response), response, received_at=NOW) == case.want


class GuessCase(NamedTuple):
    id: str
    pairs: Pairs
    want: int | None
    limit_s: int = 3600


GUESSES = [
    GuessCase("§4.2.2 a tenth of the time since the last modification", (("Last-Modified", at(-9000)),), 900),
    GuessCase("§4.2.2 counted to Date", (("Last-Modified", at(-9000)), ("Date", at(-1000))), 800),
    GuessCase("at most the operator's limit", (("Last-Modified", at(-900_000)),), 3600),
    GuessCase("a limit of 0 assumes nothing", (("Last-Modified", at(-9000)),), None, 0),
    GuessCase("modified this second", (("Last-Modified", at(0)),), 0),
    GuessCase("modified in the future", (("Last-Modified", at(9)),), None),
    GuessCase("an unreadable Last-Modified", (("Last-Modified", "today"),), None),
    GuessCase("nothing to go by", (), None),
    GuessCase("§5.4 an old origin's way to say no-cache", (("Last-Modified", at(-9000)), ("Pragma", "No-Cache")), None),
]  # fmt: skip


@pytest.mark.parametrize("case", GUESSES, ids=[c.id for c in GUESSES])
def test_heuristic_ttl(case: GuessCase) -> None:
    assert heuristic_ttl(fields(case.pairs), received_at=NOW, limit_s=case.limit_s) == case.want


class AgeCase(NamedTuple):
    id: str
    pairs: Pairs
    delay: int
    want: int


AGES = [
    AgeCase("nothing is stated", (), 0, 0),
    AgeCase("§4.2.3 the response delay counts", (), 3, 3),
    AgeCase("§4.2.3 Age and delay add up", (("Age", "10"),), 3, 13),
    AgeCase("§4.2.3 the apparent age", (("Date", at(-20)),), 3, 20),
    AgeCase("§4.2.3 the larger of the two", (("Date", at(-20)), ("Age", "30")), 0, 30),
    AgeCase("§4.2.3 a Date in the future is age 0", (("Date", at(500)),), 0, 0),
    AgeCase("§5.1 the first of several members", (("Age", "7, 900"),), 0, 7),
    AgeCase("§5.1 the first of several lines", (("Age", "7"), ("Age", "900")), 0, 7),
    AgeCase("§5.1 an invalid Age is ignored", (("Age", "x"),), 0, 0),
    AgeCase("§5.1 a negative Age is ignored", (("Age", "-9"),), 0, 0),
    AgeCase("a parameter of Age is ignored, its number is not", (("Age", "7; a=900"),), 0, 7),
    AgeCase("§5.1 a fraction is ignored", (("Age", "9.5"),), 0, 0),
    AgeCase("§1.2.2 age ends at 2**31", (("Age", "9999999999"),), 9, 2**31),
    AgeCase("a clock stepped back while waiting makes nothing younger", (("Age", "10"),), -50, 10),
]


@pytest.mark.parametrize("case", AGES, ids=[c.id for c in AGES])
def test_corrected_initial_age(case: AgeCase) -> None:
    got = corrected_initial_age(fields(case.pairs), requested_at=NOW - case.delay, received_at=NOW)
    assert got == case.want


@given(st.text(), st.text(), st.text(), st.text())
def test_no_text_makes_them_raise_or_leave_their_bounds(control: str, expires: str, date: str, age: str) -> None:
    response = fields({"Cache-Control": control, "Expires": expires, "Date": date, "Age": age})
    ttl = explicit_ttl(governing(response), response, received_at=NOW)
    assert ttl is not None
    assert 0 <= ttl <= 2**31
    assert 0 <= corrected_initial_age(response, requested_at=NOW - 1, received_at=NOW) <= 2**31
