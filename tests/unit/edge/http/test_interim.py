from __future__ import annotations

from typing import cast

import pytest
from aiohttp import HttpVersion, web
from aiohttp.test_utils import make_mocked_request

from edge.http.interim import interim_head, interim_to


class Transport:
    """Keeps what is written."""

    def __init__(self, *, closing: bool = False) -> None:
        self.written = b""
        self._closing = closing

    def is_closing(self) -> bool:
        return self._closing

    def write(self, data: bytes) -> None:
        self.written += data

    def get_extra_info(self, name: str, default: object = None) -> object:
        return default


def passed_on(version: HttpVersion, transport: Transport) -> bytes:
    request = make_mocked_request("GET", "/", version=version, transport=cast("web.Any", transport))  # type: ignore[name-defined]
    interim_to(request)(103, (("Link", "</a.css>"),))
    return transport.written


def test_an_interim_response_is_written_as_it_is() -> None:
    want = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"
    assert passed_on(HttpVersion(1, 1), Transport()) == want


def test_not_to_one_who_speaks_http_1_0() -> None:
    """RFC 9110 §15.2: that version defines no interim responses."""
    assert passed_on(HttpVersion(1, 0), Transport()) == b""


def test_not_to_one_who_has_left() -> None:
    assert passed_on(HttpVersion(1, 1), Transport(closing=True)) == b""


@pytest.mark.parametrize("forged", ["a\r\nSet-Cookie: x", "a\nb", "a\0b"])
def test_no_field_can_forge_another(forged: str) -> None:
    head = interim_head(103, (("Link", forged), (forged, "x"), ("X-Ok", "ü")))
    assert head == "HTTP/1.1 103 Early Hints\r\nX-Ok: ü\r\n\r\n".encode()


def test_a_status_without_a_name() -> None:
    assert interim_head(199, ()) == b"HTTP/1.1 199 Interim\r\n\r\n"
