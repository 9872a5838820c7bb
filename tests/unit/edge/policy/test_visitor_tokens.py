"""Tokens of visitors: which are well-formed, how they are made, and who lacks one."""

from __future__ import annotations

import string
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.model import VisitorCookie, fields
from edge.policy.visitor_tokens import held_token, mint, unobtainable, well_formed, with_grammar

LETTERS_AND_DIGITS = string.digits + string.ascii_letters


class Case(NamedTuple):
    id: str
    values: list[str]
    alphabet: str
    length: int


CASES = [
    Case("Django's secret", ["J7tLwqVx0Zb2mYk9RnCe4HsUaPd6GfTo"], LETTERS_AND_DIGITS, 32),
    Case("hexadecimal", ["0123456789abcdef0123456789abcdef"], string.digits + "abcdef", 32),
    Case("hexadecimal in capitals", ["0123456789ABCDEF"], string.digits + "ABCDEF", 16),
    Case("digits", ["1234567890123456789"], string.digits, 19),
    Case("small letters and digits", ["k3jx81mzq0w9aaaa"], string.digits + string.ascii_lowercase, 16),
    Case("base64url", ["AbC-dEf_0123456789xy"], LETTERS_AND_DIGITS + "_-", 20),
    Case(
        "two values widen the alphabet",
        ["0123456789abcdef", "0123456789abcdez"],
        string.digits + string.ascii_lowercase,
        16,
    ),
    Case("none seen", [], "", 0),
    Case("too short to be a token", ["abc"], "", 0),
    Case("none that we could print", ["with space and so on"], "", 0),
    Case("of different lengths", ["0123456789abcdef", "0123456789abcdef0"], "", 0),
]


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_the_grammar_is_learnt(case: Case) -> None:
    cookie = with_grammar(VisitorCookie(name="t"), case.values)
    assert (cookie.alphabet, cookie.length) == (case.alphabet, case.length)


@given(st.text(alphabet=LETTERS_AND_DIGITS + "_-", min_size=16, max_size=128), st.data())
def test_what_is_minted_is_of_the_grammar_it_was_learnt_from(value: str, data: st.DataObject) -> None:
    cookie = with_grammar(VisitorCookie(name="t"), [value])
    token = mint(cookie, lambda alphabet: data.draw(st.sampled_from(alphabet)))
    assert len(token) == len(value)
    assert set(token) <= set(cookie.alphabet)
    assert set(value) <= set(cookie.alphabet)
    assert well_formed(token)


def test_without_a_grammar_a_token_is_one_that_django_takes() -> None:
    assert mint(VisitorCookie(name="t"), lambda alphabet: alphabet[-1]) == "Z" * 32


@pytest.mark.parametrize(
    "value",
    ["", "short", "x" * 129, "quote%22and-more-of-it", '"><script>alert(1)</script>', "ünïcödé-and-long-enough"],
)
def test_what_is_no_token_is_nobodys(value: str) -> None:
    assert held_token(fields({"Cookie": f"t={value}"}), "t") is None


def test_of_two_cookies_of_one_name_the_first_counts() -> None:
    """As it does with the frameworks that read them; a second one may be another site's doing."""
    assert held_token(fields({"Cookie": "t=short; t=0123456789abcdef"}), "t") is None
    assert held_token(fields({"Cookie": "a=b; t=0123456789abcdef; t=x"}), "t") == "0123456789abcdef"


NEEDED = (VisitorCookie(name="minted"), VisitorCookie(name="session", mintable=False))


@pytest.mark.parametrize(
    ("cookie", "want"),
    [
        ("", "session"),
        ("minted=0123456789abcdef", "session"),
        ("session=0123456789abcdef", None),
        ("session=x", "session"),
    ],
)
def test_who_lacks_what_only_the_origin_can_set(cookie: str, want: str | None) -> None:
    assert unobtainable(NEEDED, fields({"Cookie": cookie})) == want
