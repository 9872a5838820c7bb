from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.model import Pairs, fields
from edge.policy.cache_control import Directives
from edge.policy.targeted import Governing, governing, parse_surrogate, parse_targeted


class Case(NamedTuple):
    id: str
    value: str
    want: Directives | None


TARGETED = [
    Case("RFC 9213 §2.1 a number", "max-age=60", Directives(max_age=60)),
    Case("RFC 9213 §2.1 a directive without value is true", "no-store", Directives(no_store=True)),
    Case("RFC 9213 §2.1 field names are a string", 'no-cache="a, b", max-age=1', Directives(no_cache=True, max_age=1)),
    Case("RFC 9213 §2.1 parameters are ignored", "max-age=60;x=1, private;y", Directives(max_age=60, private=True)),
    Case("RFC 9213 §3.1 what nobody has defined still is a field", "none", Directives()),
    Case("of two members of one name the last counts", "max-age=1, max-age=2", Directives(max_age=2)),
    Case("false is as good as not said", "no-store=?0, private=?0, max-age=1", Directives(max_age=1)),
    Case("RFC 9111 §1.2.2 a number ends at 2**31", "max-age=99999999999", Directives(max_age=2**31)),
    Case("RFC 5861", "stale-while-revalidate=5, stale-if-error=6",
         Directives(stale_while_revalidate=5, stale_if_error=6)),
    Case("RFC 9213 §2.1 an empty field is ignored", "", None),
    Case("RFC 9213 §2.1 a parsing error", "max-age=60, &&&", None),
    Case("RFC 9213 §2.1 space before the equals sign", "max-age =60", None),
    Case("RFC 9213 §2.1 space after it", "max-age= 60", None),
    Case("RFC 9651 §3.2 keys are in lower case", "Max-Age=60", None),
    Case("RFC 9213 §2.1 a quoted number", 'max-age="60"', None),
    Case("RFC 9213 §2.1 a fraction", "max-age=60.5", None),
    Case("a negative number", "max-age=-1", None),
    Case("a number where a flag belongs", "no-store=1", None),
    Case("a flag where a number belongs", "max-age", None),
    Case("a list where a number belongs", "max-age=(1 2)", None),
    Case("a list nobody has defined", "x=(1 2), max-age=3", Directives(max_age=3)),
    Case("a number where field names belong", "private=1", None),
    Case("not ASCII", "max-age=60, ü", None),
]  # fmt: skip


@pytest.mark.parametrize("case", TARGETED, ids=[c.id for c in TARGETED])
def test_a_targeted_field_is_a_dictionary(case: Case) -> None:
    assert parse_targeted(case.value) == case.want


SURROGATE = [
    Case("max-age", "max-age=60", Directives(max_age=60)),
    Case("max-age with its extension", "max-age=60+30", Directives(max_age=60, stale_while_revalidate=30)),
    Case("no-store", "no-store", Directives(no_store=True)),
    Case("both", "no-store, max-age=9", Directives(max_age=9, no_store=True)),
    Case("names ignore case", "MaX-aGe=60", Directives(max_age=60)),
    Case("content is no matter of storing", 'content="ESI/1.0, max-age=9", max-age=60', Directives(max_age=60)),
    Case("aimed at us", "max-age=60;vitrine", Directives(max_age=60)),
    Case("aimed at somebody else", "max-age=60;other", None),
    Case("to us and to everybody: the first counts", "max-age=60;vitrine, max-age=9", Directives(max_age=60)),
    Case("one for others beside one for all", "max-age=9;other, max-age=60", Directives(max_age=60)),
    Case("a number that is none is ignored", "max-age=x", None),
    Case("an extension that is none is ignored", "max-age=6+x", None),
    Case("space before the equals sign", "max-age =60", None),
    Case("nothing about storing", "foo", None),
    Case("empty", "", None),
]


@pytest.mark.parametrize("case", SURROGATE, ids=[c.id for c in SURROGATE])
def test_surrogate_control_says_how_long_or_not_at_all(case: Case) -> None:
    assert parse_surrogate(case.value) == case.want


class Choice(NamedTuple):
    id: str
    pairs: Pairs
    want: Governing


CDN, ELDER, PLAIN = (
    ("CDN-Cache-Control", "max-age=1"),
    ("Surrogate-Control", "max-age=2"),
    ("Cache-Control", "max-age=3"),
)
CHOICES = [
    Choice("nothing is stated", (), Governing(Directives(), targeted=False)),
    Choice("Cache-Control alone", (PLAIN,), Governing(Directives(max_age=3), targeted=False)),
    Choice("RFC 9213 §2.2 the targeted field alone counts", (("Cache-Control", "no-store"), CDN),
           Governing(Directives(max_age=1), targeted=True)),
    Choice("RFC 9213 §2.2 the first of the target list", (ELDER, PLAIN, CDN),
           Governing(Directives(max_age=1), targeted=True)),
    Choice("Surrogate-Control before Cache-Control", (PLAIN, ELDER), Governing(Directives(max_age=2), targeted=True)),
    Choice("RFC 9213 §2.2 a malformed one gives way to the next", (("CDN-Cache-Control", "?"), ELDER),
           Governing(Directives(max_age=2), targeted=True)),
    Choice("RFC 9213 §2.2 and to Cache-Control", (("CDN-Cache-Control", ""), PLAIN),
           Governing(Directives(max_age=3), targeted=False)),
    Choice("a Surrogate-Control for others gives way", (("Surrogate-Control", "max-age=9;other"), PLAIN),
           Governing(Directives(max_age=3), targeted=False)),
    Choice("RFC 9110 §5.3 several lines are one field", (CDN, ("cdn-cache-control", "private")),
           Governing(Directives(max_age=1, private=True), targeted=True)),
]  # fmt: skip


@pytest.mark.parametrize("case", CHOICES, ids=[c.id for c in CHOICES])
def test_which_field_governs(case: Choice) -> None:
    assert governing(fields(case.pairs)) == case.want


WORDS = st.sampled_from(
    ["max-age", "no-store", "private", "=", '"', ",", ";", "?1", "(", ")", "5", "5.5", "@5", ":YQ==:", '%"a"', "+", " "]
)


@given(st.one_of(st.text(), st.lists(WORDS).map("".join)))
def test_no_text_makes_them_raise(value: str) -> None:
    parse_targeted(value)
    parse_surrogate(value)


@given(st.integers(min_value=0, max_value=999_999_999_999_999))
def test_every_number_of_seconds_is_read(seconds: int) -> None:
    for directives in (parse_targeted(f"max-age={seconds}"), parse_surrogate(f"max-age={seconds}")):
        assert directives is not None
        assert directives.max_age == min(seconds, 2**31)
