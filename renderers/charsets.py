"""Which charset a page is written in, and the page as UTF-8 with a proven way back to its own bytes."""

from __future__ import annotations

import codecs
import functools
import re

_SAME = (
    "utf-8 cp866 iso8859-2 iso8859-3 iso8859-4 iso8859-5 iso8859-6 iso8859-7 iso8859-8 iso8859-10 iso8859-13 "
    "iso8859-14 iso8859-15 iso8859-16 koi8-r koi8-u mac-roman mac-cyrillic cp874 cp1250 cp1251 cp1252 cp1253 "
    "cp1254 cp1255 cp1256 cp1257 cp1258 gb18030 big5hkscs euc_jp iso2022_jp cp932 cp949"
)
_CODECS = {name: name for name in _SAME.split()} | {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}
"""Python's codec for each encoding of the WHATWG Encoding Standard (4.2); browsers read more than labels say."""

_LABELS = {"x-sjis": "cp932", "windows-31j": "cp932", "ks_c_5601-1987": "cp949", "macintosh": "mac-roman"}
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_SNIFFED_BYTES = 4096
"""Browsers look for the declaration in at least the first 1,024 bytes; shops put it later."""
_PARAMETER = re.compile(r"charset\s*=\s*[\"']?([^\s\"';,]+)", re.IGNORECASE)
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_DECLARED = re.compile(
    rb"\A<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']+)|<meta[^>]*?charset\s*=\s*[\"']?\s*([^\s\"'/>;]+)", re.IGNORECASE
)


@functools.lru_cache(maxsize=256)
def _codec(label: str) -> str | None:
    """Python codec for a declared label; None for labels that browsers do not know either."""
    label = label.strip().lower()
    if label in _LABELS:
        label = _LABELS[label]
    if not re.fullmatch(r"[a-z0-9_:-]{1,40}", label):
        return None
    try:
        name = codecs.lookup(label).name
    except LookupError:
        return None
    return _CODECS.get(name)


def decode_charset(body: bytes, content_type: str) -> str:
    """Python codec name of a page: byte order mark, then Content-Type, then its own declaration, then a guess.

    The order is that of the WHATWG Encoding Standard ("decode" lets the mark win). Without any declaration valid UTF-8
    is UTF-8 and anything else windows-1252, as browsers in the West assume.
    """
    for mark, name in _MARKS:
        if body.startswith(mark):
            return name
    if (parameter := _PARAMETER.search(content_type)) and (codec := _codec(parameter[1])):
        return codec
    if declared := _DECLARED.search(_COMMENT.sub(b"", body[:_SNIFFED_BYTES])):
        label = (declared[1] or declared[2]).decode("ascii", "replace")
        if label.lower().startswith("utf-16"):
            return "utf-8"  # A declaration readable as ASCII disproves itself (HTML Standard, prescan step 14).
        if codec := _codec(label):
            return codec
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def transcode(body: bytes, charset: str) -> bytes | None:
    """The page as UTF-8, or None when the charset does not give the same bytes back.

    Bytes the charset does not know stay as they are, so a single broken character does not cost a page its slots. UTF-8
    pages are returned untouched, valid or not.
    """
    if charset == "utf-8":
        return body
    try:
        source = body.decode(charset, "surrogateescape").encode("utf-8", "surrogateescape")
        return source if restore(source, charset) == body else None
    except UnicodeError:
        return None


def restore(piece: bytes, charset: str) -> bytes:
    """A piece of a transcoded page in the page's own charset. Raises UnicodeError when it cannot be written there."""
    if charset == "utf-8":
        return piece
    return piece.decode("utf-8", "surrogateescape").encode(charset, "surrogateescape")
