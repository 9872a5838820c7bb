from __future__ import annotations

from typing import NamedTuple

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.model import Lifetime, Pairs, fields
from edge.policy.dates import format_http_date
from edge.policy.storability import Exchange, Refusal, RoutePolicy, admit, stored_fields

NOW = 1_700_000_000
RFC = RoutePolicy()
WITH_DEFAULTS = RoutePolicy(ttl_s=7, grace_s=8, error_grace_s=9)
GUESSING = RoutePolicy(heuristic_s=3600)
OUTAGE = RoutePolicy(error_grace_s=9)
PAGE = RoutePolicy(ttl_s=600, grace_s=3600, error_grace_s=86400, operator=True)
PLAIN = Exchange(method="GET", status=200, fields=fields(), requested_at=NOW, received_at=NOW)


def lived(ttl: int, *, grace: int = 0, error_grace: int = 0, age: int = 0, strict: bool = False) -> Lifetime:
    return Lifetime(NOW, age, ttl, grace, error_grace, strict)


class Case(NamedTuple):
    id: str
    pairs: Pairs
    want: Lifetime | Refusal
    route: RoutePolicy = RFC
    exchange: Exchange = PLAIN


def control(value: str, *more: tuple[str, str]) -> Pairs:
    return (("Cache-Control", value), *more)


def seen(**facts: object) -> Exchange:
    return msgspec.structs.replace(PLAIN, **facts)


ETAG = ("ETag", '"1"')
COOKIE = ("Set-Cookie", "sessionid=1")

