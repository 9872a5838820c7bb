from __future__ import annotations

from typing import NamedTuple

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from edge.model import Pairs, RequestFacts, fields
from edge.policy.forward import page_request_fields
from edge.policy.key import (
    IGNORED_PARAMETERS,
    KeyRule,
    Split,
    cache_key,
    canonical_host,
    canonical_path,
    canonical_query,
    is_static,
    keyed_cookies,
    split_ignored,
    target_for_origin,
)

PRODUCT = RequestFacts(
    method="GET",
    scheme="https",
    host="shop.example",
    path="/product/1",
    query=None,
    fields=fields(),
    client="192.0.2.1",
)
RULE = KeyRule(origin="shop")
KEYED = KeyRule(origin="shop", cookies=("currency", "tier"), language=True)


def request(**facts: object) -> RequestFacts:
    return msgspec.structs.replace(PRODUCT, **facts)


def carrying(*pairs: tuple[str, str]) -> RequestFacts:
    return request(fields=fields(pairs))


def test_a_key_reads_as_origin_and_url() -> None:
    assert cache_key(request(query="b=2&utm_source=x&a=1"), RULE).text == "shop https://shop.example/product/1?a=1&b=2"


def test_declared_fields_follow_the_url() -> None:
    visited = carrying(("Cookie", "tier=gold; x=1; currency=EUR"), ("Accept-Language", "de, en;q=0.5"))
    assert cache_key(visited, KEYED).text.splitlines()[1:] == [
        "accept-language=de,en;q=0.5",
        "cookie currency=EUR",
        "cookie tier=gold",
    ]


class Pair(NamedTuple):
    id: str
    one: RequestFacts
    other: RequestFacts
    same: bool


PAIRS = [
    Pair("RFC 3986 §6.2.2.1 host in any case", request(host="Shop.Example"), PRODUCT, True),
    Pair("RFC 9110 §4.2.3 default port", request(host="shop.example:443"), PRODUCT, True),
    Pair("RFC 9110 §4.2.3 the other scheme's port", request(host="shop.example:80"), PRODUCT, False),
    Pair("another port", request(host="shop.example:8443"), PRODUCT, False),
    Pair("another scheme", request(scheme="http"), PRODUCT, False),
    Pair("RFC 3986 §6.2.2.2 needless escape", request(path="/%70roduct/1"), PRODUCT, True),
    Pair("RFC 3986 §6.2.2.1 hex in any case", request(path="/%c3%bc"), request(path="/%C3%BC"), True),
    Pair("an escaped slash is no slash", request(path="/product%2F1"), PRODUCT, False),
    Pair("a path in another case", request(path="/Product/1"), PRODUCT, False),
    Pair("a trailing slash", request(path="/product/1/"), PRODUCT, False),
    Pair("a double slash", request(path="//product/1"), PRODUCT, False),
    Pair("dot segments", request(path="/x/../product/1"), PRODUCT, False),
    Pair("a method that reads the same", request(method="HEAD"), PRODUCT, True),
    Pair("tracking parameters", request(query="utm_source=a&gclid=b&fbclid=c"), PRODUCT, True),
    Pair("an escaped tracking parameter", request(query="utm%5Fsource=a"), PRODUCT, True),
    Pair("an empty query", request(query=""), PRODUCT, True),
    Pair("a parameter that counts", request(query="colour=red"), PRODUCT, False),
    Pair("order of names", request(query="a=1&b=2"), request(query="b=2&a=1"), True),
    Pair("order of one name's values", request(query="a=1&a=2"), request(query="a=2&a=1"), False),
    Pair("order in nested lists", request(query="i[][a]=1&i[][b]=2"), request(query="i[][b]=2&i[][a]=1"), False),
    Pair("order in escaped nested lists", request(query="i%5b%5d=1&a=2"), request(query="a=2&i%5b%5d=1"), False),
    Pair("plus is not %20 for every origin", request(query="a=b+c"), request(query="a=b%20c"), False),
    Pair("a name without value", request(query="a"), request(query="a="), False),
    Pair("a cookie that is not declared", carrying(("Cookie", "a=1")), PRODUCT, True),
    Pair("a language that is not declared", carrying(("Accept-Language", "de")), PRODUCT, True),
]


@pytest.mark.parametrize("pair", PAIRS, ids=[p.id for p in PAIRS])
def test_requests_share_a_key(pair: Pair) -> None:
    one, other = cache_key(pair.one, RULE), cache_key(pair.other, RULE)
    assert (one == other) is pair.same
    assert (one.digest == other.digest) is pair.same


def test_two_origins_never_share_a_key() -> None:
    assert cache_key(PRODUCT, RULE) != cache_key(PRODUCT, KeyRule(origin="other"))


class TextCase(NamedTuple):
    id: str
    given: str
    want: str


