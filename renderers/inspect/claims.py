"""What a page declares about its product for machines: JSON-LD, microdata and meta tags."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

from renderers.availability import availability_name
from renderers.inspect.money import as_amount, named_amount
from renderers.inspect.sample import attribute, text_of
from renderers.inspect.scripts import Script, Value
from renderers.locate import select

_LIST_KINDS = ("ListPrice", "StrikethroughPrice", "SRP", "MSRP", "RegularPrice")
_OTHERS = frozenset({"isRelatedTo", "isSimilarTo", "isAccessoryOrSparePartFor", "isConsumableFor", "hasVariant"})
"""Members of a Product that are about other products, or about one of its variants."""
_PRICE_META = ("product:price:amount", "og:price:amount", "product:sale_price:amount", "twitter:data1")
_CURRENCY_META = ("product:price:currency", "og:price:currency")
_STOCK_META = ("product:availability", "og:availability")


class Claims(NamedTuple):
    """What is declared; None or empty where nothing is."""

    product: bool
    """The page says that it is about one product."""
    name: str | None
    prices: tuple[str, ...]
    """Canonical amounts, the most trusted first."""
    list_prices: tuple[str, ...]
    currency: str | None
    availability: str | None
    """A name of schema.org."""


def claims(tree: LexborHTMLParser, scripts: Sequence[Script]) -> Claims:
    """Everything a page declares about its own product."""
    offers = [value for script in scripts for value in product_values(script)]
    prices, lists = _offered(scripts)
    stated = [*prices, *_item_amounts(tree), *_meta_amounts(tree)]
    codes = [str(v.value) for v in offers if v.pointer[-1] == "priceCurrency"]
    codes += [_item(node) for node in select(tree, "[itemprop=priceCurrency]")]
    codes += [attribute(node, "content") for node in metas(tree, _CURRENCY_META)]
    names = [str(v.value) for script in scripts for v in product_values(script) if _step_below(v, script) == "name"]
    kind = [attribute(node, "content") for node in metas(tree, ("og:type",))]
    product = any(script.product is not None for script in scripts) or any("product" in text for text in kind)
    product = product or bool(select(tree, "[itemtype$='schema.org/Product']"))
    return Claims(
        product=product,
        name=next(iter(names), None) or _open_graph_name(tree, product=product),
        prices=tuple(dict.fromkeys(stated)),
        list_prices=tuple(dict.fromkeys(lists)),
        currency=next((code.strip() for code in codes if len(code.strip()) == 3 and code.strip().isupper()), None),
        availability=next(_availabilities(tree, offers), None),
    )


def product_values(script: Script) -> Iterator[Value]:
    """The values of the page's own Product in one script."""
    if script.product is not None:
        depth = len(script.product)
        for value in script.values:
            if value.pointer[:depth] == script.product and not _OTHERS & set(value.pointer[depth:]):
                yield value


def metas(tree: LexborHTMLParser, names: Sequence[str]) -> Iterator[LexborNode]:
    """The meta elements that have one of these names, in the order of the names."""
    found = select(tree, "meta[content]")
    for name in names:
        yield from (node for node in found if name in {attribute(node, "property"), attribute(node, "name")})


def is_list_price(value: Value, script: Script) -> bool:
    """Whether a price specification says of itself that it is not the price to pay."""
    beside = {other.pointer[-1]: other.value for other in script.values if other.pointer[:-1] == value.pointer[:-1]}
    return any(str(beside.get("priceType", "")).endswith(kind) for kind in _LIST_KINDS)


def _offered(scripts: Sequence[Script]) -> tuple[list[str], list[str]]:
    prices: list[tuple[int, str]] = []
    lists: list[str] = []
    for script in scripts:
        for value in product_values(script):
            if value.pointer[-1] not in {"price", "lowPrice"} or "offers" not in value.pointer:
                continue
            amount = as_amount(str(value.value)) or named_amount(str(value.value))
            if amount is not None and is_list_price(value, script):
                lists.append(amount)
            elif amount is not None:
                prices.append((len(value.names), amount))
    return [amount for _, amount in sorted(prices, key=lambda pair: pair[0])], lists


def _step_below(value: Value, script: Script) -> str | None:
    """The one step that leads from the own Product to a value; None when there are more."""
    steps = value.pointer[len(script.product or ()) :]
    return steps[0] if len(steps) == 1 else None


def _item(node: LexborNode) -> str:
    """The value of a microdata property (HTML Standard, 5.2.4)."""
    return attribute(node, "content") or attribute(node, "href") or text_of(node)


def _item_amounts(tree: LexborHTMLParser) -> Iterator[str]:
    for node in select(tree, "[itemprop=price], [itemprop=lowPrice]"):
        text = _item(node)
        if (amount := as_amount(text) or named_amount(text)) is not None:
            yield amount


def _meta_amounts(tree: LexborHTMLParser) -> Iterator[str]:
    for node in metas(tree, _PRICE_META):
        text = attribute(node, "content")
        if (amount := as_amount(text) or named_amount(text)) is not None:
            yield amount


def _availabilities(tree: LexborHTMLParser, offers: Sequence[Value]) -> Iterator[str]:
    texts = [str(value.value) for value in offers if value.pointer[-1] == "availability"]
    texts += [_item(node) for node in select(tree, "[itemprop=availability]")]
    texts += [attribute(node, "content") for node in metas(tree, _STOCK_META)]
    for text in texts:
        if (name := availability_name(text)) is not None:
            yield name


def _open_graph_name(tree: LexborHTMLParser, *, product: bool) -> str | None:
    titles = (attribute(node, "content").strip() for node in metas(tree, ("og:title",)))
    return next(filter(None, titles), None) if product else None
