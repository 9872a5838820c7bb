from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.model import Lifetime
from edge.policy.cache_control import NOTHING_ASKED, RequestDirectives
from edge.policy.lookup import Verdict, decide

STORED = Lifetime(stored_at=1_000, initial_age=10, ttl=60, grace=30, error_grace=300)
"""Fresh until 1050, grace until 1080, error grace until 1350."""

ARRIVED_STALE = Lifetime(stored_at=1_000, initial_age=70, ttl=60)
STRICT = Lifetime(stored_at=1_000, initial_age=10, ttl=60, must_revalidate=True)


class Case(NamedTuple):
    id: str
    lifetime: Lifetime | None
    now: int
    want: Verdict
    origin_up: bool = True
    page_kind: bool = False
    request: RequestDirectives = NOTHING_ASKED


RELOAD = RequestDirectives(max_age=0)
HARD_RELOAD = RequestDirectives(no_cache=True)
IF_CACHED = RequestDirectives(only_if_cached=True)
DOWN = False

TIME = [
    Case("nothing stored", None, 1_000, Verdict.FETCH),
    Case("nothing stored, origin down", None, 1_000, Verdict.FETCH, DOWN),
    Case("just stored", STORED, 1_000, Verdict.DELIVER),
    Case("§4.2 last fresh second", STORED, 1_049, Verdict.DELIVER),
    Case("§4.2 age equal to the ttl is stale", STORED, 1_050, Verdict.DELIVER_AND_REFRESH),
    Case("RFC 5861 §3 last grace second", STORED, 1_079, Verdict.DELIVER_AND_REFRESH),
    Case("RFC 5861 §3 past grace", STORED, 1_080, Verdict.REVALIDATE),
    Case("fresh, origin down", STORED, 1_049, Verdict.DELIVER, DOWN),
    Case("in grace, origin down: no refresh", STORED, 1_050, Verdict.DELIVER_STALE_IF_ERROR, DOWN),
    Case("RFC 5861 §4 last second of error grace", STORED, 1_349, Verdict.DELIVER_STALE_IF_ERROR, DOWN),
    Case("RFC 5861 §4 past error grace", STORED, 1_350, Verdict.REVALIDATE, DOWN),
    Case("a page past everything, origin down", STORED, 10**9, Verdict.DELIVER_ORIGIN_DOWN, DOWN, True),
    Case("a page past everything, origin up", STORED, 10**9, Verdict.REVALIDATE, True, True),
    Case("a page in error grace, origin down", STORED, 1_349, Verdict.DELIVER_STALE_IF_ERROR, DOWN, True),
    Case("a page never stored, origin down", None, 1_000, Verdict.FETCH, DOWN, True),
    Case("§5.2.2.2 must-revalidate while fresh", STRICT, 1_049, Verdict.DELIVER, DOWN),
    Case("§5.2.2.2 must-revalidate, stale", STRICT, 1_050, Verdict.REVALIDATE),
    Case("§5.2.2.2 must-revalidate, stale, origin down", STRICT, 1_050, Verdict.REVALIDATE, DOWN),
    Case("§5.2.2.2 must-revalidate holds against max-stale", STRICT, 1_050, Verdict.REVALIDATE, DOWN, False,
         RequestDirectives(max_stale=999)),
    Case("§5.2.2.2 must-revalidate holds against max-stale, origin up", STRICT, 1_050, Verdict.REVALIDATE,
         request=RequestDirectives(max_stale=999)),
    Case("clock stepped back", STORED, 900, Verdict.DELIVER),
    Case("clock stepped back on a copy stale on arrival", ARRIVED_STALE, 900, Verdict.REVALIDATE),
]  # fmt: skip

