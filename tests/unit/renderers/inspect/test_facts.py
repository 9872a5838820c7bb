from __future__ import annotations

from typing import NamedTuple

import pytest

from renderers.inspect.facts import looks_like_product, offers
from tests.storefronts.samples import HOST, read

LD = '<script type="application/ld+json">{"@type": "Product", "offers": {"price": "%s"}}</script>'


class Case(NamedTuple):
    id: str
    markup: str
    price: str | None
    list_price: str | None = None
    disputed: tuple[str, ...] = ()


CASES = [
    Case("what is declared and shown", LD % "5.00" + "<h1>Cup</h1><p>$4.00</p><p>$5.00</p>", "5"),
    Case("what is declared and shown nowhere", LD % "5.00" + "<h1>Cup</h1>", "5"),
    Case(
        "what is shown as the price goes before what is declared",
        LD % "5.00" + "<div><h1>Cup</h1><p class=price>$6.00</p></div>",
        "6",
        disputed=("5",),
    ),
    Case("what merely looks like money does not", LD % "5.00" + "<h1>Cup</h1><p>Free from $50.00</p>", "5"),
    Case("the amount called price", "<h1>Cup</h1><p>$4.00</p><p class=price>$5.00</p>", "5"),
    Case("the amount beside the title", "<div><h1>Cup</h1><p>$5.00</p></div><div><p>$4.00</p></div>", "5"),
    Case("not the one without tax", "<h1>Cup</h1><p>Ex Tax: $4.00</p><p>$5.00</p>", "5"),
    Case("not a former one", "<h1>Cup</h1><s>$9.00</s><b>$5.00</b>", "5", "9"),
    Case(
        "not a former one said again for screen readers",
        "<h1>Cup</h1><s>$9.00</s> <i>was $9.00</i> <b>$5.00</b>",
        "5",
        "9",
    ),
    Case("nor one called regular", "<h1>Cup</h1><b class=regular-price>$9</b><b class=sale-price>$5</b>", "5", "9"),
    Case("a lower amount is no list price", "<h1>Cup</h1><s>$2.00</s><b>$5.00</b>", "5"),
    Case("not another product's", "<h1>Cup</h1><p><a href=/product/jug>Jug</a> $4</p><div>$5</div>", "5"),
    Case("no amount at all", "<h1>Cup</h1>", None),
]


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_the_price_of_a_page(case: Case) -> None:
    facts = read(case.markup)
    assert (facts.price, facts.list_price, facts.disputed) == (case.price, case.list_price, case.disputed)


PRODUCTS = [
    ("it says so", LD % "5.00", True),
    ("it says so, but has no price", '<meta property="og:type" content="product"><h1>Cup</h1>', False),
    ("an amount called price beside its title", "<div><h1>Cup</h1><b class=price>$5</b></div>", True),
    ("one thing to buy", "<h1>Cup</h1><div><h2>$5</h2></div><button id=button-cart>Add to Cart</button>", True),
    ("a list of things to buy", "<h1>All</h1><div><h2>$5</h2></div>" + "<button>Add to Cart</button>" * 9, False),
    ("a price and nothing to buy", "<h1>Shipping</h1><section><div><div><div>$5", False),
    (
        "a list of other things",
        "<h1>All</h1>"
        "<p><a href=/1>x</a> <b class=price>$5</b></p>"
        "<p><a href=/2>x</a> <b class=price>$6</b></p><p><a href=/3>x</a> <b class=price>$6</b></p>",
        False,
    ),
    ("no title", "<b class=price>$5</b>", False),
]


@pytest.mark.parametrize(("markup", "want"), [case[1:] for case in PRODUCTS], ids=[case[0] for case in PRODUCTS])
def test_a_product_page_is_known_by_what_it_says_and_offers(markup: str, *, want: bool) -> None:
    assert looks_like_product(read(markup)) is want


def test_a_page_that_is_no_product_offers_some() -> None:
    card = '<li><a href="/product/{0}"><img></a> <b>$7.00</b></li>'
    page = read(f"<h1>All</h1><ul>{card.format('a')}{card.format('b')}</ul><a href='/imprint'>Imprint</a>", "/")
    assert offers(page, page.amounts) == [f"{HOST}/product/a", f"{HOST}/product/b"]
    assert not looks_like_product(page)
