from __future__ import annotations

from renderers.inspect.proposal import Proposal, cut_samples, propose
from tests.storefronts.samples import read, shop

TEMPLATE = (
    "<title>{name}</title><main><div class=buy><h1>{name}</h1><b class=price>{price}</b><i itemprop=sku>{sku}</i>"
    "{more}</div>"
    "<p>Free delivery over $50.00</p></main>"
)
CUP = {"name": "cup", "sku": "C-1", "price": "$5.00", "more": ""}
JUG = {"name": "jug", "sku": "J-1", "price": "$1,299.50", "more": ""}


def slots(found: Proposal) -> dict[str, str]:
    return {slot.spec.name: slot.spec.at for slot in found.slots}


def test_every_sample_is_cut_by_what_is_proposed() -> None:
    facts = shop(TEMPLATE, CUP, JUG)
    found = propose(facts)
    assert slots(found) == {"price": "css:.buy .price"}
    for compiled, amount in zip(cut_samples(facts, found.kind), ("5", "1299.5"), strict=True):
        assert compiled.refused == ()
        assert [reading.values for reading in compiled.page.readings] == [{"amount": amount}]


def test_an_amount_that_only_happens_to_be_the_price_gets_no_slot() -> None:
    facts = shop(TEMPLATE, CUP | {"price": "$50.00"}, JUG)
    found = propose(facts)
    assert slots(found) == {"price": "css:.buy .price"}


def test_a_page_without_an_amount_does_not_cost_the_others_their_slot() -> None:
    free = {"name": "tag", "sku": "T-1", "price": "Free", "more": "<s>$0.00</s>"}
    found = propose([*shop(TEMPLATE, CUP, JUG), *shop(TEMPLATE, free)])
    assert slots(found)["price"] == "css:.buy .price"


def test_what_no_two_pages_share_is_left_when_its_target_names_the_product() -> None:
    cup = CUP | {"more": '<script>s = {"4711": {"price": 5.00}}</script>'}
    jug = JUG | {"more": '<script>s = {"4712": {"price": 1299.50}}</script>'}
    found = propose(shop(TEMPLATE, cup, jug))
    assert slots(found) == {"price": "css:.buy .price"}
    assert [(one.what, one.where) for one in found.left] == [("price (state)", "<script>#/4711/price")]


def test_a_page_kind_needs_something_that_tells_products_apart() -> None:
    page = "<div><h1>Cup</h1><b class=price>$5.00</b></div>"
    found = propose([read(page, "/index.php?id=1"), read(page.replace("5", "6"), "/index.php?id=2")])
    assert (found.sku, found.slots) == (None, ())


def test_a_currency_that_only_a_sign_tells_is_looked_for_in_state() -> None:
    more = '<script>s = {"currency": "AUD"}</script>'
    assert propose(shop(TEMPLATE, CUP | {"more": more}, JUG)).currency == "AUD"
    assert propose(shop(TEMPLATE, CUP, JUG)).currency is None
    assert propose(shop(TEMPLATE, CUP | {"price": "5,00 €"}, JUG)).currency is None


def test_a_single_page_is_proof_enough_for_want_of_another() -> None:
    assert slots(propose(shop(TEMPLATE, CUP))) == {"price": "css:.buy .price"}


def test_a_slot_that_cutting_refuses_is_dropped_with_its_reason() -> None:
    both = "{price} <span class=stock>In stock</span>"
    facts = shop(TEMPLATE.replace("{price}", both), CUP, JUG)
    found = propose(facts)
    assert slots(found) == {"price": "css:.buy .price"}
    assert [(one.what, "shares bytes" in one.reason) for one in found.left] == [("stock", True)]
    assert all(compiled.refused == () for compiled in cut_samples(facts, found.kind))
