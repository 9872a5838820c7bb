from __future__ import annotations

from typing import NamedTuple

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.errors import RequestError
from edge.model import RequestFacts, fields
from edge.policy.identify import Kind, Site, Sites, bypass_cookie, kind_of
from edge.policy.key import KeyRule, cache_key
from edge.policy.ownership import Effects
from edge.policy.storability import RoutePolicy

PAGE = RoutePolicy(ttl_s=600, operator=True)
PRODUCT = Kind(name="product", match=("/product/*", "/p/*"), route=PAGE)
SALE = Kind(name="sale", match=("/product/sale-*",), route=PAGE)
HOME = Kind(name="home", match=("/",), route=PAGE)
KINDS = (HOME, PRODUCT, SALE)
SHOP = Site(origin="shop", hosts=("shop.example", "shop.example:8443"), kinds=KINDS, bypass_cookies=("session*",))
BLOG = Site(origin="blog", hosts=("Blog.Example",))
REST = Site(origin="rest")
FACTS = RequestFacts(
    method="GET", scheme="https", host="shop.example", path="/", query=None, fields=fields(), client="192.0.2.1"
)


class HostCase(NamedTuple):
    id: str
    host: str
    want: Site


HOSTS = [
    HostCase("by name", "shop.example", SHOP),
    HostCase("by name in any case", "SHOP.example", SHOP),
    HostCase("by name and port", "shop.example:8443", SHOP),
    HostCase("by name whatever the port", "blog.example:8080", BLOG),
    HostCase("any other host", "else.example", REST),
    HostCase("a longer name is another", "shop.example.evil", REST),
    HostCase("IPv6", "[::1]:8080", REST),
    HostCase("no host", "", REST),
]


@pytest.mark.parametrize("case", HOSTS, ids=[c.id for c in HOSTS])
def test_a_host_names_its_site(case: HostCase) -> None:
    assert Sites([SHOP, BLOG, REST]).site(case.host) is case.want


def test_an_unknown_host_is_misdirected_rfc_9110_15_5_20() -> None:
    with pytest.raises(RequestError, match=r"else\.example") as refused:
        Sites([SHOP, BLOG]).site("else.example")
    assert refused.value.response_status == 421


def test_the_first_site_that_names_a_host_has_it() -> None:
    other = Site(origin="other", hosts=("shop.example",))
    assert Sites([SHOP, other]).site("shop.example") is SHOP


class KindCase(NamedTuple):
    id: str
    path: str
    want: Kind | None
    method: str = "GET"


PATHS = [
    KindCase("by its pattern", "/product/1", PRODUCT),
    KindCase("by its second pattern", "/p/1", PRODUCT),
    KindCase("below it", "/product/a/b", PRODUCT),
    KindCase("the first kind in order", "/product/sale-1", PRODUCT),
    KindCase("the whole path", "/", HOME),
    KindCase("no pattern", "/cart", None),
    KindCase("a prefix is no match", "/products", None),
    KindCase("HEAD", "/product/1", PRODUCT, "HEAD"),
    KindCase("POST", "/product/1", None, "POST"),
    KindCase("OPTIONS", "/product/1", None, "OPTIONS"),
    KindCase("a needless escape", "/%70roduct/1", PRODUCT),
    KindCase("dot segments", "/product/../cart", None),
    KindCase("encoded dots", "/product/%2e%2E/cart", None),
    KindCase("an encoded slash before dots", "/product/..%2fcart", None),
    KindCase("an encoded backslash", "/product/..%5ccart", None),
    KindCase("a path parameter behind dots", "/product/..;/cart", None),
    KindCase("a dot segment at the end", "/product/..", None),
    KindCase("a single dot", "/product/./1", None),
    KindCase("dots in a name", "/product/a..b", PRODUCT),
    KindCase("a name that begins with dots", "/product/...a", PRODUCT),
]


class ParameterCase(NamedTuple):
    id: str
    target: str
    covered: bool


