from __future__ import annotations

from typing import NamedTuple

import pytest

from renderers.compare import View, compare


class Case(NamedTuple):
    """A page with ``%`` where two strangers' copies differ."""

    id: str
    html: str
    first: str
    second: str
    want: str


TOKENS = ("a1b2c3d4e5f6a7b8", "f6a7b8c9d0e1f2a3")
COOKIES = ("x9y8z7w6v5u4t3s2", "r1q2p3o4n5m6l7k8")

CASES = [
    Case("a slot for a cookie's value", "<input type=hidden name=t value=%>", *COOKIES,
         '[[pages.slots]]\nname = "c-k"\nat = "css:input[name=\'t\']@value"\nfill = "{{ visitor.csrf(\\"c.k\\") }}"'),
    Case("for all places where it stands", "<input type=hidden name=t value=%><input type=hidden name=t value=%>",
         *COOKIES, '[[pages.slots]]\nname = "c-k"\nat = "css:input[name=\'t\']@value"\n'
         'fill = "{{ visitor.csrf(\\"c.k\\") }}"\nall = true'),
    Case("with a warning where no cookie is known", "<input type=hidden name=t value=%>", *TOKENS,
         '# only if the shop accepts a token that it did not issue\n[[pages.slots]]\nname = "t"\n'
         'at = "css:input[name=\'t\']@value"\nfill = "{{ visitor.csrf(\\"t\\") }}"'),
    Case("no slot in a longer value", "<a href='/x?s=%'>x</a>", *COOKIES,
         "# css:a@href: it has the value of the cookie c.k in it. "
         "No slot can stand there; do not cache this page kind"),
    Case("no slot for a nonce", "<script nonce=%>x()</script>", *TOKENS,
         "# css:script@nonce: the attribute nonce is a token by its name. "
         "No slot can stand there; do not cache this page kind"),
    Case("a table's slot for a price", "<p class=x>%</p>", "€5.00", "€6.00",
         '[[pages.slots]]\nname = "value"\nat = "css:.x"\nfill = "{{ prices.amount | money }}"'),
    Case("a table's slot for a quantity", "<p class=x>%</p>", "5 left", "6 left",
         '[[pages.slots]]\nname = "value"\nat = "css:.x"\nfill = "{{ inventory.quantity | stock }}"'),
    Case("a freeze for a text", "<p class=x>%</p>", "Chair", "Table", 'freeze = ["css:.x"]'),
    Case("a freeze with quotes in it", "<p itemprop='x'>%</p><p>y</p>", "Chair", "Table",
         'freeze = ["css:p[itemprop=\'x\']"]'),
    Case("a remark for noise without a place of its own", "<p>x</p><!-- % -->", "1", "2",
         "# a comment: stored as first seen"),
    Case("no freeze for the whole body", "<body>% <b>x</b>", "Chair", "Table",
         "# text in <body>, and nothing smaller than css:body is around it: give it an element"),
    Case("no freeze for personal data", "<p class=x>%</p>", "Hello, Anna", "Hello, Berta",
         "# css:.x: it speaks to 'Anna'. Do not cache this page kind, or have the shop load it by script"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_it_is_proposed(case: Case) -> None:
    first, second = (
        View(body=case.html.replace("%", value).encode(), cookies={"c.k": cookie})
        for value, cookie in zip((case.first, case.second), COOKIES, strict=True)
    )
    assert {difference.proposal for difference in compare(first, second).differences} == {case.want}


def test_a_session_is_only_for_who_has_one() -> None:
    views = (View(body=f"<p class=x>{cookie}</p>".encode(), cookies={"PHPSESSID": cookie}) for cookie in COOKIES)
    (difference,) = compare(*views).differences
    assert difference.proposal.startswith("# PHPSESSID looks like a session: only for visitors who have one\n[[")


def test_slots_of_one_cookie_have_names_of_their_own() -> None:
    page = "<input type=hidden name=t value=%><meta name=u content=%>"
    views = (View(body=page.replace("%", cookie).encode(), cookies={"t": cookie}) for cookie in COOKIES)
    slots = [difference.slot for difference in compare(*views).differences]
    assert len({slot.name for slot in slots if slot is not None}) == len(slots) == 2


def test_tokens_are_proposed_first_and_each_proposal_once() -> None:
    page = "<p class=x>%</p><p class=x>%</p><input type=hidden name=t value=#>"
    first, second = (
        View(body=page.replace("%", text).replace("#", cookie).encode(), cookies={"t": cookie})
        for text, cookie in zip(("Chair", "Table"), COOKIES, strict=True)
    )
    proposals = compare(first, second).proposals
    assert proposals[0].startswith("[[pages.slots]]")
    assert len(proposals) == len(set(proposals)) == 3
