from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from renderers.locate import Document, Span
from renderers.page import Sink
from renderers.prove import Hole, proven
from renderers.targets import parse_target


def holes(doc: Document, *targets: str) -> list[Hole]:
    """The places of all targets, in order, those that share bytes left out."""
    found = [
        Hole(span, target, nth)
        for target in map(parse_target, targets)
        for nth, span in enumerate(doc.find(target))
        if isinstance(span, Span)
    ]
    found.sort(key=lambda hole: (hole.span.start, hole.span.end))
    apart: list[Hole] = []
    for hole in found:
        if not apart or apart[-1].span.end < hole.span.start:
            apart.append(hole)
    return apart


def held(source: str, *targets: str) -> list[str]:
    """What stands in the proven places."""
    doc = Document(source.encode(), "utf-8")
    places = holes(doc, *targets)
    return [doc.text(places[index].span) for index in sorted(proven(doc.source, places))]


class Case(NamedTuple):
    id: str
    source: str
    at: str
    want: list[str]


CASES = [
    Case("an element", "<p>a<b class=x>1</b>c", "css:.x", ["1"]),
    Case("markup inside", "<p>a<b class=x><i>1</i><!-- --></b>c", "css:.x", ["<i>1</i><!-- -->"]),
    Case("an attribute", "<a title='&quot;<5 €>&amp;' href=y>", "css:a@title", ["&quot;<5 €>&amp;"]),
    Case("an unquoted attribute before a slash", "<input value=1/>", "css:input@value", ["1/"]),
    Case("an unquoted attribute that is empty", "<input value= >", "css:input@value", [""]),
    Case("a JSON string", '<script>{"a":"1<\\/b>"}</script>', "json:script#/a", ["1<\\/b>"]),
    Case("a JSON literal", '<script>x={"a":null}</script>', "json:script#/a", ["null"]),
    Case("a string with a raw line end", '<script>{"a":"1\r\n2"}</script>', "json:script#/a", ["1\r\n2"]),
    Case("a cell", "<table><tr><td class=x>1</table>", "css:.x", ["1"]),
    Case("a foster child", "<table><tr><b class=x>1</b><td>2</table>", "css:.x", ["1"]),
    Case("an option", "<select><option class=x>1<option>2</select>", "css:.x", ["1"]),
    Case("a row, whose text goes elsewhere", "<table><tr class=x><td>1</table>", "css:.x", []),
    Case("a body with text behind it", "<body class=x>1</body>2", "css:.x", ["1</body>2"]),
    Case("a div that takes what follows the body", "<body><div class=x>1</body>\n", "css:.x", []),
    Case("a bold that goes on in the next paragraph", "<p><b class=x>1</p><p>2", "css:p:first-child .x", ["1"]),
    Case("an attribute that is copied with its bold", "<p><b class=x>1</p><p>2", "css:p:first-child .x@class", []),
    Case("an attribute that the selector needs", "<a class=x>", "css:a.x@class", []),
    Case("a title", "<title>1 <b></title><p>2", "css:title", ["1 <b>"]),
    Case("a title in SVG", "<svg><title>1</title></svg>", "css:title", ["1"]),
    Case("a charset the page declares in it", "<meta charset=utf-8>", "css:meta@charset", ["utf-8"]),
    Case("a button, in an unclosed link", "<a href=x><button class=x>1</button><a>2</a>", "css:.x", ["1"]),
    Case("NUL beside it", "<p>\0<b class=x>1</b>\0", "css:.x", ["1"]),
    Case("digits like our own", "<p>7046029254000000 &#55;046029255000000 <b class=x>7046029254000000</b>", "css:.x",
         ["7046029254000000"]),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_what_holds(case: Case) -> None:
    assert held(case.source, case.at) == case.want


@pytest.mark.parametrize(
    ("source", "span"),
    [
        ("<p>a<b class=x>1</b>c", (15, 15)),
        ("<p>a<b class=x>1</b>c", (14, 16)),
        ("<p>a<b class=x>1</b>c", (4, 20)),
        ("<p>a<b class=x>1<!-- --></b>c", (15, 16)),
        ("<p>a<b class=x>1</b><b class=x>1</b>", (31, 32)),
    ],
)
def test_a_wrong_range_never_holds(source: str, span: tuple[int, int]) -> None:
    hole = Hole(Span(*span, Sink.HTML), parse_target("css:.x"), 0)
    assert proven(source.encode(), [hole]) == set()


def test_one_bad_place_does_not_spoil_the_others() -> None:
    rows = "".join(f"<table><tr class=r><td class=c>{n}</td></tr></table><b class=p>{n}</b>" for n in range(8))
    source = rows.replace("<tr class=r>", "<tr>", 7)
    assert held(source, "css:.r", "css:.p") == [str(n) for n in range(8)]


def test_places_that_hold_alone_but_not_together_do_not_hold() -> None:
    source = b"<p class=x><b class=x></p>"
    doc = Document(source, "utf-8")
    target = parse_target("css:.x")
    both = [Hole(span, target, nth) for nth, span in enumerate(doc.find(target)) if isinstance(span, Span)]
    assert [proven(source, [hole]) for hole in both] == [{0}, {0}]
    assert proven(source, both) == set()


def test_places_are_told_apart_by_container() -> None:
    doc = Document(b"<div><b>1</b></div><div><b>2</b></div>", "utf-8")
    target = parse_target("css:b")
    found = [
        Hole(span, target, 0, "div", container)
        for container, element in enumerate(doc.elements("div"))
        for span in doc.find(target, element)
        if isinstance(span, Span)
    ]
    assert proven(doc.source, found) == {0, 1}
    swapped = [Hole(hole.span, target, 0, "div", 1 - hole.container) for hole in found]
    assert proven(doc.source, swapped) == set()
    assert proven(doc.source, [Hole(found[0].span, target, 0, "div", 2)]) == set()


NAMES = ["a", "b", "p", "i", "div", "td", "table", "tr", "li", "ul", "svg", "title", "select", "option", "form"]
NAMES += ["button", "nobr", "textarea", "script"]
PIECES = st.sampled_from(
    [f"<{slash}{name}>" for name in NAMES for slash in ("", "/")]
    + [f"<{name} class=x title='1'>" for name in NAMES]
    + ["text", "<!-- c -->", "<![CDATA[<b>]]>", "\0", "&amp;", '<a title="2" title=3>', "</body>", "<body>", "\n", "<"]
)


@given(st.lists(PIECES, max_size=25))
@example(["<table>", "<td class=x title='1'>", "<b class=x title='1'>", "</table>", "text"])
def test_another_value_in_every_proven_place_shows_there_and_nowhere_else(pieces: list[str]) -> None:
    doc = Document("".join(pieces).encode(), "utf-8")
    places = holes(doc, "css:.x", "css:[title]@title")
    good = sorted(proven(doc.source, places))
    segments, _ = doc.cut([places[index].span for index in good])
    values = [f"value-{number}-" for number in range(len(good))]
    changed = "".join(segment.decode() + value for segment, value in zip(segments, [*values, ""], strict=True))
    before, after = (LexborHTMLParser(text, scripting=True) for text in ("".join(pieces), changed))
    shown = {node.inner_html for node in after.css(".x")} | {node.attributes["title"] for node in after.css("[title]")}
    assert shown >= set(values)
    assert (after.html or "").count("value-") == len(values)
    replaced = [before.css(".x")[places[n].nth] for n in good if places[n].span.sink is Sink.HTML]
    assert len(after.css("*")) == len(before.css("*")) - sum(len(node.css("*")) - 1 for node in replaced)
