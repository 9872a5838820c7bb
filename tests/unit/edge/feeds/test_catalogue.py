"""Which pages are products', on a shop on loopback and a real store."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from edge.config.schema import Config, Feed, Host, Origin
from edge.feeds.catalogue import product_kind, sitemap_targets, stored_targets
from edge.feeds.fetch import Unread
from edge.feeds.sources import Source, source
from edge.fill.origin import OriginClient
from edge.model import CacheKey, Lifetime, RequestFacts, fields
from edge.policy.identify import Kind
from edge.policy.key import KeyRule, cache_key
from edge.policy.storability import RoutePolicy
from edge.store.environment import open_pages
from edge.store.pages import Entry, PageContent, PageReader, PageStore, PlainContent
from edge.store.writer import Writer
from renderers.page import Page
from tests.unit.edge.feeds.conftest import sitemap

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.edge.feeds.conftest import Kit

KINDS = (
    Kind(name="product", match=("/p/*",), route=RoutePolicy()),
    Kind(name="rest", match=("/*",), route=RoutePolicy()),
)


@pytest.mark.parametrize(
    ("target", "kind"),
    [("/p/1", "product"), ("/p/1?colour=red", "product"), ("/about", "rest"), ("/p/../admin", None)],
)
def test_a_target_is_of_the_kind_that_visitors_get(target: str, kind: str | None) -> None:
    assert product_kind(target, KINDS) == kind


def where(kit: Kit, *hosts: str) -> Source:
    shop = Origin(url=kit.shop.url, hosts=tuple(Host(host) for host in hosts))
    return source(Config(origins=(shop,)), Feed(format="page"))


async def found(kit: Kit, *hosts: str) -> list[str]:
    asked = where(kit, *hosts)
    async with OriginClient((asked.origin,)) as client:
        return await sitemap_targets(client, asked)


async def test_addresses_of_this_host_are_targets(kit: Kit) -> None:
    urls = ("https://shop.example/p/1?x=1&amp;y=2", f"{kit.shop.url}/p/2", "http://other.example/p/3", "ftp://x/p/4")
    kit.shop.publish("/sitemap.xml", sitemap(*urls))
    assert await found(kit, "shop.example") == ["/p/1?x=1&y=2", "/p/2"]


async def test_a_sitemap_that_names_only_one_wrong_host_is_taken_for_this_one(
    kit: Kit, caplog: pytest.LogCaptureFixture
) -> None:
    kit.shop.publish("/sitemap.xml", sitemap("http://example.com/p/1", "http://example.com/p/2"))
    assert await found(kit, "shop.example") == ["/p/1", "/p/2"]
    assert "names only addresses of example.com" in caplog.text


async def test_a_sitemap_of_several_other_hosts_is_not_this_shop_s(kit: Kit) -> None:
    kit.shop.publish("/sitemap.xml", sitemap("http://de.example/p/1", "http://fr.example/p/1"))
    assert await found(kit, "shop.example") == []


async def test_an_index_is_followed_on_this_host_and_never_twice(kit: Kit) -> None:
    places = "".join(
        f"<sitemap><loc>{url}</loc></sitemap>"
        for url in ("http://shop.example/a.xml", "http://shop.example/a.xml", "http://127.0.0.1:1/b.xml")
    )
    kit.shop.publish("/sitemap.xml", f"<sitemapindex>{places}</sitemapindex>")
    kit.shop.publish("/a.xml", sitemap("http://shop.example/p/1"))
    assert await found(kit, "shop.example") == ["/p/1"]
    assert [target for target, _ in kit.shop.asked] == ["/sitemap.xml", "/a.xml"]


async def test_what_is_no_sitemap_is_unread(kit: Kit) -> None:
    kit.shop.publish("/sitemap.xml", "<html></html>")
    with pytest.raises(Unread, match="cannot be read"):
        await found(kit)


def key(path: str, query: str | None = None) -> CacheKey:
    facts = RequestFacts(
        method="GET", scheme="https", host="shop.example", path=path, query=query, fields=fields(), client=""
    )
    return cache_key(facts, KeyRule(origin="shop"))


async def test_pages_of_the_store_are_found_by_origin_and_kind(tmp_path: Path) -> None:
    env = open_pages(tmp_path / "pages", 2**24)
    page = PageContent(Page((b"x",), (), (), "utf-8", None, (), b""), ())
    entry = Entry(
        key="",
        origin="shop",
        kind="product",
        status=200,
        headers=(),
        lifetime=Lifetime(0, 0, 600),
        fetched_at_ms=0,
        body_length=1,
        version=b"12345678",
        page=True,
    )
    with Writer(env, name="pages") as writer:
        store = PageStore(env, writer, size_bytes=2**24, protected=lambda _: False)
        for at in (key("/p/1"), key("/p/2", "colour=red")):
            await store.put(at.digest, msgspec.structs.replace(entry, key=at.text), page)
        for at, changed in ((key("/a"), {"kind": "rest"}), (key("/b"), {"origin": "other"})):
            await store.put(at.digest, msgspec.structs.replace(entry, key=at.text, **changed), page)
        gone = msgspec.structs.replace(entry, key=key("/p/3").text, page=False, status=404)
        await store.put(key("/p/3").digest, gone, PlainContent(b"gone"))
        assert sorted(stored_targets(PageReader(env), "shop", ["product"])) == ["/p/1", "/p/2?colour=red"]
    env.close()