BY_RFC = [
    Case("§3 explicit freshness", control("max-age=60"), lived(60)),
    Case("§5.2.2.10 s-maxage forbids stale use", control("s-maxage=60, max-age=5"), lived(60, strict=True)),
    Case("§5.2.2.10 s-maxage with a stated grace allows it", control("s-maxage=60, stale-while-revalidate=9"),
         lived(60, grace=9)),
    Case("§5.3 Expires", (("Expires", format_http_date(NOW + 90)),), lived(90)),
    Case("§4.2.3 the age on arrival", control("max-age=60", ("Age", "20")), lived(60, age=20)),
    Case("§3 only what GET answered", control("max-age=60"), Refusal.METHOD, RFC, seen(method="HEAD")),
    Case("§3 not what POST answered", control("max-age=60"), Refusal.METHOD, RFC, seen(method="POST")),
    Case("§3.3 no partial content", control("max-age=60"), Refusal.STATUS, RFC, seen(status=206)),
    Case("§4.3.4 no 304", control("max-age=60"), Refusal.STATUS, RFC, seen(status=304)),
    Case("§3 no interim response", control("max-age=60"), Refusal.STATUS, RFC, seen(status=101)),
    Case("§3 no status that does not exist", control("max-age=60"), Refusal.STATUS, RFC, seen(status=600)),
    Case("§3 any final status with explicit freshness", control("max-age=60"), lived(60), RFC, seen(status=599)),
    Case("§3 302 without freshness", (ETAG,), Refusal.STATUS, WITH_DEFAULTS, seen(status=302)),
    Case("§3 302 that is public", control("public", ETAG), lived(7, grace=8, error_grace=9), WITH_DEFAULTS,
         seen(status=302)),
    Case("RFC 9110 §15.1 404 without freshness", (), lived(7, grace=8, error_grace=9), WITH_DEFAULTS, seen(status=404)),
    Case("§4.2.2 Last-Modified suggests a ttl", (("Last-Modified", format_http_date(NOW - 600)),), lived(60), GUESSING),
    Case("§4.2.2 on a 404 too", (("Last-Modified", format_http_date(NOW - 600)),), lived(60), GUESSING,
         seen(status=404)),
    Case("§4.2.2 not on a status that is not cacheable by itself", (("Last-Modified", format_http_date(NOW - 600)),),
         Refusal.STATUS, GUESSING, seen(status=403)),
    Case("§4.2.2 on any status that is public", control("public", ("Last-Modified", format_http_date(NOW - 600))),
         lived(60), GUESSING, seen(status=599)),
    Case("§4.2.2 never past what is stated", control("max-age=9", ("Last-Modified", format_http_date(NOW - 600))),
         lived(9), GUESSING),
    Case("a ttl the operator set comes before a guess", (("Last-Modified", format_http_date(NOW - 600)),),
         lived(7), RoutePolicy(ttl_s=7, heuristic_s=3600)),
    Case("§4.2.4 the error grace of a response that states none", control("max-age=60"), lived(60, error_grace=9),
         OUTAGE),
    Case("§5.2.2.2 must-revalidate forbids it", control("max-age=60, must-revalidate"), lived(60, strict=True), OUTAGE),
    Case("§5.2.2.8 so does proxy-revalidate", control("max-age=60, proxy-revalidate"), lived(60, strict=True), OUTAGE),
    Case("§5.2.2.10 so does s-maxage", control("s-maxage=60"), lived(60, strict=True), OUTAGE),
    Case("§5.2.2.4 so does no-cache", control("max-age=60, no-cache", ETAG), lived(0, strict=True), OUTAGE),
    Case("RFC 5861 §4 a stated one counts instead", control("max-age=60, stale-if-error=2"), lived(60, error_grace=2),
         OUTAGE),
    Case("nothing is stored for an outage alone", control("max-age=0"), Refusal.NO_FRESHNESS, OUTAGE),
    Case("unless the origin says so", control("max-age=0, stale-if-error=2"), lived(0, error_grace=2), OUTAGE),
    Case("RFC 9213 the targeted field decides", control("no-store", ("CDN-Cache-Control", "max-age=60")), lived(60)),
    Case("RFC 9213 in both directions", control("max-age=60", ("CDN-Cache-Control", "no-store")), Refusal.NO_STORE),
    Case("RFC 9213 what is malformed is ignored", control("no-store", ("CDN-Cache-Control", 'max-age="60"')),
         Refusal.NO_STORE),
    Case("law 4 holds whatever is targeted", (("CDN-Cache-Control", "max-age=60"), COOKIE), Refusal.SETS_COOKIE),
    Case("RFC 6265 §9.4 Set-Cookie2 is nobody's", control("max-age=60", ("Set-Cookie2", "a=1")), lived(60)),
    Case("§5.2.2.5 no-store", control("no-store, max-age=60"), Refusal.NO_STORE),
    Case("§5.2.2.3 must-understand lifts no-store", control("must-understand, no-store, max-age=60"), lived(60)),
    Case("§5.2.2.3 must-understand, unknown status", control("must-understand, max-age=60"), Refusal.STATUS, RFC,
         seen(status=499)),
    Case("§5.2.1.5 request no-store", control("max-age=60"), Refusal.REQUEST_NO_STORE, RFC,
         seen(request_no_store=True)),
    Case("§5.2.2.7 private", control("private, max-age=60"), Refusal.PRIVATE),
    Case("law 4: Set-Cookie", control("public, max-age=60", COOKIE), Refusal.SETS_COOKIE),
    Case("§3.5 Authorization", control("max-age=60"), Refusal.AUTHORIZED, RFC, seen(authorized=True)),
    Case("§3.5 Authorization and public", control("public, max-age=60"), lived(60), RFC, seen(authorized=True)),
    Case("§3.5 Authorization and s-maxage", control("s-maxage=60"), lived(60, strict=True), RFC,
         seen(authorized=True)),
    Case("§3.5 Authorization and must-revalidate", control("must-revalidate, max-age=60"), lived(60, strict=True), RFC,
         seen(authorized=True)),
    Case("§3.5 proxy-revalidate does not share", control("proxy-revalidate, max-age=60"), Refusal.AUTHORIZED, RFC,
         seen(authorized=True)),
    Case("§4.1 Vary: *", control("max-age=60", ("Vary", "a, *")), Refusal.VARY_ANY),
    Case("law 4: the origin saw a cookie", control("public, max-age=60"), Refusal.COOKIE, RFC, seen(cookie_sent=True)),
    Case("law 4: the origin saw a cookie and varies by it", control("max-age=60", ("Vary", "Cookie")), lived(60), RFC,
         seen(cookie_sent=True)),
    Case("§4.2.2 nothing stated and no default", (), Refusal.NO_FRESHNESS),
    Case("a validator makes a stale copy worth keeping", (ETAG,), lived(0)),
    Case("a date as validator too", (("Last-Modified", format_http_date(NOW)),), lived(0)),
    Case("stale on arrival, no validator", control("max-age=60", ("Age", "60")), Refusal.NO_FRESHNESS),
    Case("stale on arrival, within its error grace", control("max-age=60, stale-if-error=1", ("Age", "60")),
         lived(60, error_grace=1, age=60)),
    Case("the operator's default ttl", (), lived(7, grace=8, error_grace=9), WITH_DEFAULTS),
    Case("the default never overrides what is stated", control("max-age=60, stale-while-revalidate=0"),
         lived(60, error_grace=9), WITH_DEFAULTS),
    Case("§5.2.2.4 no-cache is stored to be validated", control("no-cache, max-age=60", ETAG), lived(0, strict=True),
         WITH_DEFAULTS),
    Case("§5.2.2.4 no-cache without validator is of no use", control("no-cache"), Refusal.NO_FRESHNESS, WITH_DEFAULTS),
    Case("§5.2.2.2 must-revalidate has no grace", control("max-age=60, must-revalidate, stale-while-revalidate=9"),
         lived(60, strict=True), WITH_DEFAULTS),
    Case("§5.2.2.8 proxy-revalidate has no grace", control("max-age=60, proxy-revalidate, stale-if-error=9"),
         lived(60, strict=True), WITH_DEFAULTS),
    Case("RFC 5861 both graces", control("max-age=1, stale-while-revalidate=2, stale-if-error=3"),
         lived(1, grace=2, error_grace=3)),
    Case("§4.2.1 an invalid max-age is stale", control("max-age=x", ETAG), lived(0)),
]  # fmt: skip

