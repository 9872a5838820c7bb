"""Which texts fit."""

from __future__ import annotations

import re
from typing import get_args

import pytest

from edge.config import texts


def fits(kind: object, text: str) -> bool:
    (meta,) = get_args(kind)[1:]
    return re.search(meta.pattern, text) is not None


@pytest.mark.parametrize(
    ("kind", "right", "wrong"),
    [
        (texts.Name, ("edge-1", "a", "A.b_c", "9"), ("", "-a", "a b", "a/b", "a" * 64)),
        (texts.HttpUrl, ("http://a", "https://a:1/b/"), ("a", "ftp://a", "http://", "http://a?b", "http://a b")),
        (texts.UrlPath, ("/", "/a*", "/i.php?route=x"), ("", "a", "/a b")),
        (
            texts.RequestPattern,
            ("/a", "*/logout", "?add-to-cart", "?a=", "/i.php?route=cart*&x", "/a*?b=c?d"),
            ("", "a", "?", "/a?", "?=1", "?&a", "/a b", "logout"),
        ),
        (texts.FeedUrl, ("/feed.xml", "https://a/b?c=d"), ("feed.xml", "ftp://a/b", "/a#b", "https://a")),
        (texts.Currency, ("EUR",), ("eur", "EU", "EURO")),
    ],
    ids=["a name", "a url", "a path", "a request pattern", "a feed's url", "a currency"],
)
def test_a_text_fits_or_not(kind: object, right: tuple[str, ...], wrong: tuple[str, ...]) -> None:
    assert [text for text in right if not fits(kind, text)] == []
    assert [text for text in wrong if fits(kind, text)] == []
