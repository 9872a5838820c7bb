from __future__ import annotations

import pytest

from edge.inspect.visit import Visit
from edge.model import Pairs


@pytest.mark.parametrize(
    ("pairs", "body", "want"),
    [
        ((("Content-Type", "text/html; charset=utf-8"),), b"", True),
        ((("content-type", "Application/XHTML+xml"),), b"", True),
        ((("Content-Type", "text/plain"),), b"<html>", False),
        ((), b"<!doctype html><HTML>", True),
        ((), b"{}", False),
    ],
)
def test_a_page_is_html_when_it_says_so_or_says_nothing_and_looks_like_it(
    pairs: Pairs, body: bytes, *, want: bool
) -> None:
    visit = Visit(url="http://a/", status=200, pairs=pairs, body=body, cookies={}, cookies_set=())
    assert visit.is_html is want
