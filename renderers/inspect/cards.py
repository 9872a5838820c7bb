"""Cards of other products on the page, as slots with ``each``: only when each card names its product as pages do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from selectolax.lexbor import LexborNode

from renderers.inspect.cover import Cover, Scope, cover
from renderers.inspect.facts import Facts, current_amounts
from renderers.inspect.layout import Card
from renderers.inspect.money import Amount, age
from renderers.inspect.places import MONEY, Field, Form, Place
from renderers.inspect.sample import ancestors, shown, text_of
from renderers.inspect.selectors import own_selectors
from renderers.inspect.skus import SKU_ATTRIBUTES, SKU_INPUTS
from renderers.locate import Element, select
from renderers.recognise import page_sku


class Cards(NamedTuple):
    """How the cards of other products are found, and what in them."""

    each: str
    """``css:SELECTOR`` of the cards."""
    sku: str
    seen: int
    """Cards on the sample pages that it covers."""
    slots: Cover


class NoCards(NamedTuple):
    """Why cards keep the origin's bytes."""

    seen: int
    reason: str


def find_cards(facts: Sequence[Facts], skus: Mapping[str, str]) -> Cards | NoCards | None:
    """The cards with prices on the sample pages; None when there are none.

    ``skus``: of sampled products by URL, to see that cards and pages mean the same by a SKU.
    """
    found = [(one, card) for one in facts for card in one.layout.cards if _amounts(one, card)]
    if not found:
        return None
    each = _each(facts, found)
    if each is None:
        return NoCards(len(found), "no selector covers them and nothing else")
    chosen = [(one, card) for one, card in found if card.node.mem_id in each[1]]
    sku = _card_sku(chosen, skus)
    if sku is None:
        return NoCards(len(found), _anonymous(skus, chosen))
    slots = cover([_scope(one, card) for one, card in chosen])
    if not slots.targets:
        return NoCards(len(found), "no selector finds their prices")
    return Cards(f"css:{each[0]}", sku, len(chosen), slots)


def _amounts(one: Facts, card: Card) -> list[Amount]:
    return [
        amount
        for amount in one.amounts
        if any(node.mem_id == card.node.mem_id for node in [amount.node, *ancestors(amount.node)])
    ]


def _each(facts: Sequence[Facts], found: Sequence[tuple[Facts, Card]]) -> tuple[str, frozenset[int]] | None:
    """The selector that covers most cards and no other element with an amount, and the cards it covers."""
    cards = {card.node.mem_id for _, card in found}
    priced = {node.mem_id for one in facts for amount in one.amounts for node in [amount.node, *ancestors(amount.node)]}
    best: tuple[str, frozenset[int]] | None = None
    reach = (0, 0)
    for selector in _card_selectors(found):
        matches = frozenset(node.mem_id for one in facts for node in select(one.sample.tree, selector))
        hit = matches & priced
        if hit and hit <= cards and (len(hit), len(hit) - len(matches)) > reach:
            best, reach = (selector, hit), (len(hit), len(hit) - len(matches))
    return best


def _card_selectors(found: Sequence[tuple[Facts, Card]]) -> list[str]:
    seen: dict[str, int] = {}
    for _, card in found:
        parent = card.node.parent
        outers = own_selectors(parent, "")[:3] if parent is not None else []
        for cost, leaf in own_selectors(card.node, ""):
            seen[leaf] = min(cost, seen.get(leaf, cost))
            for outer_cost, outer in outers:
                seen.setdefault(f"{outer} > {leaf}", cost + outer_cost + 2)
    return sorted(seen, key=lambda selector: (seen[selector], selector))[:120]


def _card_sku(chosen: Sequence[tuple[Facts, Card]], skus: Mapping[str, str]) -> str | None:
    """A ``sku`` setting that finds one number in every card, the page's own SKU wherever that page was seen."""
    for spec in dict.fromkeys(spec for _, card in chosen for spec in _sku_specs(card.node)):
        values = [(card.url, page_sku(one.sample.doc, spec, "", Element(card.node))) for one, card in chosen]
        known = [(skus[url], value) for url, value in values if url in skus]
        if all(value is not None for _, value in values) and known and all(one == two for one, two in known):
            return spec
    return None


def _sku_specs(card: LexborNode) -> Iterator[str]:
    for node in [card, *(inner for inner in card.traverse() if inner.is_element_node)]:
        for name in node.attributes:
            if name in SKU_ATTRIBUTES:
                yield f"css:{node.tag}@{name}"
                yield f"css:[{name}]@{name}"
    for name in SKU_INPUTS:
        yield f"css:input[name='{name}']@value"
    yield "css:[itemprop='sku']"
    yield "css:[itemprop='sku']@content"


def _anonymous(skus: Mapping[str, str], chosen: Sequence[tuple[Facts, Card]]) -> str:
    """Why no setting finds the SKU of each card."""
    one, card = chosen[0]
    if all(page_sku(one.sample.doc, spec, "", Element(card.node)) is None for spec in _sku_specs(card.node)):
        return "a card names its product by a link alone, which is no SKU"
    if any(card.url in skus for _, card in chosen):
        return "the number in a card is not the SKU that the product's own page states"
    return "none of their pages was seen, so whether they mean the same SKU as product pages do is not known"


def _scope(one: Facts, card: Card) -> Scope:
    inside = _amounts(one, card)
    current = current_amounts(inside)
    price = current[0].value if current else None
    former = {amount.value for amount in inside if age(amount).struck}
    right: dict[tuple[int, str], Place] = {}
    for amount in inside:
        struck = amount.value in former
        if price is not None and struck and Decimal(amount.value) > Decimal(price):
            field, column = Field.LIST_PRICE, "list_amount"
        elif amount.value == price and not struck:
            field, column = Field.PRICE, "amount"
        else:
            continue
        raw = shown(amount.node.text())
        right[amount.node.mem_id, ""] = Place(field, Form.TEXT, amount.node, "", raw, MONEY % column)
    return Scope(card.node, right, lambda node, _: not any(char.isdigit() for char in text_of(node)))
