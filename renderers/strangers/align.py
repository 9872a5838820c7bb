"""Which items of two sequences are the same, found in time that grows with their length and not with its square."""

from __future__ import annotations

import bisect
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import NamedTuple

_CELLS = 4_000
"""Size of the gaps that are compared item by item; in larger ones without unique items nothing is matched."""
_ROUNDS = 12
"""How often a gap is looked at again between the unique items found in it."""


class Gap(NamedTuple):
    """Items ``start`` to ``end`` of either sequence."""

    start: int
    end: int
    other_start: int
    other_end: int


def align(first: Sequence[Hashable], second: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Pairs of indexes whose items are equal, rising on both sides.

    Items that occur once on either side are the anchors (patience diff, as Bram Cohen's), found again between anchors;
    small gaps left over get their longest common subsequence, large ones stay unmatched.
    """
    pairs: list[tuple[int, int]] = []
    pending = [(Gap(0, len(first), 0, len(second)), _ROUNDS)]
    while pending:
        gap, rounds = pending.pop()
        gap = _trim(first, second, gap, pairs)
        if gap.start == gap.end or gap.other_start == gap.other_end:
            continue
        anchors = _anchors(first, second, gap) if rounds else []
        if anchors:
            pairs += anchors
            pending += ((inner, rounds - 1) for inner in _between(anchors, gap))
        elif (gap.end - gap.start) * (gap.other_end - gap.other_start) <= _CELLS:
            pairs += _longest(first, second, gap)
    return sorted(pairs)


def gaps(pairs: Sequence[tuple[int, int]], length: int, other_length: int) -> Iterator[Gap]:
    """The unmatched runs between matched pairs, those with items on at least one side."""
    for gap in _between(pairs, Gap(0, length, 0, other_length)):
        if gap.start < gap.end or gap.other_start < gap.other_end:
            yield gap


def rising(numbers: Sequence[int]) -> list[int]:
    """Indexes of a longest strictly rising subsequence."""
    tails: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for index, number in enumerate(numbers):
        at = bisect.bisect_left(tails, number)
        before.append(last[at - 1] if at else -1)
        if at == len(tails):
            tails.append(number)
            last.append(index)
        else:
            tails[at], last[at] = number, index
    found: list[int] = []
    index = last[-1] if last else -1
    while index >= 0:
        found.append(index)
        index = before[index]
    return found[::-1]


def remainder(text: bytes, whole: tuple[int, int], ranges: Iterable[tuple[int, int]]) -> list[bytes]:
    """What is left of the range ``whole`` of a text around ranges inside it."""
    left: list[bytes] = []
    position, end = whole
    for start, stop in sorted(ranges):
        left.append(text[position:start])
        position = max(position, stop)
    left.append(text[position:end])
    return left


def _trim(first: Sequence[Hashable], second: Sequence[Hashable], gap: Gap, pairs: list[tuple[int, int]]) -> Gap:
    """Match what the gap begins and ends with on both sides."""
    start, end, other_start, other_end = gap
    while start < end and other_start < other_end and first[start] == second[other_start]:
        pairs.append((start, other_start))
        start, other_start = start + 1, other_start + 1
    while start < end and other_start < other_end and first[end - 1] == second[other_end - 1]:
        end, other_end = end - 1, other_end - 1
        pairs.append((end, other_end))
    return Gap(start, end, other_start, other_end)


def _anchors(first: Sequence[Hashable], second: Sequence[Hashable], gap: Gap) -> list[tuple[int, int]]:
    counts = Counter(first[gap.start : gap.end])
    other_counts = Counter(second[gap.other_start : gap.other_end])
    places = {second[j]: j for j in range(gap.other_start, gap.other_end) if other_counts[second[j]] == 1}
    unique = [(i, places[first[i]]) for i in range(gap.start, gap.end) if counts[first[i]] == 1 and first[i] in places]
    return [unique[index] for index in rising([j for _, j in unique])]


def _between(pairs: Sequence[tuple[int, int]], gap: Gap) -> Iterator[Gap]:
    start, other_start = gap.start, gap.other_start
    for i, j in pairs:
        yield Gap(start, i, other_start, j)
        start, other_start = i + 1, j + 1
    yield Gap(start, gap.end, other_start, gap.other_end)


def _longest(first: Sequence[Hashable], second: Sequence[Hashable], gap: Gap) -> list[tuple[int, int]]:
    """A longest common subsequence, by the table of all suffixes."""
    rows, columns = gap.end - gap.start, gap.other_end - gap.other_start
    table = [[0] * (columns + 1) for _ in range(rows + 1)]
    for i in reversed(range(rows)):
        for j in reversed(range(columns)):
            same = first[gap.start + i] == second[gap.other_start + j]
            table[i][j] = table[i + 1][j + 1] + 1 if same else max(table[i + 1][j], table[i][j + 1])
    pairs: list[tuple[int, int]] = []
    i = j = 0
    while i < rows and j < columns:
        if first[gap.start + i] == second[gap.other_start + j]:
            pairs.append((gap.start + i, gap.other_start + j))
            i, j = i + 1, j + 1
        elif table[i + 1][j] >= table[i][j + 1]:
            i += 1
        else:
            j += 1
    return pairs
