"""Parts of what is stored, heads, credentials, interim responses: whole nodes, real sockets."""

from __future__ import annotations

import socket
from itertools import count
from urllib.parse import urlsplit

import pytest
from aiohttp import web

from tests.conftest import Node, ScriptedOrigin, eventually

NUMBERS = count(1)
BODY = "0123456789" * 20
Shop = tuple[ScriptedOrigin, Node]


@pytest.fixture
def path() -> str:
    return f"/file-{next(NUMBERS)}"


def stored(node: Node, path: str) -> None:
    """Have it stored. Whoever leads a fill is answered before it is."""
    eventually(lambda: "; hit" in node.ask(path).cache_status, f"{path} is stored")


@pytest.fixture
def whole(small_shop: Shop, path: str) -> str:
    """Path of a stored text of 200 characters, compressible and with a strong tag."""
    origin, node = small_shop
    origin.says(path, BODY, cache_control="max-age=600", content_type="text/plain", etag='"v1"')
    stored(node, path)
    return path


@pytest.mark.parametrize(
    ("asked", "status", "body"),
    [
        ("bytes=0-4", 206, b"01234"),
        ("bytes=-3", 206, b"789"),
        ("bytes=195-", 206, b"56789"),
        ("bytes=200-", 416, b""),
        ("lines=1-2", 200, BODY.encode()),
    ],
)
def test_a_range_is_answered_from_the_stored_whole(
    small_shop: Shop, whole: str, asked: str, status: int, body: bytes
) -> None:
    origin, node = small_shop
    before = origin.times(whole)
    told = node.ask(whole, headers={"Range": asked, "Accept-Encoding": "gzip"})
    assert (told.status, told.body) == (status, body)
    assert told.field("content-encoding") == "", "the bytes that are counted are the origin's"
    assert "; hit" in told.cache_status
    assert origin.times(whole) == before


def test_if_range_of_another_representation_gets_the_whole(small_shop: Shop, whole: str) -> None:
    told = small_shop[1].ask(whole, headers={"Range": "bytes=0-4", "If-Range": '"v0"'})
    assert (told.status, told.text) == (200, BODY)


def test_what_is_not_modified_is_no_part_either(small_shop: Shop, whole: str) -> None:
    told = small_shop[1].ask(whole, headers={"Range": "bytes=0-4", "If-None-Match": '"v1"'})
    assert told.status == 304


def test_a_part_is_stored_and_never_taken_for_the_whole(small_shop: Shop, path: str) -> None:
    origin, node = small_shop

    async def partial(request: web.BaseRequest) -> web.StreamResponse:
        fields = {"Cache-Control": "max-age=600", "ETag": '"v1"'}
        if request.headers.get("Range") == "bytes=10-29":
            return web.Response(status=206, text=BODY[10:30], headers=fields | {"Content-Range": "bytes 10-29/200"})
        return web.Response(text=BODY, headers=fields)

    origin.answers(path, partial)

    told = node.ask(path, headers={"Range": "bytes=10-29"})
    assert (told.status, told.text) == (206, BODY[10:30])
    told = node.ask(path, headers={"Range": "bytes=12-13"})
    assert (told.status, told.text, told.field("content-range")) == (206, "23", "bytes 12-13/200")
    assert origin.times(path) == 1
    assert node.ask(path, headers={"Range": "bytes=0-1"}).cache_status.startswith(
        "vitrine; fwd=partial; fwd-status=200"
    )
    assert node.ask(path).text == BODY


def test_a_head_tells_what_a_get_is_answered_with_from_then_on(small_shop: Shop, path: str) -> None:
    origin, node = small_shop
    version = "1"

    async def versioned(_: web.BaseRequest) -> web.StreamResponse:
        fields = {"Cache-Control": "max-age=600" if version == "2" else "max-age=1", "X-Version": version}
        return web.Response(text="same", headers=fields)

    origin.answers(path, versioned)
    stored(node, path)
    version = "2"
    eventually(lambda: node.ask(path, "HEAD").field("x-version") == "2", "the copy is stale, and HEAD renews it")
    told = node.ask(path)
    assert (told.field("x-version"), told.text) == ("2", "same")
    assert "; hit" in told.cache_status


