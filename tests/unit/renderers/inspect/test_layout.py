from __future__ import annotations

from renderers.inspect.layout import Layout, layout, links
from renderers.inspect.money import amounts
from renderers.inspect.sample import Sample, attribute, read_sample
from renderers.locate import select


def taken(markup: str, path: str = "/product/cup", name: str | None = None) -> tuple[Sample, Layout]:
    page = read_sample(f"http://shop.example{path}", markup.encode(), "text/html")
    return page, layout(page, name, amounts(page.tree))


def own(markup: str, path: str = "/product/cup") -> list[str]:
    """Ids of the elements with one that may be about the page's own product."""
    page, parts = taken(markup, path)
    return [attribute(node, "id") for node in select(page.tree, "[id]") if parts.own(node)]


CARD = '<li><a href="/product/{0}"><img></a><b id="{0}">$1</b></li>'
CARDS = f"<ul>{CARD.format('jug')}{CARD.format('pot')}</ul>"


def test_what_stands_with_the_title_is_the_product_s_own() -> None:
    assert own(f'<main><div><h1>Cup</h1><p id="price">$5</p></div><p id="bar">$5</p>{CARDS}</main>') == ["price", "bar"]


def test_a_card_ends_where_the_next_product_begins() -> None:
    _, parts = taken(f"<h1>Cup</h1>{CARDS}")
    assert [(str(card.node.tag), card.url.rpartition("/")[2]) for card in parts.cards] == [("li", "jug"), ("li", "pot")]


def test_the_only_card_of_a_section_is_no_larger_than_itself() -> None:
    _, parts = taken(f'<h1>Cup</h1><section>{CARD.format("jug")}<p id="note">$5</p></section>')
    assert [str(card.node.tag) for card in parts.cards] == ["li"]


def test_pages_side_by_side_are_products_when_they_have_a_price() -> None:
    menu = '<div><a href="/imprint">Imprint</a></div>'
    _, parts = taken(f'<h1>Cup</h1>{menu}<div><a href="/jug">Jug</a><b>$3</b></div>', path="/cup")
    assert [card.url for card in parts.cards] == ["http://shop.example/jug"]


def test_headers_baskets_and_recommendations_are_elsewhere() -> None:
    assert own(
        '<header><b id="a"></b></header><div class="mini-cart"><b id="b"></b></div><h1>Cup</h1>'
        '<div class="related-products"><b id="c"></b></div><form class="cart"><b id="d"></b></form><nav id="e"></nav>'
    ) == ["d"]


def test_a_header_that_holds_the_title_is_the_product_s() -> None:
    assert own('<header><h1>Cup</h1><b id="a">$5</b></header>') == ["a"]


def test_the_title_is_the_heading_the_page_is_named_for() -> None:
    _, parts = taken("<title>Cup | Shop</title><h1>Shop</h1><h1>Cup</h1>")
    assert parts.title is not None
    assert parts.title.text() == "Cup"
    _, parts = taken("<title>Cup | Shop</title><h2>News</h2><h2>Cup</h2>")
    assert parts.title is not None
    assert parts.title.text() == "Cup"
    _, parts = taken("<title>Buy it</title><h1>Welcome</h1><h1>Cup</h1>", name="Cup")
    assert parts.title is not None
    assert parts.title.text() == "Cup"


def test_links_that_leave_the_shop_are_not_links() -> None:
    page, _ = taken('<a href="//evil.example/product/x"></a><a href="/a#b"></a><a>no</a>')
    assert [url for _, url in links(page)] == ["http://shop.example/a"]
