from __future__ import annotations

import json
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renderers.locate import Document
from renderers.recognise import currencies, page_sku


def ld(*documents: object) -> str:
    return "".join(f'<script type="application/ld+json">{json.dumps(item)}</script>' for item in documents)


PRODUCT = {"@type": "Product", "sku": "A1"}


class Case(NamedTuple):
    id: str
    page: str
    spec: str
    want: str | None


SKUS = [
    Case("a Product", ld(PRODUCT), "json-ld:sku", "A1"),
    Case("a Product in a graph", ld({"@graph": [{"@type": "WebPage"}, PRODUCT]}), "json-ld:sku", "A1"),
    Case("a Product in a list", ld([{"@type": "Organization", "sku": "no"}, PRODUCT]), "json-ld:sku", "A1"),
    Case("a Product as the main entity", ld({"@type": "WebPage", "mainEntity": PRODUCT}), "json-ld:sku", "A1"),
    Case("a Product deep inside", ld({"@type": "WebPage", "about": {"x": [PRODUCT]}}), "json-ld:sku", "A1"),
    Case("types as a list of URLs", ld({**PRODUCT, "@type": ["http://schema.org/Product", "x"]}), "json-ld:sku", "A1"),
    Case("related products", ld({**PRODUCT, "isRelatedTo": [{**PRODUCT, "sku": "B2"}]}), "json-ld:sku", "A1"),
    Case("a Product in a graph, another mentioned", ld({"@graph": [PRODUCT], "mentions": [{**PRODUCT, "sku": "B2"}]}),
         "json-ld:sku", "A1"),
    Case("the same product twice", ld(PRODUCT, PRODUCT), "json-ld:sku", "A1"),
    Case("two products side by side", ld(PRODUCT, {**PRODUCT, "sku": "B2"}), "json-ld:sku", None),
    Case("in the offers", ld({"@type": "Product", "offers": [{"sku": "X"}]}), "json-ld:offers.sku", "X"),
    Case("by index", ld({"@type": "Product", "offers": [{"sku": "X"}, {"sku": "Y"}]}), "json-ld:offers/1/sku", "Y"),
    Case("a number", ld({**PRODUCT, "sku": 1234567890123456789}), "json-ld:sku", "1234567890123456789"),
    Case("no number written as one", ld({**PRODUCT, "sku": None}), "json-ld:sku", None),
    Case("one script is broken", '<script type="application/ld+json">{</script>' + ld(PRODUCT), "json-ld:sku", "A1"),
    Case("wrapped in CDATA", f'<script type="application/ld+json">//<![CDATA[\n{json.dumps(PRODUCT)}\n//]]></script>',
         "json-ld:sku", "A1"),
    Case("an element's text", "<p id=x> A 1\n</p>", "css:#x", "A 1"),
    Case("an attribute", "<p data-sku='A&amp;1'>", "css:p@data-sku", "A&1"),
    Case("several that agree", "<p data-sku=1></p><a data-sku=1>", "css:[data-sku]@data-sku", "1"),
    Case("several that differ", "<p data-sku=1></p><a data-sku=2>", "css:[data-sku]@data-sku", None),
    Case("an empty one", "<p data-sku>", "css:p@data-sku", None),
    Case("a meta property", "<meta property=product:retailer_item_id content=A>", "meta:product:retailer_item_id", "A"),
    Case("a meta item", "<div itemscope><meta itemprop=sku content=A1></div>", "meta:sku", "A1"),
    Case("the path's group", "", r"path:/p/[^/]*?-(\d+)", "77"),
    Case("the path's named group", "", r"path:/(p)/(?P<sku>[^/]+)", "red-shoe-77"),
    Case("the whole match", "", r"path:\d+", "77"),
    Case("a group that took no part", "", r"path:/p/(x)?", None),
    Case("too long for a table key", f"<p id=x>{'9' * 401}", "css:#x", None),
]  # fmt: skip


@pytest.mark.parametrize("case", SKUS, ids=[case.id for case in SKUS])
def test_sku_of_a_page(case: Case) -> None:
    assert page_sku(Document(case.page.encode(), "utf-8"), case.spec, "/p/red-shoe-77") == case.want


def test_sku_of_one_card() -> None:
    doc = Document(b"<div class=c data-sku=1><a data-id=2></div><div class=c data-sku=3></div>", "utf-8")
    first, second = doc.elements(".c")
    assert page_sku(doc, "css:.c@data-sku", "/", first) == "1"
    assert page_sku(doc, "css:a@data-id", "/", first) == "2"
    assert page_sku(doc, "css:a@data-id", "/", second) is None


MONEY = [
    ("JSON-LD", ld({"@type": "Product", "offers": [{"priceCurrency": "EUR"}]}) + "$5 £5", ("EUR",)),
    ("microdata", "<meta itemprop=priceCurrency content=sek> 5 €", ("SEK",)),
    ("microdata text", "<span itemprop='x priceCurrency'>CHF</span>", ("CHF",)),
    ("Facebook's product tags", "<meta property=product:price:currency content=GBP>", ("GBP",)),
    ("Open Graph", "<meta property=og:price:currency content=USD>", ("USD",)),
    ("two that are stated", ld({"priceCurrency": "EUR"}, {"priceCurrency": "USD"}), ("EUR", "USD")),
    ("a sign before digits", "<p>nur € 19,90</p>", ("EUR",)),
    ("a sign after digits, as a reference", "<p>19,90&nbsp;&euro;</p>", ("EUR",)),
    ("a Swiss price", "<p>CHF 5.–</p>", ("CHF",)),
    ("a round price", "<p>5,- €</p>", ("EUR",)),
    ("rupees", "<p>₹1,29,900</p>", ("INR",)),
    ("a sign of several currencies", "<p>$19.90 and 5 kr</p>", ()),
    ("a sign in a script or a comment", "<script>'5 €'</script><!-- 5 € --><p>5", ()),
    ("a code within a word", "<p>5 EUROPE, XEUR 5</p>", ()),
    ("no code", "<meta itemprop=priceCurrency content='€'>", ()),
]


@pytest.mark.parametrize(("page", "want"), [case[1:] for case in MONEY], ids=[case[0] for case in MONEY])
def test_currencies_of_a_page(page: str, want: tuple[str, ...]) -> None:
    assert currencies(Document(page.encode(), "utf-8")) == want


def test_a_configured_currency_counts_before_signs_and_after_statements() -> None:
    assert currencies(Document("<p>5 €".encode(), "utf-8"), "USD") == ("USD",)
    stated = b"<meta property=og:price:currency content=EUR>"
    assert currencies(Document(stated, "utf-8"), "USD") == ("EUR",)


@given(st.recursive(st.none() | st.text() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(
    st.sampled_from(["@type", "@graph", "sku", "offers", "priceCurrency"]), inner)))  # fmt: skip
def test_no_json_ld_is_too_strange_to_be_asked(document: object) -> None:
    doc = Document(f'<script type="application/ld+json">{json.dumps(document)}</script>'.encode(), "utf-8")
    for spec in ("json-ld:sku", "json-ld:offers/0/sku", "json-ld:offers/0/sku/x"):
        sku = page_sku(doc, spec, "/")
        assert sku is None or sku.strip() == sku
    currencies(doc)