def test_the_answer_to_credentials_is_nobody_elses(small_shop: Shop, path: str) -> None:
    origin, node = small_shop

    async def greeting(request: web.BaseRequest) -> web.StreamResponse:
        name = request.headers.get("Authorization", "nobody")
        return web.Response(text=f"hello {name}", headers={"Cache-Control": "max-age=600"})

    origin.answers(path, greeting)
    for name in ("alice", "bob"):
        told = node.ask(path, headers={"Authorization": name})
        assert told.text == f"hello {name}"
        assert told.cache_status.startswith("vitrine; fwd=bypass")
    stored(node, path)
    assert node.ask(path).text == "hello nobody"
    assert node.ask(path, headers={"Authorization": "carol"}).text == "hello carol"


def test_credentials_may_leave_what_is_public(small_shop: Shop, path: str) -> None:
    origin, node = small_shop
    origin.says(path, "for all", cache_control="public, max-age=600")
    node.ask(path, headers={"Authorization": "alice"})
    assert "; hit" in node.ask(path).cache_status
    assert origin.times(path) == 1


def test_a_broken_connection_is_answered_with_what_is_stale_unless_that_is_forbidden(
    small_shop: Shop, path: str
) -> None:
    origin, node = small_shop
    for target, control in ((path, "max-age=1"), (f"{path}-strict", "max-age=1, must-revalidate")):
        origin.says(target, "stale", cache_control=control)
        stored(node, target)

    async def break_off(request: web.BaseRequest) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    for target in (path, f"{path}-strict"):
        origin.answers(target, break_off)
    eventually(lambda: node.ask(f"{path}-strict").status in {502, 503}, "what must be validated is not sent stale")
    eventually(lambda: "stale-if-error" in node.ask(path).cache_status, "it is stale")
    assert (node.ask(path).status, node.ask(path).text) == (200, "stale")


def test_cdn_cache_control_is_for_the_node_and_travels_on(small_shop: Shop, path: str) -> None:
    origin, node = small_shop
    origin.says(path, "kept", cache_control="no-store", cdn_cache_control="max-age=600")
    stored(node, path)
    told = node.ask(path)
    assert (told.field("cache-control"), told.field("cdn-cache-control")) == ("no-store", "max-age=600")


def hinted(node: Node, path: str, *, version: str = "1.1") -> bytes:
    """What one request brings over the wire, interim responses included."""
    parts = urlsplit(node.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as connection:
        connection.sendall(f"GET {path} HTTP/{version}\r\nHost: shop.example\r\nConnection: close\r\n\r\n".encode())
        received = b""
        while piece := connection.recv(65_536):
            received += piece
    return received


@pytest.mark.parametrize("control", ["max-age=600", "private"])
def test_early_hints_are_passed_on_and_never_stored(small_shop: Shop, path: str, control: str) -> None:
    origin, node = small_shop

    async def hint(request: web.BaseRequest) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.write(b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\nX-Hint: 1\r\n\r\n")
        return web.Response(text="page", headers={"Cache-Control": control})

    origin.answers(path, hint)
    first = hinted(node, path)
    assert first.startswith(
        b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\nX-Hint: 1\r\n\r\nHTTP/1.1 200 OK\r\n"
    )
    assert first.count(b"X-Hint") == 1
    if control == "private":
        assert b"103 Early Hints" in hinted(node, path), "relayed too"
        assert b"103 Early Hints" not in hinted(node, path, version="1.0")
    else:
        stored(node, path)
        assert b"103" not in hinted(node, path).partition(b"\r\n\r\n")[0]