REQUESTS = [
    Case("§5.2.1.4 no-cache", STORED, 1_000, Verdict.REVALIDATE, request=HARD_RELOAD),
    Case("§5.2.1.4 no-cache in grace", STORED, 1_060, Verdict.REVALIDATE, request=HARD_RELOAD),
    Case("§5.2.1.4 no-cache with nobody to ask", STORED, 1_000, Verdict.DELIVER, DOWN, request=HARD_RELOAD),
    Case("§5.2.1.1 max-age=0 is a reload", STORED, 1_000, Verdict.REVALIDATE, request=RELOAD),
    Case("§5.2.1.1 max-age=0 of a copy of age 0", Lifetime(1_000, 0, 60), 1_000, Verdict.REVALIDATE, request=RELOAD),
    Case("§5.2.1.1 as old as max-age", STORED, 1_010, Verdict.DELIVER, request=RequestDirectives(max_age=20)),
    Case("§5.2.1.1 older than max-age", STORED, 1_011, Verdict.REVALIDATE, request=RequestDirectives(max_age=20)),
    Case("§5.2.1.3 as fresh as min-fresh", STORED, 1_020, Verdict.DELIVER, request=RequestDirectives(min_fresh=30)),
    Case("§5.2.1.3 less than min-fresh", STORED, 1_021, Verdict.REVALIDATE, request=RequestDirectives(min_fresh=30)),
    Case("§5.2.1.2 last second of max-stale", STORED, 1_149, Verdict.DELIVER_AND_REFRESH,
         request=RequestDirectives(max_stale=100)),
    Case("§5.2.1.2 past max-stale", STORED, 1_150, Verdict.REVALIDATE, request=RequestDirectives(max_stale=100)),
    Case("§5.2.1.2 max-stale, origin down", STORED, 1_499, Verdict.DELIVER_STALE_IF_ERROR, DOWN,
         request=RequestDirectives(max_stale=450)),
    Case("§5.2.1.5 no-store", STORED, 1_000, Verdict.PASS, request=RequestDirectives(no_store=True)),
    Case("§5.2.1.7 only-if-cached, fresh", STORED, 1_000, Verdict.DELIVER, request=IF_CACHED),
    Case("§5.2.1.7 only-if-cached, nothing stored", None, 1_000, Verdict.ONLY_IF_CACHED, request=IF_CACHED),
    Case("§5.2.1.7 only-if-cached, too stale", STORED, 1_080, Verdict.ONLY_IF_CACHED, request=IF_CACHED),
    Case("§5.2.1.7 only-if-cached, in grace", STORED, 1_050, Verdict.DELIVER_AND_REFRESH, request=IF_CACHED),
    Case("a page, reload", STORED, 1_000, Verdict.DELIVER, True, True, RELOAD),
    Case("a page, hard reload", STORED, 1_000, Verdict.DELIVER, True, True, HARD_RELOAD),
    Case("a page, hard reload in grace", STORED, 1_050, Verdict.DELIVER_AND_REFRESH, True, True, HARD_RELOAD),
    Case("a page, request no-store", STORED, 1_000, Verdict.DELIVER, True, True, RequestDirectives(no_store=True)),
    Case("a page, min-fresh", STORED, 1_000, Verdict.DELIVER, True, True, RequestDirectives(min_fresh=9999)),
    Case("a page, max-stale", STORED, 1_090, Verdict.REVALIDATE, True, True, RequestDirectives(max_stale=9999)),
    Case("a page never stored, only-if-cached", None, 1_000, Verdict.ONLY_IF_CACHED, True, True, IF_CACHED),
]  # fmt: skip

CASES = TIME + REQUESTS


@pytest.mark.parametrize("case", CASES, ids=[c.id for c in CASES])
def test_decide(case: Case) -> None:
    got = decide(
        case.lifetime,
        now=case.now,
        origin_up=case.origin_up,
        page_kind=case.page_kind,
        request=case.request,
    )
    assert got is case.want


lifetimes = st.builds(
    Lifetime,
    stored_at=st.integers(0, 2**31),
    initial_age=st.integers(0, 10**6),
    ttl=st.integers(0, 10**6),
    grace=st.integers(0, 10**6),
    error_grace=st.integers(0, 10**6),
    must_revalidate=st.booleans(),
)
seconds = st.none() | st.integers(0, 10**6)
requests = st.builds(
    RequestDirectives,
    max_age=seconds,
    min_fresh=seconds,
    max_stale=seconds,
    no_cache=st.booleans(),
    no_store=st.booleans(),
    only_if_cached=st.booleans(),
)


@given(lifetimes, requests, st.tuples(st.integers(0, 2**32), st.integers(0, 10**6)), st.booleans(), st.booleans())
def test_a_copy_never_becomes_fresh_again(
    lifetime: Lifetime, request: RequestDirectives, times: tuple[int, int], up: bool, page_kind: bool
) -> None:
    now, later = times
    first = decide(lifetime, now=now, origin_up=up, page_kind=page_kind, request=request)
    second = decide(lifetime, now=now + later, origin_up=up, page_kind=page_kind, request=request)
    assert first is Verdict.DELIVER or second is not Verdict.DELIVER


@given(lifetimes, requests, st.integers(0, 2**32), st.booleans())
def test_on_a_page_kind_no_request_makes_the_origin_work_more(
    lifetime: Lifetime, request: RequestDirectives, now: int, up: bool
) -> None:
    unasked = decide(lifetime, now=now, origin_up=up, page_kind=True)
    got = decide(lifetime, now=now, origin_up=up, page_kind=True, request=request)
    assert got is unasked or got is Verdict.ONLY_IF_CACHED


@given(lifetimes, st.integers(0, 2**32))
def test_a_stored_page_that_may_ever_be_stale_always_serves_while_the_origin_is_down(
    lifetime: Lifetime, now: int
) -> None:
    verdict = decide(lifetime, now=now, origin_up=False, page_kind=True)
    assert verdict.delivers or lifetime.must_revalidate
