"""Fields, validators and coding of what comes from the store."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from edge import clock
from edge.assemble.assembler import Assembler, stored_page
from edge.http.copies import Copy
from edge.http.send import Delivery, Sender
from edge.http.visit import receive
from edge.model import Lifetime, Pairs
from edge.policy.cache_status import CacheStatus
from edge.policy.proxies import TrustedProxies
from edge.store.environment import open_tables
from edge.store.pages import Entry
from edge.store.tables import TableReader
from renderers.deflate import press
from renderers.page import Page, Sink, Slot

BODY = b"body { color: red }\n" * 100
HIT = CacheStatus(hit=True, ttl=60)


@pytest.fixture
def sender(tmp_path: Path) -> Iterator[Sender]:
    env = open_tables(tmp_path / "tables", map_bytes=1 << 20)
    yield Sender(Assembler(TableReader(env), {}), {"product": "public, max-age=5"})
    env.close()


def entry(headers: Pairs, *, page: bool = False, status: int = 200) -> Entry:
    return Entry(
        key="k",
        origin="shop",
        kind="product" if page else None,
        status=status,
        headers=headers,
        lifetime=Lifetime(clock.now_s() - 7, 3, 60),
        fetched_at_ms=1,
        body_length=len(BODY),
        version=b"version1",
        page=page,
    )


def plain(*headers: tuple[str, str], packed: bool = True, status: int = 200) -> Copy:
    gzipped = gzip.compress(BODY, mtime=0) if packed else None
    return Copy(bytes(16), entry(headers, status=status), None, BODY, gzipped)


def page(*headers: tuple[str, str], token: bool = False) -> Copy:
    slot = Slot("csrf", '{{ visitor.csrf("c") }}', Sink.ATTRIBUTE, None, b"t", visitor=True)
    segments, slots = ((b'<p a="', b'"></p>'), (slot,)) if token else ((b"<p></p>",), ())
    cut = Page(segments, slots, (), "utf-8", None, (), b"")
    stored = entry(headers, page=True)
    return Copy(bytes(16), stored, stored_page(stored, bytes(16), cut, tuple(map(press, segments))), b"", None)


def send(sender: Sender, copy: Copy, private: bool = False, /, **asked: str) -> web.Response:
    headers = {"Host": "a"} | {name.replace("_", "-"): value for name, value in asked.items()}
    visit = receive(make_mocked_request("GET", "/", headers), TrustedProxies(()))
    return sender.response(visit, copy, Delivery(HIT, private=private))[0]


class Case(NamedTuple):
    id: str
    asked: dict[str, str]
    coding: str | None
    etag: str


CASES = [
    Case("nothing asked for", {}, None, '"v"'),
    Case("gzip", {"Accept_Encoding": "gzip"}, "gzip", 'W/"v"'),
    Case("§12.5.3 gzip refused", {"Accept_Encoding": "gzip;q=0, identity"}, None, '"v"'),
    Case("a coding we do not have", {"Accept_Encoding": "br"}, None, '"v"'),
]


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_a_plain_body_is_sent_in_the_coding_asked_for(sender: Sender, case: Case) -> None:
    response = send(sender, plain(("ETag", '"v"'), ("Content-Digest", "sha-256=:x:")), **case.asked)
    assert response.headers.get("Content-Encoding") == case.coding
    assert response.headers["ETag"] == case.etag
    assert response.headers["Vary"] == "Accept-Encoding"
    assert ("Content-Digest" in response.headers) is (case.coding is None)
    assert isinstance(response.body, bytes)
    assert (gzip.decompress(response.body) if case.coding else response.body) == BODY


def test_vary_is_said_once(sender: Sender) -> None:
    response = send(sender, plain(("Vary", "accept-encoding, Origin")))
    assert response.headers.getall("Vary") == ["accept-encoding, Origin"]


def test_a_body_that_came_in_a_coding_is_sent_as_it_is(sender: Sender) -> None:
    response = send(sender, plain(("Content-Encoding", "br"), packed=False), Accept_Encoding="br")
    assert response.headers["Content-Encoding"] == "br"
    assert response.body == BODY


def test_age_and_ttl_are_those_of_the_copy_and_nothing_the_origin_said_of_its_own_connection(sender: Sender) -> None:
    response = send(sender, plain(("Age", "9999"), ("Content-Length", "1"), ("Via", "1.0 old"), ("X-Kept", "1")))
    assert response.headers.getall("Age") in (["10"], ["11"])
    assert response.headers["Cache-Status"] == "vitrine; hit; ttl=60"
    assert response.headers.getall("Via") == ["1.1 vitrine"]
    assert response.headers["X-Kept"] == "1"
    assert "Content-Length" not in response.headers or response.headers["Content-Length"] == str(len(BODY))


def test_what_caches_nearer_the_origin_said_comes_first(sender: Sender) -> None:
    response = send(sender, plain(("Cache-Status", "origin-cache; hit")))
    assert response.headers.getall("Cache-Status") == ["origin-cache; hit, vitrine; hit; ttl=60"]


@pytest.mark.parametrize("tag", ['"v"', 'W/"v"', '"other", "v"', "*"])
def test_a_current_copy_is_answered_304_with_what_a_304_carries(sender: Sender, tag: str) -> None:
    copy = plain(("ETag", '"v"'), ("Cache-Control", "max-age=60"), ("Content-Type", "text/css"), ("X-Kept", "1"))
    response = send(sender, copy, If_None_Match=tag)
    assert response.status == 304
    assert response.body is None
    assert {"ETag", "Cache-Control", "Vary", "Age", "Cache-Status", "Via"} <= set(response.headers)
    assert not {"Content-Type", "X-Kept", "Content-Encoding"} & set(response.headers)


def test_only_a_200_becomes_a_304(sender: Sender) -> None:
    assert send(sender, plain(("ETag", '"v"'), status=404), If_None_Match='"v"').status == 404


def test_a_page_goes_to_browsers_as_its_kind_says_and_keeps_its_own_fields(sender: Sender) -> None:
    copy = page(
        ("Cache-Control", "no-store"),
        ("Set-Cookie", "sessionid=1"),
        ("ETag", '"origin"'),
        ("Last-Modified", "Mon, 01 Jun 2026 00:00:00 GMT"),
        ("Vary", "Cookie"),
        ("Expires", "0"),
        ("Content-Security-Policy", "default-src 'self'"),
    )
    response = send(sender, copy)
    assert response.headers["Cache-Control"] == "public, max-age=5"
    assert response.headers["Vary"] == "Accept-Encoding"
    assert response.headers["ETag"].startswith('W/"')
    assert response.headers["Content-Security-Policy"] == "default-src 'self'"
    assert not {"Set-Cookie", "Last-Modified", "Expires"} & set(response.headers)


def test_a_page_chosen_by_a_cookie_says_so_to_browsers_and_caches(tmp_path: Path) -> None:
    env = open_tables(tmp_path / "tables", map_bytes=1 << 20)
    keyed = Sender(Assembler(TableReader(env), {}), {"product": "public, max-age=5"}, keyed_cookies=True)
    assert send(keyed, page()).headers["Vary"] == "Accept-Encoding, Cookie"
    env.close()


def test_a_copy_for_one_visitor_is_marked_as_hers(sender: Sender) -> None:
    assert send(sender, page(), True).headers["Cache-Control"] == "private, no-cache"


def test_a_page_with_a_token_in_it_is_never_public(sender: Sender) -> None:
    response = send(sender, page(token=True))
    assert response.headers["Cache-Control"] == "private, no-cache"
    assert response.headers["Set-Cookie"].startswith("c=")
    token = response.headers["Set-Cookie"].partition("=")[2].partition(";")[0]
    assert response.body == f'<p a="{token}"></p>'.encode()


def test_a_visitor_who_has_a_token_is_sent_it_again_and_her_copy_can_be_current(sender: Sender) -> None:
    first = send(sender, page(token=True), Cookie="c=abcdefghijklmnopqrstuvwxyz012345")
    assert "Set-Cookie" not in first.headers
    again = send(
        sender,
        page(token=True),
        Cookie="c=abcdefghijklmnopqrstuvwxyz012345",
        If_None_Match=first.headers["ETag"],
        Accept_Encoding="gzip",
    )
    assert again.status == 304