OPERATOR = lived(600, grace=3600, error_grace=86400)

BY_OPERATOR = [
    Case("the operator's times hold", (), OPERATOR, PAGE),
    Case("over no-store", control("no-store"), OPERATOR, PAGE),
    Case("over private", control("private, max-age=0, must-revalidate"), OPERATOR, PAGE),
    Case("over a longer max-age", control("max-age=99999"), OPERATOR, PAGE),
    Case("over the client's no-store", (), OPERATOR, PAGE, seen(request_no_store=True)),
    Case("a cookie set on an anonymous fill is dropped, not a reason", (COOKIE,), OPERATOR, PAGE),
    Case("the ttl counts from the arrival", (("Age", "50"),), lived(650, grace=3600, error_grace=86400, age=50), PAGE),
    Case("only GET", (), Refusal.METHOD, PAGE, seen(method="HEAD")),
    *(
        Case(f"never {status}", control("max-age=60"), Refusal.STATUS, PAGE, seen(status=status))
        for status in (203, 206, 301, 302, 304, 403, 404, 410, 500, 503)
    ),
    Case("never what Authorization got", control("public"), Refusal.AUTHORIZED, PAGE, seen(authorized=True)),
    Case("never what a cookie got", (("Vary", "Cookie"),), Refusal.COOKIE, PAGE, seen(cookie_sent=True)),
    Case("never what varies by everything", (("Vary", "*"),), Refusal.VARY_ANY, PAGE),
]

CASES = [(f"the RFC: {case.id}", case) for case in BY_RFC] + [(f"a page: {case.id}", case) for case in BY_OPERATOR]


@pytest.mark.parametrize("case", [case for _, case in CASES], ids=[name for name, _ in CASES])
def test_admit(case: Case) -> None:
    exchange = msgspec.structs.replace(case.exchange, fields=fields(case.pairs))
    assert admit(exchange, case.route) == case.want


def test_a_refusal_for_the_request_says_nothing_of_the_next_one() -> None:
    assert {refusal for refusal in Refusal if refusal.concerns_request_only} == {
        Refusal.METHOD,
        Refusal.REQUEST_NO_STORE,
        Refusal.AUTHORIZED,
        Refusal.COOKIE,
    }


def test_stored_fields_leave_out_what_is_somebodys_or_the_connections() -> None:
    response = fields(
        (("Connection", "x-hop"), ("X-Hop", "1"), ("Age", "9"), COOKIE, ("set-cookie", "a"), ETAG, ("Link", "</a>"))
    )
    assert stored_fields(response) == (ETAG, ("Link", "</a>"))


values = st.lists(
    st.tuples(
        st.sampled_from(["Cache-Control", "Vary", "Set-Cookie", "ETag", "Expires", "Age", "Date"]),
        st.sampled_from(["public", "max-age=60", "s-maxage=60", "no-store", "private", "*", "cookie", "0", "a"]),
    )
).map(tuple)
exchanges = st.builds(
    Exchange,
    method=st.sampled_from(["GET", "HEAD", "POST"]),
    status=st.integers(100, 600),
    fields=values.map(fields),
    requested_at=st.just(NOW),
    received_at=st.just(NOW),
    request_no_store=st.booleans(),
    authorized=st.booleans(),
    cookie_sent=st.booleans(),
)


@given(exchanges, st.sampled_from([RFC, WITH_DEFAULTS, PAGE]))
def test_what_answers_one_visitor_is_never_stored_for_others(exchange: Exchange, route: RoutePolicy) -> None:
    if isinstance(admit(exchange, route), Refusal):
        return
    varies = ", ".join(exchange.fields.getall("Vary", []))
    assert exchange.method == "GET"
    assert "*" not in varies
    assert not exchange.cookie_sent or (not route.operator and "cookie" in varies)
    assert "set-cookie" not in {name.lower() for name, _ in stored_fields(exchange.fields)}
    if route.operator:
        assert exchange.status == 200
        assert not exchange.authorized
    else:
        assert "Set-Cookie" not in exchange.fields


@given(exchanges)
def test_by_the_rfc_a_response_is_never_fresh_longer_than_stated(exchange: Exchange) -> None:
    lifetime = admit(exchange, RFC)
    if isinstance(lifetime, Lifetime):
        stated = ", ".join(exchange.fields.getall("Cache-Control", []))
        assert lifetime.ttl <= (60 if "=60" in stated else 0)
