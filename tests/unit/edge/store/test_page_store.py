from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from edge.errors import StoreFull
from edge.model import Lifetime
from edge.store.page_shelf import VARIANTS
from edge.store.pages import Entry, PlainContent, Primary, Renewal

if TYPE_CHECKING:
    from tests.unit.edge.store.conftest import Pages

EntryOf = Callable[..., Entry]
DigestOf = Callable[[str], bytes]

QUARTER = 900_000
"""Bytes of a body of which the store of 4 MiB holds four."""


class Shop:
    """Stores bodies under keys and says which are still there."""

    def __init__(self, pages: Pages, entry_of: EntryOf, digest_of: DigestOf) -> None:
        self.pages = pages
        self.store = pages.store
        self._entry_of = entry_of
        self._digest_of = digest_of

    async def put(self, key: str, size: int = QUARTER, origin: str = "shop") -> None:
        self.pages.clock.ms += 1
        await self.store.put(self._digest_of(key), self._entry_of(key, origin=origin), PlainContent(bytes(size)))

    async def touch(self, *keys: str) -> None:
        self.pages.clock.ms += 1
        await self.store.touch([self._digest_of(key) for key in keys])

    def there(self, keys: str) -> str:
        with self.pages.reader.view() as view:
            return "".join(key for key in keys if view.lookup(self._digest_of(key), key) is not None)

    def used(self) -> int:
        with self.pages.reader.view() as view:
            return view.usage().used_bytes


@pytest.fixture
def shop(pages: Pages, entry_of: EntryOf, digest_of: DigestOf) -> Shop:
    return Shop(pages, entry_of, digest_of)


async def test_the_least_recently_used_leaves_first(shop: Shop) -> None:
    for key in "abcd":
        await shop.put(key)
    await shop.touch("a", "c")
    await shop.put("e")
    assert shop.there("abcde") == "acde"
    await shop.put("f")
    assert shop.there("abcdef") == "acef"
    assert shop.store.evicted == 2


async def test_the_store_never_holds_more_than_its_size(shop: Shop) -> None:
    for number in range(40):
        await shop.put(f"k{number}", size=1 + number * 17_000)
        assert shop.used() <= shop.pages.size_bytes


async def test_entries_of_an_origin_that_is_down_are_not_evicted(shop: Shop) -> None:
    for key in "ab":
        await shop.put(key, origin="down")
    for key in "cd":
        await shop.put(key, origin="up")
    shop.pages.down.add("down")
    for key in "ef":
        await shop.put(key, origin="up")
    assert shop.there("abcdef") == "abef"


async def test_nothing_is_admitted_once_only_protected_entries_are_left(shop: Shop) -> None:
    for key in "abcd":
        await shop.put(key, origin="down")
    shop.pages.down.add("down")
    with pytest.raises(StoreFull, match="only entries of origins that are down"):
        await shop.put("e", origin="up")
    assert shop.there("abcde") == "abcd"
    shop.pages.down.clear()
    await shop.put("e", origin="up")
    assert shop.there("abcde") == "bcde"


async def test_a_refused_successor_leaves_the_last_good_copy(shop: Shop) -> None:
    for key in "abcd":
        await shop.put(key, origin="down")
    shop.pages.down.add("down")
    with pytest.raises(StoreFull):
        await shop.put("a", size=3 * QUARTER, origin="down")
    assert shop.there("abcd") == "abcd"


async def test_an_entry_larger_than_the_store_is_refused_and_evicts_nothing(shop: Shop) -> None:
    await shop.put("a")
    with pytest.raises(StoreFull, match="the whole store holds"):
        await shop.put("b", size=5 << 20)
    assert shop.there("ab") == "a"


async def test_replacing_an_entry_charges_for_the_successor_only(shop: Shop) -> None:
    await shop.put("a", size=QUARTER)
    await shop.put("a", size=1_000)
    assert shop.used() < 4_000
    await shop.put("a", size=QUARTER)
    assert QUARTER < shop.used() < QUARTER * 1.1


async def test_writes_that_arrive_together_are_all_stored(shop: Shop) -> None:
    keys = [f"k{number}" for number in range(100)]
    await asyncio.gather(*(shop.put(key, size=20_000) for key in keys))
    with shop.pages.reader.view() as view:
        assert view.usage().entries == 100


async def test_a_304_renews_lifetime_and_fields_and_keeps_the_body(
    shop: Shop, entry_of: EntryOf, digest_of: DigestOf
) -> None:
    await shop.put("a", size=100_000)
    lifetime, headers = Lifetime(stored_at=2_000, initial_age=0, ttl=90), (("ETag", '"b"'), ("X-" + "y" * 3_000, "z"))
    assert await shop.store.freshen(digest_of("a"), Renewal(lifetime, headers, fetched_at_ms=7))
    with shop.pages.reader.view() as view:
        entry = view.lookup(digest_of("a"), "a")
        assert entry is not None
        assert (entry.lifetime, entry.headers, entry.fetched_at_ms, entry.status) == (lifetime, headers, 7, 200)
        assert view.body(digest_of("a"), entry) == bytes(100_000)
    await shop.store.remove(digest_of("a"))
    assert shop.used() == 0


async def test_a_freshened_entry_is_recent(shop: Shop, digest_of: DigestOf) -> None:
    for key in "abcd":
        await shop.put(key)
    shop.pages.clock.ms += 1
    await shop.store.freshen(digest_of("a"), Renewal(Lifetime(1, 0, 1), (), 0))
    await shop.put("e")
    assert shop.there("abcde") == "acde"


async def test_what_is_not_there_cannot_be_freshened_or_removed(shop: Shop, digest_of: DigestOf) -> None:
    assert not await shop.store.freshen(digest_of("a"), Renewal(Lifetime(1, 0, 1), (), 0))
    assert not await shop.store.remove(digest_of("a"))


