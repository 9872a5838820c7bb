from __future__ import annotations

import pytest

from renderers.strangers.times import both_epochs, only_times_differ, without_times

TIMES = [
    ("2024-05-01", "2024-05-02"),
    ("2024-05-01T12:30:01Z", "2024-05-01T12:30:02.123+02:00"),
    ("Made 12:30", "Made 9:05 pm"),
    ("1 May 2024", "30 April 2024"),
    ("Wed, 01 May 2024 12:30:01 GMT", "Thu, 02 May 2024 12:30:01 GMT"),
    ("May 1, 2024 at 12:30", "June 30th, 2024 at 1:15"),
    ("01.05.2024", "2.5.2024"),
    ("5/1/2024", "5/2/2024"),
    ("added 3 minutes ago", "added an hour ago"),
    ("added just now", "added 1 minute ago"),
    ("took 0.12s", "took 1,3 seconds"),
    ("took 120 ms", "took 99.5ms"),
]

NO_TIMES = [
    ("5 left", "4 left"),
    ("€12.30", "€12.40"),
    ("Delivery in 3 days", "Delivery in 5 days"),
    ("16:9", "4:3"),
    ("Anna, 12:30", "Berta, 12:30"),
    ("version 1.2.3", "version 1.2.4"),
    ("May", "April"),
    ("same", "same"),
]


@pytest.mark.parametrize(("first", "second"), TIMES)
def test_times_of_every_spelling_are_known(first: str, second: str) -> None:
    assert only_times_differ(first, second)


@pytest.mark.parametrize(("first", "second"), NO_TIMES)
def test_what_else_differs_is_no_time(first: str, second: str) -> None:
    assert not only_times_differ(first, second)


def test_everything_around_times_stays() -> None:
    assert without_times("a 12:30 b 2024-05-01 c") == "a \0 b \0 c"


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("1714566601", "1714566602", True),
        ("1714566601123", "1714566602456", True),
        ("1714566601.25", "1714566601.5", True),
        ("1714566601", "1714666602", False),
        ("1714566601", "1714566602456", False),
        ("714566601", "714566602", False),
        ("4014566601", "4014566602", False),
    ],
)
def test_unix_times_of_one_day(first: str, second: str, same: bool) -> None:
    assert both_epochs(first, second) is same
