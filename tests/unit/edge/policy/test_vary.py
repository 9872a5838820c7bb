from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from edge.model import Pairs, fields
from edge.policy.vary import selecting_fields, variant, vary_suffix


class NamesCase(NamedTuple):
    id: str
    pairs: Pairs
    reached: frozenset[str] | None
    want: tuple[str, ...] | None


NAMES = [
    NamesCase("no Vary selects nothing", (), None, ()),
    NamesCase("§12.5.5 names ignore case", (("Vary", "Accept-ENCODING"),), None, ("accept-encoding",)),
    NamesCase("names are sorted, each once", (("Vary", "b, a"), ("Vary", "A")), None, ("a", "b")),
    NamesCase("§4.1 a star matches nothing", (("Vary", "*"),), None, None),
    NamesCase("§4.1 a star among names", (("Vary", "a, *"),), None, None),
    NamesCase("an empty Vary selects nothing", (("Vary", ""),), None, ()),
    NamesCase("what never reached the origin selects nothing", (("Vary", "cookie, a"),), frozenset({"a"}), ("a",)),
    NamesCase("a star stays a star", (("Vary", "*"),), frozenset(), None),
]


@pytest.mark.parametrize("case", NAMES, ids=[c.id for c in NAMES])
def test_selecting_fields(case: NamesCase) -> None:
    assert selecting_fields(fields(case.pairs), reached=case.reached) == case.want


class PairCase(NamedTuple):
    id: str
    name: str
    one: Pairs
    other: Pairs
    same: bool


PAIRS = [
    PairCase("§4.1 equal values match", "foo", (("Foo", "1"),), (("foo", "1"),), True),
    PairCase("§4.1 different values do not", "foo", (("Foo", "1"),), (("Foo", "2"),), False),
    PairCase("§4.1 absent matches absent", "foo", (), (), True),
    PairCase("§4.1 absent does not match empty", "foo", (), (("Foo", ""),), False),
    PairCase("§4.1 space beside commas is insignificant", "foo", (("Foo", "1, 2"),), (("Foo", " 1 ,2"),), True),
    PairCase("§4.1 lines combine", "foo", (("Foo", "1"), ("Foo", "2")), (("Foo", "1,2"),), True),
    PairCase("order matters", "foo", (("Foo", "1, 2"),), (("Foo", "2, 1"),), False),
    PairCase("case matters", "foo", (("Foo", "a"),), (("Foo", "A"),), False),
    PairCase("space in a quoted string matters", "foo", (("Foo", '"a,b"'),), (("Foo", '"a, b"'),), False),
    PairCase("User-Agent is no list", "user-agent", (("User-Agent", "a,b"),), (("User-Agent", "a, b"),), False),
    PairCase("Cookie is no list", "cookie", (("Cookie", "a=1,2"),), (("Cookie", "a=1, 2"),), False),
    PairCase(
        "Accept-Encoding by class",
        "accept-encoding",
        (("Accept-Encoding", "gzip, deflate, br, zstd"),),
        (("Accept-Encoding", "br;q=1.0, gzip;q=0.8"),),
        True,
    ),
    PairCase("no Accept-Encoding is identity", "accept-encoding", (), (("Accept-Encoding", "identity"),), True),
    PairCase("gzip is not identity", "accept-encoding", (), (("Accept-Encoding", "gzip"),), False),
    PairCase(
        "Accept-Language without case and space",
        "accept-language",
        (("Accept-Language", "de-DE, en;q=0.5"),),
        (("Accept-Language", "de-de,en; q=0.5"),),
        True,
    ),
    PairCase(
        "RFC 9110 §12.5.4 the order of equal weights means nothing",
        "accept-language",
        (("Accept-Language", "en, de"),),
        (("Accept-Language", "de, en"),),
        True,
    ),
    PairCase(
        "RFC 9110 §12.5.4 the weight orders",
        "accept-language",
        (("Accept-Language", "de;q=0.5, en"),),
        (("Accept-Language", "en, de;q=0.50"),),
        True,
    ),
    PairCase(
        "another weight",
        "accept-language",
        (("Accept-Language", "en, de;q=0.5"),),
        (("Accept-Language", "en, de"),),
        False,
    ),
    PairCase(
        "a weight that is none is left as it is",
        "accept-language",
        (("Accept-Language", "en;q=2, de"),),
        (("Accept-Language", "de, en;q=2"),),
        False,
    ),
    PairCase("other languages", "accept-language", (("Accept-Language", "de"),), (("Accept-Language", "fr"),), False),
]


@pytest.mark.parametrize("case", PAIRS, ids=[c.id for c in PAIRS])
def test_requests_share_a_variant(case: PairCase) -> None:
    one, other = fields(case.one), fields(case.other)
    assert (variant((case.name,), one) == variant((case.name,), other)) is case.same
    assert (vary_suffix((case.name,), one) == vary_suffix((case.name,), other)) is case.same


def test_no_selecting_field_leaves_the_primary_key_alone() -> None:
    assert vary_suffix((), fields({"Foo": "1"})) == ""


texts = st.text(alphabet=st.characters(codec="utf-8"), max_size=20) | st.sampled_from(["1\nvary b=2", "", " ", "1"])
requests = st.fixed_dictionaries({}, optional={"a": texts, "b": texts})


@given(requests, requests)
@example({"a": "1\nvary b=2"}, {"a": "1", "b": "2\nvary b="})
def test_the_suffix_tells_apart_what_the_variant_tells_apart(one: dict[str, str], other: dict[str, str]) -> None:
    first, second = fields(one), fields(other)
    same = variant(("a", "b"), first) == variant(("a", "b"), second)
    assert (vary_suffix(("a", "b"), first) == vary_suffix(("a", "b"), second)) is same
