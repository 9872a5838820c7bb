from __future__ import annotations

import base64
import string
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renderers.strangers.secrets import Held, Secrets, secrets_of, unmask

ALPHABET = string.ascii_letters + string.digits
SECRET = "Wq3eRt5yUi0pAsDfGhJkLzXcVbNm1234"
COOKIES = {
    "csrftoken": SECRET,
    "sid": "s%3AkJ8sdf7JHsdf98sdfKJH.c2lnbmF0dXJlb2Y",
    "quoted": '"abc def ghi"',
    "currency": "EUR",
    "theme": "default-dark",
}


def masked(mask: str, secret: str) -> str:
    return mask + "".join(
        ALPHABET[(ALPHABET.index(m) + ALPHABET.index(s)) % 62] for m, s in zip(mask, secret, strict=True)
    )


TOKEN = masked("bdfhjlnprtvxzBDFHJLNPRTVXZ02468a", SECRET)


class Case(NamedTuple):
    id: str
    text: str
    want: Held | None


CASES = [
    Case("the value", SECRET, Held("csrftoken", whole=True)),
    Case("with space around", f" {SECRET}\n", Held("csrftoken", whole=True)),
    Case("in a text", f"x={SECRET}&", Held("csrftoken", whole=False)),
    Case("masked as Django does", TOKEN, Held("csrftoken", whole=True)),
    Case("masked in a text", f"var t='{TOKEN}'", Held("csrftoken", whole=False)),
    Case("masked, but another one", masked("a" * 32, "b" * 32), None),
    Case("unquoted", "s:kJ8sdf7JHsdf98sdfKJH.c2lnbmF0dXJlb2Y", Held("sid", whole=True)),
    Case("what was signed", "kJ8sdf7JHsdf98sdfKJH", Held("sid", whole=True)),
    Case("without quotes", "abc def ghi", Held("quoted", whole=True)),
    Case("in base64", base64.b64encode(f"x:{SECRET}".encode()).decode(), Held("csrftoken", whole=False)),
    Case("in base64 for URLs, without padding", base64.urlsafe_b64encode(f"??>{SECRET}".encode()).decode().rstrip("="),
         Held("csrftoken", whole=False)),
    Case("a short value, all of it", "EUR", Held("currency", whole=True)),
    Case("a short value in a text", "5 EUR", None),
    Case("a value that another stranger holds as well, all of it", "default-dark", Held("theme", whole=True)),
    Case("a value that another stranger holds as well, in a text", "the default-dark theme", None),
    Case("nothing", "", None),
    Case("anything else", "some text", None),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_a_cookie_is_found_in_a_text(case: Case) -> None:
    assert Secrets(COOKIES, {"theme": "default-dark", "csrftoken": "x"}).find(case.text) == case.want


def test_a_cookie_masked_itself_is_the_secret_behind_it() -> None:
    mine, _ = secrets_of({"csrftoken": masked("c" * 32, SECRET)}, {})
    assert mine.find(TOKEN) == Held("csrftoken", whole=True)


secrets = st.text(st.sampled_from(ALPHABET), min_size=32, max_size=32)


@given(secrets, secrets)
def test_unmasking_gives_the_secret_whatever_the_mask(mask: str, secret: str) -> None:
    assert unmask(masked(mask, secret)) == secret


@pytest.mark.parametrize("token", ["", "a" * 63, "a" * 65, "-" * 64, "a" * 32])
def test_what_is_no_masked_token_has_no_secret(token: str) -> None:
    assert unmask(token) is None
