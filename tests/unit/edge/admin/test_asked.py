"""A URL that somebody names, as the request a worker would see."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from edge.admin.asked import asked_facts, usual_host
from edge.config.schema import Address, Config, Host, Listen, Origin


class Case(NamedTuple):
    id: str
    url: str
    headers: tuple[tuple[str, str], ...]
    want: tuple[str, str, str, str | None]
    """Scheme, host, path, query."""


CASES = [
    Case("a whole URL", "https://Shop.example:8443/p?a=1", (), ("https", "shop.example:8443", "/p", "a=1")),
    Case("no path", "http://shop.example", (), ("http", "shop.example", "/", None)),
    Case("a path alone is of the usual host", "/p", (), ("http", "usual.example", "/p", None)),
    Case("a path and a Host", "/p", (("Host", "Other.example"),), ("http", "other.example", "/p", None)),
    Case("the URL's host comes before the field's", "http://a/", (("host", "b"),), ("http", "a", "/", None)),
    Case("who speaks is no part of the host", "http://me:x@a/", (), ("http", "a", "/", None)),
    Case("a fragment stays with the browser", "http://a/p#part", (), ("http", "a", "/p", None)),
]


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_asked_facts(case: Case) -> None:
    facts = asked_facts(case.url, host="usual.example", headers=case.headers)
    assert (facts.scheme, facts.host, facts.path, facts.query) == case.want
    assert facts.client == "127.0.0.1"


def test_the_usual_host_is_the_first_named_one_or_where_the_node_listens() -> None:
    listen = Listen(http=Address("127.0.0.1:8080"))
    anywhere = Origin(name="a", url="http://127.0.0.1:1")
    named = Origin(name="b", url="http://127.0.0.1:1", hosts=(Host("shop.example"), Host("www.shop.example")))
    assert usual_host(Config(origins=(anywhere,), listen=listen)) == "127.0.0.1:8080"
    assert usual_host(Config(origins=(anywhere, named), listen=listen)) == "shop.example"