ROUTED = Kind(name="routed", match=("/index.php?route=product/product&product_id",), route=PAGE)
PARAMETERS = [
    ParameterCase("its route and any product", "/index.php?route=product/product&product_id=40", True),
    ParameterCase(
        "in another order, with another parameter", "/index.php?product_id=40&a=b&route=product/product", True
    ),
    ParameterCase("another route", "/index.php?route=checkout/cart&product_id=40", False),
    ParameterCase(
        "a route said twice, since origins differ in which they take",
        "/index.php?route=product/product&route=checkout/cart&product_id=40",
        False,
    ),
    ParameterCase("no product", "/index.php?route=product/product", False),
    ParameterCase("no parameters", "/index.php", False),
    ParameterCase("another path", "/admin/index.php?route=product/product&product_id=40", False),
]


@pytest.mark.parametrize("case", PARAMETERS, ids=[c.id for c in PARAMETERS])
def test_a_pattern_may_ask_for_parameters(case: ParameterCase) -> None:
    path, _, query = case.target.partition("?")
    facts = msgspec.structs.replace(FACTS, path=path, query=query or None)
    assert kind_of(facts, (ROUTED,)) is (ROUTED if case.covered else None)


@pytest.mark.parametrize("case", PATHS, ids=[c.id for c in PATHS])
def test_a_path_names_its_page_kind(case: KindCase) -> None:
    facts = msgspec.structs.replace(FACTS, method=case.method, path=case.path)
    assert kind_of(facts, KINDS) is case.want


class CookieCase(NamedTuple):
    id: str
    cookies: dict[str, str]
    want: str | None


COOKIES = [
    CookieCase("no cookie", {}, None),
    CookieCase("a harmless one", {"Cookie": "theme=dark"}, None),
    CookieCase("a session", {"Cookie": "theme=dark; sessionid=1"}, "sessionid"),
    CookieCase("a session without value", {"Cookie": "sessionid"}, "sessionid"),
    CookieCase("the name only in a value", {"Cookie": "a=sessionid"}, None),
]


@pytest.mark.parametrize("case", COOKIES, ids=[c.id for c in COOKIES])
def test_who_has_a_session_is_not_answered_from_the_store(case: CookieCase) -> None:
    assert bypass_cookie(fields(case.cookies), ("session*",)) == case.want


def test_without_patterns_no_cookie_bypasses() -> None:
    assert bypass_cookie(fields({"Cookie": "a=1"}), ()) is None


def test_an_identity_is_site_kind_and_bypass() -> None:
    facts = msgspec.structs.replace(FACTS, path="/product/1", fields=fields({"Cookie": "session=1"}))
    assert Sites([SHOP]).identify(facts) == (SHOP, PRODUCT, "session", False)


def test_the_nodes_own_mark_keeps_pages_out_of_the_store_and_nothing_else() -> None:
    marked = msgspec.structs.replace(FACTS, path="/product/1", fields=fields({"Cookie": "vt_own=1"}))
    assert Sites([SHOP]).identify(marked).bypass == "vt_own"
    assert Sites([SHOP]).identify(msgspec.structs.replace(marked, path="/app.css")).bypass is None


def test_a_get_that_the_site_declares_to_change_something_is_known() -> None:
    shop = msgspec.structs.replace(SHOP, effects=Effects(mutating_get=("?add",)))
    adding = msgspec.structs.replace(FACTS, path="/product/1", query="add=1")
    assert Sites([shop]).identify(adding) == (shop, PRODUCT, None, True)
    assert not Sites([shop]).identify(msgspec.structs.replace(adding, query="b=1")).mutates


paths = st.lists(st.sampled_from(["/", "product", "%70", "roduct", "p", ".", "%2e", "%2F", "a", "%61", "%"])).map(
    "".join
)


@given(paths, paths)
def test_one_key_is_never_two_kinds(one: str, other: str) -> None:
    first = msgspec.structs.replace(FACTS, path=one)
    second = msgspec.structs.replace(FACTS, path=other)
    rule = KeyRule(origin="shop")
    if cache_key(first, rule) == cache_key(second, rule):
        assert kind_of(first, KINDS) is kind_of(second, KINDS)


@given(st.text(), st.text(), st.text())
def test_no_text_makes_it_raise(host: str, path: str, cookie: str) -> None:
    facts = msgspec.structs.replace(FACTS, host=host, path=path, fields=fields({"Cookie": cookie}))
    assert Sites([SHOP, REST]).identify(facts).site in (SHOP, REST)
