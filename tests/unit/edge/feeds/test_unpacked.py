from __future__ import annotations

import gzip
import io
import threading

import pytest

from edge.feeds.fetch import Unread
from edge.feeds.unpacked import GivenUp, unpacked

TEXT = b"id\tprice\n" * 1000


def opened(data: bytes, limit_bytes: int = 10**6, stop: threading.Event | None = None) -> bytes:
    return unpacked(io.BytesIO(data), limit_bytes=limit_bytes, stop=stop or threading.Event()).read()


@pytest.mark.parametrize(
    "data",
    [TEXT, gzip.compress(TEXT), gzip.compress(gzip.compress(TEXT)), gzip.compress(TEXT[:9]) + gzip.compress(TEXT[9:])],
    ids=["plain", "packed", "packed twice", "packed in two members"],
)
def test_a_feed_is_read_however_it_was_packed(data: bytes) -> None:
    assert opened(data) == TEXT


def test_it_can_be_begun_again() -> None:
    file = unpacked(io.BytesIO(gzip.compress(TEXT)), limit_bytes=10**6, stop=threading.Event())
    assert file.read(100) == TEXT[:100]
    file.seek(0)
    assert file.read() == TEXT


def test_a_bomb_is_not_unpacked() -> None:
    with pytest.raises(Unread, match="larger than 1000000 bytes"):
        opened(gzip.compress(bytes(50_000_000)))


@pytest.mark.parametrize("cut", [3, 12, -4], ids=["in its head", "in its body", "in its checksum"])
def test_gzip_that_breaks_off_is_asked_for_again(cut: int) -> None:
    with pytest.raises(Unread) as caught:
        opened(gzip.compress(TEXT)[:cut])
    assert caught.value.retry


def test_reading_ends_when_nobody_waits_any_more() -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(GivenUp):
        opened(TEXT, stop=stop)
