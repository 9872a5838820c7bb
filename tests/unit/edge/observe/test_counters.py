"""Counting on the hot path."""

from __future__ import annotations

import timeit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.observe.counters import Counters, Family, Level, Spread, Tally


def test_a_tally_counts_each_combination_of_labels_from_nothing() -> None:
    counters = Counters()
    counters.requests["hit", "product", "2xx"] += 1
    counters.requests["hit", "product", "2xx"] += 1
    counters.requests["pass", "", "5xx"] += 1
    assert counters.requests == {("hit", "product", "2xx"): 2, ("pass", "", "5xx"): 1}


def test_asking_for_a_count_that_never_was_makes_no_series() -> None:
    tally = Tally(Family("vitrine_fills", "Fills.", ("outcome",)))
    assert tally[("stored",)] == 0
    assert len(tally) == 0


def test_a_count_without_labels_starts_at_zero_and_is_shown() -> None:
    assert Counters().records_dropped == {(): 0}


@given(seconds=st.lists(st.floats(0, 60), max_size=50))
def test_every_duration_falls_into_exactly_one_bucket(seconds: list[float]) -> None:
    spread = Spread(Family("vitrine_x_seconds", "X.", ("verdict",)), (0.1, 1.0, 10.0))
    for each in seconds:
        spread.observe(("hit",), each)
    first, second, third, above, total = spread[("hit",)]
    assert first == sum(each <= 0.1 for each in seconds)
    assert first + second == sum(each <= 1.0 for each in seconds)
    assert above == sum(each > 10.0 for each in seconds)
    assert first + second + third + above == len(seconds)
    assert total == pytest.approx(sum(seconds))


def test_every_metric_is_named_described_and_flushed_once() -> None:
    counters = Counters()
    listed: list[Tally | Level | Spread] = [*counters.tallies, *counters.levels, *counters.spreads]
    assert sorted(map(id, listed)) == sorted(map(id, vars(counters).values()))
    names = [metric.family.name for metric in listed]
    assert len(set(names)) == len(names)
    assert all(name.startswith("vitrine_") and not name.endswith("_total") for name in names)
    assert all(metric.family.help.endswith(".") for metric in listed)


@pytest.mark.parametrize("spread", Counters().spreads, ids=lambda spread: spread.family.name)
def test_buckets_rise(spread: Spread) -> None:
    assert list(spread.bounds) == sorted(set(spread.bounds))
    assert spread.bounds[0] > 0


def test_counting_a_request_takes_less_than_a_microsecond() -> None:
    counters = Counters()
    code = "counters.requests['hit', 'product', '2xx'] += 1"
    assert min(timeit.repeat(code, globals={"counters": counters}, number=1_000, repeat=20)) / 1_000 < 1e-6
