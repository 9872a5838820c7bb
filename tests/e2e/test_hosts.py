"""Origins that name themselves in what they send, behind a node that visitors know by another name."""

from __future__ import annotations

import gzip
import re
import socket
from collections.abc import Iterator
from itertools import count
from urllib.parse import urlsplit

import pytest
from aiohttp import web

from tests.conftest import MakeNode, Node, ScriptedOrigin, eventually
from tests.e2e.conftest import CONFIG, product_page

ORIGIN = 'name = "shop"\n'
BAKING = CONFIG.replace(ORIGIN, ORIGIN + 'host_header = "origin"\nrewrite_host = true\n')
NUMBERS = count(1)

Shop = tuple[ScriptedOrigin, Node]


@pytest.fixture(scope="module")
def baking_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A shop that bakes its own address into all it says, and answers to no other."""
    origin = ScriptedOrigin()
    maker = MakeNode(tmp_path_factory.mktemp("baking-shop"))
    node = maker(origin.url, BAKING, workers=2)
    try:
        node.start()
        yield origin, node
    finally:
        maker.close()
        origin.close()


def baked(origin: ScriptedOrigin) -> str:
    """What a page says of its own address, 60 times over, in every way."""
    own = origin.url
    ways = (
        *(
            f'<a href="{own}/a">',
            f"<img src='//{urlsplit(own).netloc}/i.png'>",
            f'<i style="background:url({own}/b.png)">',
        ),
        *(f'<a href="/share?u={own.replace(":", "%3A").replace("/", "%2F")}">', '<a href="http://example.com/">'),
        f'<script>var at = "{own.replace("/", chr(92) + "/")}\\/api";</script>',
    )
    return "\n".join(ways * 10)


def test_a_stored_page_leads_to_the_node_and_its_slots_still_fit(baking_shop: Shop) -> None:
    origin, node = baking_shop
    path = f"/product/{next(NUMBERS)}"
    origin.says(path, product_page(extra=baked(origin)), content_type="text/html; charset=utf-8")
    assert node.ask(path).status == 200
    node.put("prices", "A-1", {"amount": "21.00", "currency": "EUR"})
    told = node.ask(path)
    assert "; hit" in told.cache_status
    expected = product_page(
        "21.00", extra=baked(origin).replace(urlsplit(origin.url).netloc, urlsplit(node.url).netloc)
    )
    assert told.text == expected.replace(
        f"/share?u=http%3A%2F%2F{urlsplit(node.url).hostname}%3A{urlsplit(node.url).port}",
        f"/share?u=http%3A%2F%2F127.0.0.1%3A{urlsplit(origin.url).port}",
    )
    assert origin.asked[-1].headers["Host"] == urlsplit(origin.url).netloc


def test_each_host_the_node_is_known_by_has_a_page_of_its_own(baking_shop: Shop) -> None:
    origin, node = baking_shop
    path = f"/product/{next(NUMBERS)}"
    origin.says(path, product_page(extra=f'<a href="{origin.url}/a">'), content_type="text/html")
    for _ in range(2):
        for host in ("one.example", "two.example:8080"):
            assert f'href="http://{host}/a"' in node.ask(path, headers={"Host": host}).text


def test_a_relayed_page_leads_to_the_node(baking_shop: Shop) -> None:
    origin, node = baking_shop
    origin.says("/basket", baked(origin), content_type="text/html; charset=utf-8", cache_control="no-store")
    told = node.ask("/basket", headers={"Cookie": "basket=1", "Accept-Encoding": "gzip"})
    assert origin.url not in told.text
    assert told.text.count(node.url) == 20
    assert told.field("content-length") == ""


@pytest.mark.parametrize(
    ("path", "kind"), [("/app.css", "text/css"), ("/app.js", "text/javascript"), ("/state.json", "application/json")]
)
def test_style_sheets_scripts_and_data_do_too_stored_or_not(baking_shop: Shop, path: str, kind: str) -> None:
    origin, node = baking_shop
    origin.says(path, f"{origin.url}/x " * 2000, content_type=kind, cache_control="public, max-age=600")
    assert node.ask(path).text == f"{node.url}/x " * 2000
    eventually(lambda: "; hit" in node.ask(path).cache_status, "it is stored")
    told = node.ask(path, headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(told.body).decode() == f"{node.url}/x " * 2000


def test_a_sitemap_leads_to_the_node_and_one_that_leads_elsewhere_is_left_alone(baking_shop: Shop) -> None:
    origin, node = baking_shop
    for path, base, becomes in (
        ("/sitemap.xml", origin.url, node.url),
        ("/other.xml", "http://example.com", "http://example.com"),
    ):
        origin.says(path, f"<urlset><url><loc>{base}/a</loc></url></urlset>", content_type="application/xml")
        assert node.ask(path).text == f"<urlset><url><loc>{becomes}/a</loc></url></urlset>"


def test_pictures_pass_byte_for_byte_and_in_parts(baking_shop: Shop) -> None:
    origin, node = baking_shop
    body = f"\x89PNG {origin.url} ".encode("latin-1") * 100

    async def picture(request: web.BaseRequest) -> web.StreamResponse:
        part = body[:9] if "Range" in request.headers else body
        return web.Response(status=206 if part != body else 200, body=part, content_type="image/png")

    origin.answers("/a.png", picture)
    assert node.ask("/a.png").body == body
    told = node.ask("/a.png", headers={"Range": "bytes=0-8"})
    assert (told.status, told.body) == (206, body[:9])


def test_redirects_cookies_and_links_stay_with_the_node(baking_shop: Shop) -> None:
    origin, node = baking_shop
    origin.says(
        "/login",
        status=302,
        location=f"{origin.url}/account?next=%2F",
        set_cookie="session=1; Domain=127.0.0.1; Path=/; HttpOnly",
        link=f"<{origin.url}/a.css>; rel=preload",
        refresh=f"3; url={origin.url}/b",
        content_location=f"{origin.url}/login.html",
    )
    told = node.ask("/login", headers={"Host": "shop.example"})
    assert told.field("location") == "http://shop.example/account?next=%2F"
    assert told.field("set-cookie") == "session=1; Path=/; HttpOnly"
    assert told.field("link") == "<http://shop.example/a.css>; rel=preload"
    assert told.field("refresh") == "3; url=http://shop.example/b"
    assert told.field("content-location") == "http://shop.example/login.html"


def test_a_form_of_the_nodes_page_is_a_form_of_the_origins(baking_shop: Shop) -> None:
    origin, node = baking_shop
    origin.says("/basket/add", status=303, location="/basket")
    headers = {"Origin": node.url, "Referer": f"{node.url}/product/1"}
    assert node.ask("/basket/add", "POST", headers=headers, body=b"a=b").status == 303
    seen = origin.asked[-1].headers
    assert (seen["Host"], seen["Origin"]) == (urlsplit(origin.url).netloc, origin.url)
    assert seen["Referer"] == f"{origin.url}/product/1"
    node.ask("/basket/add", "POST", headers={"Origin": "http://evil.example"}, body=b"a=b")
    assert origin.asked[-1].headers["Origin"] == "http://evil.example"


# --------------------------------------------------------------------------------------- without any rewriting


def test_an_internal_address_never_leaves_the_node(small_shop: Shop) -> None:
    origin, node = small_shop
    origin.says("/inside", "text", status=302, location=f"{origin.url}/basket", set_cookie="a=1; Domain=localhost")
    for method in ("GET", "POST"):
        told = node.ask("/inside", method, headers={"Host": "shop.example"})
        assert ("set-cookie", "a=1") in told.fields
        assert told.field("location") == "http://shop.example/basket"


def test_nor_out_of_the_store(small_shop: Shop) -> None:
    origin, node = small_shop
    origin.says("/moved", status=301, location=f"{origin.url}/new", cache_control="public, max-age=600")
    assert node.ask("/moved").field("location") == f"{node.url}/new"
    eventually(lambda: "; hit" in node.ask("/moved").cache_status, "the redirect is stored")
    assert node.ask("/moved").field("location") == f"{node.url}/new"


def test_pages_keep_what_they_say(small_shop: Shop) -> None:
    origin, node = small_shop
    path = f"/product/hosts-{next(NUMBERS)}"
    origin.says(path, product_page(extra=f'<a href="{origin.url}/a">'), content_type="text/html")
    assert origin.url in node.ask(path).text
    assert origin.url in node.ask(path).text


# ------------------------------------------------------------------------- origins that want one address alone


@pytest.fixture(scope="module")
def proxied_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A shop behind a TLS front that the node trusts, for two hosts."""
    origin = ScriptedOrigin()
    maker = MakeNode(tmp_path_factory.mktemp("proxied-shop"))
    config = CONFIG.replace(ORIGIN, ORIGIN + 'hosts = ["shop.example", "www.shop.example:8443"]\n')
    node = maker(origin.url, config + '\n[listen]\ntrusted_proxies = ["127.0.0.1"]\n')
    try:
        node.start()
        yield origin, node
    finally:
        maker.close()
        origin.close()


