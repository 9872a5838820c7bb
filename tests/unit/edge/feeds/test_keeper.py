"""All feeds of a node: what is reported, and what a feed that fails does not do to the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edge.config.schema import Config, Duration, Feed, Node, Origin
from edge.errors import RequestError
from edge.feeds.applying import Tables
from edge.feeds.document import DocumentFeed
from edge.feeds.keeper import FeedParts, feeding
from tests.unit.edge.feeds.conftest import google

if TYPE_CHECKING:
    from tests.unit.edge.feeds.conftest import Kit


async def test_a_node_without_feeds_reports_none(kit: Kit) -> None:
    async with kit.feeds() as feeds:
        assert feeds.report() == []
        with pytest.raises(RequestError, match="there are none"):
            await feeds.read_now("shop")
    assert not (kit.data / "feeds").exists()


async def test_a_feed_that_fails_says_so_and_the_others_go_on(kit: Kit) -> None:
    kit.shop.publish("/a.xml", google(A="5"))
    async with kit.feeds(Feed(url="/a.xml"), Feed(url="/b.xml")) as feeds:
        good, bad = feeds.report()
    assert (good["name"], good["state"], good["items"]) == ("a.xml", "good", 1)
    assert (bad["name"], bad["state"], bad["detail"]) == (
        "b.xml",
        "failing",
        "it answers 404; write the url that answers 200",
    )


async def test_how_a_feed_was_is_known_after_a_restart(kit: Kit) -> None:
    kit.shop.publish("/a.xml", google(A="5"))
    async with kit.feeds(Feed(url="/a.xml")) as feeds:
        (before,) = feeds.report()
    await kit.shop.stop()
    async with kit.feeds(Feed(url="/a.xml")) as feeds:
        (after,) = feeds.report()
    assert (after["state"], after["items"], after["good_at_ms"]) == ("failing", 1, before["good_at_ms"])
    assert kit.amount("A") == "5"


async def test_a_fault_of_the_node_s_own_is_a_failing_feed_and_no_dead_agent(
    kit: Kit, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_args: object, **_kwargs: object) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(DocumentFeed, "read", broken)
    async with kit.feeds(Feed(url="/a.xml")) as feeds:
        assert feeds.report()[0]["detail"] == "ZeroDivisionError: a bug"
    assert "Traceback" in caplog.text


async def test_a_feed_is_read_at_its_interval(kit: Kit) -> None:
    (kit.data / "run").mkdir()
    kit.shop.publish("/a.xml", google(A="5"))
    config = Config(
        origins=(Origin(url=kit.shop.url),),
        node=Node(name="edge-1", data=kit.data),
        feeds=(Feed(url="/a.xml", interval=Duration(0.02)),),
    )
    tables = Tables(kit.reader, kit.writer, {}, kit.clock)
    async with feeding(FeedParts(config, tables, kit.pages, kit.counters, kit.audit)) as feeds:
        while kit.counters.feed_readings["a.xml", "good"] < 3:
            await feeds.read_now("a.xml")
    assert kit.shop.times("/a.xml") >= 3


async def test_a_key_in_the_url_is_shown_to_nobody(kit: Kit) -> None:
    kit.shop.publish("/a.xml?key=secret", google(A="5"))
    async with kit.feeds(Feed(url="/a.xml?key=secret")) as feeds:
        assert "secret" not in str(feeds.report())
    assert "secret" not in (kit.data / "audit.ndjson").read_text()


@pytest.mark.parametrize(
    ("status", "retry_after", "wait_s"),
    [(200, "", 3600), (404, "", 3600), (500, "", 5), (429, "", 3600), (429, "7200", 3600), (503, "60", 60)],
)
async def test_when_it_is_read_next_is_told(kit: Kit, status: int, retry_after: str, wait_s: int) -> None:
    kit.shop.publish("/a.xml", google(A="5"), status, **({"Retry_After": retry_after} if retry_after else {}))
    async with kit.feeds(Feed(url="/a.xml")) as feeds:
        (shown,) = feeds.report()
    assert int(str(shown["next_at_ms"])) - int(str(shown["asked_at_ms"])) == wait_s * 1000


async def test_a_failure_is_logged_once_and_its_end_too(kit: Kit, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    async with kit.feeds(Feed(url="/a.xml")) as feeds:
        await feeds.read_now("a.xml")
        await feeds.read_now("a.xml")
        assert caplog.text.count("answers 404") == 1
        kit.shop.publish("/a.xml", google(A="5"))
        assert (await feeds.read_now("a.xml"))["failures"] == 0
    assert "feed a.xml is read again" in caplog.text
