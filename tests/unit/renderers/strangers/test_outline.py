from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renderers.strangers.outline import Form, Node, Outline, TooLarge


def drawn(outline: Outline, node: Node) -> str:
    """An element as ``name(children)``, text in quotes, anything else by its form."""
    if node.form is Form.TEXT:
        return repr(outline.text(node).decode())
    if node.form is not Form.ELEMENT:
        return str(node.form.value)
    return f"{node.name.decode()}({' '.join(drawn(outline, child) for child in node.children)})"


class Case(NamedTuple):
    id: str
    source: str
    want: str


CASES = [
    Case("elements and text", "<p>a<b>c</b></p>", "(p('a' b('c')))"),
    Case("void elements", "<p><br>a<img src=x>", "(p(br() 'a' img()))"),
    Case("list items without end tags", "<ul><li>a<li>b</ul>", "(ul(li('a') li('b')))"),
    Case(
        "cells without end tags", "<table><tr><td>a<td>b<tr><td>c</table>", "(table(tr(td('a') td('b')) tr(td('c'))))"
    ),
    Case("a paragraph ended by a block", "<p>a<div>b</div>", "(p('a') div('b'))"),
    Case("an end tag too many", "<p>a</b>c</p>", "(p('a' comment 'c'))"),
    Case("an end tag too few", "<div><b>a</div>c", "(div(b('a')) 'c')"),
    Case("comments", "a<!-- <b> -->c<!doctype html>", "('a' comment 'c' comment)"),
    Case("a script", "<script>'<b>'</script>", "(script(raw))"),
    Case("a title is text", "<title>a <b></title>", "(title('a <b>'))"),
    Case("elements of SVG that close themselves", "<svg><path/><g><path/></g></svg>", "(svg(path() g(path())))"),
    Case("elements of HTML that do not", "<div/>a", "(div('a'))"),
    Case("an unfinished tag", "<p>a<b class=", "(p('a<b class='))"),
]


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_a_page_is_read_as_a_tree(case: Case) -> None:
    outline = Outline(case.source.encode())
    assert drawn(outline, outline.root) == case.want


pieces = st.sampled_from(
    ["<p>", "</p>", "<b a=1>", "</b>", "<li>", "<td>", "<tr>", "<table>", "</table>", "<script>", "</script>", "<!--",
     "-->", "x", " ", "<br/>", "<svg>", "</svg>", "<title>", "</title>", "<", "</",
     "<!", "ü"]
)  # fmt: skip


@given(st.lists(pieces, max_size=30).map("".join))
def test_every_byte_is_in_one_leaf_or_one_tag(source: str) -> None:
    outline = Outline(source.encode())
    seen = [0] * len(outline.source)
    for node in outline.nodes():
        tags = ((node.start, node.open_end), (node.inner_end, node.end)) if node.form is Form.ELEMENT else ()
        for start, end in tags or ((node.start, node.end),):
            for index in range(start, end):
                seen[index] += 1
    assert set(seen) <= {1}


@given(st.lists(pieces, max_size=30).map("".join))
def test_children_stand_in_order_inside_their_parents(source: str) -> None:
    outline = Outline(source.encode())
    for node in (outline.root, *outline.nodes()):
        position = node.open_end if node.parent is not None else 0
        for child in node.children:
            assert child.parent is node
            assert position <= child.start <= child.end
            position = child.end
        assert position <= node.inner_end or not node.children


def test_elements_nested_too_deeply_are_siblings() -> None:
    outline = Outline(b"<b>" * 5_000)
    depth, nodes = 0, outline.root.children
    while nodes:
        depth, nodes = depth + 1, nodes[0].children
    assert depth < 1_000
    assert sum(1 for _ in outline.nodes()) == 5_000


def test_pages_of_too_many_tags_are_refused() -> None:
    with pytest.raises(TooLarge, match="more than 100,000 tags"):
        Outline(b"<b>" * 100_001)


def test_of_an_attribute_that_is_there_twice_the_first_counts() -> None:
    outline = Outline(b"<p A=1 a=2>")
    (node,) = outline.root.children
    assert outline.text_of(node, b"a") == "1"
    assert [outline.value(attribute) for attribute in outline.written(node)] == [b"1", b"2"]
