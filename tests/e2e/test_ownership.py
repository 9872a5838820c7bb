"""Shops in which no cookie says "basket": whose pages come from the store, and what never does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.cookies import SimpleCookie
from itertools import count
from threading import Barrier
from urllib.parse import urlencode

import pytest
from aiohttp import web

from loadtest.demo import CONFIG as DEMO_CONFIG
from loadtest.demo import Demo
from tests.conftest import MakeNode, Node, ScriptedOrigin, Told, eventually
from tests.e2e.conftest import CONFIG, product_page

MARK = "vt_own=1; Path=/; HttpOnly; SameSite=Lax"
OWNER = {"Cookie": "PHPSESSID=s; vt_own=1; vt_id=abc"}
STRANGER = {"Cookie": "PHPSESSID=t"}
SILENT = CONFIG.replace(
    'bypass_cookies = ["basket"]',
    'bypass_cookies = []\nmutating_get = ["/vote/*"]\nharmless_paths = ["/newsletter", "?add-to-cart=preview"]',
)
NUMBERS = count(1)

Shop = tuple[ScriptedOrigin, Node]


@pytest.fixture(scope="module")
def silent_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A shop whose visitors all have the same kind of session, and nothing else that tells."""
    origin = ScriptedOrigin()
    maker = MakeNode(tmp_path_factory.mktemp("silent-shop"))
    node = maker(origin.url, SILENT, workers=2)
    try:
        node.start()
        yield origin, node
    finally:
        maker.close()
        origin.close()


@pytest.fixture
def page(silent_shop: Shop) -> str:
    """Path of a page that is stored."""
    origin, node = silent_shop
    path = f"/product/own-{next(NUMBERS)}"
    origin.says(path, product_page(), content_type="text/html; charset=utf-8", set_cookie="PHPSESSID=abcdefgh12345678")
    assert node.ask(path).status == 200
    return path


# ------------------------------------------------------------------------------------------------ who is marked


def test_who_puts_something_into_the_basket_is_relayed_from_then_on(silent_shop: Shop, page: str) -> None:
    origin, node = silent_shop
    origin.says("/basket", status=303, location=page)
    told = node.ask("/basket", "POST", headers=STRANGER, body=b"sku=A-1")
    assert (told.status, told.field("set-cookie"), told.field("cache-control")) == (303, MARK, "private")
    asked = origin.times(page)
    told = node.ask(page, headers=OWNER)
    assert told.cache_status == 'vitrine; fwd=bypass; fwd-status=200; detail="cookie vt_own"'
    assert told.field("cache-control") == "private"
    assert origin.times(page) == asked + 1
    assert "; hit" in node.ask(page, headers=STRANGER).cache_status


def test_no_origin_ever_sees_our_cookies(silent_shop: Shop, page: str) -> None:
    origin, node = silent_shop
    node.ask(page, headers=OWNER)
    assert origin.asked[-1].headers["Cookie"] == "PHPSESSID=s"
    node.ask(page, headers={"Cookie": "vt_own=1"})
    assert "Cookie" not in origin.asked[-1].headers


def test_whatever_is_no_page_still_comes_from_the_store_for_her(silent_shop: Shop) -> None:
    origin, node = silent_shop
    origin.says("/app.css", "p{}", content_type="text/css", cache_control="public, max-age=600")
    node.ask("/app.css")
    eventually(lambda: "; hit" in node.ask("/app.css", headers=OWNER).cache_status, "a style sheet is stored")
    assert node.ask("/app.css", headers=OWNER).field("cache-control") == "public, max-age=600"


@pytest.mark.parametrize(
    ("target", "status"),
    [("/newsletter", 200), ("/basket-full", 409), ("/broken", 500), ("/product/x?add-to-cart=preview", 200)],
)
def test_a_write_that_changes_no_page_or_was_refused_marks_nobody(silent_shop: Shop, target: str, status: int) -> None:
    origin, node = silent_shop
    origin.says(target, "ok", status=status)
    assert node.ask(target, "POST", body=b"a=b").field("set-cookie") == ""


def test_who_is_marked_is_not_marked_again(silent_shop: Shop) -> None:
    origin, node = silent_shop
    origin.says("/basket", status=303, location="/")
    assert node.ask("/basket", "POST", headers=OWNER, body=b"a=b").field("set-cookie") == ""


def test_a_page_relayed_to_its_owner_is_shared_by_no_cache_behind_the_node(silent_shop: Shop, page: str) -> None:
    origin, node = silent_shop
    origin.says(
        page,
        product_page(),
        content_type="text/html",
        cache_control="public, s-maxage=600, max-age=60",
        surrogate_control="max-age=600",
        cdn_cache_control="max-age=600",
    )
    told = node.ask(page, headers=OWNER)
    assert told.field("cache-control") == "private, max-age=60"
    assert {"surrogate-control", "cdn-cache-control"}.isdisjoint(name for name, _ in told.fields)


# ---------------------------------------------------------------------------------------------- gets that change


