from __future__ import annotations

from typing import NamedTuple

import pytest

from renderers.inspect.addresses import PERHAPS, SURE, Pattern, identity, likeness, numbered, pattern, same_origin

HOST = "http://shop.example"


class LikenessCase(NamedTuple):
    id: str
    own: str
    other: str
    sure: bool
    perhaps: bool


LIKENESS = [
    LikenessCase("beside it in its folder", "/product/cup", "/product/jug", sure=True, perhaps=True),
    LikenessCase("the page itself", "/product/cup", "/product/cup", sure=False, perhaps=False),
    LikenessCase("its reviews", "/product/cup", "/product/cup/reviews", sure=False, perhaps=False),
    LikenessCase("a folder deeper", "/product/cup", "/product/tableware/jug", sure=False, perhaps=False),
    LikenessCase("numbered alike", "/catalogue/cup_1/", "/catalogue/jug_27/", sure=True, perhaps=True),
    LikenessCase("not numbered", "/cup-1.html", "/imprint.html", sure=False, perhaps=False),
    LikenessCase("side by side at the top", "/cup", "/jug", sure=False, perhaps=True),
    LikenessCase("side by side with an ending", "/cup.html", "/jug.html", sure=False, perhaps=True),
    LikenessCase("in another category", "/men/cup", "/women/jug", sure=False, perhaps=True),
    LikenessCase("a basket", "/product", "/cart", sure=False, perhaps=False),
    LikenessCase("a picture", "/product/cup", "/product/cup.jpg", sure=False, perhaps=False),
    LikenessCase("another number in the query", "/i.php?route=p/p&product_id=1", "/i.php?route=p/p&product_id=2",
                 sure=True, perhaps=True),
    LikenessCase("another route", "/i.php?route=p/p&product_id=1", "/i.php?route=c/c&product_id=2",
                 sure=False, perhaps=False),
    LikenessCase("the same number in another way", "/i.php?route=p/p&product_id=1",
                 "/i.php?route=p/p&path=3&product_id=1", sure=False, perhaps=False),
    LikenessCase("something that acts", "/product/cup", "/product/jug?add-to-cart=3", sure=False, perhaps=False),
]  # fmt: skip


@pytest.mark.parametrize("case", LIKENESS, ids=[case.id for case in LIKENESS])
def test_a_link_looks_like_another_product_or_not(case: LikenessCase) -> None:
    score = likeness(HOST + case.own, HOST + case.other)
    assert (score >= SURE, score >= PERHAPS) == (case.sure, case.perhaps)


class PatternCase(NamedTuple):
    id: str
    products: tuple[str, ...]
    want: tuple[str, ...]
    links: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    remarked: bool = False


PATTERNS = [
    PatternCase("a folder", ("/product/cup", "/product/jug"), ("/product/*",)),
    PatternCase("a folder with a slash at the end", ("/product/cup/", "/product/jug/"), ("/product/*",)),
    PatternCase("numbers at the end", ("/catalogue/cup_1/", "/catalogue/jug_2/"), ("/catalogue/*_*/",)),
    PatternCase("numbers before an ending", ("/cup-p-1.html", "/jug-p-2.html"), ("/*-p-*.html",), remarked=True),
    PatternCase("an ending at the top", ("/cup.html", "/jug.html"), ("/*.html",), remarked=True),
    PatternCase("folders below one", ("/shop/a/cup", "/shop/b/jug"), ("/shop/*/*",)),
    PatternCase("a single page", ("/product/cup",), ("/product/*",), remarked=True),
    PatternCase("parameters", ("/i.php?route=p/p&product_id=1&x=y", "/i.php?route=p/p&product_id=2"),
                ("/i.php?route=p/p&product_id",)),
    PatternCase("at the top with nothing to tell them by", ("/cup", "/jug"), ("/cup", "/jug"), remarked=True),
    PatternCase("categories as folders", ("/men/cup", "/women/jug", "/men/pot"), ("/men/*", "/women/*"), remarked=True),
    PatternCase("pages it covers that are no products", ("/c/cup_1/", "/c/jug_2/"), ("/c/*_*/",),
                links=("/c/category/books_1/", "/c/cup_1/reviews/add/", "/c/cup_1/", "/basket/"),
                others=("/c/category/*", "/c/*_*/*/")),
]  # fmt: skip


@pytest.mark.parametrize("case", PATTERNS, ids=[case.id for case in PATTERNS])
def test_a_pattern_covers_the_products(case: PatternCase) -> None:
    found = pattern([HOST + path for path in case.products], [HOST + path for path in case.links])
    assert found == Pattern(case.want, case.others, found.remark)
    assert bool(found.remark) == case.remarked


ORIGINS = [
    ("/a#b", f"{HOST}/a"),
    ("a?b=1", f"{HOST}/x/a?b=1"),
    (f"{HOST}/a", f"{HOST}/a"),
    ("https://shop.example/a", None),
    ("http://shop.example:81/a", None),
    ("//evil.example/a", None),
    ("http://shop.example@evil.example/a", None),
    ("http://alias.example/a?b", f"{HOST}/a?b"),
    ("https://alias.example:443/a", None),
    ("mailto:a@shop.example", None),
    ("javascript:void(0)", None),
    ("http://[broken", None),
]


@pytest.mark.parametrize(("href", "want"), ORIGINS, ids=[href for href, _ in ORIGINS])
def test_only_the_origin_and_what_stands_for_it_is_followed(href: str, want: str | None) -> None:
    assert same_origin(f"{HOST}/x/y", href, {"alias.example"}) == want


@pytest.mark.parametrize(
    ("url", "want"),
    [
        ("/catalogue/cup_2/", ["/catalogue/cup_3/", "/catalogue/cup_1/", "/catalogue/cup_4/", "/catalogue/cup_5/"]),
        ("/cup-1.html", ["/cup-2.html", "/cup-3.html", "/cup-4.html"]),
        ("/i?id=7&a=b", ["/i?id=8&a=b", "/i?id=6&a=b", "/i?id=9&a=b", "/i?id=10&a=b"]),
        ("/cup", []),
    ],
)
def test_neighbouring_numbers_are_tried_last(url: str, want: list[str]) -> None:
    assert numbered(HOST + url) == [HOST + one for one in want]


def test_addresses_that_lead_to_one_page_are_one() -> None:
    own = identity("/i.php?route=p/p&product_id=1")
    assert identity(f"{HOST}/i.php?product_id=1&path=3&route=p/p&utm_source=x") == own
    assert identity("/i.php?route=p/p&product_id=2") != own
    assert identity("/product/cup?colour=red") == identity("/product/cup") != identity("/product/jug")
