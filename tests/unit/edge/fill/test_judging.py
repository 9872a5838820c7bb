"""The leak gate's verdict on two copies of a page, without an origin."""

from __future__ import annotations

import string

import pytest

from edge.fill.cutting import CutFailed, Cutting, cut
from edge.fill.judging import Judged, Judging, Sight, differing_fields, judge
from edge.model import Pairs
from origin_adapters import Token, adapter
from renderers.page import KindSpec, Page, SlotSpec, origin_bytes

SPEC = KindSpec(name="product", slots=(SlotSpec(name="price", at="css:.price", fill="{{ prices.amount | money }}"),))
ONE, TWO = "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6", "Q7w8E9r0T1y2U3i4O5p6A7s8D9f0G1h2"


def body(more: str) -> bytes:
    return f'<html><body><p class="price">$19.99</p>{more}</body></html>'.encode()


def judged(
    first: str,
    second: str,
    cookies: tuple[Pairs, Pairs] = ((), ()),
    *,
    tokens: tuple[Token, ...] = adapter("django").tokens,
    spec: KindSpec = SPEC,
    stored: Page | None = None,
) -> Judged:
    job = Cutting(
        body=body(first), spec=spec, content_type="text/html", url_path="/p", vocabulary={}, cookies=cookies[0]
    )
    sight = Sight(body=body(second), content_type="text/html", cookies=cookies[1])
    return judge(Judging(job=job, first=cut(job), second=sight, tokens=tokens, stored=stored))


def both(template: str) -> tuple[str, str]:
    return template.replace("{}", ONE), template.replace("{}", TWO)


def cookies(name: str) -> tuple[Pairs, Pairs]:
    return ((name, ONE),), ((name, TWO),)


FORM = '<input type="hidden" name="csrfmiddlewaretoken" value="{}">'


def test_what_two_strangers_share_is_for_everybody() -> None:
    verdict = judged("<b>same</b>", "<b>same</b>")
    assert (verdict.refusals, verdict.added, verdict.noise) == ((), (), ())
    assert origin_bytes(verdict.cut.compiled.page) == body("<b>same</b>")


def test_a_slot_covers_every_copy_of_a_token() -> None:
    verdict = judged(*both(FORM * 3), cookies("csrftoken"))
    assert (verdict.refusals, len(verdict.added), verdict.unmintable) == ((), 1, ())
    page = verdict.cut.compiled.page
    assert [slot.origin for slot in page.slots if slot.visitor] == [ONE.encode()] * 3
    assert not any(ONE.encode() in segment for segment in page.segments)
    assert len(verdict.cut.pressed) == len(page.segments)
    assert verdict.cut.asked == ("csrftoken",)


def test_tokens_in_several_places_get_a_slot_each() -> None:
    verdict = judged(*both(FORM + '<meta name="csrf-token" content="{}">'), cookies("csrftoken"))
    assert verdict.refusals == ()
    assert len({slot.name for slot in verdict.added}) == len(verdict.added) == 2


def test_a_form_s_field_names_the_cookie_that_a_script_sets() -> None:
    """Magento: the origin sets no cookie; ``form_key`` is made in the browser."""
    verdict = judged(*both('<input name="form_key" type="hidden" value="{}">'), tokens=adapter("magento").tokens)
    assert verdict.refusals == ()
    assert [slot.fill for slot in verdict.added] == ['{{ visitor.csrf("form_key") }}']


def test_a_token_in_a_cookie_that_only_the_origin_sets_is_said_to_be_so() -> None:
    verdict = judged(*both('<input type="hidden" name="_token" value="{}">'), cookies("shop_token"))
    assert (verdict.refusals, verdict.unmintable) == ((), ("shop_token",))


MASKS = "mVqTz3kXo9sLw7Yb1NcRd5GfHj8PaQe2", "xW4uZ6tBv0nMk2JhG8fDs5AaPq7LoRe3"


def shifted(secret: str, mask: str) -> str:
    """As Django masks a secret."""
    at = (string.ascii_letters + string.digits).index
    return mask + "".join(
        (string.ascii_letters + string.digits)[(at(a) + at(b)) % 62] for a, b in zip(secret, mask, strict=True)
    )


def test_a_masked_secret_is_shown_raw_only_where_the_platform_takes_that() -> None:
    forms = FORM.format(shifted(ONE, MASKS[0])), FORM.format(shifted(TWO, MASKS[1]))
    assert judged(*forms, cookies("csrftoken")).refusals == ()
    assert judged(*forms, cookies("csrftoken"), tokens=()).refusals