PATHS = [
    TextCase("unreserved characters are decoded", "/%41%7e%2D%5F", "/A~-_"),
    TextCase("reserved ones are not", "/%2f%3b%3F%25", "/%2F%3B%3F%25"),
    TextCase("an escaped dot stays, or it would make a dot segment", "/%2e%2E/x", "/%2E%2E/x"),
    TextCase("dot segments stay: the origin may see them otherwise", "/a/../b/./c", "/a/../b/./c"),
    TextCase("broken escapes leave the path alone", "/%%37%45", "/%%37%45"),
    TextCase("half an escape leaves the path alone", "/%7e%4", "/%7e%4"),
    TextCase("a fragment cannot be requested", "/a#b", "/a%23b"),
    TextCase("control characters are escaped", "/a b\r\nc", "/a%20b%0D%0Ac"),
    TextCase("no path is the root", "", "/"),
    TextCase("letters of other scripts stay", "/ü", "/ü"),
]


@pytest.mark.parametrize("case", PATHS, ids=[c.id for c in PATHS])
def test_canonical_path(case: TextCase) -> None:
    assert canonical_path(case.given) == case.want


class QueryCase(NamedTuple):
    id: str
    query: str | None
    want: str | None
    split: Split


QUERIES = [
    QueryCase("no query", None, None, Split(None, None)),
    QueryCase("an empty one", "", None, Split(None, None)),
    QueryCase("empty parameters are dropped", "&a=1&&b=2&", "a=1&b=2", Split("a=1&b=2", None)),
    QueryCase("nothing but tracking", "utm_a=1&gclid", None, Split(None, "utm_a=1&gclid")),
    QueryCase("both", "b=1&fbclid=2&a=3&utm_b=4", "a=3&b=1", Split("b=1&a=3", "fbclid=2&utm_b=4")),
    QueryCase("the split keeps bytes as they are", "b=%7e&utm%5fa=%7e", "b=~", Split("b=%7e", "utm%5fa=%7e")),
    QueryCase("stable among equal names", "b=2&a=9&b=1", "a=9&b=2&b=1", Split("b=2&a=9&b=1", None)),
    QueryCase("a value that looks like tracking", "q=utm_source", "q=utm_source", Split("q=utm_source", None)),
    QueryCase("a name that only contains one", "my_utm_x=1", "my_utm_x=1", Split("my_utm_x=1", None)),
]


@pytest.mark.parametrize("case", QUERIES, ids=[c.id for c in QUERIES])
def test_queries(case: QueryCase) -> None:
    assert canonical_query(case.query, IGNORED_PARAMETERS) == case.want
    assert split_ignored(case.query, IGNORED_PARAMETERS) == case.split


@pytest.mark.parametrize(
    "name",
    [
        *("utm_source", "gclid", "gad_source", "gad_campaignid", "gbraid", "wbraid", "dclid", "srsltid", "_ga", "_gl"),
        *("fbclid", "igshid", "msclkid", "ttclid", "twclid", "yclid", "li_fat_id", "epik", "s_kwcid", "ef_id"),
        *("irclickid", "mc_cid", "mc_eid", "_kx", "_hsenc", "_hsmi", "hsa_cam", "vero_id", "wickedid", "mkt_tok"),
        *("mkwid", "pcrid"),
    ],
)
def test_the_shipped_list_sets_the_click_ids_of_advertisers_aside(name: str) -> None:
    assert canonical_query(f"{name}=x", IGNORED_PARAMETERS) is None


@pytest.mark.parametrize("name", ["id", "page", "q", "ref", "sku", "variant", "sort", "lang", "currency", "gallery"])
def test_the_shipped_list_spares_what_shops_use(name: str) -> None:
    assert canonical_query(f"{name}=x", IGNORED_PARAMETERS) == f"{name}=x"


class CookieCase(NamedTuple):
    id: str
    cookies: str
    want: Pairs


COOKIES = [
    CookieCase("declared ones, sorted", "tier=a; other=b; currency=c", (("currency", "c"), ("tier", "a"))),
    CookieCase("the first of a name", "tier=a; tier=b", (("tier", "a"),)),
    CookieCase("the first of a name, malformed: none", 'tier="a; tier=b', ()),
    CookieCase("too long", f"tier={'a' * 65}", ()),
    CookieCase("as long as allowed", f"tier={'a' * 64}", (("tier", "a" * 64),)),
    CookieCase("a value no cookie has", "tier=a\nb", ()),
    CookieCase("an empty value is a value", "tier=", (("tier", ""),)),
    CookieCase("names mind case", "Tier=a", ()),
]


def test_the_nodes_own_cookies_are_part_of_no_key() -> None:
    assert keyed_cookies(fields({"Cookie": "vt_id=a; vt_own=1; tier=b"}), ("vt_id", "vt_own", "tier")) == (
        ("tier", "b"),
    )


