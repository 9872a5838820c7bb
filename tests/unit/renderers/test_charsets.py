from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renderers.charsets import decode_charset, restore, transcode


class Case(NamedTuple):
    id: str
    body: bytes
    content_type: str
    want: str


CASES = [
    Case("the Content-Type decides", b"<meta charset=utf-8>", "text/html; charset=windows-1251", "cp1251"),
    Case("a byte order mark beats the Content-Type", b"\xef\xbb\xbf<p>", "text/html; charset=koi8-r", "utf-8"),
    Case("UTF-16 by its mark", b"\xff\xfe<\0p\0>\0", "text/html", "utf-16-le"),
    Case("the meta tag, without a Content-Type", b'<meta charset="shift_jis"><p>', "text/html", "cp932"),
    Case(
        "the long meta tag", b'<META http-equiv="x" content="text/html; charset=ISO-8859-2">', "text/html", "iso8859-2"
    ),
    Case("a meta tag in a comment does not count", b"<!-- <meta charset=koi8-r> --><p>x", "text/html", "utf-8"),
    Case("the XML declaration", b'<?xml version="1.0" encoding="euc-jp"?><html>', "text/html", "euc_jp"),
    Case("Latin-1 is read as windows-1252", b"x", "text/html; charset=ISO-8859-1", "cp1252"),
    Case("quotes around the parameter", b"x", 'text/html; charset="UTF-8"', "utf-8"),
    Case("an unknown label is passed over", b"<meta charset=gbk>", "text/html; charset=x-unknown", "gb18030"),
    Case("a codec that is no charset is passed over", b"x", "text/html; charset=rot13", "utf-8"),
    Case("a meta tag cannot declare UTF-16", b"<meta charset=utf-16>", "text/html", "utf-8"),
    Case("nothing said, valid UTF-8", "5 €".encode(), "text/html", "utf-8"),
    Case("nothing said, not UTF-8", b"5 \x80", "text/html", "cp1252"),
]


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_charset_of_a_page(case: Case) -> None:
    assert decode_charset(case.body, case.content_type) == case.want


CHARSETS = ["utf-8", "cp1252", "cp1251", "cp932", "gb18030", "euc_jp", "iso2022_jp", "utf-16-le", "cp949"]


@given(st.binary(max_size=60), st.sampled_from(CHARSETS))
def test_a_transcoded_page_always_leads_back_to_its_own_bytes(body: bytes, charset: str) -> None:
    source = transcode(body, charset)
    assert source is None or restore(source, charset) == body


@given(st.text(st.sampled_from("Цена 19,99 €<>й"), max_size=30))
def test_broken_bytes_do_not_keep_a_single_byte_page_from_being_read(text: str) -> None:
    body = b"\x98" + text.encode("cp1251")
    source = transcode(body, "cp1251")
    assert source is not None
    assert source.endswith(text.encode())


def test_a_charset_that_loses_bytes_is_no_way_to_read_a_page() -> None:
    assert transcode(b"\x1b$B\x1b(B<p>", "iso2022_jp") is None  # An empty shift: encoding would drop it.


@given(st.binary(max_size=60), st.sampled_from(["text/html", "text/html; charset=\0", "charset=utf-8,x", ""]))
def test_every_page_has_a_charset_that_python_knows(body: bytes, content_type: str) -> None:
    "".encode(decode_charset(body, content_type))
