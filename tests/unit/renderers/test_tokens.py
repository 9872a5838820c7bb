from __future__ import annotations

from typing import NamedTuple

import pytest

from renderers.page import Page, Sink, Slot
from renderers.tokens import uncovered_tokens

TOKEN = "qW3eRt5yUi0pAsDf"


def page(*pieces: bytes, visitor: bool = True, charset: str = "utf-8") -> Page:
    """Segments and slot contents in turn."""
    slots = tuple(Slot("token", "", Sink.ATTRIBUTE, None, piece, visitor=visitor) for piece in pieces[1::2])
    return Page(pieces[::2], slots, (), charset, None, (), b"")


class Case(NamedTuple):
    id: str
    html: str
    says: str | None


CASES = [
    Case("a hidden input", f"<input type=hidden name=csrfmiddlewaretoken value={TOKEN}>", "csrfmiddlewaretoken"),
    Case("Magento's form key", f"<input type=Hidden name=form_key value={TOKEN}>", "form_key"),
    Case("Rails' meta tag", f'<meta name="csrf-token" content="{TOKEN}==">', "meta[name='csrf-token']@content"),
    Case("a script's member", f'<script>cfg = {{"formNonce": "{TOKEN}"}}</script>', "formNonce"),
    Case("a script's variable", f"<script>var XSRF_TOKEN='{TOKEN}';</script>", "XSRF_TOKEN"),
    Case("an input for the visitor to fill", "<input type=text name=token value=abc12345>", None),
    Case("a setting, not a token", '<script>x = {"tokenType": "BearerToken"}</script>', None),
    Case("an empty one", "<input type=hidden name=csrf value=''>", None),
    Case("another hidden input", f"<input type=hidden name=variant value={TOKEN}>", None),
    Case("a policy's nonce, which changes with its header", f"<script nonce={TOKEN}>x()</script>", None),
]


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_fields_named_like_a_token_are_reported(case: Case) -> None:
    reasons = uncovered_tokens(page(case.html.encode()), ())
    assert len(reasons) == (case.says is not None)
    assert all(case.says is not None and case.says in reason and "visitor.csrf" in reason for reason in reasons)


def test_a_token_in_a_visitor_slot_is_covered() -> None:
    pieces = (b"<input type=hidden name=csrf value='", TOKEN.encode(), b"'>")
    assert not uncovered_tokens(page(*pieces), [TOKEN])
    assert len(uncovered_tokens(page(*pieces, visitor=False), [TOKEN])) == 2


@pytest.mark.parametrize("written", [TOKEN + "/é", f"{TOKEN}%2F%C3%A9"])
def test_a_cookie_of_the_response_in_its_page_is_reported(written: str) -> None:
    body = f"<p>{written}</p>"
    assert len(uncovered_tokens(page(body.encode("cp1252"), charset="cp1252"), [f"{TOKEN}%2F%C3%A9"])) == 1


def test_short_cookie_values_stand_on_a_page_by_chance() -> None:
    assert not uncovered_tokens(page(b"<html lang=de-DE>"), ["de-DE", ""])
