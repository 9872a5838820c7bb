from __future__ import annotations

import itertools
import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renderers.strangers.align import Gap, align, gaps, remainder, rising

few = st.lists(st.integers(0, 4), max_size=40)


@given(few, few)
def test_pairs_are_equal_and_rise_on_both_sides(first: list[int], second: list[int]) -> None:
    pairs = align(first, second)
    assert all(first[i] == second[j] for i, j in pairs)
    assert all(a[0] < b[0] and a[1] < b[1] for a, b in itertools.pairwise(pairs))


@given(few, few)
def test_gaps_are_all_that_is_in_no_pair(first: list[int], second: list[int]) -> None:
    pairs = align(first, second)
    found = list(gaps(pairs, len(first), len(second)))
    mine = {i for gap in found for i in range(gap.start, gap.end)}
    theirs = {j for gap in found for j in range(gap.other_start, gap.other_end)}
    assert mine == set(range(len(first))) - {i for i, _ in pairs}
    assert theirs == set(range(len(second))) - {j for _, j in pairs}


@given(few)
def test_a_sequence_is_aligned_with_itself_item_by_item(items: list[int]) -> None:
    assert align(items, items) == [(index, index) for index in range(len(items))]


@given(few, st.integers(0, 40), st.integers(5, 9))
def test_one_inserted_item_is_the_only_gap(items: list[int], at: int, item: int) -> None:
    at = min(at, len(items))
    longer = [*items[:at], item, *items[at:]]
    assert list(gaps(align(items, longer), len(items), len(longer))) == [Gap(at, at, at, at + 1)]


def test_unique_items_are_anchors_however_far_they_moved() -> None:
    assert align("abcXdef", "abcdefX") == [(0, 0), (1, 1), (2, 2), (4, 3), (5, 4), (6, 5)]


@given(st.lists(st.integers(0, 30), max_size=30))
def test_a_rising_subsequence_rises_and_is_none_longer_for_being_greedy(numbers: list[int]) -> None:
    found = [numbers[index] for index in rising(numbers)]
    assert all(a < b for a, b in itertools.pairwise(found))
    best: list[int] = []
    for index, number in enumerate(numbers):
        best.append(1 + max((best[i] for i in range(index) if numbers[i] < number), default=0))
    assert len(found) == max(best, default=0)


def test_what_is_left_around_ranges() -> None:
    assert remainder(b"0123456789", (2, 9), [(5, 6), (3, 4)]) == [b"2", b"4", b"678"]


@pytest.mark.parametrize("kinds", [1, 2, 5, 10**9])
def test_long_sequences_take_no_square_of_their_length(kinds: int) -> None:
    numbers = random.Random(1)
    first, second = ([numbers.randrange(kinds) for _ in range(20_000)] for _ in range(2))
    started = time.process_time()
    align(first, second)
    assert time.process_time() - started < 2
