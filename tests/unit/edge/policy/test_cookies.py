from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.model import fields
from edge.policy.cookies import request_cookies, without_our_cookies


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


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("vt_own=1", None),
        ("vt_own=1; vt_id=abc", None),
        ("a=b; vt_own=1", "a=b"),
        ("vt_own=1; a=b", "a=b"),
        ("a=b; vt_id=x;c=d", "a=b;c=d"),
        ('a="b c"; vt_own', 'a="b c"'),
        ("vt_owner=1; xvt_id=2", "vt_owner=1; xvt_id=2"),
        ("", None),
    ],
)
def test_no_origin_sees_our_cookies_and_the_rest_stays_as_it_was(sent: str, kept: str | None) -> None:
    assert without_our_cookies(sent) == kept
