"""Ways to find the SKU of a product page that hold on every sample, the shop's own number before the database's."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from selectolax.lexbor import LexborNode

from renderers.inspect.addresses import address
from renderers.inspect.facts import Facts
from renderers.inspect.sample import Sample, attribute, elements, naming, text_of
from renderers.inspect.scripts import pointer_text
from renderers.inspect.selectors import selectors
from renderers.recognise import page_sku


class Rank(enum.IntEnum):
    """How good a key the number is: what feeds and people call the product, down to its address."""

    SKU = 0
    TRADE_NUMBER = 1
    PRODUCT_ID = 2
    PATH = 3


class SkuChoice(NamedTuple):
    """A ``sku`` setting and what it finds."""

    spec: str
    rank: Rank
    values: tuple[str, ...]
    """By sample."""


_LINKED_DATA = (
    ("sku", Rank.SKU),
    ("offers/sku", Rank.SKU),
    ("productID", Rank.PRODUCT_ID),
    ("mpn", Rank.TRADE_NUMBER),
    ("gtin13", Rank.TRADE_NUMBER),
    ("gtin", Rank.TRADE_NUMBER),
    ("gtin12", Rank.TRADE_NUMBER),
    ("gtin14", Rank.TRADE_NUMBER),
    ("gtin8", Rank.TRADE_NUMBER),
    ("isbn", Rank.TRADE_NUMBER),
)
_META = (("product:retailer_item_id", Rank.SKU), ("product:sku", Rank.SKU), ("sku", Rank.SKU))
_ITEMS = (
    ("sku", Rank.SKU),
    ("mpn", Rank.TRADE_NUMBER),
    ("gtin13", Rank.TRADE_NUMBER),
    ("productID", Rank.PRODUCT_ID),
)
SKU_ATTRIBUTES = {
    **dict.fromkeys(
        ("data-sku", "data-product-sku", "data-product_sku", "data-item-sku", "data-variant-sku"), Rank.SKU
    ),
    **dict.fromkeys(
        ("data-product-id", "data-product_id", "data-productid", "data-id-product", "data-item-id", "data-pid"),
        Rank.PRODUCT_ID,
    ),
}
"""Attributes that carry the number of a product."""
SKU_INPUTS = {
    **dict.fromkeys(("sku", "product_sku", "item_sku"), Rank.SKU),
    **dict.fromkeys(
        ("product_id", "products_id", "product", "id_product", "productid", "add-to-cart", "item_id", "product-id"),
        Rank.PRODUCT_ID,
    ),
}
"""Names of form fields that do."""
_STATE = {"sku": Rank.SKU, "productid": Rank.PRODUCT_ID, "product_id": Rank.PRODUCT_ID}
_LABEL = re.compile(
    r"sku|(?:article|item|product|part|catalog(?:ue)?|order) ?(?:no\.?|nr\.?|number|code|id|#)|art\.?[- ]?(?:nr|no)\.?"
    r"|artikel-?(?:nummer|nr\.?)|bestell-?nr\.?|référence|reference|ref\.?|referencia|codice|código|artikelnr\.?|model",
    re.IGNORECASE,
)
_TRADE_LABEL = re.compile(r"upc|ean|gtin|isbn|mpn", re.IGNORECASE)
_ONE_WORD = re.compile(r"[\w.#+/:-]{1,64}")
_MOST_TRIED = 80


def sku_choices(facts: Sequence[Facts]) -> tuple[SkuChoice, ...]:
    """The ways that find one SKU on each sample, and another one for each product; the best first.

    Of ways that find the same, only the best.

    ``facts``: the pages of different products, the one asked about first.
    """
    found: dict[tuple[str, ...], SkuChoice] = {}
    for rank, specs in _candidates(facts[0]):
        choice = next(filter(None, (_holding(facts, spec, rank) for spec in specs)), None)
        if choice is not None:
            found[choice.values] = min(found.get(choice.values, choice), choice, key=lambda one: one.rank)
    return tuple(sorted(found.values(), key=lambda choice: choice.rank))


def _holding(facts: Sequence[Facts], spec: str, rank: Rank) -> SkuChoice | None:
    values = [page_sku(one.sample.doc, spec, one.sample.path) for one in facts]
    stated = [value for value in values if value is not None and _ONE_WORD.fullmatch(value)]
    if len(stated) < len(facts) or len(set(stated)) < len(facts):
        return None
    return SkuChoice(spec, rank, tuple(stated))


def _candidates(own: Facts) -> Iterator[tuple[Rank, Iterator[str]]]:
    """Groups of settings that mean the same number, of which the first that holds is enough."""
    for path, rank in _LINKED_DATA:
        yield rank, iter((f"json-ld:{path}",))
    for name, rank in _ITEMS:
        yield rank, iter((f"css:[itemprop='{name}']", f"css:[itemprop='{name}']@content"))
    for name, rank in _META:
        yield rank, iter((f"meta:{name}",))
    for rank, node, pointer in _in_state(own):
        yield rank, (f"json:{selector}#{pointer}" for selector in selectors(node, f"#{pointer}")[:_MOST_TRIED])
    for rank, node, inside in _places(own):
        yield rank, (f"css:{selector}{inside}" for selector in selectors(node, inside)[:_MOST_TRIED])
    yield Rank.PATH, _by_path(own.sample)


def _in_state(own: Facts) -> Iterator[tuple[Rank, LexborNode, str]]:
    """Members of a script's state that are called like the number of the product."""
    for script in own.scripts:
        for value in script.values:
            rank = _STATE.get(value.names[-1].lower()) if value.names and not script.linked_data else None
            if rank is not None and len(value.pointer) == len(value.names) and isinstance(value.value, str):
                yield rank, script.node, pointer_text(value.pointer)


