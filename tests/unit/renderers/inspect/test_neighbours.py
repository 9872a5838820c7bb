from __future__ import annotations

from renderers.inspect.neighbours import listing_links, locations, own_address, product_links, sitemaps
from tests.storefronts.samples import HOST, read


def card(name: str, note: str = "") -> str:
    return f'<li><a href="/product/{name}"><img></a>{note} <b>$7.00</b></li>'


def test_cards_come_first_and_every_sort_of_them_before_a_second() -> None:
    cards = card("a") + card("b") + card("c", "<s>$9.00</s>") + card("d", "Sold out") + card("e")
    page = read(f'<h1>Cup</h1><ul>{cards}</ul><p><a href="/product/z">z</a> <a href="/imprint">i</a></p>')
    assert product_links(page) == [f"{HOST}/product/{name}" for name in "acdbez"]


def test_links_that_may_be_anything_come_last() -> None:
    page = read(f'<h1>Cup</h1><a href="/imprint">i</a><ul>{card("a")}</ul>'.replace("/product/", "/"), "/cup")
    assert product_links(page) == [f"{HOST}/a", f"{HOST}/imprint"]


def test_lists_are_looked_for_above_the_product_in_the_crumbs_and_at_the_start() -> None:
    page = read('<ol class=breadcrumb><li><a href="/all/">All</a><li><a href="/all/cups/">Cups</a></ol>', "/shop/a/cup")
    expected = ["/shop/a/", "/shop/", "/all/cups/", "/all/", "/"]
    assert listing_links(page.sample) == [HOST + path for path in expected]


def test_sitemaps_and_robots_are_read_as_they_are_written() -> None:
    assert sitemaps(b"User-agent: *\nSitemap: https://example.com/a.xml\n sitemap:/b.xml") == [
        "https://example.com/a.xml",
        "/b.xml",
    ]
    written = b"<urlset><url><loc> https://example.com/a?b=1&amp;c </loc></url><loc><![CDATA[/d]]></loc></urlset>"
    assert locations(written) == ["https://example.com/a?b=1&c", "/d"]


def test_addresses_of_another_host_are_asked_of_the_shop() -> None:
    assert own_address(f"{HOST}/x", "https://example.com:8/a?b#c") == f"{HOST}/a?b"