@pytest.mark.parametrize("target", ["/vote/5", "?add-to-cart=5", "?a=b&add%2Dto%2Dcart=5"])
def test_a_get_that_changes_something_reaches_the_origin_each_time_and_marks(
    silent_shop: Shop, page: str, target: str
) -> None:
    origin, node = silent_shop
    target = target if target.startswith("/") else page + target
    origin.says(target, product_page(), content_type="text/html", cache_control="public, max-age=600")
    for turn in (1, 2):
        told = node.ask(target, headers=STRANGER)
        assert told.cache_status == "vitrine; fwd=bypass; fwd-status=200; detail=mutating-get"
        assert (told.field("set-cookie"), told.field("cache-control")) == (MARK, "private, max-age=600")
        assert origin.times(target) == turn
    assert origin.asked[-1].headers["Cookie"] == "PHPSESSID=t"


def test_such_gets_are_never_collapsed(silent_shop: Shop, page: str) -> None:
    origin, node = silent_shop
    target, together = f"{page}?add-to-cart=7", Barrier(4)

    async def slow(_: web.BaseRequest) -> web.StreamResponse:
        return web.Response(text=product_page(), content_type="text/html")

    def ask(_: int) -> Told:
        together.wait(10)
        return node.ask(target)

    origin.answers(target, slow)
    with ThreadPoolExecutor(4) as pool:
        assert {told.status for told in pool.map(ask, range(4))} == {200}
    assert origin.times(target) == 4


def test_such_a_get_is_not_sent_again_when_the_connection_breaks(silent_shop: Shop) -> None:
    origin, node = silent_shop

    async def vanish(request: web.BaseRequest) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    for path in ("/read/1", "/vote/1"):
        origin.says("/warm", "ok")
        origin.answers(path, vanish)
        for _ in range(8):  # so that both workers hold a connection whose end they could meet
            node.ask("/warm")
        assert node.ask(path).status == 503
    assert origin.times("/vote/1") == 1
    assert origin.times("/read/1") == 2


def test_nobody_but_a_visitor_carries_one_out(silent_shop: Shop, page: str) -> None:
    origin, node = silent_shop
    target = f"{page}?add-to-cart=9"
    assert node.refresh(target)["outcome"] != "stored"
    assert origin.times(target) == 0


def test_one_that_failed_with_the_origin_is_not_answered_with_a_page(
    make_node: MakeNode, origin: ScriptedOrigin
) -> None:
    path = "/product/1"
    origin.says(path, product_page(), content_type="text/html")
    node = make_node(origin.url, SILENT)
    node.start()
    assert node.ask(path).status == 200
    origin.stop()
    told = node.ask(f"{path}?add-to-cart=1", headers=STRANGER)
    assert (told.status, told.field("set-cookie")) == (503, "")
    stood_in = node.ask(path, headers=OWNER)
    assert (stood_in.status, stood_in.text) == (200, product_page())
    assert stood_in.field("cache-control") == "private, no-cache"
    assert "; hit" in stood_in.cache_status
    assert stood_in.cache_status.endswith("detail=origin-down")


# ------------------------------------------------------------------------------------------ two people, one shop


class Shopper:
    """A browser: keeps cookies, does not follow redirects."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self.cookies: dict[str, str] = {}

    def send(self, path: str, method: str = "GET", **form: str) -> Told:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = urlencode(form).encode() if form else None
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        told = self._node.ask(path, method, headers=headers, body=body)
        for name, line in told.fields:
            if name == "set-cookie":
                self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        return told


def basket_count(told: Told) -> str:
    found = re.search(r'class="basket-count"[^>]*>\s*(\d+)\s*<', told.text)
    assert found is not None
    return found[1]


def test_two_shoppers_see_their_own_baskets_where_only_our_mark_tells_them_apart(
    running_demo: Demo, make_node: MakeNode
) -> None:
    config = DEMO_CONFIG.read_text()
    silent = config.replace('bypass_cookies = ["basket"]', "bypass_cookies = []")
    assert silent != config
    node = make_node(running_demo.shop_url, silent, workers=2)
    node.start()
    sitemap = node.ask("/sitemap.xml").text
    found = re.search(r"<loc>[^<]*(/product/[^<]+)</loc>", sitemap)
    assert found is not None
    path = found[1]
    first, second = Shopper(node), Shopper(node)
    for shopper in (first, second):
        assert basket_count(shopper.send(path)) == "0"
    assert "; hit" in second.send(path).cache_status
    page = first.send(path)
    fields = dict(re.findall(r'name="(sku|csrf_token)"\s+value="([^"]+)"', page.text))
    told = first.send("/basket/add", "POST", quantity="2", **fields)
    assert told.status == 303
    assert first.cookies["vt_own"] == "1"
    own = first.send(path)
    assert (basket_count(own), own.field("cache-control")) == ("2", "no-store, private")
    for _ in range(3):
        others = second.send(path)
        assert (basket_count(others), "; hit" in others.cache_status) == ("0", True)
    assert basket_count(Shopper(node).send(path)) == "0"
    assert "vt_own" not in second.cookies
