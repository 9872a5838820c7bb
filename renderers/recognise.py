"""What a page says about itself: the SKU of its product and the currencies its prices are in."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence

from selectolax.lexbor import LexborHTMLParser, LexborNode

from renderers import json_spans
from renderers.locate import Document, Element, select
from renderers.page import Sink
from renderers.sinks import NotInSink, decode
from renderers.targets import CssTarget, JsonLdSku, JsonTarget, MetaSku, PathSku, SkuRule, parse_sku

_PRODUCTS = frozenset({"product", "productgroup", "productmodel", "individualproduct", "vehicle", "book"})
_WRAPPERS = frozenset({"@graph", "mainEntity", "mainEntityOfPage"})
"""Members that hold the page's own subject, not something it refers to."""

_NAMING_SINKS = frozenset({Sink.JSON_STRING, Sink.JSON_NUMBER})
_SKU_BYTES = 400
"""Table keys end there."""
_CODE = re.compile(r"[A-Z]{3}")
_SYMBOLS = {
    "€": "EUR", "£": "GBP", "₹": "INR", "₽": "RUB", "₩": "KRW", "₺": "TRY", "₴": "UAH", "₪": "ILS", "₫": "VND",
    "฿": "THB", "₦": "NGN", "₱": "PHP", "₸": "KZT", "zł": "PLN", "Kč": "CZK", "Ft": "HUF", "лв": "BGN", "руб": "RUB",
    "US$": "USD", "AU$": "AUD", "CA$": "CAD", "NZ$": "NZD", "HK$": "HKD", "R$": "BRL", "Fr.": "CHF", "Rs.": "INR",
}  # fmt: skip
"""Signs that mean one currency wherever they stand; ``$``, ``¥`` and ``kr`` do not."""
_CODES = (
    "AED|AUD|BGN|BRL|CAD|CHF|CNY|CZK|DKK|EUR|GBP|HKD|HUF|IDR|ILS|INR|JPY|KRW|MXN|MYR|NOK|NZD|PHP|PLN|RON|RUB|SAR|SEK|"
    "SGD|THB|TRY|TWD|UAH|USD|VND|ZAR"
)
_SIGN = "|".join(re.escape(sign) for sign in sorted(_SYMBOLS, key=len, reverse=True)) + "|" + _CODES
_PRICED = re.compile(rf"(?<!\w)({_SIGN})\s?[0-9]|[0-9](?:[.,][-–—]+)?\s?({_SIGN})(?!\w)")


def page_sku(doc: Document, spec: str, url_path: str, within: Element | None = None) -> str | None:
    """The SKU that ``spec`` finds in the page (or one element of it); None when it finds none or several.

    Raises TargetError when ``spec`` is written wrongly.
    """
    root = doc.tree if within is None else within.node
    skus = {text for value in _candidates(root, parse_sku(spec), url_path) if (text := _as_sku(value))}
    return skus.pop() if len(skus) == 1 else None


def currencies(doc: Document, configured: str | None = None) -> tuple[str, ...]:
    """ISO 4217 codes of the page's prices, sorted: what its JSON-LD, microdata and meta tags state; failing these the
    ``configured`` code; without one, what the signs next to digits in its text say.
    """
    stated = {str(value).strip().upper() for value in _stated_currencies(doc.tree) if value is not None}
    codes = {code for code in stated if _CODE.fullmatch(code)}
    if not codes and configured is not None:
        return (configured,)
    if not codes:
        signs = (before or after for before, after in _PRICED.findall(html.unescape(doc.visible_text())))
        codes = {_SYMBOLS.get(sign, sign) for sign in signs}
    return tuple(sorted(codes))


def _candidates(root: LexborHTMLParser | LexborNode, rule: SkuRule, url_path: str) -> Sequence[object]:
    match rule:
        case JsonLdSku():
            return _product_values(root, rule.path)
        case CssTarget():
            return [_content(node, rule.attribute) for node in select(root, rule.selector)]
        case JsonTarget():
            return [value for node in select(root, rule.selector) for value in _scripted(node, rule.pointer)]
        case MetaSku():
            return [node.attributes.get("content") for node in _metas(root, (rule.name,))]
        case PathSku():
            return _path_values(rule.pattern, url_path)


