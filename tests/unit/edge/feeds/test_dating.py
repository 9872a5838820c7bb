from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.feeds.dating import AgeLimits, event_version, modified_s, said_at_ms, source_time_ms
from edge.model import fields
from edge.policy.dates import format_http_date
from edge.store.row import Row, next_row

ASKED_MS = 1_795_226_400_250
ASKED_S = ASKED_MS // 1000
NODE = "edge-1"


class Answered(NamedTuple):
    id: str
    fields: dict[str, str]
    seconds_ago: int


ANSWERED = [
    Answered("nothing said", {}, 0),
    Answered("made when asked", {"Date": format_http_date(ASKED_S)}, 0),
    Answered("an hour old",
             {"Date": format_http_date(ASKED_S), "Last-Modified": format_http_date(ASKED_S - 3600)}, 3600),
    Answered("an hour old by its own wrong clock",
             {"Date": format_http_date(ASKED_S - 86_400), "Last-Modified": format_http_date(ASKED_S - 90_000)}, 3600),
    Answered("an hour old, without a date", {"Last-Modified": format_http_date(ASKED_S - 3600)}, 3600),
    Answered("from tomorrow", {"Date": format_http_date(ASKED_S), "Last-Modified": format_http_date(ASKED_S + 9)}, 0),
    Answered("a minute in a cache", {"Date": format_http_date(ASKED_S - 60), "Age": "60"}, 60),
    Answered("dates that are none", {"Date": "today", "Last-Modified": "yesterday", "Age": "old"}, 0),
]  # fmt: skip


@pytest.mark.parametrize("case", ANSWERED, ids=lambda case: case.id)
def test_when_a_source_said_it_is_on_this_node_s_clock(case: Answered) -> None:
    assert source_time_ms(fields(case.fields), asked_at_ms=ASKED_MS) == ASKED_MS - case.seconds_ago * 1000


def test_last_modified_is_read_as_it_stands() -> None:
    assert modified_s(fields({"Last-Modified": format_http_date(ASKED_S)})) == ASKED_S
    assert modified_s(fields()) is None


@pytest.mark.parametrize(
    ("updated_ms", "want"),
    [(None, 900), (500, 900), (600, 900), (601, 601), (900, 900), (901, 900)],
    ids=["unsaid", "long ago", "when it was read before", "since then", "just now", "in the future"],
)
def test_an_item_s_own_time_counts_where_it_can_be_this_change_s(updated_ms: int | None, want: int) -> None:
    assert said_at_ms(900, updated_ms, read_before_ms=600) == want


class Held(NamedTuple):
    id: str
    held: Row | None
    want: int | None
    same: bool = False
    said_ms: int = 1000
    max_age_ms: int | None = None


NOW_MS = 10_000
CONFIRMED_MS = 9_000
HELD = [
    Held("no row", None, 1000),
    Held("an event that says something else", Row(0, 900, 950, NODE, b"x"), 1000),
    Held("an event that says the same", Row(0, 900, 950, NODE, b"x"), None, same=True),
    Held("an operator's row from before", Row(1, 0, 999, NODE, b"x"), 1000),
    Held("an operator's row of the same instant", Row(1, 0, 1000, NODE, b"x"), None),
    Held("an operator's later row", Row(1, 0, 1001, NODE, b"x"), None),
    Held("an operator's row that says the same", Row(1, 0, 500, NODE, b"x"), None, same=True),
    Held("an operator's later deletion", Row(1, 0, 1001, NODE, None), None),
    Held("an operator's earlier deletion", Row(1, 0, 999, NODE, None), 1000),
    Held("an event young enough", Row(0, 900, 9_000, NODE, b"x"), None, same=True, max_age_ms=4_000),
    Held("an event of half its age", Row(0, 900, 7_000, NODE, b"x"), CONFIRMED_MS, same=True, max_age_ms=4_000),
    Held("an operator's row of half its age", Row(1, 0, 7_000, NODE, b"x"), None, max_age_ms=4_000),
    Held("one of half its age that says the same", Row(1, 0, 7_000, NODE, b"x"), None, same=True, max_age_ms=4_000),
    Held("an operator's row that is too old", Row(1, 0, 5_000, NODE, b"x"), CONFIRMED_MS, max_age_ms=4_000),
    Held("one too old that says the same", Row(1, 0, 5_000, NODE, b"x"), CONFIRMED_MS, same=True, max_age_ms=4_000),
    Held("a deletion does not grow old", Row(1, 0, 5_000, NODE, None), None, max_age_ms=4_000),
]


