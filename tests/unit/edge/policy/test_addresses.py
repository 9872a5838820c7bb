"""Where an origin's own address is found in its text, and what stands there then."""

from __future__ import annotations

import itertools
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.policy.addresses import Naming, Replacer, own_address, replaced

PLAIN = Naming(url="http://10.0.0.5:9000", scheme="http", host="shop.example:8080")
TLS_OUTSIDE = Naming(url="http://10.0.0.5:9000", scheme="https", host="shop.example")
TLS_INSIDE = Naming(url="https://inner.example", scheme="http", host="shop.example")
LOOPBACK = Naming(url="http://127.0.0.1:9000/base", scheme="http", host="127.0.0.1:8080")
IPV6 = Naming(url="http://[fd00::5]:9000", scheme="http", host="[::1]:8080")
HTTP = Naming(url="http://http", scheme="http", host="shop.example")


def whole(text: bytes, naming: Naming) -> bytes:
    replacer = Replacer(naming)
    return replacer.feed(text) + replacer.finish()


class Case(NamedTuple):
    id: str
    text: bytes
    becomes: bytes
    naming: Naming = PLAIN


CASES = [
    Case("a link", b'<a href="http://10.0.0.5:9000/a?b=c">', b'<a href="http://shop.example:8080/a?b=c">'),
    Case("the whole address", b"http://10.0.0.5:9000", b"http://shop.example:8080"),
    Case("at the end of a sentence", b"See http://10.0.0.5:9000.", b"See http://shop.example:8080."),
    Case("without a scheme", b"src='//10.0.0.5:9000/a.js'", b"src='//shop.example:8080/a.js'"),
    Case("in JSON", rb'{"u":"http:\/\/10.0.0.5:9000\/a"}', rb'{"u":"http:\/\/shop.example:8080\/a"}'),
    Case("in JSON without a scheme", rb'"\/\/10.0.0.5:9000\/a"', rb'"\/\/shop.example:8080\/a"'),
    Case("in JSON inside JSON", rb"http:\\/\\/10.0.0.5:9000\\/a", rb"http:\\/\\/shop.example:8080\\/a"),
    Case("with escaped slashes", rb"http:\u002F\u002f10.0.0.5:9000", rb"http:\u002F\u002fshop.example:8080"),
    Case("with references for slashes", b"http:&#x2F;&#x2F;10.0.0.5:9000", b"http:&#x2F;&#x2F;shop.example:8080"),
    Case("after an escape in JSON", rb'"see\nhttp://10.0.0.5:9000/a"', rb'"see\nhttp://shop.example:8080/a"'),
    Case("in a style sheet", b"url(//10.0.0.5:9000/a.png)", b"url(//shop.example:8080/a.png)"),
    Case(
        "in a set of sources",
        b"//10.0.0.5:9000/a 1x, //10.0.0.5:9000/b 2x",
        b"//shop.example:8080/a 1x, //shop.example:8080/b 2x",
    ),
    Case("in a plain parameter", b"?next=http://10.0.0.5:9000/a", b"?next=http://shop.example:8080/a"),
    Case("encoded in a parameter", b"?u=http%3A%2F%2F10.0.0.5%3A9000%2Fa", b"?u=http%3A%2F%2F10.0.0.5%3A9000%2Fa"),
    Case("another case", b"HTTP://10.0.0.5:9000/A", b"http://shop.example:8080/A"),
    Case("another port", b"http://10.0.0.5:9001/a", b"http://10.0.0.5:9001/a"),
    Case("a longer port", b"http://10.0.0.5:90001/a", b"http://10.0.0.5:90001/a"),
    Case("no port", b"http://10.0.0.5/a", b"http://10.0.0.5/a"),
    Case("a longer host", b"http://10.0.0.5:9000.example/", b"http://10.0.0.5:9000.example/"),
    Case("a host that ends the same", b"http://x10.0.0.5:9000/", b"http://x10.0.0.5:9000/"),
    Case("a host with more before it", b"http://a.10.0.0.5:9000/", b"http://a.10.0.0.5:9000/"),
    Case("a name before somebody else's host", b"http://10.0.0.5:9000@evil/", b"http://10.0.0.5:9000@evil/"),
    Case("another scheme", b"ftp://10.0.0.5:9000/a", b"ftp://10.0.0.5:9000/a"),
    Case("another scheme long ago", b"ftp://10.0.0.5:9000/" + b"x" * 99, b"ftp://10.0.0.5:9000/" + b"x" * 99),
    Case("a socket", b"ws://10.0.0.5:9000/a", b"ws://shop.example:8080/a"),
    Case("the host alone is no address", b"10.0.0.5:9000/a", b"10.0.0.5:9000/a"),
    Case("somebody else's link", b"http://example.com/a", b"http://example.com/a"),
    Case("side by side", b"http://10.0.0.5:9000//10.0.0.5:9000", b"http://shop.example:8080//shop.example:8080"),
    Case("a host called http", b"http://http://http/", b"http://shop.example://http/", HTTP),
    Case("a third slash", b"///10.0.0.5:9000", b"///shop.example:8080"),
    Case("a visitor over tls", b"http://10.0.0.5:9000/a", b"https://shop.example/a", TLS_OUTSIDE),
    Case("a visitor's socket over tls", b"ws://10.0.0.5:9000/a", b"wss://shop.example/a", TLS_OUTSIDE),
    Case("no scheme over tls", b"//10.0.0.5:9000/a", b"//shop.example/a", TLS_OUTSIDE),
    Case("an origin that wants tls", b"https://10.0.0.5:9000/a", b"https://shop.example:8080/a"),
    Case("tls to the origin alone", b"https://inner.example/a", b"http://shop.example/a", TLS_INSIDE),
    Case("its default port", b"https://inner.example:443/a", b"http://shop.example/a", TLS_INSIDE),
    Case("a port of its own", b"https://inner.example:8443/a", b"https://inner.example:8443/a", TLS_INSIDE),
    Case("a domain above it", b"https://inner.example.evil/", b"https://inner.example.evil/", TLS_INSIDE),
    Case("a domain with a hyphen", b"https://inner.example-evil/", b"https://inner.example-evil/", TLS_INSIDE),
    Case("a root dot in a sentence", b"At https://inner.example. Go", b"At http://shop.example. Go", TLS_INSIDE),
    Case("any name of the machine itself", b"http://localhost:9000/a", b"http://127.0.0.1:8080/a", LOOPBACK),
    Case("not another port of it", b"http://localhost:8080/a", b"http://localhost:8080/a", LOOPBACK),
    Case("an address of IPv6", b"http://[fd00::5]:9000/a", b"http://[::1]:8080/a", IPV6),
    Case("bytes that are no text", b"\xff\xfehttp://10.0.0.5:9000\xff", b"\xff\xfehttp://shop.example:8080\xff"),
    Case("nothing", b"", b""),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_replaced(case: Case) -> None:
    assert whole(case.text, case.naming) == case.becomes


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_one_byte_at_a_time_is_the_same(case: Case) -> None:
    replacer = Replacer(case.naming)
    pieces = [replacer.feed(case.text[at : at + 1]) for at in range(len(case.text))]
    assert b"".join(pieces) + replacer.finish() == case.becomes


_BITS = st.sampled_from(
    [
        *(b"http:", b"https:", b"ws:", b"//", rb"\/\/", rb"\u002f", b"&#x2F;", b":", b"/", b"\\", b"u002f"),
        *(b"10.0.0.5:9000", b"10.0.0.5", b":9000", b":90", b"00", b"10.", b".5", b".", b"@", b"-", b"a", b" ", b'"'),
        *(b"http://10.0.0.5:9000", rb"https:\/\/10.0.0.5:9000\/x"),
    ]
)


@given(bits=st.lists(_BITS, max_size=40), cuts=st.lists(st.integers(0, 400), max_size=12))
def test_how_a_text_is_cut_changes_nothing(bits: list[bytes], cuts: list[int]) -> None:
    text = b"".join(bits)
    replacer = Replacer(PLAIN)
    edges = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    pieces = [replacer.feed(text[start:end]) for start, end in itertools.pairwise(edges)]
    assert b"".join(pieces) + replacer.finish() == whole(text, PLAIN)


@given(st.lists(_BITS, min_size=8, max_size=60), st.integers(1, 24))
def test_nor_how_small_the_pieces_are(bits: list[bytes], size: int) -> None:
    text = b"".join(bits)
    replacer = Replacer(PLAIN)
    pieces = [replacer.feed(text[at : at + size]) for at in range(0, len(text), size)]
    assert b"".join(pieces) + replacer.finish() == whole(text, PLAIN)


@given(st.lists(_BITS, max_size=40))
def test_no_address_of_the_origin_is_left_and_a_second_time_changes_nothing(bits: list[bytes]) -> None:
    done = whole(b"".join(bits), PLAIN)
    assert whole(done, PLAIN) == done


@given(st.binary(max_size=2000), st.integers(1, 50))
def test_little_is_held_back(text: bytes, size: int) -> None:
    replacer = Replacer(PLAIN)
    fed = passed = 0
    for at in range(0, len(text), size):
        fed += len(text[at : at + size])
        passed += len(replacer.feed(text[at : at + size]))
        assert fed - passed <= 64


def test_a_visitor_who_named_no_host_gets_a_path() -> None:
    assert replaced("http://10.0.0.5:9000/a", Naming(url="http://10.0.0.5:9000", scheme="http", host="")) == "/a"


def test_a_field_forgives_a_missing_port() -> None:
    assert replaced("http://10.0.0.5/a", PLAIN) == "http://shop.example:8080/a"
    assert replaced("http://10.0.0.5:9001/a", PLAIN) == "http://10.0.0.5:9001/a"


def test_a_field_that_is_no_ascii_comes_back_as_it_was() -> None:
    assert replaced("/gr\u00f6\u00dfe/\udcff", PLAIN) == "/gr\u00f6\u00dfe/\udcff"


def test_the_address_of_an_origin() -> None:
    own = own_address("https://Inner.Example/shop")
    assert own.names == ("inner.example",)
    assert own.secure
