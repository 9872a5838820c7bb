"""Feeds of one document, from a shop on loopback into real tables."""

from __future__ import annotations

import gzip
import json
from email.utils import formatdate
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from edge import clock
from edge.config.schema import Feed, Size
from edge.feeds.document import read_as
from edge.store.environment import open_tables
from edge.store.tables import TableReader, TableWriter
from edge.store.writer import Writer
from tests.unit.edge.feeds.conftest import google

if TYPE_CHECKING:
    from tests.unit.edge.feeds.conftest import Kit

FEED = Feed(name="shop", url="/feed.xml")


async def test_prices_of_the_feed_are_rows(kit: Kit) -> None:
    kit.shop.publish("/feed.xml", google(A="19.99", B="5"))
    async with kit.feeds(FEED) as feeds:
        (state,) = feeds.report()
    assert (state["state"], state["items"], state["bad"]) == ("good", 2, 0)
    assert kit.value("prices", "A") == {"amount": "19.99", "currency": "EUR"}
    row = kit.row("prices", "A")
    assert row is not None
    assert abs(row.source_version - clock.now_ms()) < 60_000


async def test_only_what_changed_is_written(kit: Kit) -> None:
    kit.shop.publish("/feed.xml", google(A="19.99", B="5"))
    async with kit.feeds(FEED) as feeds:
        before = (kit.row("prices", "A"), kit.row("prices", "B"))
        kit.shop.publish("/feed.xml", google(A="21.00", B="5.00"))
        state = await feeds.read_now("shop")
    assert state["rows_changed"] == 1
    assert kit.amount("A") == "21.00"
    assert kit.row("prices", "B") == before[1]


async def test_an_unchanged_feed_is_not_sent_again_not_even_to_the_next_process(kit: Kit) -> None:
    kit.shop.publish("/feed.xml", google(A="5"), ETag='"1"', Last_Modified=formatdate(1_700_000_000, usegmt=True))
    for _ in range(2):
        async with kit.feeds(FEED) as feeds:
            assert feeds.report()[0]["state"] == "good"
    (_, first), (_, second) = kit.shop.asked
    assert not {"if-none-match", "if-modified-since"} & first.keys()
    assert second["if-none-match"] == '"1"'
    assert second["if-modified-since"] == formatdate(1_700_000_000, usegmt=True)
    assert kit.amount("A") == "5"


@pytest.mark.parametrize(
    "other", [Feed(name="shop", url="/feed.xml", currency="EUR"), FEED], ids=["read so", "as it was"]
)
async def test_a_feed_that_is_to_be_read_otherwise_is_read_whole(kit: Kit, other: Feed) -> None:
    kit.shop.publish("/feed.xml", google(A="5"), ETag='"1"')
    for feed in (FEED, other):
        async with kit.feeds(feed):
            pass
    assert ("if-none-match" in kit.shop.asked[-1][1]) == (other is FEED)


async def test_tables_that_were_put_back_from_a_backup_get_their_rows_again(kit: Kit, tmp_path: Path) -> None:
    kit.shop.publish("/feed.xml", google(A="5"), ETag='"1"')
    async with kit.feeds(FEED):
        pass
    env = open_tables(tmp_path / "backup", map_bytes=2**26)
    with Writer(env, name="backup") as writer:
        kit.reader, kit.writer = TableReader(env), TableWriter(env, writer, node="edge-1")
        async with kit.feeds(FEED):
            assert kit.amount("A") == "5"
    env.close()


async def test_an_operator_s_price_stays_until_the_shop_says_something_new(kit: Kit) -> None:
    kit.shop.publish("/feed.xml", google(A="19.99", B="5"))
    async with kit.feeds(FEED) as feeds:
        await kit.put("prices", "A", amount="17.00", currency="EUR")
        kit.shop.publish("/feed.xml", google(A="19.99", B="6"))
        await feeds.read_now("shop")
        assert (kit.amount("A"), kit.amount("B")) == ("17.00", "6")
        kit.shop.publish("/feed.xml", google(A="18.00", B="6"))
        await feeds.read_now("shop")
        assert kit.amount("A") == "18.00"


