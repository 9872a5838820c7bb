"""Amounts of money in what a page shows: the innermost elements that say each, whatever the markup around digits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from babel.core import get_global
from selectolax.lexbor import LexborHTMLParser, LexborNode

from renderers.amounts import learn_money, learn_plain
from renderers.inspect.sample import ancestors, naming, texts, words
from renderers.masked import TAG, mask
from renderers.numerals import canonical

PRICE_WORDS = frozenset(
    words("price prices pricing amount amounts cost preis prix precio prezzo prijs cena pris preco valor")
)
"""Words in names that mean an amount of money."""
_OLD_WORDS = frozenset(words("old was compare strike strikethrough crossed before rrp msrp uvp statt previous"))
_PERHAPS_OLD = frozenset({"regular", "original", "list", "full", "normal"})
_STRUCK_TAGS = frozenset({"del", "s", "strike"})
_CODES = frozenset(get_global("all_currencies"))
_SIGN = re.compile(r"[$£€¥₹₩₫₽₺₴₦₱₪฿₡₲₵₸]|\b(?:kr|Kč|zł|Ft|Fr|Rs|lei|лв|руб)\b|R\$|(?<![A-Za-z])([A-Z]{3})(?![A-Za-z])")
_DIGIT = re.compile("[0-9]")
_CLIMB = 4
_MOST_CHARS = 80
_MOST_SOURCE = 2_000


class Amount(NamedTuple):
    """One amount on the page."""

    node: LexborNode
    """The innermost element that says it whole, with its currency if that stands near."""
    value: str
    """Canonical decimal string."""
    signed: bool
    """A currency stands beside it; else only a name of the element says that it is money."""
    order: int
    """Its place among the page's texts."""


class Age(NamedTuple):
    """Whether an amount is a former price: said by the markup, or only hinted at by a name."""

    struck: bool
    hinted: bool


def amounts(tree: LexborHTMLParser) -> list[Amount]:
    """Every amount a visitor reads, in document order, each element once."""
    found: dict[int, Amount] = {}
    for order, text in enumerate(texts(tree)):
        if _DIGIT.search(text.text_content or "") and (amount := _around(text, order)) is not None:
            found.setdefault(amount.node.mem_id, amount)
    return list(found.values())


def age(amount: Amount) -> Age:
    """What markup and names say about an amount being a former price."""
    line = [amount.node, *islice(ancestors(amount.node), 3)]
    struck = any(node.tag in _STRUCK_TAGS or naming(node) & _OLD_WORDS for node in line)
    return Age(struck, any(naming(node) & _PERHAPS_OLD for node in line[:3]))


def as_amount(text: str) -> str | None:
    """The amount that a value for machines states (``19.90``, ``1299``); None when it is not one plain number."""
    form = learn_plain(text.strip())
    return None if isinstance(form, str) else canonical(form.parse(text.strip()))


def signed_amount(text: str) -> str | None:
    """The amount in a short text that names its currency; None for any other text."""
    if len(text) > _MOST_CHARS or not _has_sign(text):
        return None
    return _value(text)


def named_amount(text: str) -> str | None:
    """The amount in a short text that a name says is one, with or without a currency; None for any other text."""
    return _value(text) if len(text) <= _MOST_CHARS else None


def _around(text: LexborNode, order: int) -> Amount | None:
    """The amount a text node is part of: the lowest element with a currency, else the lowest named like a price."""
    unsigned: Amount | None = None
    for node in islice(ancestors(text), _CLIMB):
        source = node.inner_html or ""
        if len(source) > _MOST_SOURCE:
            break
        visible = mask(source).text.replace(TAG, " ").strip()
        value = _value(source)
        if len(visible) > _MOST_CHARS or value is None:
            break
        if _has_sign(visible):
            return Amount(node, value, signed=True, order=order)
        if unsigned is None and naming(node) & PRICE_WORDS:
            unsigned = Amount(node, value, signed=False, order=order)
    return unsigned


def _value(source: str) -> str | None:
    form = learn_money(source)
    if isinstance(form, str):
        return None
    return form.parse(source)


def _has_sign(text: str) -> bool:
    return any(match[1] is None or match[1] in _CODES for match in _signs(text))


def _signs(text: str) -> Iterator[re.Match[str]]:
    return _SIGN.finditer(text)
