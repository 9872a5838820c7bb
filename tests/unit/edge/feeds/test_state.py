from __future__ import annotations

from typing import NamedTuple

import msgspec
import pytest

from edge.feeds.state import FeedState, Health, Validators, failed, next_reading_s, shortened, unchanged

GOOD = FeedState(health=Health.GOOD, detail="2 products are gone", good_at_ms=5, read_at_ms=5, items=9, rows_changed=3)


def test_a_failure_keeps_what_is_known_and_counts() -> None:
    once = failed(GOOD, "it answers 500", asked_at_ms=9)
    twice = failed(once, "it answers 500", asked_at_ms=10)
    assert (twice.health, twice.detail, twice.failures) == (Health.FAILING, "it answers 500", 2)
    assert (twice.items, twice.good_at_ms, twice.rows_changed) == (9, 5, 0)


def test_what_is_unchanged_is_good_and_what_was_wrong_is_forgotten() -> None:
    assert unchanged(GOOD, asked_at_ms=9).detail == GOOD.detail
    back = unchanged(failed(GOOD, "it answers 500", asked_at_ms=8), asked_at_ms=9)
    assert (back.health, back.detail, back.failures, back.good_at_ms, back.read_at_ms) == (Health.GOOD, "", 0, 9, 5)


class Wait(NamedTuple):
    id: str
    failures: int
    retry: bool
    rest_s: float | None
    want_s: float


WAITS = [
    Wait("nothing wrong", 0, False, None, 300),
    Wait("wrong in a way that waiting does not mend", 3, False, None, 300),
    Wait("the first failure", 1, True, None, 5),
    Wait("the third failure", 3, True, None, 20),
    Wait("the thousandth failure", 1000, True, None, 300),
    Wait("a shop that wants rest", 1, True, 60, 60),
    Wait("a shop that wants a longer rest than the interval", 1, True, 600, 600),
]


@pytest.mark.parametrize("case", WAITS, ids=lambda case: case.id)
def test_when_it_is_read_again(case: Wait) -> None:
    state = FeedState(failures=case.failures)
    assert next_reading_s(state, 300, retry=case.retry, rest_s=case.rest_s) == case.want_s


def test_conditions_are_the_validators_there_are() -> None:
    assert Validators(etag='"a"', last_modified="then").conditions == (
        ("If-None-Match", '"a"'),
        ("If-Modified-Since", "then"),
    )
    assert Validators().conditions == ()


def test_the_state_is_shown_without_what_only_the_node_needs() -> None:
    shown = FeedState().shown()
    assert (shown["state"], shown["good_at_ms"], shown["detail"]) == ("waiting", None, None)
    assert not {"validators", "read_as", "tables_seq"} & shown.keys()


def test_a_state_survives_the_file() -> None:
    state = failed(GOOD, "x", asked_at_ms=1)
    assert msgspec.json.decode(msgspec.json.encode(state), type=FeedState) == state


def test_only_the_first_notes_are_shown() -> None:
    assert shortened([str(number) for number in range(99)]) == ("0", "1", "2", "3", "4")
