from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renderers.locate import Document, Span, Unplaceable, Unreadable
from renderers.page import Sink
from renderers.targets import parse_target


def ranges(source: str | bytes, at: str) -> list[str]:
    """What the target's ranges hold, or the reason why there is none."""
    doc = Document(source.encode() if isinstance(source, str) else source, "utf-8")
    return [doc.text(found) if isinstance(found, Span) else found.reason for found in doc.find(parse_target(at))]


class Case(NamedTuple):
    id: str
    source: str
    at: str
    want: list[str]


CASES = [
    Case("an element", "<p class=x> 1 <b>2</b></p>3", "css:.x", [" 1 <b>2</b>"]),
    Case("an empty element", "<p><b></b>", "css:b", [""]),
    Case("an element of its own name inside", "<div class=x>1<div>2</div>3</div>4", "css:.x", ["1<div>2</div>3"]),
    Case("ended by the next paragraph", "<p class=x>1<p>2", "css:.x", ["1"]),
    Case("ended by the next list item", "<ul><li class=x>1\n<li>2</ul>", "css:.x", ["1\n"]),
    Case("ended by the next cell", "<table><tr><td class=x>1<td>2</table>", "css:.x", ["1"]),
    Case("ended by its parent", "<div><span class=x>1</div>2", "css:.x", ["1"]),
    Case("ended by the page", "<div class=x>1", "css:.x", ["1"]),
    Case("ended by the body", "<body><div class=x>1</body></html>", "css:.x", ["1"]),
    Case("a stray end tag inside", "<b class=x>1</i>2</b>", "css:.x", ["1</i>2"]),
    Case("an end tag with attributes", "<b class=x>1</b class=x>2", "css:.x", ["1"]),
    Case("tags in comments", "<b class=x>1<!-- </b> -->2</b>", "css:.x", ["1<!-- </b> -->2"]),
    Case("tags in attributes", "<b class=x title='</b>'>1<i title=\"</b>\"></i></b>", "css:.x",
         ['1<i title="</b>"></i>']),
    Case("tags in scripts", "<script>'<b class=x>0</b>'</script><b class=x>1</b>", "css:.x", ["1"]),
    Case("a title", "<title>A <b> &amp; 5 €</title>", "css:title", ["A <b> &amp; 5 €"]),
    Case("a title in SVG", "<svg><title>A</title></svg><b class=x>1</b>", "css:.x", ["1"]),
    Case("characters of several bytes before", "<p>€ ü 日本<b>5 €</b>", "css:b", ["5 €"]),
    Case("a byte order mark before", "\ufeff<title>x</title><b>1</b>", "css:head title", ["x"]),
    Case("CR LF", "<p\r\nclass=x>1\r\n2</p>", "css:.x", ["1\r\n2"]),
    Case("upper case", "<P CLASS=x>1</P>", "css:p.x", ["1"]),
    Case("several", "<b>1</b><b>2</b>", "css:b", ["1", "2"]),
    Case("several selectors, each element once", "<b class=x>1</b><i>2</i>", "css:.x, i, b", ["1", "2"]),
    Case("none", "<b>1</b>", "css:i", []),
    Case("a quoted attribute", "<a href='x>y' title=\"5 €\">", "css:a@title", ["5 €"]),
    Case("an unquoted attribute", "<a data-p=19.99>", "css:a@data-p", ["19.99"]),
    Case("the first of two attributes", "<a x=1 x=2>", "css:a@x", ["1"]),
    Case("an attribute in upper case", "<a DATA-P='1'>", "css:a@data-p", ["1"]),
    Case("elements without the attribute do not count", "<a><a x='1'>", "css:a@x", ["1"]),
    Case("an empty value", "<a x=''>", "css:a@x", [""]),
    Case("JSON-LD", '<script type="application/ld+json">{"ü":{"p":"€1"}}</script>', "json:script#/ü/p", ["€1"]),
    Case("the script among several that has it", '<script>{"a":1}</script><script>b={"p":2}</script>',
         "json:script#/p", ["2"]),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_a_target_has_the_range(case: Case) -> None:
    assert ranges(case.source, case.at) == case.want


REFUSED = [
    Case("a script", "<script>1</script>", "css:script", ["holds no text"]),
    Case("a style", "<style>1</style>", "css:style", ["holds no text"]),
    Case("an element without inside", "<p><img class=x>1", "css:.x", ["has no inside"]),
    Case("an element the browser adds", "<table><tr><td>1</table>", "css:tbody", ["has no tag of its own"]),
    Case("an attribute without value", "<input x>", "css:input@x", ["has no value"]),
    Case("an attribute of a second body tag", "<body><p><body x=1>", "css:body@x", ["not written in its own tag"]),
    Case("JSON outside a script", "<p>{}", "json:p#/a", ["is no script"]),
    Case("broken JSON", "<script>{</script>", "json:script#/a", ["not valid JSON"]),
    Case("a title without end", "<title>1", "css:title", ["is not closed"]),
]


@pytest.mark.parametrize("case", REFUSED, ids=[case.id for case in REFUSED])
def test_a_target_without_a_range_of_its_own_says_why(case: Case) -> None:
    (reason,) = ranges(case.source, case.at)
    assert case.want[0] in reason


def test_an_attribute_range_knows_its_quote() -> None:
    doc = Document(b"<a b=\"1\" c='2' d=3>", "utf-8")
    quotes = [doc.find(parse_target(f"css:a@{name}"))[0] for name in "bcd"]
    assert [span.quote for span in quotes if isinstance(span, Span)] == ['"', "'", ""]


def test_targets_are_looked_up_inside_one_element() -> None:
    doc = Document(b"<div class=c data-p=1><b>2</b></div><div class=c><b>3</b></div><b>4</b>", "utf-8")
    first, second = doc.elements(".c")
    texts = [
        [doc.text(span) for span in doc.find(parse_target(at), card) if isinstance(span, Span)]
        for card in (first, second)
        for at in ("css:b", "css:.c@data-p")
    ]
    assert texts == [["2"], ["1"], ["3"], []]


@pytest.mark.parametrize("charset", ["cp1251", "cp1252", "cp932", "gb18030", "utf-16-le"])
def test_a_page_in_another_charset_is_cut_in_its_own_bytes(charset: str) -> None:
    text = "<p>Ж表示" if charset in {"cp932", "gb18030"} else "<p>±" if charset == "cp1252" else "<p>Ж"
    body = f"{text}<b>1\u00b0</b>\\</p>".replace("°", "" if charset == "cp932" else "°").encode(charset)
    doc = Document(body, charset)
    (span,) = doc.find(parse_target("css:b"))
    assert isinstance(span, Span)
    segments, slots = doc.cut([span])
    assert segments[0] + slots[0] + segments[1] == body
    assert slots[0].decode(charset).startswith("1")


def test_broken_utf_8_costs_nothing_but_itself() -> None:
    assert ranges(b"<p>\xff\xe2\x82<b>5 \xe2\x82\xac</b>", "css:b") == ["5 €"]


def test_a_page_of_endless_nesting_is_not_read() -> None:
    with pytest.raises(Unreadable, match="nests more than"):
        Document(b"<div>" * 100_000, "utf-8")


@pytest.mark.parametrize("tag", ["<a {}>", "</a {}>"])
def test_a_tag_of_endless_attributes_is_not_read(tag: str) -> None:
    source = tag.format(" ".join(f"x{n}" for n in range(50_000))).encode()
    with pytest.raises(Unreadable, match="attributes"):
        Document(source, "utf-8")


def test_a_page_of_many_unclosed_paragraphs_and_svg_shapes_is_read() -> None:
    source = b"<p>x<br>" * 3_000 + b"<svg>" + b"<path/>" * 3_000 + b"</svg><b>1</b>"
    doc = Document(source, "utf-8")
    assert doc.find(parse_target("css:b")) == [Span(len(source) - 5, len(source) - 4, Sink.HTML)]


NOISE = st.sampled_from(
    [
        "text 19.99 € ", "<!-- 19.99 <b class=other> -->", "<script>var a = '<span class=price>19.99</span>';</script>",
        "<br/>", "<img src=x alt='a > b'>", "<p>one", "<p>two</p>", "<ul><li>1<li>2</ul>", "</i>", "</p>", "<i>x</i>",
        "<svg><title>t</title><path d='M0 0'/></svg>", "<style>.price > b {}</style>", "<![CDATA[ x ]]>", "<?php ?>",
        "\0", "&amp;&euro; &lt;span class=price&gt;", "<1", "< p", "<a href=x title='\"'>y</a>", "日本€",
        "<table><tr><td>1<td>2</table>", "<input disabled value=19.99 value=2>", "<textarea></span></textarea>",
        "<noscript><span class=price>19.99</span></noscript>", "<template><span class=price>1</span></template>",
    ]
)  # fmt: skip
RAW = st.sampled_from(["19.99", "", "1.299,00&nbsp;€", "<b>19</b><sup>99</sup>", "<!-- -->5", "a</i>b", "CHF 5.–"])
OPENINGS = st.sampled_from(
    [
        "<span class=price>",
        "<SPAN CLASS='price'>",
        "<span\n title='>' class=\"x price\" class=no>",
        "<span/class=price >",
    ]
)


@given(st.lists(NOISE, max_size=8), OPENINGS, RAW, st.lists(NOISE, max_size=8))
def test_an_element_is_found_where_it_was_written_whatever_surrounds_it(
    before: list[str], opening: str, raw: str, after: list[str]
) -> None:
    head = ("<body>" + "".join(before) + "<div>" + opening).encode()
    source = head + raw.encode() + b"</span></div>" + "".join(after).encode()
    doc = Document(source, "utf-8")
    assert doc.find(parse_target("css:span.price")) == [Span(len(head), len(head) + len(raw.encode()), Sink.HTML)]


NAMES = ["a", "b", "p", "i", "div", "td", "table", "tr", "li", "ul", "svg", "title", "select", "option", "form"]
TAGS = st.sampled_from([f"<{slash}{name}>" for name in NAMES for slash in ("", "/")])
SOUP = st.lists(
    TAGS | NOISE | st.sampled_from(["<b class=price>", "<p class=price x='1'>", "<td class=price>"]), max_size=25
)


@given(SOUP)
def test_ranges_in_any_page_lie_between_tags(pieces: list[str]) -> None:
    source = "".join(pieces).encode()
    doc = Document(source, "utf-8")
    for span in doc.find(parse_target("css:.price")):
        if isinstance(span, Span):
            assert source[span.start - 1 : span.start] == b">"
            assert source[span.end : span.end + 1] in {b"<", b""}
        else:
            assert isinstance(span, Unplaceable)


@given(st.binary(max_size=80), st.sampled_from(["utf-8", "cp1252", "cp932"]))
def test_no_bytes_are_too_strange_to_be_searched(body: bytes, charset: str) -> None:
    try:
        doc = Document(body, charset)
    except Unreadable:
        return
    for at in ("css:*", "css:*@a", "json:script#/a"):
        for span in doc.find(parse_target(at)):
            assert isinstance(span, Unplaceable) or 0 <= span.start <= span.end <= len(doc.source)
