from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renderers.strangers.scripts import pieces


class Case(NamedTuple):
    id: str
    first: str
    second: str
    want: list[tuple[str, str, str, str]]
    """Part, name, and both texts."""


CASES = [
    Case("a member of a document", '{"a": {"b": "x"}, "c": 1}', '{"a": {"b": "y"}, "c": 1}',
         [("value", "a.b", "x", "y")]),
    Case("an item of a list", "s = [1, 2]", "s = [1, 3]", [("value", "1", "2", "3")]),
    Case("a member of an assigned object", 'a = 1; b = {"c": true};', 'a = 1; b = {"c": null};',
         [("value", "c", "true", "null")]),
    Case("a string for a number", '{"a": 1}', '{"a": "1"}', [("value", "a", "1", '"1"')]),
    Case("a list of another length", '{"a": [1], "b": 1}', '{"a": [1, 2], "b": 2}',
         [("code", "a", "[1]", "[1, 2]"), ("value", "b", "1", "2")]),
    Case("another member", '{"a": {"x": 1}}', '{"a": {"y": 1}}', [("code", "a", '{"x": 1}', '{"y": 1}')]),
    Case("items in another order", "s([[1], [2], [1]])", "s([[1], [1], [2]])",
         [("order", "", "[[1], [2], [1]]", "[[1], [1], [2]]")]),
    Case("members in another order", '{"a": 1, "b": 2}', '{"b": 2, "a": 1}',
         [("spelling", "", '{"a": 1, "b": 2}', '{"b": 2, "a": 1}')]),
    Case("a string in code", "var nonce = 'x', b;", "var nonce = 'y', b;", [("value", "nonce", "x", "y")]),
    Case("a member in code", "f({nonce: 'x'})", "f({nonce: 'y'})", [("value", "nonce", "x", "y")]),
    Case("a number in code", "f(1)", "f(2)", [("value", "", "1", "2")]),
    Case("a comment in code", "f() // at 1\n", "f() // at 2\n", [("comment", "", "// at 1", "// at 2")]),
    Case("more code", "f()", "f();g()", [("code", "", "f()", "f();g()")]),
    Case("a member that is there twice is compared as words", '{"a": 1, "a": 2}', '{"a": 1, "a": 3}',
         [("value", "a", "2", "3")]),
    Case("text that is no script", "x ü y", "x ä y", [("value", "", "ü", "ä")]),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_scripts_differ_in(case: Case) -> None:
    first, second = case.first.encode(), case.second.encode()
    assert [
        (p.part.value, p.name, first[p.start : p.end].decode(), second[p.other_start : p.other_end].decode())
        for p in pieces(first, second)
    ] == case.want


def test_a_value_in_json_has_a_pointer_and_one_in_code_has_none() -> None:
    (inside,) = pieces(b'f({"a": [{"b/c": 1}]})', b'f({"a": [{"b/c": 2}]})')
    (outside,) = pieces(b"f(1)", b"f(2)")
    assert (inside.pointer, outside.pointer) == (("a", "0", "b/c"), None)


values = st.recursive(
    st.sampled_from(["1", '"x"', '"ü"', "null", '"a\\"b"']),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
        st.lists(inner, max_size=3).map(
            lambda items: "{" + ", ".join(f'"{i}": {v}' for i, v in enumerate(items)) + "}"
        ),
    ),
    max_leaves=8,
)
scripts = st.lists(st.one_of(values.map(lambda value: f"a = {value};"), st.sampled_from(["f();", "// x\n", " ", "=["])))


@given(scripts.map("".join), scripts.map("".join))
def test_what_is_around_the_pieces_is_the_same(one: str, other: str) -> None:
    first, second = one.encode(), other.encode()
    found = pieces(first, second)
    mine, theirs = bytearray(first), bytearray(second)
    for piece in found:
        mine[piece.start : piece.end] = b"\0" * (piece.end - piece.start)
        theirs[piece.other_start : piece.other_end] = b"\0" * (piece.other_end - piece.other_start)
    assert mine.replace(b"\0", b"") == theirs.replace(b"\0", b"")
    assert bool(found) == (first != second)


@pytest.mark.parametrize("depth", [63, 66, 5_000])
def test_deep_nesting_is_compared_as_words(depth: int) -> None:
    first, second = (b"s = " + b"[" * depth + digit + b"]" * depth for digit in (b"1", b"2"))
    (piece,) = pieces(first, second)
    assert (first[piece.start : piece.end], piece.pointer is None) == (b"1", depth > 64)
