from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.policy.breaker import Breaker, BreakerPolicy, Phase, after_failure, after_success, ask

POLICY = BreakerPolicy(failures_in_row=3, failure_ratio=0.5, window_s=10, min_requests=6, probe_limit_s=15)
REOPEN_AFTER_S = 4.0


def play(*events: tuple[float, str], breaker: Breaker | None = None) -> Breaker:
    """Run ``(instant, ok | bad | ask)`` through the machine."""
    state = breaker or Breaker()
    for now, event in events:
        match event:
            case "ok":
                state = after_success(state, POLICY, now=now)
            case "bad":
                state = after_failure(state, POLICY, now=now, reopen_after_s=REOPEN_AFTER_S)
            case _:
                state = ask(state, POLICY, now=now).breaker
    return state


def at_once(events: str) -> tuple[tuple[float, str], ...]:
    return tuple((1.0, "bad" if event == "x" else "ok") for event in events)


class Case(NamedTuple):
    id: str
    events: tuple[tuple[float, str], ...]
    want: Phase


CASES = [
    Case("a new one is closed", (), Phase.CLOSED),
    Case("two failures in a row", at_once("xx"), Phase.CLOSED),
    Case("three failures in a row", at_once("xxx"), Phase.OPEN),
    Case("a success in between", at_once("xx.xx"), Phase.CLOSED),
    Case("failures in a row need not be in one window", ((0, "bad"), (20, "bad"), (40, "bad")), Phase.OPEN),
    Case("half of enough requests failed", at_once(".x.x.x"), Phase.OPEN),
    Case("half of too few", at_once(".x.x"), Phase.CLOSED),
    Case("less than half", at_once("..x.x.x"), Phase.CLOSED),
    Case("half of them over two windows", ((0, "ok"), (1, "bad"), (2, "ok"), (11, "bad"), (12, "ok"), (13, "bad")),
         Phase.CLOSED),
    Case("a late success while open", (*at_once("xxx"), (2, "ok")), Phase.OPEN),
    Case("a late failure while open", (*at_once("xxx"), (2, "bad")), Phase.OPEN),
    Case("asked too early", (*at_once("xxx"), (4.9, "ask")), Phase.OPEN),
    Case("asked in time", (*at_once("xxx"), (5.0, "ask")), Phase.HALF_OPEN),
    Case("the probe succeeds", (*at_once("xxx"), (5, "ask"), (6, "ok")), Phase.CLOSED),
    Case("the probe fails", (*at_once("xxx"), (5, "ask"), (6, "bad")), Phase.OPEN),
    Case("closed again, history is forgotten", (*at_once("xxx"), (5, "ask"), (6, "ok"), (7, "bad"), (7, "bad")),
         Phase.CLOSED),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[c.id for c in CASES])
def test_phases(case: Case) -> None:
    assert play(*case.events).phase is case.want


OPEN = play(*at_once("xxx"))


def test_only_one_probe_goes_at_a_time() -> None:
    granted, probing = ask(OPEN, POLICY, now=5.0)
    assert granted
    assert not ask(probing, POLICY, now=19.9).granted


def test_a_probe_never_heard_of_again_is_replaced() -> None:
    probing = ask(OPEN, POLICY, now=5.0).breaker
    assert ask(probing, POLICY, now=20.0).granted


def test_an_open_breaker_grants_nothing_before_its_time() -> None:
    granted, breaker = ask(OPEN, POLICY, now=4.9)
    assert not granted
    assert breaker == OPEN


def test_failed_probes_are_counted_for_the_back_off_until_one_succeeds() -> None:
    again = play((5, "ask"), (6, "bad"), (10, "ask"), (11, "bad"), breaker=OPEN)
    assert (again.reopened, again.retry_at) == (2, 15.0)
    assert play((15, "ask"), (16, "ok"), breaker=again).reopened == 0


def test_late_news_moves_the_retry_not_at_all() -> None:
    assert play((2, "bad"), (3, "bad"), (3, "ok"), breaker=OPEN) == OPEN


moves = st.lists(st.tuples(st.floats(0, 30), st.sampled_from(["ok", "bad", "ask"])), max_size=60)


@given(moves)
def test_whatever_happened_a_request_may_go_in_the_end(events: list[tuple[float, str]]) -> None:
    breaker = play(*sorted(events))
    assert ask(breaker, POLICY, now=30 + POLICY.probe_limit_s + REOPEN_AFTER_S).granted


@given(moves)
def test_an_origin_that_only_succeeds_is_never_shut_out(events: list[tuple[float, str]]) -> None:
    breaker = play(*((now, event) for now, event in sorted(events) if event != "bad"))
    assert breaker.phase is Phase.CLOSED
