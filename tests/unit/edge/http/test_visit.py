"""What a request is, before anything is decided about it."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from aiohttp.test_utils import make_mocked_request

from edge.errors import RequestError
from edge.http.visit import receive
from edge.policy.proxies import TrustedProxies

NOBODY = TrustedProxies(())


class Case(NamedTuple):
    id: str
    target: str
    host: str
    want: tuple[str, str, str | None]
    """Host, path, query."""


CASES = [
    Case("a path", "/product/1", "Shop.Example", ("shop.example", "/product/1", None)),
    Case("a query", "/p?a=1&b", "shop.example:8080", ("shop.example:8080", "/p", "a=1&b")),
    Case("an empty query is a query", "/p?", "a", ("a", "/p", "")),
    Case("a question mark in the query", "/p?a?b", "a", ("a", "/p", "a?b")),
    Case("escapes and double slashes stay", "//x/%2e%2E/%zz", "a", ("a", "//x/%2e%2E/%zz", None)),
    Case("the server as a whole", "*", "a", ("a", "*", None)),
    Case(
        "RFC 9112 §3.2.2 absolute form replaces Host", "http://Shop.example/p?q", "other", ("shop.example", "/p", "q")
    ),
    Case("absolute form without path", "http://shop.example", "other", ("shop.example", "/", None)),
    Case("absolute form with nothing but a query", "http://shop.example?q=1", "o", ("shop.example", "/", "q=1")),
    Case("absolute form with a user in it", "https://user:x@shop.example/", "o", ("shop.example", "/", None)),
    Case("an IPv6 address", "/", "[2001:DB8::1]:80", ("[2001:db8::1]:80", "/", None)),
    Case("an underscore, as some hosts have", "/", "my_shop.example", ("my_shop.example", "/", None)),
]


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_host_path_and_query(case: Case) -> None:
    facts = receive(make_mocked_request("GET", case.target, {"Host": case.host}), NOBODY).facts
    assert (facts.host, facts.path, facts.query) == case.want


@pytest.mark.parametrize("target", ["p", "ftp://a/p", "http:/a", "a:443", "http", ""])
def test_what_is_no_request_target_is_refused(target: str) -> None:
    with pytest.raises(RequestError) as refused:
        receive(make_mocked_request("GET", target, {"Host": "a"}), NOBODY)
    assert refused.value.response_status == 400


@pytest.mark.parametrize("host", ["a/b", "a b", "a?b", "a@b", "[::1", "a,b", "a:b", "ä.example"])
def test_what_is_no_host_is_refused(host: str) -> None:
    with pytest.raises(RequestError) as refused:
        receive(make_mocked_request("GET", "/", {"Host": host}), NOBODY)
    assert refused.value.response_status == 400


def test_what_proxies_add_is_not_believed_of_a_stranger() -> None:
    headers = {"Host": "a", "X-Forwarded-For": "192.0.2.1", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil"}
    visit = receive(make_mocked_request("GET", "/", headers), NOBODY)
    assert (visit.facts.host, visit.facts.scheme, visit.facts.client) == ("a", "http", visit.hop.peer)
    assert not visit.hop.trusted
