from __future__ import annotations

import pytest

from renderers.inspect.sample import Sample, naming, read_sample, shown, texts, words
from renderers.locate import Unreadable, select

URL = "http://127.0.0.1:9000/product/cup"


def read(markup: str) -> Sample:
    return read_sample(URL, markup.encode(), "text/html; charset=utf-8")


def test_words_of_names_are_the_same_however_they_are_joined() -> None:
    assert words("old-price") == words("oldPrice") == words("old_price") == words("Old Price") == ("old", "price")
    assert words("Verfügbarkeit: 12") == ("verfügbarkeit", "12")


def test_an_element_is_named_by_all_its_names() -> None:
    (node,) = select(read('<p id="main" class="old-price x" itemprop="price" title="no">').tree, "p")
    assert naming(node) == {"main", "old", "price", "x"}


def test_only_what_is_read_counts_as_text() -> None:
    page = read("<p>a<style>b</style><svg><text>c</text></svg></p><noscript>d</noscript><option>e</option> f")
    assert [(node.text_content or "").strip() for node in texts(page.tree)] == ["a", "c", "f"]


ALIASES = [
    ('<link rel="canonical" href="https://shop.example/product/cup">', "shop.example"),
    ('<link rel="canonical" href="https://shop.example/other">', None),
    ('<meta property="og:url" content="https://shop.example/product/cup">', "shop.example"),
    ("".join(f'<a href="http://shop.example/{n}">' for n in range(6)) + '<a href="/x">', "shop.example"),
    ("".join(f'<a href="http://shop.example/{n}">' for n in range(3)), None),
    ('<a href="http://elsewhere.example/">' + "".join(f'<a href="/{n}">' for n in range(9)), None),
]


@pytest.mark.parametrize(("markup", "alias"), ALIASES)
def test_a_page_may_call_its_shop_by_another_name(markup: str, alias: str | None) -> None:
    page = read(markup)
    assert page.aliases == ({alias} if alias else set())
    assert page.resolve("http://shop.example/jug#x") == ("http://127.0.0.1:9000/jug" if alias else None)


def test_a_page_that_cannot_be_cut_is_said_to_be_unreadable() -> None:
    with pytest.raises(Unreadable):
        read_sample(URL, b"<div>" * 5_000, "text/html")


def test_texts_for_reports_stay_on_one_line() -> None:
    assert shown(" a\n  b ") == "a b"
    assert len(shown("x" * 500)) == 60
