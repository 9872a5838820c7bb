"""Sitemaps (https://www.sitemaps.org/protocol.html): addresses of pages, and of further sitemaps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import BinaryIO, NamedTuple

from origin_adapters.feeds.item import FeedBroken
from origin_adapters.feeds.xml_records import FIELD_CHARS, Name, records


class Place(NamedTuple):
    """One address; ``further`` when another sitemap lies there."""

    url: str
    further: bool


def read_sitemap(file: BinaryIO) -> Iterator[Place]:
    """The addresses of a sitemap, a sitemap index, or a text of one address a line. Raises FeedBroken."""
    head = file.read(64)
    file.seek(0)
    if head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith((b"http://", b"https://")):
        return _lines(file)
    return records(file, _Places())


def _lines(file: BinaryIO) -> Iterator[Place]:
    number = 0
    while line := file.readline(FIELD_CHARS):
        number += 1
        if len(line) == FIELD_CHARS:
            raise FeedBroken(number, "the line is over 64 KiB", "write one address a line")
        if url := line.decode("utf-8-sig", "replace").strip():
            yield Place(url, further=False)


class _Places:
    def __init__(self) -> None:
        self._done: list[Place] = []
        self._path: list[str] = []
        self._text: list[str] = []
        self._chars = 0

    def start(self, name: Name, _attributes: Mapping[str, str], line: int) -> None:
        if not self._path and name.local not in ("urlset", "sitemapindex"):
            raise FeedBroken(line, f"this is no sitemap: it begins with <{name.local}>", "write the sitemap's address")
        self._path.append(name.local)
        self._text, self._chars = [], 0

    def text(self, text: str) -> None:
        if self._chars < FIELD_CHARS:
            self._text.append(text)
            self._chars += len(text)

    def end(self, _name: Name) -> None:
        url = "".join(self._text).strip()
        if self._path[1:] in (["url", "loc"], ["sitemap", "loc"]) and url:
            self._done.append(Place(url, further=self._path[1] == "sitemap"))
        self._path.pop()
        self._text = []

    def take(self) -> list[Place]:
        done, self._done = self._done, []
        return done
