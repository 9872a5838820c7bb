from __future__ import annotations

import re
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.policy.cache_status import CacheStatus, Fwd, forward_reason, serialise
from edge.policy.lookup import Verdict


class Case(NamedTuple):
    id: str
    status: CacheStatus
    want: str


CASES = [
    Case("§2.1 a hit", CacheStatus(hit=True, ttl=42), "vitrine; hit; ttl=42"),
    Case("§2.4 a stale hit", CacheStatus(hit=True, ttl=-30, detail="grace"), "vitrine; hit; ttl=-30; detail=grace"),
    Case("§2.2 a miss, stored", CacheStatus(fwd=Fwd.URI_MISS, fwd_status=200, ttl=60, stored=True),
         "vitrine; fwd=uri-miss; fwd-status=200; stored; ttl=60"),
    Case("§2.6 a collapsed miss", CacheStatus(fwd=Fwd.URI_MISS, collapsed=True), "vitrine; fwd=uri-miss; collapsed"),
    Case("§2.1 a forwarded request is no hit", CacheStatus(hit=True, fwd=Fwd.STALE), "vitrine; fwd=stale"),
    Case("§2.5 stored belongs to forwarded requests", CacheStatus(hit=True, stored=True, collapsed=True),
         "vitrine; hit"),
    Case("an error of our own is neither", CacheStatus(detail="only-if-cached"), "vitrine; detail=only-if-cached"),
    Case("§2.7 a key is a string", CacheStatus(hit=True, key='shop https://a/?q="\\'),
         'vitrine; hit; key="shop https://a/?q=\\"\\\\"'),
    Case("a line break in a key cannot split the field", CacheStatus(hit=True, key="a\r\nb"),
         'vitrine; hit; key="a%0D%0Ab"'),
    Case("letters beyond ASCII", CacheStatus(hit=True, key="ü"), 'vitrine; hit; key="%C3%BC"'),
    Case("§2.8 a detail that is no token", CacheStatus(hit=True, detail="two words"),
         'vitrine; hit; detail="two words"'),
    Case("a detail that begins with a digit", CacheStatus(hit=True, detail="9"), 'vitrine; hit; detail="9"'),
    Case("an empty detail", CacheStatus(hit=True, detail=""), 'vitrine; hit; detail=""'),
    Case("RFC 9651 §3.3.1 integers have 15 digits", CacheStatus(hit=True, ttl=-(10**20)),
         "vitrine; hit; ttl=-999999999999999"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[c.id for c in CASES])
def test_serialise(case: Case) -> None:
    assert serialise(case.status) == case.want


def test_we_come_after_the_caches_nearer_the_origin() -> None:
    assert serialise(CacheStatus(hit=True), earlier="origin-cdn; hit") == "origin-cdn; hit, vitrine; hit"


@pytest.mark.parametrize("verdict", Verdict)
def test_a_verdict_is_a_hit_or_forwarded_or_an_error(verdict: Verdict) -> None:
    answered_here = verdict.delivers or verdict is Verdict.ONLY_IF_CACHED
    assert (forward_reason(verdict) is None) is answered_here


statuses = st.builds(
    CacheStatus,
    hit=st.booleans(),
    fwd=st.none() | st.sampled_from(Fwd),
    fwd_status=st.none() | st.integers(100, 599),
    ttl=st.none() | st.integers(),
    stored=st.booleans(),
    collapsed=st.booleans(),
    key=st.none() | st.text(),
    detail=st.none() | st.text() | st.sampled_from([verdict.value for verdict in Verdict]),
)


BARE_ITEM = r'(?:-?[0-9]{1,15}|[A-Za-z*][!#$%&\'*+.^_`|~:/A-Za-z0-9-]*|"(?:[ !#-\[\]-~]|\\["\\])*")'
MEMBER = re.compile(rf"vitrine(?:; [a-z-]+(?:={BARE_ITEM})?)*")
"""An item with parameters as RFC 9651 §4.1 writes them; only the kinds of value Cache-Status has."""


@given(statuses)
def test_whatever_is_said_is_one_member_of_a_structured_list(status: CacheStatus) -> None:
    member = serialise(status)
    assert MEMBER.fullmatch(member)
    names = re.findall(r"; ([a-z-]+)", re.sub(r'"(?:[^"\\]|\\.)*"', "", member))
    assert len(names) == len(set(names))
    assert not {"hit", "fwd"} <= set(names)
    assert ("key" in names, "ttl" in names) == (status.key is not None, status.ttl is not None)
