from __future__ import annotations

from edge.fill.memory import Recent
from edge.fill.protocol import FillAnswer, Outcome


class Clock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


DOWN = FillAnswer(outcome=Outcome.DOWN, reason="origin-timeout")


def test_both_memories_end_by_themselves() -> None:
    clock = Clock()
    recent = Recent(unshared_s=120, pause_s=5, clock=clock)
    recent.note_unshared("a", "private")
    recent.pause("a", DOWN)
    assert (recent.unshared("a"), recent.paused("a")) == ("private", DOWN)
    clock.now_s = 5
    assert (recent.unshared("a"), recent.paused("a")) == ("private", None)
    clock.now_s = 120
    assert recent.unshared("a") is None


def test_a_fill_ends_both_at_once() -> None:
    recent = Recent(unshared_s=120, pause_s=5, clock=Clock())
    recent.note_unshared("a", "private")
    recent.note_unshared("b", "private")
    recent.pause("a", DOWN)
    recent.forget("a")
    assert (recent.unshared("a"), recent.paused("a"), recent.unshared("b")) == (None, None, "private")
