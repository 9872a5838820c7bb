from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.model import fields
from edge.policy.syntax import MAX_DELTA_S, combined, delta_seconds, split_list, unquoted


class ListCase(NamedTuple):
    id: str
    value: str
    want: list[str]


LISTS = [
    ListCase("§5.6.1 elements are separated by commas", "a, b,c", ["a", "b", "c"]),
    ListCase("§5.6.1 empty elements do not count", ", a,, b ,", ["a", "b"]),
    ListCase("§5.6.3 tabs are whitespace", "a\t,\tb", ["a", "b"]),
    ListCase("§5.6.4 a comma in quotes does not separate", 'x="a, b", c', ['x="a, b"', "c"]),
    ListCase("§5.6.4 an escaped quote does not end the string", r'x="a\", b", c', [r'x="a\", b"', "c"]),
    ListCase("a quote never closed hides nothing", 'x="a, no-store', ['x="a', "no-store"]),
    ListCase("closed strings before one never closed still hold", 'x="a,b", y="c, d', ['x="a,b"', 'y="c', "d"]),
    ListCase("nothing", "", []),
]


@pytest.mark.parametrize("case", LISTS, ids=[c.id for c in LISTS])
def test_split_list(case: ListCase) -> None:
    assert split_list(case.value) == case.want


class SecondsCase(NamedTuple):
    id: str
    text: str
    want: int | None


SECONDS = [
    SecondsCase("digits", "60", 60),
    SecondsCase("leading zeros", "0060", 60),
    SecondsCase("zero", "0", 0),
    SecondsCase("§1.2.2 2**31 is the most", "2147483649", MAX_DELTA_S),
    SecondsCase("§1.2.2 more digits than an int parses", "9" * 10_000, MAX_DELTA_S),
    SecondsCase("zeros without end are zero", "0" * 10_000, 0),
    SecondsCase("a sign is no digit", "+5", None),
    SecondsCase("negative", "-1", None),
    SecondsCase("an underscore is no digit", "1_0", None),
    SecondsCase("a fraction", "1.5", None),
    SecondsCase("Arabic-Indic digits", "٣", None),
    SecondsCase("superscript", "²", None),
    SecondsCase("nothing", "", None),
]


@pytest.mark.parametrize("case", SECONDS, ids=[c.id for c in SECONDS])
def test_delta_seconds(case: SecondsCase) -> None:
    assert delta_seconds(case.text) == case.want


def test_lines_of_one_field_are_one_list() -> None:
    request = fields((("Vary", "a"), ("vary", "b")))
    assert combined(request, "Vary") == "a, b"
    assert combined(request, "Via") is None


@pytest.mark.parametrize(
    ("text", "want"), [('"a"', "a"), (r'"a\"b"', 'a"b'), ('"', '"'), ("a", "a"), ('"a', '"a'), ('""', "")]
)
def test_only_whole_quoted_strings_are_unquoted(text: str, want: str) -> None:
    assert unquoted(text) == want


@given(st.text(alphabet='a", \\\t=', max_size=60))
def test_splitting_loses_nothing_but_commas_and_space(value: str) -> None:
    kept = "".join(split_list(value)).translate(str.maketrans("", "", ", \t"))
    assert kept == value.translate(str.maketrans("", "", ", \t"))


def test_many_unclosed_strings_take_linear_time() -> None:
    assert split_list('"' + '\\"' * 200_000)


@given(st.text())
def test_no_text_makes_these_raise(text: str) -> None:
    split_list(text)
    unquoted(text)
    delta_seconds(text)
