"""A text stays in its sink, whatever it is, and an origin's spelling is kept."""

from __future__ import annotations

import json
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from renderers.page import Sink
from renderers.references import Enclosure
from renderers.sinks import NotInSink, decode, default_style, encode, learn_style, styles, to_bytes

NASTY = st.sampled_from(
    [
        "</script>",
        "<!--",
        "<script",
        "]]>",
        "&copy",
        "&amp;",
        "&#x27;",
        '"',
        "'",
        " onload=x ",
        ">",
        "<b>",
        "\\",
        "\\u003c",
        "\u2028",
        "€",
        "\xa0",
        "😀",
        "`",
        "=",
        "/",
        "{{",
        "\r\n",
        "\t",
        "&lt",
        "&notit;",
        "&",
        "?a=1&copy=2",
        "\x85",
    ]
)
TEXT = st.lists(NASTY | st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]))).map("".join)
HTML_STYLES = st.sampled_from(styles(Sink.HTML))
ATTRIBUTE_STYLES = st.sampled_from(styles(Sink.ATTRIBUTE))
JSON_STYLES = st.sampled_from(styles(Sink.JSON_STRING))


class Case(NamedTuple):
    id: str
    sink: Sink
    raw: str
    text: str
    quote: str | None = None
    also: tuple[str, str] = ("", "")
    """Another text and how it is then written."""


KEPT = [
    Case("element: nothing to escape", Sink.HTML, "Blue shirt", "Blue shirt", also=("a<b & c", "a&lt;b &amp; c")),
    Case("element: raw apostrophe", Sink.HTML, "Men's", "Men's", also=("Tom's", "Tom's")),
    Case("element: Django apostrophe", Sink.HTML, "Men&#x27;s", "Men's", also=("Tom's", "Tom&#x27;s")),
    Case("element: Python apostrophe", Sink.HTML, "Men&#39;s", "Men's", also=("Tom's", "Tom&#39;s")),
    Case("element: PHP apostrophe", Sink.HTML, "Men&#039;s", "Men's", also=("Tom's", "Tom&#039;s")),
    Case("element: raw greater-than", Sink.HTML, "a > b", "a > b", also=("x>y", "x>y")),
    Case("element: bare ampersand", Sink.HTML, "Tom & Jerry", "Tom & Jerry", also=("a & b&copy", "a & b&amp;copy")),
    Case("element: named references", Sink.HTML, "5 &euro;", "5 €", also=("é😀", "&eacute;😀")),
    Case("element: decimal references", Sink.HTML, "5 &#8364;", "5 €", also=("é", "&#233;")),
    Case("element: upper-case hexadecimal", Sink.HTML, "5 &#x20AC;", "5 €", also=("é", "&#xE9;")),
    Case("element: nbsp apart from other letters", Sink.HTML, "5&nbsp;€", "5\xa0€", also=("é\xa0", "é&nbsp;")),
    Case("attribute: double quotes", Sink.ATTRIBUTE, "Men's 5>4", "Men's 5>4", '"', ("a'b\"", "a'b&quot;")),
    Case("attribute: single quotes", Sink.ATTRIBUTE, 'a "b"', 'a "b"', "'", ("a'b\"", 'a&#39;b"')),
    Case("attribute: unquoted", Sink.ATTRIBUTE, "19.99", "19.99", "", ("a b", "a&#32;b")),
    Case("attribute: unknown quotes get both escaped", Sink.ATTRIBUTE, "x", "x", None, ("'\"", "&#39;&quot;")),
    Case("attribute: a space shows quotes", Sink.ATTRIBUTE, "a b", "a b", None, ("c d'", "c d&#39;")),
    Case("attribute: space and apostrophe show double", Sink.ATTRIBUTE, "a b's", "a b's", None, ("'\"", "'&quot;")),
    Case(
        "attribute: bare ampersands of a query",
        Sink.ATTRIBUTE,
        "?a=1&b=2",
        "?a=1&b=2",
        '"',
        ("?a&copy;", "?a&amp;copy;"),
    ),
    Case("attribute: legacy name before equals", Sink.ATTRIBUTE, "?a=1&copy=2", "?a=1&copy=2", '"'),
    Case(
        "string: as JavaScript writes it", Sink.JSON_STRING, "a/b €", "a/b €", also=("</p>\u2028", "\\u003c/p>\\u2028")
    ),
    Case("string: as PHP writes it", Sink.JSON_STRING, r"a\/b \u20ac", "a/b €", also=("</é", r"<\/\u00e9")),
    Case("string: upper-case escapes", Sink.JSON_STRING, r"\u003Cb\u003E", "<b>", also=("é<", "é\\u003C")),
    Case("string: surrogate pair", Sink.JSON_STRING, r"\ud83d\ude00", "😀", also=("🎉", r"\ud83c\udf89")),
    Case("string: escaped quote", Sink.JSON_STRING, r"19\u0022", '19"', also=('20"', r"20\u0022")),
    Case("number", Sink.JSON_NUMBER, "19.90", "19.90"),
    Case("literal", Sink.JSON_LITERAL, "null", "null"),
]


