"""Google Merchant feeds: RSS 2.0, RSS 1.0 and Atom with ``g:`` fields, and the tab-separated text form.

Fields and their grammar: https://support.google.com/merchants/answer/7052112 (product data specification).
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import BinaryIO

from origin_adapters.feeds.delimited import delimited
from origin_adapters.feeds.instants import instant_ms
from origin_adapters.feeds.item import BadItem, FeedBroken, Item, Patch, item
from origin_adapters.feeds.money import Money, read_money
from origin_adapters.feeds.xml_records import FIELD_CHARS, Name, records
from renderers import rows
from renderers.rows import RowProblem

_GOOGLE = "http://base.google.com/ns/1.0"
_ATOM = "http://www.w3.org/2005/Atom"
_RECORDS = frozenset({"item", "entry"})
_PLAIN = {
    "title": "title",
    "link": "link",
    "description": "description",
    "summary": "description",
    "pubDate": "updated",
    "updated": "updated",
}
"""Fields of RSS and Atom themselves that say what a field of Google's says too."""
_PRODUCTS = {
    "title": "name",
    "link": "url",
    "image_link": "image",
    "description": "description",
    "brand": "brand",
}
_QUANTITIES = ("quantity", "sell_on_google_quantity", "quantity_to_sell_on_facebook", "inventory")
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

Record = tuple[int, dict[str, str]]
"""(line, fields by Google's names)."""


def read_google(file: BinaryIO, currency: str | None = None) -> Iterator[Item | BadItem]:
    """The products of a feed in either form. ``currency``: the one meant by prices that name none.

    Raises FeedBroken where it is neither form, has no products, or breaks off.
    """
    head = file.read(512)
    file.seek(0)
    is_xml = head.removeprefix(codecs.BOM_UTF8).lstrip()[:1] == b"<" or _is_utf16_xml(head)
    found = records(file, _Products()) if is_xml else _rows(file)
    count = 0
    for line, fields in found:
        count += 1
        yield google_item(line, fields, currency)
    if not count:
        raise FeedBroken(None, "the feed has no products", "write each as <item> or <entry>")


def google_item(line: int, fields: Mapping[str, str], currency: str | None = None) -> Item | BadItem:
    """One product from its fields by Google's names."""
    key = fields.get("id", "")
    if not key:
        return BadItem(line, None, "it has no g:id; write the SKU there")
    try:
        stated = _prices(fields, currency) | _inventory(fields)
    except ValueError as exc:
        return BadItem(line, key, str(exc))
    products, remarks = _products(fields)
    made = item(line, key, stated | products, instant_ms(fields.get("updated", "")))
    return made if isinstance(made, BadItem) else Item(line, key, made.patches, made.updated_ms, remarks)


def _prices(fields: Mapping[str, str], currency: str | None) -> dict[str, Patch]:
    """The price now, and the sale's: at once, or as a schedule when it has its dates."""
    if not fields.get("price"):
        return {}
    price = _money("price", fields["price"], currency)
    patch: Patch = {"amount": price.amount, "currency": price.currency, "list_amount": None, "schedule": None}
    if fields.get("sale_price"):
        sale = _money("sale_price", fields["sale_price"], currency)
        if sale.currency != price.currency:
            raise ValueError(f"g:sale_price is in {sale.currency}, g:price in {price.currency}; write one currency")
        if 0 < Decimal(sale.amount) < Decimal(price.amount):
            amounts: Patch = {"amount": sale.amount, "list_amount": price.amount}
            period = fields.get("sale_price_effective_date")
            patch |= {"schedule": [amounts | _period(period)]} if period else amounts
    return {"prices": patch}


def _money(name: str, text: str, currency: str | None) -> Money:
    try:
        money = read_money(text, currency)
    except ValueError as exc:
        raise ValueError(f"g:{name}: {exc}") from None
    if money.currency is None:
        raise ValueError(f'g:{name}: {text!r} names no currency; write "{money.amount} EUR", or currency in [[feeds]]')
    return money


