from __future__ import annotations

import io
import tracemalloc
from collections.abc import Iterator, Mapping
from typing import BinaryIO, cast

import pytest

from origin_adapters.feeds.item import FeedBroken
from origin_adapters.feeds.xml_records import Name, records


class Texts:
    """A sink whose records are the texts of elements named ``t``."""

    def __init__(self) -> None:
        self._done: list[str] = []
        self._text = ""

    def start(self, name: Name, attributes: Mapping[str, str], line: int) -> None:
        self._text = ""

    def text(self, text: str) -> None:
        self._text += text

    def end(self, name: Name) -> None:
        if name.local == "t":
            self._done.append(f"{name.space}{self._text}")

    def take(self) -> list[str]:
        done, self._done = self._done, []
        return done


def read(text: str | bytes) -> list[str]:
    return list(records(io.BytesIO(text.encode() if isinstance(text, str) else text), Texts()))


def test_records_come_with_their_namespace_and_the_five_entities_of_xml() -> None:
    assert read('<a xmlns:g="urn:g"><t>1</t><g:t>&lt;&amp;&#8364;</g:t></a>') == ["1", "urn:g<&€"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "windows-1252"])
def test_encodings_that_shops_declare_are_read(encoding: str) -> None:
    assert read(f'<?xml version="1.0" encoding="{encoding}"?><a><t>Möbel</t></a>'.encode(encoding)) == ["Möbel"]


def test_a_document_type_that_declares_nothing_is_harmless() -> None:
    assert read('<!DOCTYPE a SYSTEM "http://127.0.0.1:1/a.dtd"><a><t>1</t></a>') == ["1"]


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
REFUSED = {
    "an entity that doubles itself": f'<!DOCTYPE a [<!ENTITY l0 "ha">{LAUGHS}]><a><t>&l9;</t></a>',
    "an entity in a file": '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a><t>&x;</t></a>',
    "an entity on another host": '<!DOCTYPE a [<!ENTITY x SYSTEM "http://169.254.169.254/">]><a><t>&x;</t></a>',
    "an entity for document types": '<!DOCTYPE a [<!ENTITY % x SYSTEM "file:///etc/passwd"> %x;]><a/>',
    "an entity that is never used": '<!DOCTYPE a [<!ENTITY x "harmless">]><a/>',
    "an entity of somebody else's document type": '<!DOCTYPE a SYSTEM "a.dtd"><a><t>&nbsp;</t></a>',
    "an entity nobody declares": "<a><t>&nbsp;</t></a>",
    "an end inside": "<a><t>1</t>",
    "no beginning": "",
    "no xml": "id\tprice\n",
    "a byte that is no utf-8": b"<a><t>\xff</t></a>",
    "an encoding nobody knows": '<?xml version="1.0" encoding="klingon"?><a/>',
    "a nest": "<a>" * 100 + "</a>" * 100,
    "an endless comment": "<a><!--" + "x" * 3_000_000,
    "an endless attribute": '<a b="' + "x" * 3_000_000,
}


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED.keys())
def test_it_breaks_on(text: str | bytes) -> None:
    with pytest.raises(FeedBroken, match="; "):
        read(text)


def test_a_fault_names_its_line() -> None:
    with pytest.raises(FeedBroken) as caught:
        read("<a>\n<t>\n</a>")
    assert caught.value.line == 3


class Endless(io.RawIOBase):
    """A feed of so many bytes, made while it is read."""

    def __init__(self, size: int) -> None:
        self._pieces = self._made(size)

    def read(self, size: int = -1) -> bytes:
        return next(self._pieces, b"")

    def _made(self, size: int) -> Iterator[bytes]:
        piece = b"<t>" + b"x" * 100 + b"</t>\n"
        yield b"<a>"
        for _ in range(size // len(piece) // 600):
            yield piece * 600
        yield b"</a>"


def test_memory_stays_flat_however_long_the_feed_is() -> None:
    tracemalloc.start()
    try:
        count = sum(1 for _ in records(cast(BinaryIO, Endless(20_000_000)), Texts()))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count > 180_000
    assert peak < 2_000_000
