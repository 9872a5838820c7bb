from __future__ import annotations

from typing import NamedTuple

import pytest

from edge.inspect.meanings import caching, cookie_notes
from edge.model import Pairs, fields
from edge.policy.set_cookie import cookies_set
from origin_adapters import adapter


@pytest.mark.parametrize(
    ("name", "meaning"),
    [
        ("sessionid", "session"),
        ("PHPSESSID", "session"),
        ("OCSESSID", "session"),
        ("sid", "session"),
        ("connect.sid", "session"),
        ("csrftoken", "csrf"),
        ("XSRF-TOKEN", "csrf"),
        ("form_key", "csrf"),
        ("oscar_open_basket", "basket"),
        ("woocommerce_items_in_cart", "basket"),
        ("cookie_notice_accepted", "consent"),
        ("oscar_history", "history"),
        ("woocommerce_recently_viewed", "history"),
        ("currency", "preference"),
        ("messages", "message"),
        ("_ga", "analytics"),
        ("sbjs_first", "analytics"),
        ("remember_me", "sign-in"),
        ("zzz", "unknown"),
    ],
)
def test_a_cookie_s_name_says_what_it_is_for(name: str, meaning: str) -> None:
    (note,) = cookie_notes(cookies_set([f"{name}=x"]), adapter("generic"))
    assert (note.name, note.meaning) == (name, meaning)


def test_cookies_that_keep_a_visitor_out_of_the_store_are_said_to() -> None:
    (note,) = cookie_notes(cookies_set(["oscar_open_basket=1"]), adapter("django"))
    assert "never answered from the store" in note.detail


def test_each_cookie_is_told_once() -> None:
    assert len(cookie_notes(cookies_set(["a=1", "b=2", "a=3"]), adapter("generic"))) == 2


class Case(NamedTuple):
    id: str
    pairs: Pairs
    words: tuple[str, ...]


CASES = [
    Case("nothing", (), ("says nothing about caching",)),
    Case("no-store", (("Cache-Control", "no-store, private"),),
         ("no-store: no cache may keep it", "private: only the visitor's own browser may keep it")),
    Case("a lifetime", (("Cache-Control", "max-age=60"),), ("fresh for 60 s",)),
    Case("a lifetime for shared caches", (("Cache-Control", "max-age=60, s-maxage=600"),),
         ("fresh for 600 s in shared caches",)),
    Case("Vary: Cookie", (("Vary", "Accept-Encoding, Cookie"),), ("Vary: Cookie, so for everybody another page",)),
    Case("Vary: *", (("Vary", "*"),), ("Vary: *, never the same",)),
    Case("Set-Cookie", (("Set-Cookie", "a=b"),), ("sets cookies on every first view, so no shared cache keeps it",)),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_what_the_shop_declares_is_put_into_words(case: Case) -> None:
    assert caching(fields(case.pairs)).words == case.words


@pytest.mark.parametrize(
    ("pairs", "limit"),
    [
        ((("X-RateLimit-Limit", "300"),), 300),
        ((("RateLimit-Limit", "10, 10;w=1"),), 600),
        ((("RateLimit-Policy", "100;w=3600"),), 1),
        ((("X-RateLimit-Remaining", "5"),), None),
        ((), None),
    ],
)
def test_a_limit_that_the_shop_states_is_read(pairs: Pairs, limit: int | None) -> None:
    assert caching(fields(pairs)).limit_per_minute == limit