async def test_what_the_feed_does_not_speak_of_stays_in_the_row(kit: Kit) -> None:
    await kit.put("products", "A", tags=["sale"], name="old")
    await kit.put("prices", "A", amount="1", currency="EUR", list_amount="2")
    item = "<item><g:id>A</g:id><title>Chair</title><g:price>5 EUR</g:price></item>"
    kit.shop.publish("/feed.xml", f'<rss xmlns:g="http://base.google.com/ns/1.0">{item}</rss>')
    async with kit.feeds(FEED):
        pass
    assert kit.value("products", "A") == {"tags": ["sale"], "name": "Chair"}
    assert kit.value("prices", "A") == {"amount": "5", "currency": "EUR"}


async def test_products_that_leave_the_feed_keep_their_rows_and_are_told_of(kit: Kit) -> None:
    kit.shop.publish("/feed.xml", google(A="1", B="2", C="3"))
    async with kit.feeds(FEED) as feeds:
        kit.shop.publish("/feed.xml", google(A="9"))
        state = await feeds.read_now("shop")
    assert (state["state"], state["absent"]) == ("good", 2)
    assert "lost 2 of 3 products" in str(state["detail"])
    assert [kit.amount(key) for key in "ABC"] == ["9", "2", "3"]


async def test_a_bad_item_is_told_with_its_line_and_keeps_its_row(kit: Kit) -> None:
    prices = {f"P{number}": "1" for number in range(20)}
    kit.shop.publish("/feed.xml", google(**prices))
    async with kit.feeds(FEED) as feeds:
        kit.shop.publish("/feed.xml", google(**{**prices, "P3": "cheap", "P4": "2"}).replace("<item>", "\n<item>"))
        state = await feeds.read_now("shop")
    assert (state["state"], state["bad"], state["absent"], state["rows_changed"]) == ("good", 1, 0, 1)
    assert str(state["notes"]).startswith("['line 5: P3: g:price: ")
    assert (kit.amount("P3"), kit.amount("P4")) == ("1", "2")


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (google(A="9", B="cheap"), "1 of 2 items are bad"),
        (google(A="9", B="9")[:-20], "cannot be read"),
        ("<html>Sign in</html>", "an HTML page"),
        (google(), "no products"),
        (google(A="9").replace("<item>", "<!-- " + "x" * 3_000_000 + "--><item>"), "over 1 MiB"),
        (google(A="9", B="8").replace(">B<", ">A<"), "stands twice"),
        (gzip.compress(google(A="9").encode())[:-9], "gzip is damaged"),
        (gzip.compress(b"<rss>" + b" " * 3_000_000), "larger than"),
        ("x" * 3_000_000, "larger than"),
    ],
    ids=["bad items", "cut off", "html", "empty", "endless", "two prices", "cut gzip", "bomb", "too large"],
)
async def test_a_feed_that_cannot_be_believed_changes_nothing_and_says_why(
    kit: Kit, body: str | bytes, told: str
) -> None:
    kit.shop.publish("/feed.xml", google(A="1", B="1"))
    limit = Size(2_000_000 if told == "larger than" else 2**24)
    async with kit.feeds(Feed(name="shop", url="/feed.xml", max_size=limit)) as feeds:
        (good,) = feeds.report()
        kit.shop.publish("/feed.xml", body)
        state = await feeds.read_now("shop")
        assert (state["state"], state["failures"]) == ("failing", 1)
        assert told in str(state["detail"])
        assert (state["items"], state["good_at_ms"]) == (2, good["good_at_ms"])
        assert (kit.amount("A"), kit.amount("B")) == ("1", "1")
        kit.shop.publish("/feed.xml", google(A="2", B="1"))
        assert (await feeds.read_now("shop"))["state"] == "good"
    assert kit.amount("A") == "2"


async def test_a_packed_feed_is_read(kit: Kit) -> None:
    kit.shop.publish("/feed.xml.gz", gzip.compress(google(A="5").encode()), Content_Encoding="gzip")
    async with kit.feeds(Feed(name="shop", url="/feed.xml.gz")):
        pass
    assert kit.amount("A") == "5"


