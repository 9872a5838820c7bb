"""How fast an origin may be asked, and how long it wants to be left alone."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.policy.dates import format_http_date
from edge.policy.pace import LONGEST_REST_S, RESTED_AFTER_S, Window, after_answer, after_stumble, rest_s, taken, wait_s

NOW = 1_750_000_000


def goes(rate: float, wanted: list[float]) -> list[float]:
    """When each request goes that is wanted at these instants, in order."""
    due_at = 0.0
    gone: list[float] = []
    for at in wanted:
        now = max([at, *gone[-1:]])
        now += wait_s(due_at, rate, now=now)
        due_at = taken(due_at, rate, now=now)
        gone.append(now)
    return gone


def test_a_second_s_worth_goes_at_once_and_the_rest_at_the_pace() -> None:
    assert goes(4, [10.0] * 6) == [10.0, 10.0, 10.0, 10.0, 10.25, 10.5]


def test_a_pace_below_one_a_second_has_no_burst() -> None:
    assert goes(0.5, [10.0] * 3) == [10.0, 12.0, 14.0]


def test_an_idle_origin_saves_up_no_more_than_a_second() -> None:
    assert goes(2, [10.0, 1000.0, 1000.0, 1000.0]) == [10.0, 1000.0, 1000.0, 1000.5]


@given(
    rate=st.floats(0.1, 50),
    gaps=st.lists(st.floats(0, 3), min_size=1, max_size=60),
)
def test_no_second_sees_more_than_two_of_its_worth(rate: float, gaps: list[float]) -> None:
    wanted = [100 + sum(gaps[: index + 1]) for index in range(len(gaps))]
    gone = goes(rate, wanted)
    assert all(went >= asked for went, asked in zip(gone, wanted, strict=True))
    for first in gone:
        within = sum(first <= went < first + 1 - 1e-6 for went in gone)
        assert within <= max(1, rate) + rate + 1


class Case(NamedTuple):
    id: str
    status: int
    retry_after: str | None
    want: float | None


CASES = [
    Case("too many, for so long", 429, "17", 17.0),
    Case("too many, until then", 429, format_http_date(NOW + 40), 40.0),
    Case("too many, until just now: no less than a moment", 429, format_http_date(NOW - 5), 1.0),
    Case("too many, at once again", 429, "0", 1.0),
    Case("too many, who knows until when", 429, None, RESTED_AFTER_S),
    Case("too many, in words", 429, "a while", RESTED_AFTER_S),
    Case("too many, for a day", 429, "86400", LONGEST_REST_S),
    Case("in maintenance, for so long", 503, " 120 ", 120.0),
    Case("failing", 503, None, None),
    Case("failing, and says nothing one can read", 503, "soon", None),
    Case("any other failure", 500, "10", None),
    Case("an answer", 200, "10", None),
]


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_rest(case: Case) -> None:
    assert rest_s(case.status, case.retry_after, now=NOW) == case.want


def after(events: str) -> int:
    """Pages at a time after answers (``.``) and stumbles (``x``)."""
    window = Window()
    for event in events:
        window = after_answer(window) if event == "." else after_stumble(window)
    return window.whole


class Windows(NamedTuple):
    id: str
    events: str
    want: int


WINDOWS = [
    Windows("at first", "", 8),
    Windows("each answer is room for one more", "." * 4, 12),
    Windows("up to a hundred", "." * 500, 100),
    Windows("a stumble halves", "." * 8 + "x", 8),
    Windows("and then a whole window of answers is room for one more", "x" + "." * 3, 4),
    Windows("not less", "x" + "." * 5, 5),
    Windows("there is always room for one", "x" * 20, 1),
    Windows("and from there it grows again", "x" * 20 + "." * 30, 7),
]


@pytest.mark.parametrize("case", WINDOWS, ids=[case.id for case in WINDOWS])
def test_window(case: Windows) -> None:
    assert after(case.events) == case.want