async def canonical(request: web.BaseRequest) -> web.StreamResponse:
    """An application that wants TLS and one host, and believes what it is told of both."""
    scheme, host = request.headers.get("X-Forwarded-Proto", "http"), request.headers["X-Forwarded-Host"]
    if (scheme, host, request.headers["Host"]) != ("https", "shop.example", "shop.example"):
        return web.Response(status=301, headers={"Location": f"https://shop.example{request.raw_path}"})
    return web.Response(text=product_page(), content_type="text/html")


@pytest.mark.parametrize("path", ["/account", "/product/canonical"])
def test_an_origin_that_wants_tls_sees_that_its_visitor_has_it(proxied_shop: Shop, path: str) -> None:
    origin, node = proxied_shop
    origin.answers(path, canonical)
    over_tls = {"Host": "shop.example", "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.9"}
    assert node.ask(path, headers=over_tls).status == 200
    assert node.ask(path, headers=over_tls).status == 200
    plain = node.ask(path, headers={"Host": "shop.example", "X-Forwarded-Proto": "http"})
    assert (plain.status, plain.field("location")) == (301, f"https://shop.example{path}")


def test_what_the_front_says_of_the_visitor_reaches_the_origin(proxied_shop: Shop) -> None:
    origin, node = proxied_shop
    origin.says("/whoami", "you")
    node.ask("/whoami", headers={"Host": "inner", "X-Forwarded-Host": "shop.example", "X-Forwarded-For": "192.0.2.9"})
    seen = origin.asked[-1].headers
    assert (seen["Host"], seen["X-Forwarded-Host"]) == ("shop.example", "shop.example")
    assert seen["X-Forwarded-For"] == "192.0.2.9, 127.0.0.1"


