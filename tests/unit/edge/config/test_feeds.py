"""What is wrong with ``[[feeds]]`` is in ``tests/golden/config``; here is what is right."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.config.load import load
from edge.config.schema import Duration, Feed, Pace, feed_label

FILE = """
[[origins]]
url = "http://127.0.0.1:9000"
[[pages]]
name = "product"
match = ["/p/*"]
sku = "json-ld:sku"
[[pages.slots]]
name = "price"
at = "json:script[type='application/ld+json']#/offers/price"
fill = "{{ prices.amount }}"
[tables.labels]
[[feeds]]
url = "http://127.0.0.1:9000/feed.xml"
format = "google-merchant"
interval = "5m"
[[feeds]]
name = "stock"
url = "/export.php?type=csv"
format = "csv"
columns = {"Art-Nr" = "key", Preis = "prices.amount", Lager = "inventory.quantity", Siegel = "labels.text"}
currency = "EUR"
tables = ["prices", "inventory"]
headers = {Authorization = "Bearer x"}
max_size = "1GiB"
[[feeds]]
format = "json-ld"
url = "http://127.0.0.1:9000/sitemap.xml"
pace = "30/m"
[[feeds]]
format = "page"
"""


def test_feeds_of_every_format_are_read(tmp_path: Path) -> None:
    path = tmp_path / "vitrine.toml"
    path.write_text(FILE)
    google, csv, json_ld, page = load(path).feeds
    assert (google.label, google.format) == ("127.0.0.1-9000-feed.xml", "google-merchant")
    assert google.interval == Duration(300)
    assert (csv.label, csv.columns["Lager"], csv.tables) == ("stock", "inventory.quantity", ("prices", "inventory"))
    assert csv.headers == {"Authorization": "Bearer x"}
    assert (json_ld.pace, json_ld.reads_pages) == (Pace(0.5), True)
    assert (page.label, page.url, page.reads_pages) == ("pages", None, True)


def test_what_is_not_written_has_its_default() -> None:
    assert (Feed(url="/feed.xml").format, Feed(url="/feed.xml").interval) == ("google-merchant", Duration(300))
    assert not Feed(url="/feed.xml").reads_pages


@pytest.mark.parametrize(
    ("url", "label"),
    [
        ("/feed.xml", "feed.xml"),
        ("/export.php?key=secret", "export.php"),
        ("https://feeds.example:8443/a/b.csv", "feeds.example-8443-a-b.csv"),
        ("/", "pages"),
        ("/" + "x" * 99, "x" * 63),
    ],
)
def test_a_feed_without_a_name_is_called_by_its_url_and_never_by_its_secrets(url: str, label: str) -> None:
    assert feed_label(url) == label
