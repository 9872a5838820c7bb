from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.policy.globs import compile_globs


class Case(NamedTuple):
    id: str
    patterns: tuple[str, ...]
    text: str
    want: bool


CASES = [
    Case("a literal covers itself", ("gclid",), "gclid", True),
    Case("a literal covers nothing longer", ("gclid",), "gclid2", False),
    Case("a star covers any run", ("utm_*",), "utm_source", True),
    Case("a star covers nothing too", ("utm_*",), "utm_", True),
    Case("a star covers slashes", ("/product/*",), "/product/a/b", True),
    Case("the prefix has to be whole", ("/product/*",), "/products", False),
    Case("a question mark covers one character", ("a?",), "ab", True),
    Case("a question mark covers one character only", ("a?",), "a", False),
    Case("brackets are literal", ("f[x]",), "f[x]", True),
    Case("brackets are no class", ("f[x]",), "fx", False),
    Case("a dot is literal", ("a.b",), "axb", False),
    Case("the second pattern counts", ("a", "b"), "b", True),
    Case("alternatives do not leak into each other", ("a", "b*"), "ab", False),
    Case("case matters", ("utm_*",), "UTM_source", False),
    Case("no pattern covers anything", (), "", False),
]


@pytest.mark.parametrize("case", CASES, ids=[c.id for c in CASES])
def test_compile_globs(case: Case) -> None:
    assert (compile_globs(case.patterns).fullmatch(case.text) is not None) is case.want


@given(st.text().filter(lambda text: not set(text) & set("*?")))
def test_a_pattern_without_wildcards_covers_exactly_itself(text: str) -> None:
    assert compile_globs((text,)).fullmatch(text)
    assert not compile_globs((text,)).fullmatch(text + "x")
