"""Every picture the shop can show."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest

from loadtest.storefront.artwork.hero import hero, mark
from loadtest.storefront.artwork.scene import View, picture
from loadtest.storefront.catalogue import build_catalogue

CATALOGUE = build_catalogue()
ONE_OF_EACH_KIND = {product.kind.drawing: product for product in CATALOGUE.products}


@pytest.mark.parametrize("drawing", sorted(ONE_OF_EACH_KIND))
def test_every_view_of_every_kind_is_a_picture(drawing: str) -> None:
    for view in View:
        svg = picture(ONE_OF_EACH_KIND[drawing], view)
        root = ET.fromstring(svg)
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert 1_500 < len(svg) < 40_000
        assert not re.search(r"nan|None|inf\b", svg)


@pytest.mark.parametrize("svg", [hero(), mark(), *(picture(p, v) for p in CATALOGUE.products[::60] for v in View)])
def test_every_paint_that_is_used_is_defined(svg: str) -> None:
    assert set(re.findall(r"url\(#([\w-]+)\)", svg)) <= set(re.findall(r'id="([\w-]+)"', svg))


def test_no_two_products_look_the_same_in_the_studio() -> None:
    pictures = {picture(product, View.STUDIO) for product in CATALOGUE.products}
    assert len(pictures) > 420


def test_the_sketch_states_the_product_s_measures() -> None:
    product = CATALOGUE.products[0]
    sketch = picture(product, View.SKETCH)
    assert f"{product.size[0]} cm" in sketch
    assert f"{product.size[2]} cm" in sketch
