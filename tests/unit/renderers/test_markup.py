from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renderers import markup


def seen(source: bytes) -> list[bytes]:
    """The tags found, as they are written."""
    return [source[tag.start : tag.end] for tag in markup.tags(source)]


class Case(NamedTuple):
    id: str
    source: bytes
    want: list[bytes]


CASES = [
    Case("start and end tags", b"a<p>b</P >c", [b"<p>", b"</P >"]),
    Case("a bracket that is text", b"1 < 2 <p> 3 <", [b"<p>"]),
    Case("a bracket in a quoted value", b"<p a='>' b=\">\">x", [b"<p a='>' b=\">\">"]),
    Case("quotes in an unquoted value", b"<p a=x'y>z'>", [b"<p a=x'y>"]),
    Case("quotes instead of a name", b"<p \"a>b\">", [b'<p "a>']),
    Case("a value after blanks", b"<p a = \n '>' >", [b"<p a = \n '>' >"]),
    Case("no value before the end", b"<p a=>x>", [b"<p a=>"]),
    Case("an equals sign as a name", b"<p =>x>", [b"<p =>"]),
    Case("comments", b"<!-- <b> --><p><!-->a<i><!--->b<u><!-- <b> --!><q>", [b"<p>", b"<i>", b"<u>", b"<q>"]),
    Case("a comment without end", b"<p><!-- <b>", [b"<p>"]),
    Case("bogus comments", b"<!x <b><p><?php <b><i></ <b><u></>", [b"<p>", b"<i>", b"<u>"]),
    Case("CDATA outside SVG is a comment", b"<![CDATA[ <b> x ]]><p>", [b"<p>"]),
    Case("CDATA in SVG hides tags", b"<svg><![CDATA[ > <b> ]]><g></svg>", [b"<svg>", b"<g>", b"</svg>"]),
    Case("a script", b"<script>if (a<b) '<p>'</script ><p>", [b"<script>", b"</script >", b"<p>"]),
    Case(
        "a script in an escaped script",
        b"<script><!-- <script> </script> --></script><p>",
        [b"<script>", b"</script>", b"<p>"],
    ),
    Case("an escape that ends at once", b"<script><!--><script></script><p>", [b"<script>", b"</script>", b"<p>"]),
    Case("title and textarea", b"<title><b></title><textarea></p></textarea>",
         [b"<title>", b"</title>", b"<textarea>", b"</textarea>"]),
    Case("noscript, as browsers with scripts read it", b"<noscript><p></noscript>", [b"<noscript>", b"</noscript>"]),
    Case("a style in SVG is markup", b"<svg><style><g></style></svg>",
         [b"<svg>", b"<style>", b"<g>", b"</style>", b"</svg>"]),
    Case("HTML in SVG", b"<svg><desc><style><g></style></desc><a>",
         [b"<svg>", b"<desc>", b"<style>", b"</style>", b"</desc>", b"<a>"]),
    Case("an SVG without content", b"<svg/><style><g></style>", [b"<svg/>", b"<style>", b"</style>"]),
    Case("an HTML tag ends SVG", b"<svg><p><style><g></style>", [b"<svg>", b"<p>", b"<style>", b"</style>"]),
    Case("plaintext", b"<p><plaintext><b></plaintext>", [b"<p>", b"<plaintext>"]),
    Case("a tag without end", b"<p><a href='x><b>", [b"<p>"]),
    Case("a script without end", b"<script><p></scripty>", [b"<script>"]),
    Case("NUL in a name", b"<p\0><b>", [b"<p\0>", b"<b>"]),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_tags_are_those_a_browser_sees(case: Case) -> None:
    assert seen(case.source) == case.want


def test_attributes_have_the_range_of_their_value_and_its_quote() -> None:
    source = b"<P a=1 B='x>y'c = \"d\"/a=2 e f= >"
    (tag,) = markup.tags(source)
    assert [(a.name, source[a.start : a.end], a.quote) for a in markup.attributes(source, tag)] == [
        (b"a", b"1", ""),
        (b"b", b"x>y", "'"),
        (b"c", b"d", '"'),
        (b"a", b"2", ""),
        (b"e", b"", None),
        (b"f", b"", ""),
    ]


@given(st.lists(st.sampled_from(["<", ">", "</", "<!--", "-->", "p", "script", "svg", " ", "=", "'", '"', "/", "x"])))
def test_tags_never_overlap_and_stand_between_their_brackets(pieces: list[str]) -> None:
    source = "".join(pieces).encode()
    position = 0
    for tag in markup.tags(source):
        assert position <= tag.start < tag.name_end < tag.end <= len(source)
        assert source[tag.start : tag.start + 1] == b"<"
        assert source[tag.end - 1 : tag.end] == b">"
        assert all(tag.name_end < a.start <= a.end < tag.end for a in markup.attributes(source, tag) if a.quote)
        position = tag.end
