"""Who is next."""

from __future__ import annotations

from edge.fill.turns import Turns


async def test_the_most_urgent_is_next_and_among_equals_who_came_first() -> None:
    turns = Turns()
    late, first, second = turns.join(2), turns.join(1), turns.join(1)
    for turn in (first, second, late):
        assert not turn.done()
        turns.give()
        assert turn.done()
    assert turns.first is None


async def test_who_has_left_is_passed_over() -> None:
    turns = Turns()
    gone, there = turns.join(1), turns.join(5)
    gone.cancel()
    assert turns.first == 5
    turns.give()
    assert there.done()
    assert len(turns) == 0
