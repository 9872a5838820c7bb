from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.policy.publish import Doubt, Memory, Publish, Summary, judge

GOOD = Summary(200, 9_000, has_price=True)
UNPRICED = Summary(200, 9_000, has_price=False)
SHORT = Summary(200, 2_999, has_price=True)
ADMIT, HOLD, GONE = Publish.ADMIT, Publish.HOLD, Publish.REPLACE_GONE


def answer(status: int) -> Summary:
    return Summary(status, 100, has_price=False)


class Case(NamedTuple):
    id: str
    previous: Summary | None
    new: Summary
    want: Publish
    doubt: Doubt | None = None
    accept: bool = False


FIRST = [
    Case("the first page is believed", None, GOOD, ADMIT),
    Case("the first page without a price too", None, UNPRICED, ADMIT),
    Case("nothing to protect from a 404", None, answer(404), ADMIT),
    Case("a 5xx is never stored", None, answer(500), HOLD, Doubt.SERVER_ERROR),
    Case("a page like the last one", GOOD, GOOD, ADMIT),
    Case("a longer page", GOOD, Summary(200, 90_000, has_price=True), ADMIT),
    Case("a page of a third the length", GOOD, Summary(200, 3_000, has_price=True), ADMIT),
    Case("a page shrunk below a third", GOOD, SHORT, HOLD, Doubt.SHRUNK),
    Case("a page that lost its price", GOOD, UNPRICED, HOLD, Doubt.LOST_PRICE),
    Case("a page that never had one", UNPRICED, UNPRICED, ADMIT),
    Case("a page that got one", UNPRICED, GOOD, ADMIT),
    Case("an empty page", GOOD, Summary(200, 0, has_price=False), HOLD, Doubt.SHRUNK),
    Case("a 404", GOOD, answer(404), HOLD, Doubt.GONE),
    Case("a 410", GOOD, answer(410), HOLD, Doubt.GONE),
    Case("a redirect", GOOD, answer(302), HOLD, Doubt.MOVED),
    Case("a 203", GOOD, answer(203), HOLD, Doubt.MOVED),
    Case("a firewall", GOOD, answer(403), HOLD, Doubt.REFUSED),
    Case("a rate limit", GOOD, answer(429), HOLD, Doubt.REFUSED),
    Case("a 500", GOOD, answer(500), HOLD, Doubt.SERVER_ERROR),
    Case("a maintenance page", GOOD, answer(503), HOLD, Doubt.SERVER_ERROR),
    Case("accepted: a shrunk page", GOOD, SHORT, ADMIT, Doubt.SHRUNK, accept=True),
    Case("accepted: a lost price", GOOD, UNPRICED, ADMIT, Doubt.LOST_PRICE, accept=True),
    Case("accepted: a 404", GOOD, answer(404), GONE, Doubt.GONE, accept=True),
    Case("accepted: a redirect", GOOD, answer(301), GONE, Doubt.MOVED, accept=True),
    Case("accepted: still no 5xx", GOOD, answer(502), HOLD, Doubt.SERVER_ERROR, accept=True),
    Case("accepted: still no 403", GOOD, answer(403), HOLD, Doubt.REFUSED, accept=True),
    Case("what is stored is no page", answer(404), GOOD, ADMIT),
    Case("what is stored is no page, nor is the new one", answer(404), answer(404), ADMIT),
]


@pytest.mark.parametrize("case", FIRST, ids=[c.id for c in FIRST])
def test_one_refresh(case: Case) -> None:
    got = judge(case.previous, case.new, None, now=1_000, accept=case.accept)
    assert (got.outcome, got.doubt) == (case.want, case.doubt)


class Story(NamedTuple):
    id: str
    refreshes: tuple[tuple[int, Summary], ...]
    """(instant, what came)"""
    want: Publish
    """Of the last one; all before were held."""


