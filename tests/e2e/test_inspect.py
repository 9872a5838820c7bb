"""Inspect as it is typed, on the demo shop and on django-oscar; what it writes runs an edge with no hand edit."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest

from edge.config.kinds import kind_specs
from edge.config.load import load
from loadtest.processes import edge, environment, storefront
from loadtest.visiting import Operator, get
from renderers.cut import compile_page
from renderers.page import Compiled, KindSpec
from tests.e2e.test_oscar import BOOK, LAMP, SOLD_OUT, Product, Shop, pictures

VITRINE = str(Path(sys.executable).with_name("vitrine"))
OSCAR = Path(__file__).parent / "oscar"


class Inspected(NamedTuple):
    """A shop that runs, and what was written for it."""

    shop: str
    document: dict[str, object]
    config: Path

    @property
    def kind(self) -> KindSpec:
        return next(kind for kind in kind_specs(load(self.config)) if kind.name == "product")

    def cut(self, path: str) -> Compiled:
        with urllib.request.urlopen(self.shop + path, timeout=20) as answer:
            body, kind = answer.read(), answer.headers["Content-Type"]
        return compile_page(body, self.kind, content_type=kind, url_path=urlsplit(path).path)


def inspected(shop: str, path: str, folder: Path) -> Inspected:
    command = [VITRINE, "inspect", shop + path, "--write", str(folder), "--json"]
    done = subprocess.run(command, check=True, env=environment(), capture_output=True, text=True, timeout=120)
    return Inspected(shop, json.loads(done.stdout), folder / "vitrine.toml")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inspected]:
    scratch = tmp_path_factory.mktemp("demo")
    with storefront(scratch, delay="0ms") as url:
        with urllib.request.urlopen(url, timeout=20) as answer:
            (path, *_) = re.findall(r'href="(/product/[^"]+)"', answer.read().decode())
        yield inspected(url, path, scratch / "written")


@pytest.fixture(scope="module")
def oscar(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inspected]:
    shop = Shop(tmp_path_factory.mktemp("oscar"))
    shop.do("migrate", "--run-syncdb")
    shop.do("oscar_import_catalogue", str(OSCAR / "catalogue.csv"))
    shop.do("oscar_import_catalogue_images", str(pictures(shop.scratch / "pictures")))
    shop.start()
    yield inspected(shop.url, BOOK.path, shop.scratch / "written")
    shop.stop()


def test_every_tenth_page_of_the_demo_shop_is_cut_without_a_refusal(demo: Inspected) -> None:
    assert demo.document["stored"] is True
    with urllib.request.urlopen(f"{demo.shop}/sitemap.xml", timeout=20) as answer:
        paths = re.findall(r"<loc>[^<]*(/product/[^<]+)</loc>", answer.read().decode())
    for path in paths[::10]:
        compiled = demo.cut(path)
        assert compiled.refused == ()
        assert compiled.page.sku is not None
        own = [slot for slot in compiled.page.slots if slot.sku == compiled.page.sku and "prices" in slot.tables]
        assert len(own) >= 5  # text, the bar that stays in sight, JSON-LD, meta and state


def test_an_edge_with_the_written_configuration_shows_a_new_price_at_once(demo: Inspected, tmp_path: Path) -> None:
    product = demo.document["product"]
    assert isinstance(product, dict)
    path = urlsplit(str(demo.document["url"])).path
    with edge(tmp_path, config=demo.config, origin=demo.shop) as url:
        assert "; stored" in get(url, path).cache_status
        assert get(url, path).from_store
        admin = (tmp_path / "edge" / "run" / "admin.addr").read_text().strip()
        Operator(f"http://{admin}", tmp_path / "edge").put("prices", str(product["sku"]), {"amount": "7777.70"})
        page = get(url, path).text
    assert page.count("€7,777.70") == 2
    assert page.count("7777.70") == 3


@pytest.mark.oscar
@pytest.mark.parametrize("product", [BOOK, LAMP, SOLD_OUT], ids=lambda product: product.title)
def test_oscar_s_pages_are_read_right(oscar: Inspected, product: Product) -> None:
    assert oscar.document["stored"] is True
    compiled = oscar.cut(product.path)
    assert compiled.refused == ()
    assert compiled.page.sku == product.upc
    readings = {reading.table: reading.values for reading in compiled.page.readings}
    assert float(str(readings["prices"]["amount"])) == float(product.price)
    expected = {"quantity": product.quantity} if product.quantity else {"availability": "OutOfStock"}
    assert readings["inventory"] == expected
    assert [slot.name for slot in compiled.page.slots if slot.visitor] != []


@pytest.mark.oscar
def test_oscar_s_categories_are_no_products(oscar: Inspected) -> None:
    kinds = [(kind.name, kind.match) for kind in load(oscar.config).pages]
    assert kinds[-1] == ("product", ("/catalogue/*_*/",))
    assert ("/catalogue/category/*",) in [match for _, match in kinds[:-1]]
