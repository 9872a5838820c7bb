"""Product pages as a feed, from a shop on loopback into real tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.config.schema import Feed, Pace
from tests.unit.edge.feeds.conftest import PRODUCT, product_page, sitemap

if TYPE_CHECKING:
    from tests.unit.edge.feeds.conftest import Kit

FEED = Feed(name="pages", format="page", pace=Pace(1000))


def publish(kit: Kit, **prices: str) -> None:
    """A shop of these products, each on a page of its own."""
    kit.kinds = (PRODUCT,)
    kit.shop.publish("/sitemap.xml", sitemap(f"{kit.shop.url}/about", *(f"{kit.shop.url}/p/{key}" for key in prices)))
    for key, price in prices.items():
        kit.shop.publish(f"/p/{key}", product_page(key, price), content_type="text/html; charset=utf-8")


def order(kit: Kit) -> list[str]:
    return [target.removeprefix("/p/") for target, _ in kit.shop.asked if target.startswith("/p/")]


async def test_pages_are_read_through_their_slots_and_what_changed_is_written(kit: Kit) -> None:
    publish(kit, A="19.99", B="5.00")
    async with kit.feeds(FEED) as feeds:
        (first,) = feeds.report()
        assert (first["state"], first["items"], first["bad"]) == ("good", 2, 0)
        assert kit.value("prices", "A") == {"amount": "19.99", "currency": "EUR"}
        before = kit.row("prices", "B")
        publish(kit, A="21.00", B="5.00")
        second = await feeds.read_now("pages")
    assert second["rows_changed"] == 1
    assert (kit.amount("A"), kit.row("prices", "B")) == ("21", before)
    assert kit.value("prices", "OTHER") is None


async def test_pages_that_changed_last_time_come_first(kit: Kit) -> None:
    publish(kit, A="1.00", B="1.00", C="1.00")
    async with kit.feeds(FEED) as feeds:
        await feeds.read_now("pages")
        publish(kit, A="1.00", B="1.00", C="2.00")
        await feeds.read_now("pages")
        kit.shop.asked.clear()
        await feeds.read_now("pages")
    assert order(kit) == ["C", "A", "B"]


async def test_an_operator_s_price_stays_until_the_page_says_something_new(kit: Kit) -> None:
    publish(kit, A="19.99")
    async with kit.feeds(FEED) as feeds:
        await kit.put("prices", "A", amount="17.00", currency="EUR")
        await feeds.read_now("pages")
        assert kit.amount("A") == "17.00"
        publish(kit, A="18.00")
        await feeds.read_now("pages")
    assert kit.amount("A") == "18"


async def test_pages_are_asked_for_as_nobody_in_particular(kit: Kit) -> None:
    publish(kit, A="1.00")
    async with kit.feeds(FEED):
        pass
    asked = next(fields for target, fields in kit.shop.asked if target == "/p/A")
    assert not {"cookie", "authorization"} & asked.keys()


async def test_a_page_that_is_gone_is_not_asked_for_again_and_its_row_stays(kit: Kit) -> None:
    publish(kit, A="1.00", B="1.00")
    async with kit.feeds(FEED) as feeds:
        kit.shop.publish("/p/A", status=404)
        kit.shop.publish("/sitemap.xml", sitemap(f"{kit.shop.url}/p/B"))
        await feeds.read_now("pages")
        kit.shop.asked.clear()
        await feeds.read_now("pages")
    assert order(kit) == ["B"]
    assert kit.amount("A") == "1"


async def test_one_page_that_fails_does_not_stop_the_others(kit: Kit) -> None:
    publish(kit, A="1.00", B="1.00", C="1.00")
    kit.shop.publish("/p/A", status=500)
    kit.shop.publish("/p/B", "<html>nothing here</html>", content_type="text/html")
    async with kit.feeds(FEED) as feeds:
        (state,) = feeds.report()
    assert (state["state"], state["items"], state["bad"]) == ("good", 3, 2)
    assert kit.amount("C") == "1"


async def test_a_shop_that_wants_rest_is_left_alone(kit: Kit) -> None:
    publish(kit, A="1.00", B="1.00")
    for key in "AB":
        kit.shop.publish(f"/p/{key}", status=429, Retry_After="60")
    async with kit.feeds(FEED) as feeds:
        (state,) = feeds.report()
    assert (state["state"], len(order(kit))) == ("failing", 1)
    assert "answers 429" in str(state["detail"])


async def test_a_shop_that_fails_page_after_page_is_not_asked_for_all_of_them(kit: Kit) -> None:
    publish(kit, **{f"P{number}": "1.00" for number in range(9)})
    for number in range(9):
        kit.shop.publish(f"/p/P{number}", status=500)
    async with kit.feeds(FEED) as feeds:
        (state,) = feeds.report()
    assert (state["state"], len(order(kit))) == ("failing", 3)


async def test_page_kinds_that_fit_no_page_are_to_blame(kit: Kit) -> None:
    publish(kit, **{f"P{number}": "1.00" for number in range(12)})
    for number in range(12):
        kit.shop.publish(f"/p/P{number}", "<html><h1 data-sku=x>x</h1></html>", content_type="text/html")
    async with kit.feeds(FEED) as feeds:
        (state,) = feeds.report()
    assert state["state"] == "failing"
    assert "none of 12 pages could be read" in str(state["detail"])


async def test_without_a_sitemap_the_pages_known_are_read(kit: Kit) -> None:
    publish(kit, A="1.00")
    async with kit.feeds(FEED) as feeds:
        publish(kit, A="2.00")
        kit.shop.publish("/sitemap.xml", status=404)
        await feeds.read_now("pages")
        assert kit.amount("A") == "2"


async def test_without_any_page_the_sitemap_is_to_blame(kit: Kit) -> None:
    kit.kinds = (PRODUCT,)
    async with kit.feeds(FEED) as feeds:
        (state,) = feeds.report()
        assert (state["state"], "answers 404" in str(state["detail"])) == ("failing", True)
        kit.shop.publish("/sitemap.xml", sitemap(f"{kit.shop.url}/about"))
        state = await feeds.read_now("pages")
        assert (state["state"], "no product pages yet" in str(state["detail"])) == ("good", True)


async def test_json_ld_is_read_alone(kit: Kit) -> None:
    publish(kit, A="1.00")
    page = product_page("A", "3.00").replace("€3.00", "€9.00")
    kit.shop.publish("/p/A", page, content_type="text/html; charset=utf-8")
    async with kit.feeds(Feed(name="pages", format="json-ld", pace=Pace(1000))):
        assert kit.amount("A") == "3"
