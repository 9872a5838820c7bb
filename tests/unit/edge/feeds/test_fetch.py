"""Asking a shop on loopback for a feed."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import msgspec
import pytest

from edge.config.schema import Config, Feed, Host, Origin
from edge.errors import OriginError, StoreFull
from edge.feeds.fetch import Answer, Asking, Unread, check_status, fetch, redirected
from edge.feeds.sources import Source, source
from edge.feeds.state import Validators
from edge.fill.origin import OriginClient
from edge.model import fields
from edge.policy.dates import format_http_date

if TYPE_CHECKING:
    from tests.unit.edge.feeds.conftest import FeedShop, Kit

WHOLE = Asking(Validators(), conditional=False, limit_bytes=1000)
SHOP = Origin(name="shop", url="https://10.0.0.1", hosts=(Host("shop.example"),))
WHERE = source(Config(origins=(SHOP,)), Feed(url="/feeds/a.xml"))


@pytest.fixture
def shop(kit: Kit) -> FeedShop:
    return kit.shop


async def ask(shop: FeedShop, asking: Asking = WHOLE, *, target: str = "/f") -> tuple[Answer | None, bytes]:
    where = source(Config(origins=(Origin(url=shop.url),)), Feed(url=target))
    file = io.BytesIO()
    async with OriginClient((where.origin,)) as client:
        return await fetch(client, where, asking, file), file.getvalue()


async def test_what_the_shop_sends_is_in_the_file_with_its_validators(shop: FeedShop) -> None:
    modified = format_http_date(1_700_000_000)
    shop.publish("/f", b"1234", ETag='"a"', Last_Modified=modified)
    answer, body = await ask(shop)
    assert answer is not None
    assert (body, answer.validators) == (b"1234", Validators('"a"', modified, 1_700_000_000))
    assert abs(answer.source_ms - 1_700_000_000_000) < 5_000
    assert shop.asked[0][1]["accept-encoding"] == "gzip"


async def test_a_feed_that_did_not_change_is_none(shop: FeedShop) -> None:
    shop.publish("/f", b"1234", ETag='"a"')
    answer, body = await ask(shop, Asking(Validators('"a"'), conditional=True, limit_bytes=1000))
    assert (answer, body) == (None, b"")


async def test_a_304_nobody_asked_for_is_no_answer(shop: FeedShop) -> None:
    shop.publish("/f", status=304)
    with pytest.raises(Unread, match="answers 304"):
        await ask(shop)


async def test_redirects_are_followed_on_the_same_host(shop: FeedShop) -> None:
    shop.publish("/f", status=301, Location="/deep/g?x=1")
    shop.publish("/deep/g?x=1", status=302, Location=f"{shop.url}/h")
    shop.publish("/h", b"here")
    assert (await ask(shop))[1] == b"here"


async def test_circles_end(shop: FeedShop) -> None:
    shop.publish("/f", status=302, Location="/f")
    with pytest.raises(Unread, match="more than 5 times"):
        await ask(shop)


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("/b.xml", "/b.xml"),
        ("b.xml?x=1#y", "/feeds/b.xml?x=1"),
        ("https://shop.example/b.xml", "/b.xml"),
        ("https://SHOP.example:443", "/"),
        ("//shop.example/b.xml", "/b.xml"),
        ("https://10.0.0.1/b.xml", "/b.xml"),
    ],
)
def test_a_place_on_the_same_host_is_a_target(location: str, target: str) -> None:
    assert redirected(WHERE, WHERE.target, location) == target


@pytest.mark.parametrize(
    "location",
    [
        "",
        "http://169.254.169.254/latest/meta-data",
        "http://127.0.0.1:8081/tables/prices",
        "//evil.example/x",
        "https://shop.example.evil.example/",
        "https://shop.example:8443/",
        "https://shop.example@evil.example/",
        "http://shop.example/b.xml",
        "file:///etc/passwd",
        "https://[::1",
    ],
)
def test_a_feed_chooses_no_other_host(location: str) -> None:
    with pytest.raises(Unread, match="another host or scheme; write that as url"):
        redirected(WHERE, WHERE.target, location)


async def test_more_than_the_limit_is_not_taken(shop: FeedShop) -> None:
    shop.publish("/f", b"x" * 1001)
    with pytest.raises(Unread, match="larger than 1000 bytes"):
        await ask(shop)


async def test_an_older_feed_is_not_read(shop: FeedShop) -> None:
    shop.publish("/f", b"1", Last_Modified=format_http_date(1_700_000_000))
    known = Validators(modified_s=1_700_000_001)
    with pytest.raises(Unread, match="older than the one read before"):
        await ask(shop, Asking(known, conditional=False, limit_bytes=1000))
    shop.publish("/f", b"1")
    assert (await ask(shop, Asking(known, conditional=False, limit_bytes=1000)))[1] == b"1"


@pytest.mark.parametrize(
    ("status", "fields_", "retry", "rest_s"),
    [
        (404, {}, False, None),
        (403, {}, False, None),
        (206, {}, False, None),
        (500, {}, True, None),
        (503, {"Retry-After": "7"}, True, 7.0),
        (429, {}, False, 30.0),
        (429, {"Retry-After": "120"}, False, 120.0),
    ],
)
def test_what_is_no_feed_says_when_to_ask_again(
    status: int, fields_: dict[str, str], retry: bool, rest_s: float | None
) -> None:
    with pytest.raises(Unread, match=f"answers {status}; ") as caught:
        check_status(status, fields(fields_))
    assert (caught.value.retry, caught.value.rest_s) == (retry, rest_s)


async def test_a_shop_that_is_not_there_is_the_origin_s_failure(shop: FeedShop) -> None:
    await shop.stop()
    with pytest.raises(OriginError):
        await ask(shop)


class FullDisk(io.BytesIO):
    def write(self, data: object) -> int:
        raise OSError(28, "No space left on device")


async def test_a_full_disk_is_not_the_shop_s_fault(shop: FeedShop) -> None:
    shop.publish("/f", b"1234")
    where = source(Config(origins=(Origin(url=shop.url),)), Feed(url="/f"))
    async with OriginClient((where.origin,)) as client:
        with pytest.raises(StoreFull, match="No space left"):
            await fetch(client, where, WHOLE, FullDisk())


async def test_fields_of_the_configuration_are_sent(shop: FeedShop) -> None:
    where: Source = source(Config(origins=(Origin(url=shop.url),)), Feed(url="/f", headers={"X-Key": "1"}))
    shop.publish("/f", b"1")
    async with OriginClient((where.origin,)) as client:
        await fetch(client, msgspec.structs.replace(where, target="/f"), WHOLE, io.BytesIO())
    assert shop.asked[0][1]["x-key"] == "1"