STORIES = [
    Story("two agreeing are not enough", ((0, SHORT), (60, SHORT)), HOLD),
    Story("three a minute apart are", ((0, SHORT), (60, SHORT), (120, SHORT)), ADMIT),
    Story("the third a second too early is not", ((0, SHORT), (60, SHORT), (119, SHORT)), HOLD),
    Story("one too early does not count, nor set back", ((0, SHORT), (59, SHORT), (60, SHORT), (120, SHORT)), ADMIT),
    Story("a burst is one witness", ((0, SHORT), (1, SHORT), (2, SHORT), (3, SHORT)), HOLD),
    Story("another fault starts anew", ((0, SHORT), (60, SHORT), (120, UNPRICED)), HOLD),
    Story("and is then believed", ((0, SHORT), (60, UNPRICED), (120, UNPRICED), (180, UNPRICED)), ADMIT),
    Story("short pages unlike each other do not agree",
          ((0, SHORT), (60, Summary(200, 100, has_price=True)), (120, SHORT)), HOLD),
    Story("short pages within a tenth do",
          ((0, SHORT), (60, Summary(200, 2_750, has_price=True)), (120, SHORT)), ADMIT),
    Story("three lost prices", ((0, UNPRICED), (60, UNPRICED), (120, UNPRICED)), ADMIT),
    Story("a 5xx in between neither counts nor sets back",
          ((0, SHORT), (60, answer(500)), (120, SHORT), (180, answer(503)), (240, SHORT)), ADMIT),
    Story("a 5xx is never believed", tuple((n * 60, answer(500)) for n in range(9)), HOLD),
    Story("a firewall is never believed", tuple((n * 60, answer(403)) for n in range(9)), HOLD),
    Story("404 twice", ((0, answer(404)), (1, answer(404))), GONE),
    Story("404 and 410 agree", ((0, answer(404)), (1, answer(410))), GONE),
    Story("two redirects are not enough", ((0, answer(301)), (60, answer(301))), HOLD),
    Story("three are", ((0, answer(301)), (60, answer(301)), (120, answer(301))), GONE),
]  # fmt: skip


@pytest.mark.parametrize("story", STORIES, ids=[s.id for s in STORIES])
def test_several_refreshes(story: Story) -> None:
    memory: Memory | None = None
    outcomes = []
    for now, new in story.refreshes:
        outcome, _, memory = judge(GOOD, new, memory, now=now)
        outcomes.append(outcome)
    assert outcomes[:-1] == [HOLD] * (len(outcomes) - 1)
    assert outcomes[-1] is story.want


def test_a_good_page_ends_all_doubt() -> None:
    memory = judge(GOOD, SHORT, None, now=0).memory
    assert memory is not None
    assert judge(GOOD, GOOD, memory, now=60).memory is None


summaries = st.builds(Summary, st.integers(200, 599), st.integers(0, 100_000), has_price=st.booleans())
memories = st.none() | st.builds(
    Memory, st.sampled_from(Doubt), st.integers(0, 100_000), st.integers(1, 9), st.integers(0, 10_000)
)


@given(st.none() | summaries, summaries, memories, st.integers(0, 20_000), st.booleans())
def test_a_5xx_never_replaces_a_page(
    previous: Summary | None, new: Summary, memory: Memory | None, now: int, accept: bool
) -> None:
    judged = judge(previous, new, memory, now=now, accept=accept)
    assert judged.outcome is Publish.HOLD or new.status < 500
    assert judged.memory == memory or new.status < 500


@given(st.lists(st.tuples(st.integers(0, 59), summaries), max_size=30))
def test_within_a_minute_only_404s_ever_replace_a_good_page(refreshes: list[tuple[int, Summary]]) -> None:
    memory: Memory | None = None
    for now, new in sorted(refreshes, key=lambda refresh: refresh[0]):
        outcome, doubt, memory = judge(GOOD, new, memory, now=now)
        assert outcome is Publish.HOLD or doubt in (None, Doubt.GONE)
        assert outcome is not Publish.REPLACE_GONE or new.status in (404, 410)
