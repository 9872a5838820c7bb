from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.model import Pairs, fields
from edge.policy.cache_control import (
    NOTHING_ASKED,
    Directives,
    RequestDirectives,
    request_directives,
    response_directives,
)
from edge.policy.syntax import MAX_DELTA_S


class ResponseCase(NamedTuple):
    id: str
    value: str
    want: Directives


RESPONSES = [
    ResponseCase("§5.2.2.1 max-age", "max-age=60", Directives(max_age=60)),
    ResponseCase("§5.2.2.10 s-maxage", "s-maxage=60", Directives(s_maxage=60)),
    ResponseCase("§5.2 names ignore case", "Max-Age=60, NO-STORE", Directives(max_age=60, no_store=True)),
    ResponseCase("§5.2 a quoted argument reads as a token", 'max-age="60"', Directives(max_age=60)),
    ResponseCase("§5.2 a directive in a quoted argument is none", 'x="no-store, a", public', Directives(public=True)),
    ResponseCase("a quote never closed hides no directive", 'x="a, no-store', Directives(no_store=True)),
    ResponseCase("§4.2.1 an invalid max-age is stale", "max-age=abc", Directives(max_age=0)),
    ResponseCase("§4.2.1 a max-age without argument is stale", "max-age", Directives(max_age=0)),
    ResponseCase("§4.2.1 a negative max-age is stale", "max-age=-60", Directives(max_age=0)),
    ResponseCase("§4.2.1 a fraction is stale", "max-age=60.5", Directives(max_age=0)),
    ResponseCase("§4.2.1 single quotes are no quotes", "max-age='60'", Directives(max_age=0)),
    ResponseCase("§4.2.1 space before the equals sign is stale", "max-age =60", Directives(max_age=0)),
    ResponseCase("§4.2.1 space after the equals sign is stale", "max-age= 60", Directives(max_age=0)),
    ResponseCase("§4.2.1 two that differ are stale", "max-age=60, max-age=30", Directives(max_age=0)),
    ResponseCase("§4.2.1 three that differ are stale", "max-age=60, max-age=30, max-age=60", Directives(max_age=0)),
    ResponseCase("§4.2.1 two that agree are one", "max-age=60, max-age=60", Directives(max_age=60)),
    ResponseCase("§1.2.2 an overflow is 2**31", "max-age=99999999999999", Directives(max_age=MAX_DELTA_S)),
    ResponseCase("§5.2.2.5 no-store", "no-store", Directives(no_store=True)),
    ResponseCase("§5.2.2.5 no-store with an argument", "no-store=1", Directives(no_store=True)),
    ResponseCase("§5.2.2.4 no-cache", "no-cache", Directives(no_cache=True)),
    ResponseCase("§5.2.2.4 no-cache naming fields is no-cache", 'no-cache="a, b"', Directives(no_cache=True)),
    ResponseCase("§5.2.2.4 no-cache with space is obeyed", 'no-cache ="a"', Directives(no_cache=True)),
    ResponseCase("§5.2.2.7 private", "private", Directives(private=True)),
    ResponseCase("§5.2.2.7 private naming fields is private", 'private="set-cookie"', Directives(private=True)),
    ResponseCase("§5.2.2.9 public", "public", Directives(public=True)),
    ResponseCase("§5.2.2.2 must-revalidate", "must-revalidate", Directives(must_revalidate=True)),
    ResponseCase("§5.2.2.8 proxy-revalidate", "proxy-revalidate", Directives(proxy_revalidate=True)),
    ResponseCase("§5.2.2.3 must-understand", "must-understand", Directives(must_understand=True)),
    ResponseCase("RFC 5861 §3", "stale-while-revalidate=5", Directives(stale_while_revalidate=5)),
    ResponseCase("RFC 5861 §4", "stale-if-error=5", Directives(stale_if_error=5)),
    ResponseCase("RFC 5861 invalid is no grace", "stale-while-revalidate=x", Directives(stale_while_revalidate=0)),
    ResponseCase("§5.2.3 unknown directives are ignored", "pre-check=0, max-age=1, foo", Directives(max_age=1)),
    ResponseCase("part of a name is another name", "x-no-store, no-stored", Directives()),
    ResponseCase("empty", "", Directives()),
]


@pytest.mark.parametrize("case", RESPONSES, ids=[c.id for c in RESPONSES])
def test_response_directives(case: ResponseCase) -> None:
    assert response_directives(fields({"Cache-Control": case.value})) == case.want


class RequestCase(NamedTuple):
    id: str
    pairs: Pairs
    want: RequestDirectives


def asked(value: str) -> Pairs:
    return (("Cache-Control", value),)


REQUESTS = [
    RequestCase("§5.2.1.1 max-age", asked("max-age=0"), RequestDirectives(max_age=0)),
    RequestCase("§5.2.1.2 max-stale", asked("max-stale=9"), RequestDirectives(max_stale=9)),
    RequestCase("§5.2.1.2 bare max-stale is without limit", asked("max-stale"), RequestDirectives(max_stale=2**31)),
    RequestCase("§5.2.1.3 min-fresh", asked("min-fresh=9"), RequestDirectives(min_fresh=9)),
    RequestCase("§5.2.1.4 no-cache", asked("no-cache"), RequestDirectives(no_cache=True)),
    RequestCase("§5.2.1.5 no-store", asked("no-store"), RequestDirectives(no_store=True)),
    RequestCase("§5.2.1.7 only-if-cached", asked("only-if-cached"), RequestDirectives(only_if_cached=True)),
    RequestCase("§5.2.1 an invalid number is not sent", asked("max-age=x, max-stale=x"), RequestDirectives()),
    RequestCase("§5.2.1 a bare max-age is not sent", asked("max-age"), RequestDirectives()),
    RequestCase("the first of two counts", asked("max-age=5, max-age=9"), RequestDirectives(max_age=5)),
    RequestCase("§5.4 Pragma is deprecated", (("Pragma", "no-cache"),), NOTHING_ASKED),
    RequestCase("nothing sent, nothing asked", (), NOTHING_ASKED),
]


@pytest.mark.parametrize("case", REQUESTS, ids=[c.id for c in REQUESTS])
def test_request_directives(case: RequestCase) -> None:
    assert request_directives(fields(case.pairs)) == case.want


def test_several_lines_are_one_list() -> None:
    response = fields((("Cache-Control", "max-age=60"), ("cache-control", "private")))
    assert response_directives(response) == Directives(max_age=60, private=True)


@given(st.text())
def test_no_text_makes_them_raise(text: str) -> None:
    response_directives(fields({"Cache-Control": text}))
    request_directives(fields({"Cache-Control": text}))


@given(st.text(alphabet='ab="\\, ', max_size=40))
def test_nothing_written_before_it_hides_a_no_store_but_a_closed_string(text: str) -> None:
    before = response_directives(fields({"Cache-Control": f"{text}, no-store"}))
    assert before.no_store or text.count('"') > 0
    assert response_directives(fields({"Cache-Control": f"no-store, {text}"})).no_store
