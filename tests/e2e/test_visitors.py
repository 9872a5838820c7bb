"""The public port as browsers, crawlers and worse use it."""

from __future__ import annotations

import gzip
import hashlib
import re
import socket
import struct
from collections.abc import Iterator
from itertools import count
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest
from aiohttp import web

from tests.conftest import Node, ScriptedOrigin, eventually
from tests.e2e.conftest import product_page

TEN_MB = 10 * 2**20
NUMBERS = count(1)

Shop = tuple[ScriptedOrigin, Node]


@pytest.fixture
def page(small_shop: Shop) -> str:
    """Path of a page that is stored."""
    origin, node = small_shop
    path = f"/product/{next(NUMBERS)}"
    origin.says(path, product_page(), content_type="text/html; charset=utf-8", set_cookie="sessionid=abcdefgh12345678")
    assert node.ask(path).status == 200
    return path


@pytest.fixture(autouse=True)
def no_traceback(small_shop: Shop) -> Iterator[None]:
    yield
    assert "Traceback" not in small_shop[1].log


def connected(node: Node, *, timeout_s: float = 20) -> socket.socket:
    parts = urlsplit(node.url)
    return socket.create_connection((parts.hostname, parts.port), timeout=timeout_s)


def raw(node: Node, data: bytes, *, shut: bool = False) -> bytes:
    """Bytes to the public port, and all that comes back until the node closes or two seconds pass."""
    with connected(node, timeout_s=2) as connection:
        connection.sendall(data)
        if shut:
            connection.shutdown(socket.SHUT_WR)
        got = b""
        try:
            while piece := connection.recv(65_536):
                got += piece
        except TimeoutError:
            pass
        except ConnectionResetError:
            pass
        return got


# -------------------------------------------------------------------------------------------------- stored pages


def test_a_stored_page_says_what_it_is(small_shop: Shop, page: str) -> None:
    told = small_shop[1].ask(page)
    assert told.text == product_page()
    assert re.fullmatch(r"vitrine; hit; ttl=\d+", told.cache_status)
    assert told.field("cache-control") == "private, no-cache"
    assert told.field("vary") == "Accept-Encoding"
    assert told.field("etag").startswith('W/"')
    assert told.field("via") == "1.1 vitrine"
    assert told.field("age") in {"0", "1", "2"}
    assert re.fullmatch(r"edge;dur=\d+\.\d+", told.field("server-timing"))
    assert told.field("set-cookie") == ""


def test_head_is_get_without_the_body(small_shop: Shop, page: str) -> None:
    whole, head = small_shop[1].ask(page), small_shop[1].ask(page, "HEAD")
    assert head.status == 200
    assert head.body == b""
    volatile = {"server-timing", "age", "cache-status"}
    assert [pair for pair in head.fields if pair[0] not in volatile] == [
        pair for pair in whole.fields if pair[0] not in volatile
    ]
    assert head.field("content-length") == str(len(whole.body))


def test_gzip_is_sent_to_who_asks_for_it(small_shop: Shop, page: str) -> None:
    told = small_shop[1].ask(page, headers={"Accept-Encoding": "gzip, br"})
    assert told.field("content-encoding") == "gzip"
    assert gzip.decompress(told.body) == product_page().encode()


@pytest.mark.parametrize("accept_encoding", ["identity", "gzip"])
def test_a_copy_that_is_current_gets_a_304(small_shop: Shop, page: str, accept_encoding: str) -> None:
    etag = small_shop[1].ask(page).field("etag")
    headers = {"If-None-Match": f'"other", {etag}', "Accept-Encoding": accept_encoding}
    told = small_shop[1].ask(page, headers=headers)
    assert (told.status, told.body, told.field("etag")) == (304, b"", etag)
    assert "hit" in told.cache_status


def test_a_new_price_is_a_new_etag_and_the_old_price_the_old_one(small_shop: Shop, page: str) -> None:
    node = small_shop[1]
    first = node.ask(page).field("etag")
    node.put("prices", "A-1", {"amount": "21.00", "currency": "EUR"})
    changed = node.ask(page, headers={"If-None-Match": first})
    assert changed.status == 200
    assert "€21.00" in changed.text
    node.put("prices", "A-1", {"amount": "19.99", "currency": "EUR"})
    assert node.ask(page).field("etag") == first
    assert node.ask(page, headers={"If-None-Match": first}).status == 304
    node.admin("/tables/prices/A-1", "DELETE")


