from __future__ import annotations

import gzip
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from edge.fill.origin import OriginClient
from edge.inspect.visit import Visit
from edge.inspect.visiting import Stranger, Unvisitable, shop_at
from tests.storefronts.serving import serving


class Shop:
    """Answers by path, and remembers who asked for what."""

    def __init__(self, elsewhere: str) -> None:
        self.asked: list[tuple[str, str, str | None]] = []
        self._elsewhere = elsewhere

    def application(self, _base: str) -> web.Application:
        app = web.Application()
        app.router.add_get("/{name:.*}", self._answer)
        return app

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append((request.path_qs, request.headers["Host"], request.headers.get("Cookie")))
        match request.path:
            case "/page":
                answer = web.Response(text="<html>page", content_type="text/html")
                answer.set_cookie("sid", f"s{len(self.asked)}")
            case "/moved":
                answer = web.Response(status=302, headers={"Location": "/page?a=b#c"})
                answer.set_cookie("seen", "yes")
            case "/away":
                answer = web.Response(status=301, headers={"Location": f"{self._elsewhere}/page"})
            case "/round":
                answer = web.Response(status=302, headers={"Location": "/round"})
            case "/packed":
                answer = web.Response(body=gzip.compress(b"<html>packed"), headers={"Content-Encoding": "gzip"})
            case "/strange":
                answer = web.Response(body=b"x", headers={"Content-Encoding": "br"})
            case _:
                answer = web.Response(body=b" " * (8 * 2**20 + 1), content_type="text/html")
        return answer


class Meeting:
    """Two shops: the one that is looked at, and one that nobody may speak to."""

    def __init__(self, url: str, client: OriginClient, shops: tuple[Shop, Shop]) -> None:
        self.url = url
        self.client = client
        self.shop, self.elsewhere = shops

    async def visit(self, path: str, *, cookie: str = "", host: str | None = None) -> Visit:
        return await Stranger(self.client, self.url, cookie=cookie).visit(self.url + path, host=host)


@pytest.fixture
async def meeting() -> AsyncIterator[Meeting]:
    other = Shop("")
    async with serving(other.application) as elsewhere:
        shop = Shop(elsewhere)
        async with serving(shop.application) as url, OriginClient((shop_at(url),)) as client:
            yield Meeting(url, client, (shop, other))


async def test_each_stranger_comes_with_nothing(meeting: Meeting) -> None:
    first, second = await meeting.visit("/page"), await meeting.visit("/page")
    assert [cookie for _, _, cookie in meeting.shop.asked] == [None, None]
    assert first.cookies != second.cookies


async def test_redirects_within_the_shop_are_followed_with_the_cookies_they_set(meeting: Meeting) -> None:
    visit = await meeting.visit("/moved")
    assert (visit.status, visit.url) == (200, f"{meeting.url}/page?a=b")
    assert [(path, cookie) for path, _, cookie in meeting.shop.asked] == [("/moved", None), ("/page?a=b", "seen=yes")]
    assert [cookie.name for cookie in visit.cookies_set] == ["seen", "sid"]


async def test_nobody_but_the_shop_is_spoken_to(meeting: Meeting) -> None:
    with pytest.raises(Unvisitable, match="another origin; inspect that one"):
        await meeting.visit("/away")
    assert meeting.elsewhere.asked == []


async def test_going_round_in_circles_ends(meeting: Meeting) -> None:
    with pytest.raises(Unvisitable, match="redirects more than"):
        await meeting.visit("/round")


async def test_bodies_are_unpacked_and_what_cannot_be_is_said(meeting: Meeting) -> None:
    assert (await meeting.visit("/packed")).body == b"<html>packed"
    with pytest.raises(Unvisitable, match="coding nobody asked for"):
        await meeting.visit("/strange")
    with pytest.raises(Unvisitable, match="larger than 8 MiB"):
        await meeting.visit("/large")


async def test_somebody_known_sends_his_cookies(meeting: Meeting) -> None:
    await meeting.visit("/page", cookie=" a=1; b = 2 ;;c")
    assert meeting.shop.asked[0][2] == "a=1; b=2"


async def test_another_host_may_be_asked_for_and_is_still_the_same_shop(meeting: Meeting) -> None:
    visit = await meeting.visit("/away", host="shop.example")
    assert visit.status == 301
    assert meeting.shop.asked == [("/away", "shop.example", None)]


async def test_a_shop_that_is_not_there_is_named(meeting: Meeting) -> None:
    nowhere = "http://127.0.0.1:9"
    async with OriginClient((shop_at(nowhere),)) as client:
        with pytest.raises(Unvisitable, match=r"nothing answers at http://127\.0\.0\.1:9 .*; start the shop"):
            await Stranger(client, nowhere).visit(f"{nowhere}/product/cup")


@pytest.mark.parametrize(
    "url", ["ftp://shop.example/a", "shop.example/a", "", "http://", "http://me:secret@shop.example/"]
)
def test_what_is_no_url_of_a_page_is_refused(url: str) -> None:
    with pytest.raises(Unvisitable):
        shop_at(url)


def test_the_shop_is_where_the_url_says() -> None:
    assert shop_at("https://Shop.example:8443/a/b?c#d").url == "https://shop.example:8443"
