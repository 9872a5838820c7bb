from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from edge.model import fields
from edge.policy.cookies import request_cookies


def test_cookies_of_all_lines_come_in_order() -> None:
    request = fields((("Cookie", "a=1; b=2"), ("Cookie", "a=3")))
    assert request_cookies(request) == (("a", "1"), ("b", "2"), ("a", "3"))


def test_a_value_may_hold_equals_signs() -> None:
    assert request_cookies(fields({"Cookie": "token=a=b=="})) == (("token", "a=b=="),)


def test_a_part_without_equals_sign_is_a_name() -> None:
    assert request_cookies(fields({"Cookie": "sessionid; =x; ; b=2"})) == (("sessionid", ""), ("b", "2"))


def test_no_cookie_field_means_no_cookies() -> None:
    assert request_cookies(fields()) == ()


@given(st.text())
def test_no_text_makes_it_raise(text: str) -> None:
    assert all(name for name, _ in request_cookies(fields({"Cookie": text})))