@pytest.mark.parametrize("case", KEPT, ids=[c.id for c in KEPT])
def test_an_origin_s_spelling_is_kept(case: Case) -> None:
    style = learn_style(case.sink, case.raw, case.quote)
    assert style is not None
    assert decode(case.sink, case.raw) == case.text
    assert encode(case.sink, style, case.text) == case.raw
    text, want = case.also
    if text:
        assert encode(case.sink, style, text) == want


MIXED = [
    (Sink.HTML, "&#39;&#x27;"),
    (Sink.HTML, "<b>bold</b>"),
    (Sink.HTML, "5 &euro; €"),
    (Sink.ATTRIBUTE, "&quot;&#34;"),
    (Sink.JSON_STRING, r"a\/b/c"),
    (Sink.JSON_STRING, "a</b>"),
    (Sink.JSON_STRING, 'a"b'),
    (Sink.JSON_STRING, r"\x27"),
    (Sink.JSON_NUMBER, "01"),
    (Sink.JSON_NUMBER, "+1"),
    (Sink.JSON_LITERAL, "True"),
]


@pytest.mark.parametrize(("sink", "raw"), MIXED)
def test_source_that_no_style_explains_is_not_learnt(sink: Sink, raw: str) -> None:
    assert learn_style(sink, raw) is None


@given(TEXT, HTML_STYLES)
def test_text_stays_inside_its_element(text: str, style: int) -> None:
    tree = LexborHTMLParser(f"<i></i><p>{encode(Sink.HTML, style, text)}</p><b></b>")
    assert [node.text() for node in tree.css("p")] == [text]
    assert [node.tag for node in tree.css("body *")] == ["i", "p", "b"]


@given(TEXT.filter(bool), ATTRIBUTE_STYLES)
def test_text_stays_inside_its_attribute(text: str, style: int) -> None:
    enclosure = Enclosure(style % len(Enclosure))
    quotes = {Enclosure.OPEN: ["", '"', "'"], Enclosure.DOUBLE: ['"'], Enclosure.SINGLE: ["'"]}.get(
        enclosure, ['"', "'"]
    )
    source = encode(Sink.ATTRIBUTE, style, text)
    for quote in quotes:
        nodes = LexborHTMLParser(f"<p id={quote}{source}{quote} class=c>x</p>").css("p")
        assert [node.attributes for node in nodes] == [{"id": text, "class": "c"}]


@given(TEXT | st.text(), JSON_STYLES)
def test_text_stays_inside_its_json_string(text: str, style: int) -> None:
    source = encode(Sink.JSON_STRING, style, text)
    assert json.loads(f'"{source}"') == text
    assert not any(bad in source.lower() for bad in ("</", "<!--", "<script", "\u2028", "\u2029"))


@given(TEXT.filter(bool), st.sampled_from([Sink.HTML, Sink.ATTRIBUTE, Sink.JSON_STRING]), st.data())
def test_decoding_gives_the_text_back(text: str, sink: Sink, data: st.DataObject) -> None:
    style = data.draw(st.sampled_from(styles(sink)))
    assert decode(sink, encode(sink, style, text)) == text


@given(TEXT.filter(bool), st.sampled_from([Sink.HTML, Sink.ATTRIBUTE, Sink.JSON_STRING]))
def test_a_learnt_style_gives_the_source_back(raw: str, sink: Sink) -> None:
    style = learn_style(sink, raw)
    if style is not None:
        assert encode(sink, style, decode(sink, raw)) == raw


@given(TEXT, st.sampled_from(["", '"', "'"]))
def test_the_default_style_of_an_attribute_fits_its_quotes(text: str, quote: str) -> None:
    source = encode(Sink.ATTRIBUTE, default_style(Sink.ATTRIBUTE, "", quote), text or "x")
    nodes = LexborHTMLParser(f"<p id={quote}{source}{quote} class=c>x</p>").css("p")
    assert [node.attributes for node in nodes] == [{"id": text or "x", "class": "c"}]


@pytest.mark.parametrize(
    ("sink", "text"),
    [
        (Sink.HTML, "a\x00b"),
        (Sink.HTML, "\ud800"),
        (Sink.ATTRIBUTE, ""),
        (Sink.JSON_NUMBER, "1,299"),
        (Sink.JSON_NUMBER, "NaN"),
        (Sink.JSON_NUMBER, "1."),
        (Sink.JSON_NUMBER, "١"),
        (Sink.JSON_NUMBER, ""),
        (Sink.JSON_LITERAL, "undefined"),
    ],
)
def test_what_a_sink_cannot_hold_is_refused(sink: Sink, text: str) -> None:
    with pytest.raises(NotInSink, match=sink.value):
        encode(sink, 0, text)


def test_a_literal_may_give_way_to_a_number() -> None:
    assert encode(Sink.JSON_LITERAL, 0, "24.50") == "24.50"


@pytest.mark.parametrize(
    ("sink", "want"),
    [(Sink.HTML, b"5 \xa3 &#8364;"), (Sink.ATTRIBUTE, b"5 \xa3 &#8364;"), (Sink.JSON_STRING, b"5 \xa3 \\u20ac")],
)
def test_what_the_charset_lacks_is_still_said(sink: Sink, want: bytes) -> None:
    assert to_bytes(sink, "5 £ €", "iso-8859-1") == want