async def test_only_the_tables_it_may_write_are_written(kit: Kit) -> None:
    item = "<item><g:id>A</g:id><title>Chair</title><g:price>5 EUR</g:price></item>"
    kit.shop.publish("/feed.xml", f'<rss xmlns:g="http://base.google.com/ns/1.0">{item}</rss>')
    async with kit.feeds(Feed(name="shop", url="/feed.xml", tables=("prices",))):
        pass
    assert (kit.amount("A"), kit.value("products", "A")) == ("5", None)


async def test_columns_are_read_as_they_are_mapped(kit: Kit) -> None:
    kit.shop.publish("/a.csv?k=1", "Nr;Preis;Lager\nA;19,99;3\n")
    kit.shop.publish("/b.ndjson", '{"id": "B", "label": "eco"}\n')
    columns = {"Nr": "key", "Preis": "prices.amount", "Lager": "inventory.quantity"}
    one = Feed(name="one", url="/a.csv?k=1", format="csv", columns=columns, currency="EUR")
    two = Feed(name="two", url="/b.ndjson", format="ndjson", columns={"id": "key", "label": "labels.text"})
    async with kit.feeds(one, two):
        pass
    assert (kit.value("prices", "A"), kit.value("inventory", "A"), kit.value("labels", "B")) == (
        {"amount": "19.99", "currency": "EUR"},
        {"quantity": 3},
        {"text": "eco"},
    )


async def test_an_older_copy_of_the_feed_is_not_read_unless_by_hand(kit: Kit) -> None:
    newer, older = (formatdate(at, usegmt=True) for at in (1_700_000_100, 1_700_000_000))
    kit.shop.publish("/feed.xml", google(A="2"), Last_Modified=newer)
    async with kit.feeds(FEED):
        pass
    kit.shop.publish("/feed.xml", google(A="1"), Last_Modified=older)
    async with kit.feeds(FEED) as feeds:
        (state,) = feeds.report()
        assert state["state"] == "failing"
        assert "older than the one read before" in str(state["detail"])
        assert kit.amount("A") == "2"
        await feeds.read_now("shop")
    assert kit.amount("A") == "1"


async def test_a_row_is_confirmed_before_it_grows_too_old_to_count(kit: Kit) -> None:
    kit.max_age_ms = {"prices": 3_600_000}
    kit.shop.publish("/feed.xml", google(A="5"), ETag='"1"')
    async with kit.feeds(FEED):
        pass
    first = kit.row("prices", "A")
    kit.now_ms = clock.now_ms() + 2_000_000
    async with kit.feeds(FEED):
        pass
    second = kit.row("prices", "A")
    assert first is not None
    assert second is not None
    assert second.source_version > first.source_version
    assert second.value == first.value


async def test_every_reading_that_wrote_is_in_the_audit_log_and_counted(kit: Kit) -> None:
    kit.shop.publish("/feed.xml", google(A="5", B="6"))
    async with kit.feeds(FEED) as feeds:
        await feeds.read_now("shop")
        kit.shop.publish("/feed.xml", status=500)
        await feeds.read_now("shop")
    lines = [json.loads(line) for line in (kit.data / "audit.ndjson").read_text().splitlines()]
    assert [(line["who"], line["did"]["changed"]) for line in lines] == [("feed shop", {"prices": 2})]
    assert kit.counters.feed_rows["shop", "prices"] == 2
    assert kit.counters.feed_failing["shop",] == 1
    assert kit.counters.feed_readings["shop", "good"] >= 2


def test_another_way_of_reading_is_told_apart_and_another_pace_is_not() -> None:
    ways = [FEED, Feed(url="/other.xml"), Feed(url="/feed.xml", currency="EUR"), Feed(url="/feed.xml", tables=("x",))]
    assert len({read_as(feed) for feed in ways}) == len(ways)
    assert read_as(FEED) == read_as(Feed(name="other", url="/feed.xml", headers={"A": "b"}))
