"""Stored copies: decoded once per version, true at every request, bounded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from edge.http.copies import Copies
from edge.model import CacheKey, Fields, Lifetime, fields
from edge.policy.vary import vary_suffix
from edge.store.environment import open_pages
from edge.store.pages import Entry, PageContent, PageReader, PageStore, PlainContent, Primary, Renewal
from edge.store.writer import Writer
from renderers.deflate import press
from renderers.page import Page, Reading

SIZE = 8 << 20
NOBODY: Fields = fields(())


class Shop:
    """A page store and one worker's copies of it."""

    def __init__(self, store: PageStore, reader: PageReader, *, limit_bytes: int) -> None:
        self.store = store
        self.copies = Copies(reader, limit_bytes=limit_bytes)

    async def put(self, key: str, body: bytes, *, names: tuple[str, ...] = (), asked: Fields = NOBODY) -> None:
        where = CacheKey(key + vary_suffix(names, asked)) if names else CacheKey(key)
        primary = Primary(CacheKey(key).digest, key, names) if names else None
        await self.store.put(where.digest, entry(where.text, body[:8]), PlainContent(body), primary=primary)

    async def put_page(self, key: str, html: bytes, *, fetched_at_ms: int = 1, changed_at_ms: int = 0) -> None:
        page = Page((html,), (), (Reading("prices", "A-1", {}, changed_at_ms),), "utf-8", None, (), b"")
        stored = msgspec.structs.replace(entry(key, html[:8]), page=True, fetched_at_ms=fetched_at_ms)
        await self.store.put(CacheKey(key).digest, stored, PageContent(page, (press(html),)))

    def body(self, key: str, asked: Fields = NOBODY) -> bytes | None:
        copy = self.copies.find(CacheKey(key), asked, "shop").copy
        return copy.body if copy is not None else None


def entry(key: str, version: bytes) -> Entry:
    return Entry(
        key=key,
        origin="shop",
        kind=None,
        status=200,
        headers=(),
        lifetime=Lifetime(0, 0, 60),
        fetched_at_ms=1,
        body_length=0,
        version=version,
    )


@pytest.fixture
def shop(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Shop]:
    env = open_pages(tmp_path / "pages", SIZE)
    with Writer(env, name="pages") as writer:
        store = PageStore(env, writer, size_bytes=SIZE, protected=lambda _: False)
        yield Shop(store, PageReader(env), limit_bytes=getattr(request, "param", 1 << 20))
    env.close()


async def test_what_is_stored_is_found_and_what_is_not_is_not(shop: Shop) -> None:
    assert shop.body("a") is None
    await shop.put("a", b"one")
    assert shop.body("a") == b"one"
    assert shop.body("b") is None


async def test_a_copy_is_read_again_only_when_it_changed(shop: Shop) -> None:
    await shop.put("a", b"one")
    first = shop.copies.find(CacheKey("a"), NOBODY, "shop").copy
    await shop.put("b", b"elsewhere")
    assert shop.copies.find(CacheKey("a"), NOBODY, "shop").copy is first
    await shop.put("a", b"two")
    assert shop.body("a") == b"two"
    await shop.store.remove(CacheKey("a").digest)
    assert shop.body("a") is None


async def test_a_304_renews_the_entry_and_keeps_the_page(shop: Shop) -> None:
    await shop.put_page("a", b"<p>page</p>")
    before = shop.copies.find(CacheKey("a"), NOBODY, "shop").copy
    assert before is not None
    await shop.store.freshen(CacheKey("a").digest, Renewal(Lifetime(100, 0, 60), (), fetched_at_ms=9))
    after = shop.copies.find(CacheKey("a"), NOBODY, "shop").copy
    assert after is not None
    assert before.page is not None
    assert after.page is not None
    assert (after.entry.lifetime.stored_at, after.page.fetched_at_ms) == (100, 9)
    assert after.page.page == before.page.page


async def test_an_origin_that_went_back_to_an_earlier_price_changed_its_mind_all_the_same(shop: Shop) -> None:
    """A worker that was asked for nothing meanwhile sees the same bytes, but a row written in between gives way."""
    await shop.put_page("a", b"<p>ten</p>", fetched_at_ms=1)
    assert shop.copies.find(CacheKey("a"), NOBODY, "shop").copy is not None
    await shop.put_page("a", b"<p>twelve</p>", fetched_at_ms=2, changed_at_ms=2)
    await shop.put_page("a", b"<p>ten</p>", fetched_at_ms=3, changed_at_ms=3)
    copy = shop.copies.find(CacheKey("a"), NOBODY, "shop").copy
    assert copy is not None
    assert copy.page is not None
    assert [reading.changed_at_ms for reading in copy.page.page.readings] == [3]


async def test_a_304_of_what_is_no_page_keeps_its_body(shop: Shop) -> None:
    await shop.put("a", b"one")
    before = shop.copies.find(CacheKey("a"), NOBODY, "shop").copy
    await shop.store.freshen(CacheKey("a").digest, Renewal(Lifetime(100, 0, 60), (), fetched_at_ms=9))
    after = shop.copies.find(CacheKey("a"), NOBODY, "shop").copy
    assert before is not None
    assert after is not None
    assert after.body is before.body
    assert after.entry.lifetime.stored_at == 100


async def test_the_origins_health_is_known_at_once(shop: Shop) -> None:
    await shop.put("a", b"one")
    for up in (True, False, True):
        await shop.store.set_origin_up("shop", up=up)
        assert shop.copies.find(CacheKey("a"), NOBODY, "shop").origin_up is up
        assert shop.copies.find(CacheKey("nothing"), NOBODY, "shop").origin_up is up


async def test_variants_are_chosen_by_the_request_each_time(shop: Shop) -> None:
    german, french = fields({"Accept-Language": "de"}), fields({"Accept-Language": "fr"})
    for asked, body in ((german, b"hallo"), (french, b"salut")):
        await shop.put("a", body, names=("accept-language",), asked=asked)
    for _ in range(2):
        assert shop.body("a", german) == b"hallo"
        assert shop.body("a", french) == b"salut"
    missing = shop.copies.find(CacheKey("a"), fields({"Accept-Language": "it"}), "shop")
    assert (missing.copy, missing.varies) == (None, True)
    assert shop.copies.holds(CacheKey("a"))
    assert not shop.copies.holds(CacheKey("b"))


@pytest.mark.parametrize("shop", [200_000], indirect=True)
async def test_what_is_kept_decoded_is_bounded_whatever_is_asked_for(shop: Shop) -> None:
    keys = [f"k{number}" for number in range(40)]
    for key in keys:
        await shop.put(key, key.encode() * 5_000)
    for _ in range(2):
        for key in keys:
            assert shop.body(key) == key.encode() * 5_000
    kept = sum(copy.size_bytes for copy in shop.copies._copies.values())
    assert kept <= 200_000
    assert not any(hasattr(seen, "copy") for seen in shop.copies._seen.values())


async def test_names_that_somebody_made_up_are_not_kept(shop: Shop) -> None:
    for number in range(100):
        assert shop.body(f"/?{number}{'x' * 15_000}") is None
    assert shop.body("/short") is None
    assert sum(map(len, shop.copies._seen)) < 1_000
    long = f"/{'y' * 15_000}"
    await shop.put(long, b"one")
    assert shop.body(long) == b"one"


@pytest.mark.parametrize("shop", [10_000], indirect=True)
async def test_what_is_larger_than_all_that_is_kept_is_still_found(shop: Shop) -> None:
    await shop.put("a", bytes(100_000))
    for _ in range(2):
        assert shop.body("a") == bytes(100_000)