def _period(text: str) -> Patch:
    """``2026-11-24T11:07+0100/2026-11-29T23:07+0100``; without an offset UTC, a day alone to its end."""
    start, slash, end = (part.strip() for part in text.partition("/"))
    first, last = _instant(start), _instant(end)
    if not slash or first is None or last is None:
        raise ValueError(
            f"g:sale_price_effective_date: {text[:60]!r} is not a period; "
            "write START/END, such as 2026-11-24T11:07+0100/2026-11-29T23:07+0100"
        )
    if "T" not in end.upper():
        last += timedelta(days=1)
    return {"from": _written(first), "until": _written(last)}


def _instant(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _inventory(fields: Mapping[str, str]) -> dict[str, Patch]:
    quantity = next((fields[name] for name in _QUANTITIES if fields.get(name)), None)
    stated = {"availability": fields.get("availability") or None, "quantity": quantity}
    return {"inventory": dict(stated)} if any(stated.values()) else {}


def _products(fields: Mapping[str, str]) -> tuple[dict[str, Patch], tuple[str, ...]]:
    """What the product is, and what of it no page could show: a bad picture's address must not keep a price back."""
    patch: Patch = {field: fields.get(name) or None for name, field in _PRODUCTS.items()}
    remarks = []
    for field, value in patch.items():
        try:
            rows.merge("products", {}, {field: value} if value else {})
        except RowProblem as exc:
            remarks.append(f"products.{exc}")
            patch[field] = None
    return ({"products": patch} if any(patch.values()) else {}), tuple(remarks)


def _rows(file: BinaryIO) -> Iterator[Record]:
    """The text form: names in the first line, with spaces or underscores."""
    return delimited(file, _column, needed=("id",))


def _column(heading: str) -> str:
    return heading.strip().lower().removeprefix("g:").replace(" ", "_")


def _is_utf16_xml(head: bytes) -> bool:
    return head[:2] in _UTF16 and head[2:4] in (b"<\0", b"\0<")


class _Products:
    """Elements of RSS or Atom as fields by Google's names."""

    def __init__(self) -> None:
        self._done: list[Record] = []
        self._depth = 0
        self._record_depth = 0
        self._line = 0
        self._google: dict[str, str] = {}
        self._plain: dict[str, str] = {}
        self._text: list[str] = []
        self._chars = 0

    def start(self, name: Name, attributes: Mapping[str, str], line: int) -> None:
        self._depth += 1
        if self._depth == 1 and name.local.lower() == "html":
            raise FeedBroken(line, "this is an HTML page, not a feed", "write the feed's own address")
        if not self._record_depth and name.local in _RECORDS:
            self._record_depth, self._line = self._depth, line
            self._google, self._plain = {}, {}
        elif self._is_field():
            self._text, self._chars = [], 0
            if name == Name(_ATOM, "link") and attributes.get("rel", "alternate") == "alternate":
                self.text(attributes.get("href", ""))

    def text(self, text: str) -> None:
        if self._is_field() and self._chars < FIELD_CHARS:
            self._text.append(text)
            self._chars += len(text)

    def end(self, name: Name) -> None:
        if self._is_field():
            self._keep(name, "".join(self._text).strip()[:FIELD_CHARS])
        elif self._depth == self._record_depth:
            self._done.append((self._line, self._plain | self._google))
            self._record_depth = 0
        self._depth -= 1

    def take(self) -> list[Record]:
        done, self._done = self._done, []
        return done

    def _is_field(self) -> bool:
        return self._record_depth > 0 and self._depth == self._record_depth + 1

    def _keep(self, name: Name, text: str) -> None:
        """The first of several: a feed repeats what it has more of (pictures), the main one first."""
        if name.space == _GOOGLE:
            self._google.setdefault(name.local, text)
        elif name.local in _PLAIN and text:
            self._plain.setdefault(_PLAIN[name.local], text)
