from __future__ import annotations

import pytest

from renderers.inspect.left import Left, left_in_page
from renderers.inspect.places import places
from tests.storefronts.samples import read

SHOWN = "<div><h1>Cup</h1><b class=price>$15.00</b></div>"


def left(markup: str) -> list[Left]:
    page = read(SHOWN + markup)
    return list(left_in_page(page, places(page)))


@pytest.mark.parametrize(
    ("markup", "what"),
    [
        ("<script>var price = 15.00;</script>", "price (script)"),
        ("<script>var product = {price: 15.00};</script>", "price (script)"),
        ('<script>s = {"p": 15.00}</script>', "price (script)"),
        ("<i data-product='{\"price\": 15.00}'></i>", "price (attribute)"),
        (
            '<script type="application/ld+json">{"@type": "Product", "offers": {"price": "12.61"}}</script>',
            "price",
        ),
    ],
)
def test_what_no_slot_can_reach_is_told(markup: str, what: str) -> None:
    (one,) = left(markup)
    assert one.what == what


@pytest.mark.parametrize(
    "markup",
    [
        '<script>s = {"price": 15.00}</script>',
        "<script>s = 115.00 + 15.001;</script>",
        "<i data-product='{\"price\": 16.00}'></i>",
        "<script>s = {width: 15};</script>",
    ],
)
def test_what_is_covered_or_another_number_is_not(markup: str) -> None:
    assert left(markup) == []
