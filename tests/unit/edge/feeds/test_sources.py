from __future__ import annotations

from typing import NamedTuple

import pytest

from edge.config.schema import Config, Feed, Host, Origin
from edge.feeds.sources import host_name, shop_of, source

SHOP = Origin(name="shop", url="http://127.0.0.1:9000/store", hosts=(Host("shop.example"), Host("www.shop.example")))
OWN = Origin(name="own", url="https://own.example", host_header="origin", hosts=(Host("b.example"),))
CONFIG = Config(origins=(SHOP, OWN))


class Case(NamedTuple):
    id: str
    feed: Feed
    base: str
    target: str
    host: str


CASES = [
    Case("a path is asked of the first origin by its public name", Feed(url="/feed.xml"), SHOP.url, "/feed.xml",
         "shop.example"),
    Case("a path with a query", Feed(url="/index.php?route=feed&k=1"), SHOP.url, "/index.php?route=feed&k=1",
         "shop.example"),
    Case("a path of the origin that is named", Feed(url="/feed.xml", origin="own"), OWN.url, "/feed.xml",
         "own.example"),
    Case("the origin's own address", Feed(url="http://127.0.0.1:9000/feed.xml"), "http://127.0.0.1:9000", "/feed.xml",
         "shop.example"),
    Case("another host", Feed(url="https://feeds.example:8443/a/b.csv?x"), "https://feeds.example:8443", "/a/b.csv?x",
         "feeds.example:8443"),
    Case("the sitemap", Feed(format="page"), SHOP.url, "/sitemap.xml", "shop.example"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_where_a_feed_lies(case: Case) -> None:
    where = source(CONFIG, case.feed)
    assert (where.origin.url, where.target, where.hosts[0]) == (case.base, case.target, case.host)
    assert dict(where.fields)["Host"] == case.host


def test_fields_of_the_operator_take_the_place_of_the_node_s() -> None:
    where = source(CONFIG, Feed(url="/f", headers={"user-agent": "us", "Authorization": "Bearer x"}))
    assert where.fields[-2:] == (("user-agent", "us"), ("Authorization", "Bearer x"))
    assert [name for name, _ in where.fields].count("User-Agent") == 0


def test_a_feed_has_connections_of_its_own_and_waits_longer_than_a_visitor() -> None:
    where = source(CONFIG, Feed(name="prices", url="/f"))
    assert where.origin.name == "prices"
    assert where.origin.max_connections < SHOP.max_connections
    assert where.origin.first_byte_timeout > SHOP.first_byte_timeout


def test_the_shop_of_a_feed_is_the_one_it_names() -> None:
    assert shop_of(CONFIG, Feed(url="/f", origin="own")) is OWN
    assert shop_of(CONFIG, Feed(url="/f")) is SHOP


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("http://A.example:80/x", "a.example"),
        ("https://a.example:443", "a.example"),
        ("https://a.example:80", "a.example:80"),
        ("http://[::1]:9000/", "[::1]:9000"),
    ],
)
def test_hosts_are_compared_without_their_scheme_s_port(url: str, name: str) -> None:
    assert host_name(url) == name