@pytest.mark.parametrize(
    ("first", "second", "held"),
    [
        (*both('<input type="hidden" name="_token" value="{}">'), ((), ())),
        (*both('<input type="hidden" name="_token" value="x-{}">'), cookies("shop_token")),
        (*both("<script>var token = '{}' + 1;</script>"), cookies("csrftoken")),
        (*both('<a href="/add?t={}">add</a>'), cookies("csrftoken")),
        ("<p>Basket: 2</p>", "<p>Basket: 0</p>", ((), ())),
    ],
)
def test_what_no_slot_covers_whole_refuses(first: str, second: str, held: tuple[Pairs, Pairs]) -> None:
    verdict = judged(first, second, held)
    assert verdict.refusals
    assert all("two strangers differ at" in refusal for refusal in verdict.refusals)


def test_a_refusal_says_what_differs_and_what_to_write() -> None:
    (refusal,) = judged("<p class='hits'>seen 12 times</p>", "<p class='hits'>seen 13 times</p>").refusals
    assert "'seen 12 times' and 'seen 13 times'" in refusal
    assert 'freeze = ["css:' in refusal


def test_a_long_difference_is_told_in_short() -> None:
    (refusal,) = judged("<p>a</p>" + "<i>x</i>" * 2000, "<p>b</p>" + "<i>y</i>" * 2000).refusals[:1]
    assert len(refusal) < 1200


def test_what_is_frozen_is_noise() -> None:
    spec = KindSpec(name="product", freeze=("css:.hits",))
    verdict = judged("<p class='hits'>seen 12 times</p>", "<p class='hits'>seen 13 times</p>", spec=spec)
    assert verdict.refusals == ()
    assert len(verdict.noise) == 1


def test_personal_data_refuses_although_both_see_it() -> None:
    verdict = judged("<p>Welcome back, Anna!</p>", "<p>Welcome back, Anna!</p>")
    assert "Anna" in "".join(verdict.refusals)


def test_a_name_that_is_taken_gets_a_number() -> None:
    taken = SlotSpec(name="visitor-csrftoken", at="css:.none", fill="{{ prices.amount }}")
    spec = KindSpec(name="product", slots=(taken,))
    assert [slot.name for slot in judged(*both(FORM), cookies("csrftoken"), spec=spec).added] == ["visitor-csrftoken-2"]


def stored(more: str, spec: KindSpec = SPEC) -> Page:
    job = Cutting(body=body(more), spec=spec, content_type="text/html", url_path="/p", vocabulary={}, cookies=())
    return cut(job).compiled.page


TOKEN = '<input type="hidden" name="_token" value="{}">'


def test_a_token_that_the_stored_page_shows_too_is_a_leak() -> None:
    verdict = judged(*both(TOKEN), stored=stored(TOKEN.format("Z" * 16 + "9" * 16)))
    assert "css:input[name='_token']@value" in verdict.leaking[0]


def test_what_is_merely_in_doubt_is_no_proof() -> None:
    assert judged("<p>one</p>", "<p>two</p>", stored=stored("<p>three</p>")).leaking == ()


def test_a_stored_page_that_has_a_slot_there_does_not_leak() -> None:
    slot = SlotSpec(name="t", at="css:input[name='_token']@value", fill='{{ visitor.csrf("t") }}')
    assert judged(*both(TOKEN), stored=stored(TOKEN.format(ONE), KindSpec(name="product", slots=(slot,)))).leaking == ()


def test_personal_data_in_the_stored_page_is_a_leak() -> None:
    assert judged("<p>one</p>", "<p>two</p>", stored=stored("<p>Welcome back, Anna!</p>")).leaking


def test_a_page_that_agrees_accuses_nothing() -> None:
    assert judged("", "", stored=stored("<p>Welcome back, Anna!</p>")).leaking == ()


def test_a_wrong_specification_is_told_as_such() -> None:
    job = Cutting(body=body(""), spec=SPEC, content_type="text/html", url_path="/p", vocabulary={}, cookies=())
    wrong = Cutting(
        body=body(""),
        spec=KindSpec(name="product", slots=(SlotSpec(name="x", at="css:[[", fill="{{ prices.amount }}"),)),
        content_type="text/html",
        url_path="/p",
        vocabulary={},
        cookies=(),
    )
    sight = Sight(body=body("x"), content_type="text/html", cookies=())
    with pytest.raises(CutFailed, match="page kind product"):
        judge(Judging(job=wrong, first=cut(job), second=sight, tokens=(), stored=None))


def test_fields_differ_by_name_whatever_its_case() -> None:
    first = (("Date", "1"), ("X-Token", "a"), ("Link", "x"), ("Link", "y"), ("Same", "1"))
    second = (("date", "2"), ("x-token", "b"), ("Link", "y"), ("Link", "x"), ("SAME", "1"), ("Only", "z"))
    assert differing_fields(first, second) == ("date", "link", "only", "x-token")