def _places(own: Facts) -> Iterator[tuple[Rank, LexborNode, str]]:
    """Elements and attributes of the page's own product that seem to hold its number."""
    for node in elements(own.sample.tree):
        if (rank := _text_rank(node)) is not None and own.layout.own(node):
            yield rank, node, ""
    for node in elements(own.sample.tree):
        for name, rank in _numbered_attributes(node):
            if own.layout.own(node) and _ONE_WORD.fullmatch(attribute(node, name)):
                yield rank, node, f"@{name}"


def _numbered_attributes(node: LexborNode) -> Iterator[tuple[str, Rank]]:
    for name in node.attributes:
        if name in SKU_ATTRIBUTES:
            yield name, SKU_ATTRIBUTES[name]
    if node.tag in {"input", "button"} and (rank := SKU_INPUTS.get(attribute(node, "name").lower())) is not None:
        yield "value", rank


def _text_rank(node: LexborNode) -> Rank | None:
    """The rank of an element whose whole text is one number of the product; None for other elements."""
    if node.tag in {"th", "dt", "label", "a", "option", "script"} or node.child is None:
        return None
    named = naming(node) & {"sku", "upc", "ean", "gtin", "isbn", "mpn"}
    label = "" if named else _label_before(node)
    if not named and not label:
        return None
    text = text_of(node)
    if not _ONE_WORD.fullmatch(text) or not any(char.isdigit() or char in "-_" for char in text):
        return None
    if "sku" in named or _LABEL.fullmatch(label):
        return Rank.SKU
    return Rank.TRADE_NUMBER if named or _TRADE_LABEL.fullmatch(label) else None


def _label_before(node: LexborNode) -> str:
    before = node.prev
    while before is not None and before.is_text_node and before.is_empty_text_node:
        before = before.prev
    if before is None:
        return ""
    text = (before.text_content or "") if before.is_text_node else text_of(before)
    return text.strip().rstrip(":").strip()


def _by_path(sample: Sample) -> Iterator[str]:
    own = address(sample.url)
    if own.query or not own.segments:
        return
    ending = re.escape(own.extension) if own.extension != "/" else ""
    yield f"path:[_-]([0-9]+){ending}/?$"
    yield f"path:([0-9]+){ending}/?$"
    yield f"path:([^/]+?){ending}/?$"
