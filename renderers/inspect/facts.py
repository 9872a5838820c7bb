"""What one page says of its own product: price, list price, availability, and how that was decided."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import islice
from typing import NamedTuple

from selectolax.lexbor import LexborNode

from renderers.inspect.claims import Claims, claims
from renderers.inspect.layout import Layout, layout, links
from renderers.inspect.money import PRICE_WORDS, Amount, age, amounts
from renderers.inspect.sample import Sample, ancestors, attribute, naming, text_of
from renderers.inspect.scripts import Script, scripts
from renderers.locate import select

_NOT_THE_PRICE = re.compile(
    r"tax|vat\b|mwst|shipping|delivery|versand|livraison|save\b|saving|spare|discount|rabatt|points|deposit|month|/mo\b"
    r"|per\b|free\b|over\b|from\b|\bab\b|unit|instal",
    re.IGNORECASE,
)
_BUY = re.compile(
    r"add[-_ ]?to[-_ ]?(?:cart|basket|bag)|(?:cart|basket)/add|button-cart|addtocart|\bbuy now\b|warenkorb|au panier"
    r"|al carrito|al carrello|winkelwagen|do koszyka|do košíku|i kurven|varukorg|ostoskoriin|carrinho|в корзину|カート",
    re.IGNORECASE,
)
_BESIDE = 3
"""Levels around an amount in which its product's link stands."""
_A_LIST = 3
"""Links beside amounts that make a page a list."""
_MOST_BUTTONS = 4
"""The form, its button, and another of each that stays in sight while one scrolls."""
_MOST_CHARS = 40
_PERSUASIVE = 4
"""Score from which what the page shows is believed against what it declares."""


class Facts(NamedTuple):
    """One page, read."""

    sample: Sample
    scripts: tuple[Script, ...]
    claims: Claims
    layout: Layout
    amounts: tuple[Amount, ...]
    """Every amount on the page, other products' included."""
    price: str | None
    """Canonical decimal string; None when the page shows and declares none."""
    list_price: str | None
    declared: bool
    """The price is one that the page declares for machines."""
    disputed: tuple[str, ...]
    """Amounts declared as the price that the page does not show; another tax, another currency, or stale."""

    @property
    def own_amounts(self) -> tuple[Amount, ...]:
        """The amounts that may be about the page's own product."""
        return tuple(amount for amount in self.amounts if self.layout.own(amount.node))


def read_facts(sample: Sample) -> Facts:
    """Read one page."""
    found = scripts(sample.tree)
    declared = claims(sample.tree, found)
    shown = tuple(amounts(sample.tree))
    parts = layout(sample, declared.name, shown)
    own = [amount for amount in shown if parts.own(amount.node)]
    price = _price(declared, own, parts)
    return Facts(
        sample=sample,
        scripts=found,
        claims=declared,
        layout=parts,
        amounts=shown,
        price=price,
        list_price=_list_price(declared, own, price),
        declared=price is not None and price in declared.prices,
        disputed=tuple(amount for amount in declared.prices if amount != price),
    )


def looks_like_product(facts: Facts) -> bool:
    """Whether the page is about one product: it says so, or it names one thing and offers it for a price."""
    if facts.price is None:
        return False
    if facts.claims.product:
        return True
    if facts.layout.title is None or facts.sample.path == "/":
        return False
    buyable = _offers_one(facts)
    if not buyable and len(offers(facts, facts.own_amounts)) >= _A_LIST:
        return False
    enough = 0 if buyable else _PERSUASIVE
    return any(_score(amount, facts.layout) > enough for amount in current_amounts(facts.own_amounts))


def offers(facts: Facts, shown: Sequence[Amount]) -> list[str]:
    """URLs that stand beside amounts of money: on a page that is no product, the products it offers."""
    around: dict[int, str] = {}
    for node, url in links(facts.sample):
        for outer in [node, *islice(ancestors(node), _BESIDE)]:
            around.setdefault(outer.mem_id, url)
    found: dict[str, None] = {}
    for amount in shown:
        line = [amount.node, *islice(ancestors(amount.node), _BESIDE)]
        url = next((around[node.mem_id] for node in line if node.mem_id in around), facts.sample.url)
        if url != facts.sample.url:
            found[url] = None
    return list(found)


def _offers_one(facts: Facts) -> bool:
    """Whether the page's own product can be bought on it: one or two buttons do that, a list of products has more."""
    buttons = [node for node in select(facts.sample.tree, "button, input, form, a") if _buys(node)]
    return 0 < sum(facts.layout.own(node) for node in buttons) <= _MOST_BUTTONS


def _buys(node: LexborNode) -> bool:
    names = " ".join(attribute(node, name) for name in ("id", "name", "class", "action", "value", "href"))
    text = text_of(node) if node.tag in {"button", "a"} else ""
    return len(text) <= _MOST_CHARS and _BUY.search(f"{names} {text}") is not None


def current_amounts(shown: Sequence[Amount]) -> list[Amount]:
    """The amounts that are no former prices. Some shops say a former one again for screen readers, not struck out."""
    former = {amount.value for amount in shown if age(amount).struck}
    rest = [amount for amount in shown if not age(amount).struck]
    return [amount for amount in rest if amount.value not in former] or rest


def _price(declared: Claims, own: Sequence[Amount], parts: Layout) -> str | None:
    current = current_amounts(own)
    seen = {amount.value for amount in current}
    for amount in declared.prices:
        if amount in seen:
            return amount
    best = max(current, key=lambda amount: (_score(amount, parts), -amount.order), default=None)
    if best is not None and (not declared.prices or _score(best, parts) > _PERSUASIVE):
        return best.value
    return declared.prices[0] if declared.prices else None


def _score(amount: Amount, parts: Layout) -> int:
    """How much an amount looks like the price of the page's own product."""
    named = [amount.node, *islice(ancestors(amount.node), 2)]
    score = 4 * any(naming(node) & PRICE_WORDS for node in named)
    score += amount.node.tag in {"h1", "h2", "h3", "strong", "b"}
    score += max(0, 5 - _distance(amount, parts))
    score -= age(amount).hinted
    score -= 5 * bool(_NOT_THE_PRICE.search(text_of(amount.node)))
    return score


def _distance(amount: Amount, parts: Layout) -> int:
    """Levels from the amount up to an element that holds the title as well."""
    for levels, node in enumerate(ancestors(amount.node), start=1):
        if parts.holds_title(node):
            return levels
    return 99


def _list_price(declared: Claims, own: Sequence[Amount], price: str | None) -> str | None:
    if price is None:
        return None
    higher = [amount for amount in own if Decimal(amount.value) > Decimal(price)]
    struck = [amount.value for amount in higher if age(amount).struck]
    hinted = [amount.value for amount in higher if age(amount).hinted]
    return next(iter([*struck, *(value for value in declared.list_prices if value != price), *hinted]), None)
