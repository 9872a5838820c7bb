from __future__ import annotations

import io

import pytest

from origin_adapters.feeds.item import FeedBroken
from origin_adapters.feeds.sitemap import Place, read_sitemap

SPACE = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'
)


def read(text: str) -> list[Place]:
    return list(read_sitemap(io.BytesIO(text.encode())))


def test_pages_are_told_from_their_pictures() -> None:
    image = "<image:image><image:loc>https://a/1.jpg</image:loc></image:image>"
    found = read(f"<urlset {SPACE}><url><loc> https://a/p?x=1&amp;y=2 </loc>{image}</url></urlset>")
    assert found == [Place("https://a/p?x=1&y=2", further=False)]


def test_an_index_leads_to_further_sitemaps() -> None:
    text = f"<sitemapindex {SPACE}><sitemap><loc>https://a/1.xml</loc></sitemap></sitemapindex>"
    assert read(text) == [Place("https://a/1.xml", further=True)]


def test_a_text_of_addresses_is_a_sitemap_too() -> None:
    assert [place.url for place in read("\ufeffhttps://a/1\r\n\r\nhttps://a/2\n")] == ["https://a/1", "https://a/2"]


@pytest.mark.parametrize("text", ["<html><body/></html>", "", "<urlset><url>"])
def test_anything_else_is_broken(text: str) -> None:
    with pytest.raises(FeedBroken):
        read(text)


def test_an_endless_line_is_broken() -> None:
    with pytest.raises(FeedBroken):
        read("https://a/" + "x" * 100_000)