def _stated_currencies(tree: LexborHTMLParser) -> Iterator[object]:
    for document in _json_ld(tree):
        for node, _ in _nodes(document):
            yield node.get("priceCurrency")
    for element in select(tree, "[itemprop~=priceCurrency]"):
        yield _content(element, "content") or _content(element, None)
    for element in _metas(tree, ("product:price:currency", "og:price:currency")):
        yield element.attributes.get("content")


def _metas(root: LexborHTMLParser | LexborNode, names: Sequence[str]) -> Iterator[LexborNode]:
    for node in select(root, "meta[content]"):
        if any(node.attributes.get(key) in names for key in ("name", "property", "itemprop")):
            yield node


def _content(node: LexborNode, attribute: str | None) -> str | None:
    return node.text() if attribute is None else node.attributes.get(attribute)


def _scripted(node: LexborNode, pointer: tuple[str, ...]) -> list[str]:
    """The strings and numbers that a pointer leads to in one script; none when it cannot be read."""
    script = node.inner_html or ""
    try:
        found = json_spans.find(script, pointer)
        return [decode(span.sink, script[span.start : span.end]) for span in found if span.sink in _NAMING_SINKS]
    except (json_spans.JsonProblem, NotInSink):
        return []


def _path_values(pattern: str, url_path: str) -> list[str | None]:
    match = re.search(pattern, url_path)
    if match is None:
        return []
    return [match["sku"] if "sku" in match.re.groupindex else match[1 if match.re.groups else 0]]


def _as_sku(value: object) -> str | None:
    """A value as a table key; None for what cannot be one."""
    text = value.strip() if isinstance(value, str) else ""
    text = text.encode("utf-8", "ignore").decode()
    return text if text and len(text.encode()) <= _SKU_BYTES else None


def _json_ld(root: LexborHTMLParser | LexborNode) -> Iterator[object]:
    """Each readable JSON-LD document of the page."""
    for node in select(root, "script[type]"):
        if (node.attributes.get("type") or "").strip().lower().startswith("application/ld+json"):
            try:
                yield json_spans.load(node.inner_html or "")
            except json_spans.JsonProblem:
                continue


def _product_values(root: LexborHTMLParser | LexborNode, path: tuple[str, ...]) -> list[object]:
    """What the path leads to in the page's own product: the Product nodes that lie least deep."""
    products = [(depth, node) for document in _json_ld(root) for node, depth in _nodes(document) if _is_product(node)]
    least = min((depth for depth, _ in products), default=0)
    return [value for depth, node in products if depth == least for value in _follow(node, path)]


def _nodes(document: object) -> Iterator[tuple[dict[str, object], int]]:
    """Every object of a JSON-LD document and how far it is from the page's subject; lists and wrappers do not count."""
    pending = [(document, 0)]
    while pending:
        value, depth = pending.pop()
        if isinstance(value, list):
            pending += [(item, depth) for item in value]
        elif isinstance(value, dict):
            yield value, depth
            pending += [(member, depth + (name not in _WRAPPERS)) for name, member in value.items()]


def _is_product(node: dict[str, object]) -> bool:
    kinds = node.get("@type")
    names = kinds if isinstance(kinds, list) else [kinds]
    return any(isinstance(name, str) and re.split(r"[/:#]", name)[-1].lower() in _PRODUCTS for name in names)


def _follow(value: object, path: tuple[str, ...]) -> list[object]:
    """Values at the end of the path; a name leads into every item of an array, an index into one."""
    if isinstance(value, list):
        if path and path[0].isdecimal():
            index = int(path[0])
            return _follow(value[index], path[1:]) if index < len(value) else []
        return [found for item in value for found in _follow(item, path)]
    if not path:
        return [value]
    return _follow(value.get(path[0]), path[1:]) if isinstance(value, dict) else []