class Varying:
    """A resource ``/`` whose responses vary on Accept-Language."""

    def __init__(self, shop: Shop, entry_of: EntryOf, digest_of: DigestOf) -> None:
        self.shop, self._entry_of, self._digest_of = shop, entry_of, digest_of
        self.primary = Primary(digest_of("/"), "/", ("accept-language",))

    async def put(self, language: str, size: int = 10) -> None:
        self.shop.pages.clock.ms += 1
        await self.shop.store.put(
            self._digest_of(language), self._entry_of(language), PlainContent(bytes(size)), primary=self.primary
        )

    def names(self) -> tuple[str, ...] | None:
        with self.shop.pages.reader.view() as view:
            return view.lookup_vary(self.primary.digest)


@pytest.fixture
def varying(shop: Shop, entry_of: EntryOf, digest_of: DigestOf) -> Varying:
    return Varying(shop, entry_of, digest_of)


async def test_a_variant_is_found_through_its_resource(varying: Varying) -> None:
    assert varying.names() is None
    await varying.put("d")
    await varying.put("f")
    assert varying.names() == ("accept-language",)
    assert varying.shop.there("df") == "df"


async def test_what_was_stored_before_a_resource_varied_gives_way_to_the_variant(varying: Varying) -> None:
    await varying.shop.put("/")
    await varying.put("d")
    assert varying.shop.there("/d") == "d"


async def test_a_resource_that_no_longer_varies_replaces_its_variants(varying: Varying) -> None:
    await varying.put("d")
    await varying.put("f")
    await varying.shop.put("/", size=10)
    assert varying.names() is None
    assert varying.shop.there("/df") == "/"


async def test_removing_a_resource_removes_every_variant(varying: Varying) -> None:
    for language in "dfi":
        await varying.put(language)
    assert await varying.shop.store.remove(varying.primary.digest)
    assert varying.names() is None
    assert varying.shop.there("dfi") == ""
    assert varying.shop.used() == 0


async def test_a_resource_has_a_bounded_number_of_variants(varying: Varying) -> None:
    languages = [chr(0x4E00 + number) for number in range(VARIANTS + 2)]
    for language in languages:
        await varying.put(language)
    assert varying.shop.there("".join(languages)) == "".join(languages[2:])


async def test_using_a_variant_keeps_its_resource(varying: Varying) -> None:
    await varying.put("d")
    for key in "abc":
        await varying.shop.put(key)
    await varying.shop.touch("d")
    await varying.shop.put("e", size=2 * QUARTER)
    assert varying.names() == ("accept-language",)
    assert varying.shop.there("dabce") == "dbce"


async def test_a_freshened_variant_keeps_its_resource(varying: Varying, digest_of: DigestOf) -> None:
    store = varying.shop.store
    await varying.put("d")
    for key in "abc":
        await varying.shop.put(key)
    await store.freshen(digest_of("d"), Renewal(Lifetime(1, 0, 1), (), 0))
    varying.shop.pages.clock.ms += 1
    await varying.shop.put("e", size=2 * QUARTER)
    assert varying.names() == ("accept-language",), "freshening is using"
    for key in "ce":
        await varying.shop.put(key)
    await varying.shop.touch("d")
    await varying.shop.put("f", size=2 * QUARTER)
    assert varying.names() == ("accept-language",), "and it is still known to be a variant"


async def test_a_map_that_is_full_before_its_time_is_relieved_by_evicting(
    pages: Pages, entry_of: EntryOf, digest_of: DigestOf
) -> None:
    pages.size_bytes = 4 * pages.size_bytes  # more than the map holds
    shop = Shop(pages, entry_of, digest_of)
    for number in range(30):
        await shop.put(f"k{number}", size=400_000)
        with pages.reader.view() as view:
            assert view.lookup(digest_of(f"k{number}"), f"k{number}") is not None
    assert shop.store.evicted > 10


async def test_the_publish_gate_s_memory_ends_with_the_page_it_is_about(shop: Shop, digest_of: DigestOf) -> None:
    def held() -> bytes | None:
        with shop.pages.reader.view() as view:
            return view.held(digest_of("a"))

    await shop.put("a")
    await shop.store.hold(digest_of("a"), b"seen once")
    assert held() == b"seen once"
    await shop.store.hold(digest_of("a"), None)
    assert held() is None
    await shop.store.hold(digest_of("a"), b"seen once")
    await shop.put("a")
    assert held() is None


async def test_the_publish_gate_s_memory_is_bounded(shop: Shop) -> None:
    await asyncio.gather(*(shop.store.hold(number.to_bytes(16, "big"), b"seen") for number in range(4_200)))
    with shop.pages.reader.view() as view:
        kept = sum(view.held(number.to_bytes(16, "big")) is not None for number in range(4_200))
    assert kept == 4_096


async def test_what_origins_are_down_is_known_to_all(shop: Shop) -> None:
    def states() -> list[bool]:
        with shop.pages.reader.view() as view:
            return [view.origin_up("shop"), view.origin_up("blog")]

    assert states() == [True, True]
    await shop.store.set_origin_up("shop", up=False)
    assert states() == [False, True]
    await shop.store.set_origin_up("shop", up=True)
    assert states() == [True, True]


async def test_the_vocabulary_belongs_to_a_kind_and_slot(shop: Shop) -> None:
    await shop.store.set_vocabulary("product", "stock", b"In stock")
    with shop.pages.reader.view() as view:
        assert view.vocabulary("product", "stock") == b"In stock"
        assert view.vocabulary("product", "price") is None
        assert view.vocabulary("category", "stock") is None
