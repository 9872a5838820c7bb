"""Source as a reader sees it, each character traceable."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renderers.masked import TAG, mask


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("$5", "$5"),
        ("<b>$</b>5", f"{TAG}${TAG}5"),
        ("&#8364;&nbsp;5&euro;", "€\xa05€"),
        ("<a title=\"1>2\" x='3>4'>5", f"{TAG}5"),
        ("a<!-- 1 -->b", f"a{TAG}b"),
        ("<style>a{top:1px}</style><SCRIPT>2</SCRIPT>3", f"{TAG}{TAG}3"),
        ("1 < 2 & 3", "1 < 2 & 3"),
        ("&unknown;", TAG),
        ("<b", "<b"),
    ],
)
def test_tags_count_as_one_character_and_references_are_read(source: str, text: str) -> None:
    assert mask(source).text == text


@given(st.text("<>ab1&#;\"'!-/= ", max_size=40), st.data())
def test_every_character_can_be_traced(source: str, data: st.DataObject) -> None:
    masked = mask(source)
    count = len(masked.text)
    assert len(masked.starts) == count + 1
    assert masked.between(0, count) == source
    cut = data.draw(st.integers(0, count))
    assert masked.between(0, cut) + masked.between(cut, count) == source
