"""Character references as an HTML parser reads them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from renderers.references import Enclosure, decode, encode, infer_enclosure, learn_style

SOURCE = st.lists(
    st.sampled_from(
        [
            "&copy",
            "&copy;",
            "&copy=",
            "&notit;",
            "&amp",
            "&amp;",
            "&#65",
            "&#x41;",
            "&#",
            "&",
            "x",
            "=",
            ";",
            "65",
            "&lt",
            "é",
        ]
    )
).map("".join)


@given(SOURCE)
def test_references_in_attributes_are_read_as_a_parser_does(source: str) -> None:
    node = LexborHTMLParser(f'<p id="{source}x">').css_first("p")
    assert node is not None
    assert decode(f"{source}x", attribute=True) == node.attributes["id"]


@given(SOURCE)
def test_references_in_text_are_read_as_a_parser_does(source: str) -> None:
    node = LexborHTMLParser(f"<p>{source}</p>").css_first("p")
    assert node is not None
    assert decode(source, attribute=False) == node.text()


@pytest.mark.parametrize(
    ("source", "quote", "enclosure"),
    [
        ("a", '"', Enclosure.DOUBLE),
        ("a", "'", Enclosure.SINGLE),
        ("a", "", Enclosure.OPEN),
        ("a", None, Enclosure.OPEN),
        ("a b", None, Enclosure.QUOTED),
        ("a 'b", None, Enclosure.DOUBLE),
        ('a "b', None, Enclosure.SINGLE),
    ],
)
def test_the_quotes_around_a_value(source: str, quote: str | None, enclosure: Enclosure) -> None:
    assert infer_enclosure(source, quote) is enclosure


@pytest.mark.parametrize("quote", ["", '"', "'"])
@pytest.mark.parametrize("style", range(60))
def test_no_spelling_of_quotes_ends_a_value(style: int, quote: str) -> None:
    for text in ("'", '"', ">", "a'b\"c>d e", "=`"):
        source = encode(text, style, infer_enclosure("", quote))
        node = LexborHTMLParser(f"<p id={quote}{source}{quote} class=c>").css_first("p")
        assert node is not None
        assert node.attributes == {"id": text, "class": "c"}


def test_what_html_cannot_say_has_no_source() -> None:
    assert encode("a\x00", 0, None) is None
    assert encode("\udc00", 0, Enclosure.DOUBLE) is None
    assert encode("", 0, Enclosure.OPEN) is None
    assert encode("", 0, Enclosure.DOUBLE) == ""
    assert learn_style("a\r\nb", None) is None
