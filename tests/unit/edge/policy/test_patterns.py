"""Which requests a pattern covers, for sure and possibly."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.model import RequestFacts, fields
from edge.policy.patterns import certainly, possibly, query_parameters


def asked(target: str, method: str = "GET") -> RequestFacts:
    path, mark, query = target.partition("?")
    return RequestFacts(
        method=method,
        scheme="http",
        host="shop.example",
        path=path,
        query=query if mark else None,
        fields=fields(),
        client="192.0.2.7",
    )


class Case(NamedTuple):
    id: str
    pattern: str
    target: str
    certainly: bool
    possibly: bool


CASES = [
    Case("a path is a glob over the whole path", "/cart/add*", "/cart/add.js", True, True),
    Case("and over nothing less", "/cart/add*", "/en/cart/add", False, False),
    Case("a star is any run, slashes too", "*/cart/add/*", "/en/cart/add/uenc/42", True, True),
    Case("a path says nothing of the query", "/cart/add", "/cart/add?id=1", True, True),
    Case("brackets are literal", "/cart[1]", "/cart1", False, False),
    Case("a parameter on any path", "?add-to-cart", "/product/mug?add-to-cart=5", True, True),
    Case("an equals sign alone asks for any value", "?add-to-cart=", "/product/mug?add-to-cart=5", True, True),
    Case("a parameter without a value", "?logout", "/?logout", True, True),
    Case("a parameter that is not there", "?add-to-cart", "/product/mug?quantity=5", False, False),
    Case("a name is not a prefix", "?add", "/product/mug?add-to-cart=5", False, False),
    Case("no query at all", "?add-to-cart", "/product/mug", False, False),
    Case("an empty query", "?add-to-cart", "/product/mug?", False, False),
    Case("a value is a glob", "?route=checkout/cart*", "/index.php?route=checkout/cart.add&x=1", True, True),
    Case("over the whole value", "?route=checkout/cart", "/index.php?route=checkout/cart.add", False, False),
    Case("one character", "?route=checkout/cart?add", "/index.php?route=checkout/cart|add", True, True),
    Case("path and parameter", "/index.php?route=x", "/index.php?route=x", True, True),
    Case("the right parameter on another path", "/index.php?route=x", "/other.php?route=x", False, False),
    Case("several parameters in any order", "?b&a=1", "/?a=1&c=3&b=2", True, True),
    Case("one of several is missing", "?b&a=1", "/?a=1", False, False),
    Case("escapes in values", "?route=checkout/cart", "/?route=checkout%2Fcart", True, True),
    Case("escapes in names", "?add-to-cart", "/?add%2Dto%2Dcart=5", True, True),
    Case("a plus is a space", "?q=red mug", "/?q=red+mug", True, True),
    Case("needless escapes in the path", "/cart/add", "/c%61rt/add", True, True),
    Case("a given twice, one fits", "?route=cart", "/?route=cart&route=product", False, True),
    Case("b given twice, the other fits", "?route=cart", "/?route=product&route=cart", False, True),
    Case("given twice, both fit", "?route=cart*", "/?route=cart&route=cart.add", True, True),
    Case("a list", "?add-to-cart", "/?add-to-cart[]=5", False, True),
    Case("another case", "*/logout", "/Account/LogOut", False, True),
    Case("a name in another case", "?add-to-cart", "/?Add-To-Cart=5", False, True),
    Case("an escaped slash", "/cart/add", "/cart%2Fadd", False, True),
    Case("doubled slashes", "/cart/add", "//cart///add", False, True),
    Case("a session in the path", "*/logout", "/shop/logout;jsessionid=1A", False, True),
    Case("an escaped question mark is part of the path", "?logout", "/%3Flogout=1", False, False),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_covers(case: Case) -> None:
    assert certainly((case.pattern,), asked(case.target)) is case.certainly
    assert possibly((case.pattern,), asked(case.target)) is case.possibly


def test_no_pattern_covers_nothing() -> None:
    assert not certainly((), asked("/?a=1"))
    assert not possibly((), asked("/?a=1"))


def test_any_of_several_patterns_is_enough() -> None:
    assert certainly(("/a", "?b", "/c"), asked("/x?b"))
    assert certainly(("/a", "?b", "/c"), asked("/c"))


def test_a_repeated_parameter_keeps_its_order() -> None:
    assert query_parameters("a=1&b=&a=2&&c") == {"a": ("1", "2"), "b": ("",), "c": ("",)}


_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=12)


@given(path=_TEXT, parameters=st.lists(st.tuples(_TEXT, _TEXT), max_size=4), pattern=st.sampled_from(CASES))
def test_what_is_certain_is_possible(path: str, parameters: list[tuple[str, str]], pattern: Case) -> None:
    query = "&".join(f"{quote(name)}={quote(value)}" for name, value in parameters)
    facts = asked(f"/{quote(path)}?{query}")
    assert possibly((pattern.pattern,), facts) or not certainly((pattern.pattern,), facts)


@given(name=_TEXT.filter(bool), value=_TEXT, others=st.lists(st.tuples(_TEXT, _TEXT), max_size=4))
def test_no_spelling_hides_a_parameter(name: str, value: str, others: list[tuple[str, str]]) -> None:
    spelt = "".join(f"%{byte:02x}" for byte in name.encode())
    query = "&".join([*(f"{quote(n)}={quote(v)}" for n, v in others), f"{spelt}={quote(value)}"])
    wanted = name if not set(name) & set("*?=&") else None
    if wanted is not None:
        assert possibly((f"?{wanted}",), asked(f"/?{query}"))
