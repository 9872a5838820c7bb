from __future__ import annotations

import time

import pytest

from renderers.structure import structure_digest

CARD = '<li class="card col-3"><a href="/p/%d">Book %d</a><b class="price">€%d</b><form><input name=q></form></li>'


def digest(html: str) -> bytes:
    return structure_digest(html.encode(), "utf-8")


def shop(cards: int = 12, buy: str = "<button class=buy>Buy</button>", body: str = "product postid-17") -> str:
    items = "\n".join(CARD % (n, n, n) for n in range(cards))
    main = f"<h1>Thing</h1><form class=cart>{buy}</form><ul class=cards>{items}</ul>"
    return f"<html><body class='{body}'>{main}</body></html>"


def test_it_has_eight_bytes() -> None:
    assert len(digest("")) == len(digest(shop())) == 8


SAME = [
    ("one card less", shop(cards=11)),
    ("another product's number", shop(body="product postid-18")),
    ("another text", shop().replace("Thing", "Other thing")),
    ("classes in another order", shop(body="postid-17 product")),
    ("a comment", shop().replace("<h1>", "<!-- x --><h1>")),
    ("blank space", shop().replace("<h1>", "\n  <h1>")),
    ("another price", shop().replace("€3", "€4")),
]

DIFFERENT = [
    ("sold out", shop(buy="<p class=soldout>Sold out</p>")),
    ("a disabled button", shop(buy="<button class=buy disabled>Buy</button>")),
    ("another class on the page", shop(body="product postid-17 sale")),
    ("no cards at all", shop(cards=0)),
    ("a field more", shop(buy="<button class=buy>Buy</button><input type=hidden name=csrf>")),
    ("an error page", "<html><body><h1>Sorry</h1></body></html>"),
]


@pytest.mark.parametrize("html", [html for _, html in SAME], ids=[name for name, _ in SAME])
def test_it_stays_with(html: str) -> None:
    assert digest(html) == digest(shop())


@pytest.mark.parametrize("html", [html for _, html in DIFFERENT], ids=[name for name, _ in DIFFERENT])
def test_it_changes_with(html: str) -> None:
    assert digest(html) != digest(shop())


def test_a_charset_does_not_change_it() -> None:
    html = "<p class=größe>ü</p>"
    assert structure_digest(html.encode("cp1252"), "cp1252") == digest(html)


def test_pages_too_large_to_compare_have_one() -> None:
    assert digest("<b>" * 100_001) == digest("<i>" * 100_002)


@pytest.mark.parametrize("html", ["<p class='" + "ab" * 400_000 + "'>", "<div>" * 90_000, shop(cards=4_000)])
def test_no_page_takes_long(html: str) -> None:
    started = time.process_time()
    digest(html)
    assert time.process_time() - started < 2
