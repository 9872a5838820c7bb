"""How slow, how broken, how often asked."""

from __future__ import annotations

import asyncio
import statistics

import pytest

from loadtest.storefront.conduct import Conduct, Outage, parse_duration_s


@pytest.mark.parametrize(("text", "seconds"), [("350ms", 0.35), ("1.5s", 1.5), ("0", 0.0), ("0ms", 0.0), ("2s", 2.0)])
def test_durations_are_written_with_a_unit(text: str, seconds: float) -> None:
    assert parse_duration_s(text) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["", "350", "-1s", "1m", "s", "1 s", "infs"])
def test_anything_else_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="write 350ms"):
        parse_duration_s(text)


def test_response_times_lie_around_the_median_with_a_tail_to_the_right() -> None:
    conduct = Conduct(median_s=0.35, sigma=0.35, seed=7)
    times = [conduct.next_delay_s() for _ in range(4_000)]
    assert statistics.median(times) == pytest.approx(0.35, rel=0.05)
    assert statistics.mean(times) > statistics.median(times) * 1.03
    assert max(times) <= 0.35 * 8


def test_a_seed_repeats_the_times_and_zero_switches_them_off() -> None:
    one, other = (Conduct(median_s=0.1, sigma=0.5, seed=3) for _ in range(2))
    assert [one.next_delay_s() for _ in range(5)] == [other.next_delay_s() for _ in range(5)]
    one.median_s = 0
    assert one.next_delay_s() == 0


async def test_whoever_waits_is_released_when_the_outage_ends_or_changes() -> None:
    conduct = Conduct(median_s=0, sigma=0)
    for following in (Outage.NONE, Outage.DROP):
        conduct.outage = Outage.HANG
        waiting = asyncio.get_running_loop().create_task(conduct.outage_over())
        await asyncio.sleep(0)
        assert not waiting.done()
        conduct.outage = following
        await asyncio.wait_for(waiting, 1)


def test_counts_stay_bounded() -> None:
    conduct = Conduct(median_s=0, sigma=0)
    for number in range(20_050):
        conduct.count(f"/{number}")
    conduct.count("/1")
    assert (conduct.requests["/1"], conduct.requests["(other)"], len(conduct.requests)) == (2, 50, 20_001)