def test_tracking_parameters_find_the_same_page(small_shop: Shop, page: str) -> None:
    assert "; hit" in small_shop[1].ask(f"{page}?utm_source=mail&gclid=1").cache_status


def test_a_head_of_a_page_not_there_has_no_body(small_shop: Shop) -> None:
    node = small_shop[1]
    answer = raw(node, b"HEAD /product/nothing HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n\r\n")
    head, _, rest = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 404")
    assert rest == b""


# ------------------------------------------------------------------------------------------------ odd requests


class Odd(NamedTuple):
    id: str
    request: bytes
    statuses: set[int]


ODD = [
    Odd("a method nobody knows", b"BREW /pot HTTP/1.1\r\nHost: a\r\n\r\n", {400}),
    Odd("a method that is the origin's to refuse", b"PROPFIND /pot HTTP/1.1\r\nHost: a\r\n\r\n", {404}),
    Odd("OPTIONS", b"OPTIONS /product/1 HTTP/1.1\r\nHost: a\r\n\r\n", {200, 404}),
    Odd("OPTIONS of the server", b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", {200, 400, 404}),
    Odd("CONNECT", b"CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n", {400}),
    Odd("TRACE", b"TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", {404}),
    Odd("absolute form", b"GET http://shop.example/x HTTP/1.1\r\nHost: other\r\n\r\n", {404}),
    Odd("absolute form without a path", b"GET http://shop.example?x=1 HTTP/1.1\r\nHost: other\r\n\r\n", {404}),
    Odd("another scheme", b"GET ftp://shop.example/x HTTP/1.1\r\nHost: a\r\n\r\n", {400}),
    Odd("no slash", b"GET x HTTP/1.1\r\nHost: a\r\n\r\n", {400}),
    Odd("two slashes", b"GET //evil.example/x HTTP/1.1\r\nHost: a\r\n\r\n", {404}),
    Odd("dots", b"GET /../../etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n", {400, 404}),
    Odd("a fragment", b"GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n", {400, 404}),
    Odd("broken escapes", b"GET /%zz%%7 HTTP/1.1\r\nHost: a\r\n\r\n", {404}),
    Odd("octets that are no UTF-8", b"GET /\xff\xfe?\xff HTTP/1.1\r\nHost: a\r\n\r\n", {400, 404}),
    Odd("a field that is no UTF-8", b"GET /latin HTTP/1.1\r\nHost: a\r\nReferer: http://a/\xe9\r\n\r\n", {404}),
    Odd("a language that is no UTF-8", b"GET /latin/2 HTTP/1.1\r\nHost: a\r\nAccept-Language: \xff\r\n\r\n", {404}),
    Odd("a long target", b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", {400, 414}),
    Odd("a long field", b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 40_000 + b"\r\n\r\n", {400, 431}),
    Odd("no Host", b"GET / HTTP/1.1\r\n\r\n", {400}),
    Odd("an empty Host", b"GET / HTTP/1.1\r\nHost:\r\n\r\n", {400}),
    Odd("two Hosts", b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", {400}),
    Odd("a Host with a path", b"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", {400}),
    Odd("a Host with a space", b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", {400}),
    Odd("HTTP/1.0 without Host", b"GET / HTTP/1.0\r\n\r\n", {404}),
    Odd("HTTP/2's preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {400, 505}),
    Odd("a TLS hello", bytes.fromhex("16030100c8010000c40303") + bytes(190), {400}),
    Odd("noise", bytes(range(256)) * 20, {400}),
    Odd("a length that is no number", b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nhello", {400}),
    Odd("two lengths", b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", {400}),
    Odd(
        "length and chunks",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        {400},
    ),
    Odd("a chunk of no size", b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", {400}),
    Odd("a field with a control character", b"GET / HTTP/1.1\r\nHost: a\r\nX: a\x00b\r\n\r\n", {400}),
    Odd("many cookies", b"GET / HTTP/1.1\r\nHost: a\r\n" + b"Cookie: a=b\r\n" * 50 + b"\r\n", {404}),
    Odd("a path of our own", b"GET /.vitrine/x HTTP/1.1\r\nHost: a\r\n\r\n", {404}),
]


@pytest.mark.parametrize("odd", ODD, ids=[odd.id for odd in ODD])
def test_odd_requests_get_an_honest_status_and_never_a_traceback(small_shop: Shop, odd: Odd) -> None:
    node = small_shop[1]
    answer = raw(node, odd.request.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1))
    assert answer.startswith(b"HTTP/1."), answer[:200]
    assert int(answer.split(b" ", 2)[1]) in odd.statuses, answer[:200]
    assert b"Traceback" not in answer
    assert b'File "' not in answer


def test_the_node_goes_on_after_all_of_them(small_shop: Shop, page: str) -> None:
    assert small_shop[1].ask(page).status == 200


def test_a_path_of_our_own_never_reaches_the_origin(small_shop: Shop) -> None:
    origin, node = small_shop
    told = node.ask("/.vitrine/anything", "POST", body=b"x")
    assert told.status == 404
    assert origin.times("/.vitrine/anything") == 0


def test_only_if_cached_without_a_copy_is_a_504(small_shop: Shop) -> None:
    told = small_shop[1].ask("/never/seen", headers={"Cache-Control": "only-if-cached"})
    assert told.status == 504
    told = small_shop[1].ask("/product/never-seen", headers={"Cache-Control": "only-if-cached"})
    assert told.status == 504


# -------------------------------------------------------------------------------------------------- relaying


def test_a_relay_keeps_status_fields_and_body(small_shop: Shop) -> None:
    origin, node = small_shop
    origin.says("/teapot", "short and stout", status=418, content_type="text/plain", x_kept="yes", keep_alive="no")
    told = node.ask("/teapot", "POST", headers={"X-Sent": "1"}, body=b"tea")
    assert (told.status, told.text, told.field("x-kept")) == (418, "short and stout", "yes")
    assert told.field("cache-status") == "vitrine; fwd=method; fwd-status=418"
    assert told.field("keep-alive") == ""
    asked = origin.asked[-1]
    assert asked.headers["X-Sent"] == "1"
    assert asked.headers["X-Forwarded-For"] == "127.0.0.1"
    assert asked.headers["Via"] == "1.1 vitrine"


def test_a_body_without_a_type_is_relayed_without_one(small_shop: Shop) -> None:
    origin, node = small_shop

    async def untyped(request: web.BaseRequest) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi")
        request.transport.close()
        return web.Response()

    origin.answers("/untyped", untyped)
    told = node.ask("/untyped", "POST")
    assert (told.status, told.text, told.field("content-type")) == (200, "hi", "")


def test_redirects_and_cookies_are_the_visitors_own(small_shop: Shop) -> None:
    origin, node = small_shop
    origin.says("/login", status=302, location="/account", set_cookie="sessionid=1")
    told = node.ask("/login", "POST", body=b"user=a")
    assert (told.status, told.field("location")) == (302, "/account")
    assert ("set-cookie", "sessionid=1") in told.fields


def test_an_answer_without_body_stays_without(small_shop: Shop) -> None:
    origin, node = small_shop
    origin.says("/gone-through", status=204)
    told = node.ask("/gone-through", "DELETE")
    assert (told.status, told.body) == (204, b"")


def peak_kb(pid: int) -> int:
    """The most memory a process ever held, in KiB."""
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))


def test_ten_megabytes_pass_in_both_directions_at_flat_memory(small_shop: Shop) -> None:
    origin, node = small_shop
    digests: list[str] = []

    async def swallow(request: web.BaseRequest) -> web.StreamResponse:
        digest = hashlib.sha256()
        async for piece in request.content.iter_any():
            digest.update(piece)
        digests.append(digest.hexdigest())
        response = web.StreamResponse(headers={"Content-Type": "application/octet-stream"})
        await response.prepare(request)
        for number in range(160):
            await response.write(struct.pack(">I", number) * 16_384)
        return response

    origin.answers("/upload", swallow)
    sent = struct.pack(">Q", 7) * (TEN_MB // 8)
    node.ask("/upload", "POST", body=sent)  # whatever is loaded at first use is loaded
    workers = [pid for (role, _), pid in node.children().items() if role == "worker"]
    before = [peak_kb(pid) for pid in workers]
    for _ in range(6):
        told = node.ask("/upload", "POST", body=sent)
        assert told.status == 200
        assert hashlib.sha256(told.body).hexdigest() == received()
    assert set(digests) == {hashlib.sha256(sent).hexdigest()}
    assert max(after - first for after, first in zip(map(peak_kb, workers), before, strict=True)) < 8_192


def received() -> str:
    return hashlib.sha256(b"".join(struct.pack(">I", number) * 16_384 for number in range(160))).hexdigest()


def test_an_upload_that_breaks_off_is_the_visitors_fault(small_shop: Shop) -> None:
    origin, node = small_shop

    async def swallow(request: web.BaseRequest) -> web.StreamResponse:
        await request.read()
        return web.Response(text="all of it")

    origin.answers("/broken-upload", swallow)
    raw(node, b"POST /broken-upload HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nonly this", shut=True)
    asked = origin.times("/broken-upload")
    with connected(node) as connection:
        head = b"POST /broken-upload HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        connection.sendall(head + b"5\r\nhello\r\n")
        eventually(lambda: origin.times("/broken-upload") > asked, "the origin is being sent the body")
        connection.sendall(b"zz\r\n")
        assert connection.recv(65_536).startswith(b"HTTP/1.1 400")
    eventually(lambda: sum(record["target"] == "/broken-upload" for record in node.records()) >= 2, "both are recorded")
    assert {record["status"] for record in node.records() if record["target"] == "/broken-upload"} == {400}


def test_a_download_that_breaks_off_never_looks_whole(small_shop: Shop) -> None:
    origin, node = small_shop

    async def half(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse()
        response.enable_chunked_encoding()
        await response.prepare(request)
        await response.write(b"half of it")
        assert request.transport is not None
        request.transport.abort()
        return response

    origin.answers("/half", half)
    answer = raw(node, b"POST /half HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
    assert not answer.endswith(b"0\r\n\r\n")


def test_leave_to_send_a_body_is_given(small_shop: Shop) -> None:
    origin, node = small_shop

    async def swallow(request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(text=(await request.text()).upper())

    origin.answers("/patient", swallow)
    with connected(node) as connection:
        connection.sendall(b"POST /patient HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 100 Continue\r\n\r\n")
        connection.sendall(b"hello")
        answer = b""
        while b"HELLO" not in answer:
            answer += connection.recv(65_536)
    assert answer.startswith(b"HTTP/1.1 200")


# ------------------------------------------------------------------------------------ who is not everybody


def test_a_visitor_with_a_basket_is_relayed(small_shop: Shop, page: str) -> None:
    origin, node = small_shop
    asked = origin.times(page)
    told = node.ask(page, headers={"Cookie": "basket=3"})
    assert told.status == 200
    assert told.cache_status == 'vitrine; fwd=bypass; fwd-status=200; detail="cookie basket"'
    assert told.field("set-cookie") == "sessionid=abcdefgh12345678"
    assert origin.times(page) == asked + 1
    assert origin.asked[-1].headers["Cookie"] == "basket=3"


def test_credentials_keep_a_request_away_from_the_store(small_shop: Shop, page: str) -> None:
    told = small_shop[1].ask(page, headers={"Authorization": "Basic YTpi"})
    assert "fwd=bypass" in told.cache_status


def test_nothing_of_a_visitor_reaches_the_origin_on_a_fill(small_shop: Shop) -> None:
    origin, node = small_shop
    path = f"/product/{next(NUMBERS)}"
    origin.says(path, product_page(), content_type="text/html")
    node.ask(path, headers={"Cookie": "sessionid=secret", "User-Agent": "x", "Referer": "https://elsewhere.example/"})
    seen = [asked.headers for asked in origin.asked if asked.path == path]
    assert seen
    for headers in seen:
        assert not {"Cookie", "Referer"} & set(headers)
        assert headers["User-Agent"] != "x"
