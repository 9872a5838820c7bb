"""How a page's visitor slots are told what their cookies look like."""

from __future__ import annotations

import string

from edge.fill.kind_memory import KindMemory
from edge.fill.visitor_cookies import cookies_of_page
from edge.model import VisitorCookie
from edge.policy.set_cookie import cookies_set
from edge.policy.visitor_tokens import DEFAULT
from origin_adapters import Token

NOW = 1_750_000_000
HEX = "0123456789abcdef0123456789abcdef"
NOTHING = KindMemory()
TOKEN = Token(cookie="t", field="f", alphabet="abc", length=20)


def cookie(
    *lines: str,
    memory: KindMemory = NOTHING,
    tokens: tuple[Token, ...] = (),
    name: str = "t",
) -> VisitorCookie:
    (found,) = cookies_of_page((name,), cookies_set(lines), memory, tokens, now=NOW)
    return found


def test_only_what_is_asked_for_is_told() -> None:
    assert cookies_of_page((), cookies_set([f"t={HEX}"]), KindMemory(), (), now=NOW) == ()


def test_it_looks_as_the_origin_sets_it() -> None:
    found = cookie(f"t={HEX}; Path=/shop; HttpOnly", f"t={HEX[::-1]}; Path=/shop; HttpOnly")
    assert found == VisitorCookie(name="t", path="/shop", http_only=True, alphabet=string.digits + "abcdef", length=32)


def test_a_platform_s_own_grammar_counts_more_than_what_was_seen() -> None:
    assert (cookie(f"t={HEX}", tokens=(TOKEN,)).alphabet, cookie(tokens=(TOKEN,)).length) == ("abc", 20)


def test_a_response_that_does_not_set_it_looks_like_others_of_its_kind() -> None:
    seen = VisitorCookie(name="t", path="/shop", alphabet="01", length=18)
    assert cookie("other=x", memory=KindMemory(cookies=(seen,))) == seen
    later = cookie("t=; Max-Age=0", memory=KindMemory(cookies=(seen,)))
    assert later == seen, "a deletion is no example"


def test_one_that_was_never_seen_lasts_a_year_as_most_do() -> None:
    assert cookie() == VisitorCookie(name="t", max_age_s=DEFAULT.max_age_s, same_site="Lax")


def test_what_only_the_origin_sets_stays_so() -> None:
    memory = KindMemory(unmintable=("t",))
    assert not cookie(f"t={HEX}", memory=memory).mintable
    assert cookie(f"u={HEX}", memory=memory, name="u").mintable
    assert cookie(memory=memory, tokens=(TOKEN,)).mintable