HOSTS = [
    ("shop.example", 200),
    ("SHOP.example", 200),
    ("shop.example:80", 200),
    ("shop.example:8443", 200),
    ("www.shop.example:8443", 200),
    ("www.shop.example", 421),
    ("www.shop.example:80", 421),
    ("other.example", 421),
    ("shop.example.evil", 421),
    ("127.0.0.1", 421),
]


@pytest.mark.parametrize(("host", "status"), HOSTS)
@pytest.mark.parametrize("absolute", [False, True], ids=["host field", "absolute form"])
def test_a_host_nobody_declared_is_misdirected(proxied_shop: Shop, host: str, status: int, *, absolute: bool) -> None:
    origin, node = proxied_shop
    origin.says("/hosts", "ok")
    asked = len(origin.asked)
    target, field = (f"http://{host}/hosts", "shop.example") if absolute else ("/hosts", host)
    parts = urlsplit(node.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as connection:
        connection.sendall(f"GET {target} HTTP/1.1\r\nHost: {field}\r\nConnection: close\r\n\r\n".encode())
        answer = b""
        while piece := connection.recv(65_536):
            answer += piece
    found = re.match(rb"HTTP/1\.1 (\d+)", answer)
    assert found is not None
    assert int(found[1]) == status
    assert len(origin.asked) - asked == (status == 200)