@pytest.mark.parametrize("case", COOKIES, ids=[c.id for c in COOKIES])
def test_keyed_cookies(case: CookieCase) -> None:
    assert keyed_cookies(fields({"Cookie": case.cookies}), ("currency", "tier")) == case.want


@pytest.mark.parametrize(
    ("path", "want"),
    [
        ("/a/style.css", True),
        ("/a/PHOTO.JPG", True),
        ("/a/app.min.js", True),
        ("/product/1", False),
        ("/css", False),
        ("/a.css/b", False),
        ("/feed.xml", False),
        ("/download/book.pdf", False),
        ("/", False),
        ("", False),
    ],
)
def test_static_assets_are_known_by_their_extension(path: str, want: bool) -> None:
    assert is_static(path) is want


ODD = "/%?&=#.:; \nab[]A"
texts = st.text(max_size=8) | st.text(alphabet=ODD + "2eE7", max_size=12)
hosts = st.sampled_from(["shop.example", "shop.example:443", "SHOP.example", "a b", "a/b", "a%20b", "[::1]:8080", "é"])
cookie_lines = st.text(alphabet='tiercuny=; a1"\n', max_size=24) | st.sampled_from(["tier=1\ncookie currency=2"])
visits = st.builds(
    RequestFacts,
    method=st.sampled_from(["GET", "HEAD"]),
    scheme=st.sampled_from(["http", "https"]),
    host=hosts | texts,
    path=texts.map(lambda text: f"/{text}") | texts,
    query=st.none() | texts | st.sampled_from(["a=1&b=2", "b=2&a=1", "utm_a=1&a=1&b=2", "a[]=1&b=2"]),
    fields=st.fixed_dictionaries(
        {},
        optional={
            "Cookie": cookie_lines,
            "Accept-Language": st.text(alphabet="deEN ,;q=.5\n", max_size=10),
            "User-Agent": texts,
            "X-Forwarded-Host": texts,
            "X-Original-URL": texts,
        },
    ).map(fields),
    client=st.sampled_from(["192.0.2.1", "192.0.2.2"]),
)


neighbours = st.tuples(
    visits, visits, st.sampled_from(["method", "scheme", "host", "path", "query", "fields", "client"])
).map(lambda drawn: (drawn[0], msgspec.structs.replace(drawn[0], **{drawn[2]: getattr(drawn[1], drawn[2])})))
"""Two requests that differ in one thing at most: strangers hardly ever share a key."""


def on_the_wire(facts: RequestFacts) -> tuple[str, Pairs]:
    host = canonical_host(facts.host, facts.scheme)
    return target_for_origin(facts, KEYED), page_request_fields(facts, KEYED, host=host, user_agent="vitrine")


@given(neighbours)
@example((request(host="a/b", path="/c"), request(host="a", path="/b/c")))
@example((request(path="/a?b"), request(path="/a", query="b")))
@example((request(host="a b"), request(host="a%20b")))
@example((carrying(("Cookie", "tier=1\ncookie currency=2")), carrying(("Cookie", "tier=1; currency=2"))))
@example((request(host="shop.example:443"), PRODUCT))
@example((request(query="b=2&a=1&gclid=3"), request(query="a=1&b=2")))
def test_requests_with_the_same_key_send_the_same_bytes_to_the_origin(
    visitors: tuple[RequestFacts, RequestFacts],
) -> None:
    one, other = visitors
    if cache_key(one, KEYED) == cache_key(other, KEYED):
        assert on_the_wire(one) == on_the_wire(other)


ignorable = st.sampled_from(["utm_source=1", "gclid=2", "fbclid", "", "utm%5Fmedium=3"])


@given(visits, st.lists(ignorable, max_size=3))
def test_nothing_ignored_reaches_key_or_origin(facts: RequestFacts, extra: list[str]) -> None:
    shared = "&".join([*extra, facts.query or ""])
    tracked = msgspec.structs.replace(facts, query=shared)
    assert cache_key(tracked, KEYED) == cache_key(facts, KEYED)
    assert on_the_wire(tracked) == on_the_wire(facts)


@given(visits)
def test_a_canonical_target_is_its_own_canonical_form(facts: RequestFacts) -> None:
    path, query = canonical_path(facts.path), canonical_query(facts.query, IGNORED_PARAMETERS)
    assert canonical_path(path) == path
    assert canonical_query(query, IGNORED_PARAMETERS) == query


@given(visits)
def test_a_target_can_be_sent_as_it_is(facts: RequestFacts) -> None:
    target = target_for_origin(facts, RULE)
    assert target.startswith("/")
    assert not set(target) & set(" \t\r\n#\0")
