from __future__ import annotations

from typing import NamedTuple

import pytest

from edge.config.kinds import kind_spec
from edge.feeds.page_rows import page_patches, reading_spec
from renderers.cut import compile_page
from renderers.page import KindSpec, Page, SlotSpec
from tests.unit.edge.feeds.conftest import PRODUCT, product_page

SPEC = kind_spec(PRODUCT)


def names(spec: KindSpec | None) -> list[str]:
    return [] if spec is None else [slot.name for slot in spec.slots]


def page(html: str, spec: KindSpec) -> Page:
    return compile_page(html.encode(), spec, content_type="text/html; charset=utf-8", url_path="/p/1").page


def spec_of(form: str) -> KindSpec:
    spec = reading_spec(SPEC, form)
    assert spec is not None
    return spec


def test_slots_of_the_page_s_own_product_are_read_or_only_those_in_json_ld() -> None:
    assert names(reading_spec(SPEC, "page")) == ["price", "was", "stock", "ld"]
    assert names(reading_spec(SPEC, "json-ld")) == ["ld"]


@pytest.mark.parametrize("fill", ["{{ promotions.label }}", '{{ visitor.csrf("t") }}', "{{ place.country }}"])
def test_slots_that_say_nothing_of_a_product_are_not_read(fill: str) -> None:
    only = KindSpec(name="p", sku="css:h1", slots=(SlotSpec(name="s", at="css:.x", fill=fill),))
    assert reading_spec(only, "page") is None


def test_a_kind_without_sku_is_not_read() -> None:
    assert reading_spec(KindSpec(name="p", slots=SPEC.slots), "page") is None


class Case(NamedTuple):
    id: str
    html: str
    want: dict[str, object]


CASES = [
    Case("a price", product_page("A", "19.99"), {"amount": "19.99", "list_amount": None, "currency": "EUR"}),
    Case(
        "a sale",
        product_page("A", "15.00", was="19.99"),
        {"amount": "15", "list_amount": "19.99", "currency": "EUR"},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_what_a_page_says_and_does_not_say_of_its_price(case: Case) -> None:
    assert page_patches(page(case.html, spec_of("page")), spec_of("page"))["prices"] == case.want


@pytest.mark.parametrize(
    ("stock", "want"),
    [
        ("Only 3 left", {"quantity": 3, "availability": None}),
        ("In stock", {"quantity": None, "availability": "InStock"}),
        ("Out of stock", {"quantity": None, "availability": "OutOfStock"}),
    ],
)
def test_what_a_page_says_of_its_stock_replaces_what_it_said_in_other_words(
    stock: str, want: dict[str, object]
) -> None:
    spec = spec_of("page")
    assert page_patches(page(product_page("A", "5.00", stock=stock), spec), spec)["inventory"] == want


def test_other_products_on_the_page_are_not_its_own() -> None:
    html = product_page("A", "19.99")
    patches = page_patches(page(html, SPEC), SPEC)
    assert (set(patches), patches["prices"]["amount"]) == ({"prices", "inventory"}, "19.99")
    assert "OTHER" in {reading.sku for reading in page(html, SPEC).readings}


def test_json_ld_alone_does_not_speak_of_the_was_price() -> None:
    spec = spec_of("json-ld")
    patches = page_patches(page(product_page("A", "19.99", was="25.00"), spec), spec)
    assert patches == {"prices": {"amount": "19.99", "currency": "EUR"}}
