from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renderers.inspect.selectors import selectors
from renderers.locate import parse, select
from renderers.targets import parse_target


class Case(NamedTuple):
    id: str
    markup: str
    want: str


CASES = [
    Case("an id", '<p id=price class=a><b data-x id=main-price class="x y">', "#main-price"),
    Case("not an id with a number in it", '<p class=product><b id=price-4711 class="price">', ".product .price"),
    Case("a class that tells, below one that does", '<div class=summary><b class="x price">', ".summary .price"),
    Case("not what a build tool made", '<div class=summary><b class="css-1x2y3z price">', ".summary .price"),
    Case("not a state", '<div class=summary><b class="instock availability">', ".summary .availability"),
    Case("not looks", '<div class="mt-4 summary"><b class="text-lg amount">', ".summary .amount"),
    Case("close to something named", '<div id=content><div class=pricing><p><b>', ".pricing b"),
    Case("by its label", "<tr><th>Price</th><td class=c-1 data-x>5", "th:lexbor-contains('Price') + td"),
    Case("its item property", '<div class=x><b itemprop="price" class=y>', ".x [itemprop='price']"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_what_the_shop_named_on_purpose_comes_first(case: Case) -> None:
    tree = parse(f"<table>{case.markup}</table>".encode() if "<tr>" in case.markup else case.markup.encode())
    node = select(tree, "b, td")[-1]
    assert selectors(node, "")[0] == case.want


def test_in_a_card_a_name_alone_is_enough() -> None:
    (node,) = select(parse(b'<li class=card><b class="price">'), "b")
    assert selectors(node, "", scoped=True)[0] == ".price"


def test_scripts_are_told_apart_by_what_they_assign() -> None:
    tree = parse(b'<script>window.other = {"a": 1}</script><script>window.state = {"a": 1}</script>')
    node = select(tree, "script")[1]
    assert selectors(node, "#/a")[0] == "script:lexbor-contains('window.state')"


names = st.sampled_from(["price", "a'b", 'a"b', "a]b", "1x", "-", "é", "a:b", "mt-4", "x" * 80, "a\\b", ""])


@given(st.lists(names, max_size=4), names, names, names)
def test_whatever_names_a_page_has_every_selector_can_be_written_and_finds_its_element(
    classes: list[str], own: str, other: str, label: str
) -> None:
    tree = parse(b"<div><table><tr><th></th><td><b></b><i></i></td></tr></table></div>")
    for tag, value in (("div", other), ("td", own)):
        (node,) = select(tree, tag)
        node.attrs["class"] = " ".join(classes)
        node.attrs["id"] = value
        node.attrs["itemprop"] = value
    (target,) = select(tree, "td")
    for selector in selectors(target, ""):
        parse_target(f"css:{selector}")
        assert target.mem_id in {node.mem_id for node in select(tree, selector)}