@pytest.mark.parametrize("case", HELD, ids=lambda case: case.id)
def test_what_a_statement_is_to_a_row(case: Held) -> None:
    version = event_version(
        case.held,
        same=case.same,
        said_ms=case.said_ms,
        confirmed_ms=CONFIRMED_MS,
        age_limits=AgeLimits(case.max_age_ms, NOW_MS),
    )
    assert version == case.want
    if version is not None:
        stated = next_row(case.held, b"y", node=NODE, now_ms=NOW_MS, source_version=version)
        assert stated.beats(case.held), "what is stated has to take effect"


class Story:
    """One row between a feed and an operator. Time is what the test says it is."""

    def __init__(self) -> None:
        self.row: Row | None = None
        self._said: tuple[bytes, int] | None = None

    @property
    def value(self) -> bytes | None:
        return self.row.value if self.row is not None else None

    def feed(self, value: bytes, *, read_ms: int, source_ms: int | None = None) -> None:
        """A reading, with the memory's rule: what it goes on saying keeps its time, what is new is later."""
        at_ms = read_ms if source_ms is None else source_ms
        if self._said is None:
            self._said = (value, at_ms)
        elif self._said[0] != value:
            self._said = (value, max(at_ms, self._said[1] + 1))
        said_ms = self._said[1]
        same, limits = self.value == value, AgeLimits(None, read_ms)
        version = event_version(self.row, same=same, said_ms=said_ms, confirmed_ms=read_ms, age_limits=limits)
        if version is not None:
            self.row = next_row(self.row, value, node=NODE, now_ms=read_ms, source_version=version)

    def operator(self, value: bytes | None, *, at_ms: int) -> None:
        self.row = next_row(self.row, value, node=NODE, now_ms=at_ms)


def test_an_operator_s_price_outlives_every_reading_that_says_nothing_new() -> None:
    story = Story()
    story.feed(b"19.99", read_ms=100)
    story.operator(b"17.00", at_ms=150)
    for read_ms in (200, 300, 400):
        story.feed(b"19.99", read_ms=read_ms)
        assert story.value == b"17.00"


def test_the_next_thing_the_shop_says_beats_the_operator_s_price() -> None:
    story = Story()
    story.feed(b"19.99", read_ms=100)
    story.operator(b"17.00", at_ms=150)
    story.feed(b"21.00", read_ms=200)
    assert story.value == b"21.00"


def test_what_the_shop_said_before_the_operator_wrote_is_too_late_when_it_is_read() -> None:
    story = Story()
    story.feed(b"19.99", read_ms=100)
    story.operator(b"17.00", at_ms=150)
    story.feed(b"21.00", read_ms=200, source_ms=140)
    assert story.value == b"17.00"
    story.feed(b"21.00", read_ms=300, source_ms=140)
    assert story.value == b"17.00"
    story.feed(b"22.00", read_ms=400, source_ms=390)
    assert story.value == b"22.00"


def test_a_feed_read_for_the_first_time_gives_way_to_rows_written_after_it() -> None:
    story = Story()
    story.operator(b"17.00", at_ms=150)
    story.feed(b"19.99", read_ms=200, source_ms=100)
    assert story.value == b"17.00"


def test_prices_that_return_are_news_each_time() -> None:
    story = Story()
    for read_ms, price in ((100, b"1"), (200, b"2"), (300, b"1"), (400, b"2")):
        story.feed(price, read_ms=read_ms, source_ms=50)
        assert story.value == price


@given(st.lists(st.tuples(st.booleans(), st.sampled_from([b"1", b"2", b"3"])), max_size=20))
def test_the_last_one_to_say_something_new_is_right(steps: list[tuple[bool, bytes]]) -> None:
    story, want, said = Story(), None, None
    for turn, (by_feed, value) in enumerate(steps, start=1):
        if by_feed:
            if said != value:
                want = said = value
            story.feed(value, read_ms=turn * 100)
        else:
            want = value
            story.operator(value, at_ms=turn * 100)
        assert story.value == want
