"""CSV and NDJSON whose columns are mapped to fields of tables: ``{"Art-Nr" = "key", "Preis" = "prices.amount"}``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import BinaryIO, NamedTuple

import msgspec

from origin_adapters.feeds.delimited import delimited
from origin_adapters.feeds.instants import instant_ms
from origin_adapters.feeds.item import BadItem, FeedBroken, Item, Patch, item
from origin_adapters.feeds.money import read_money
from renderers.rows import AMOUNTS

_KEYS = ("key", "sku")
_UPDATED = "updated"
_LISTS = frozenset({("products", "tags")})
"""Fields that hold several texts, in one cell with bars between them."""
_LINE_BYTES = 2**20


class Target(NamedTuple):
    """A field of a table, and the column that feeds it."""

    column: str
    table: str
    field: str


class ColumnMap(msgspec.Struct, frozen=True):
    """Which column holds what."""

    key: str
    targets: tuple[Target, ...]
    updated: str | None = None
    currency: str | None = None
    """ISO 4217 code of amounts that name none."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that is read."""
        return tuple(dict.fromkeys((self.key, *(target.column for target in self.targets))))

    def item(self, line: int, cells: Mapping[str, str]) -> Item | BadItem:
        """The product of one row."""
        key = cells.get(self.key, "")
        if not key:
            return BadItem(line, None, f"it has no key; fill the column {self.key!r}")
        if any("\ud800" <= char <= "\udfff" for char in "".join(cells.values())):
            return BadItem(line, None, "it is not UTF-8; save the file as UTF-8")
        if surplus := cells.get(""):
            return BadItem(
                line, key, f"it has more cells than columns ({surplus[:40]!r}); quote a cell with a separator"
            )
        try:
            stated = self._stated(cells)
        except ValueError as exc:
            return BadItem(line, key, str(exc))
        return item(line, key, stated, instant_ms(cells.get(self.updated, "")) if self.updated else None)

    def _stated(self, cells: Mapping[str, str]) -> dict[str, Patch]:
        """By table. One all of whose cells are empty is not spoken of; a single empty cell says there is no value."""
        stated: dict[str, Patch] = {}
        for table in dict.fromkeys(target.table for target in self.targets):
            patch: Patch = {}
            for target in self.targets:
                if target.table == table:
                    patch |= self._field(target, cells.get(target.column, ""))
            if any(value is not None for name, value in patch.items() if name != "currency"):
                stated[table] = patch
        return stated

    def _field(self, target: Target, cell: str) -> Patch:
        if not cell:
            return {target.field: None}
        if (target.table, target.field) in AMOUNTS:
            try:
                money = read_money(cell, self.currency)
            except ValueError as exc:
                raise ValueError(f"column {target.column!r}: {exc}") from None
            stated_elsewhere = any(other.table == "prices" and other.field == "currency" for other in self.targets)
            amount: Patch = {target.field: money.amount}
            return amount if money.currency is None or stated_elsewhere else amount | {"currency": money.currency}
        if (target.table, target.field) in _LISTS:
            return {target.field: [part.strip() for part in cell.split("|") if part.strip()]}
        return {target.field: cell}


def column_map(columns: Mapping[str, str], currency: str | None = None) -> ColumnMap:
    """Read ``columns = {COLUMN = "key" | "updated" | "TABLE.FIELD"}``. Raises ValueError with the remedy."""
    keys = [column for column, target in columns.items() if target in _KEYS]
    if len(keys) != 1:
        found = " and ".join(repr(key) for key in keys) or "no column"
        raise ValueError(f'{found} feeds the key; write one column that does, such as "id" = "key"')
    if twice := sorted({target for target in columns.values() if list(columns.values()).count(target) > 1}):
        raise ValueError(f"two columns feed {twice[0]}; leave one of them out")
    targets = []
    for column, target in columns.items():
        table, dot, field = target.partition(".")
        if dot and table and field:
            targets.append(Target(column, table, field))
        elif target not in (*_KEYS, _UPDATED):
            raise ValueError(f'{target!r} is no field; write "key", "updated" or TABLE.FIELD, such as "prices.amount"')
    if not targets:
        raise ValueError('no column feeds a table; write one, such as "price" = "prices.amount"')
    updated = next((column for column, target in columns.items() if target == _UPDATED), None)
    return ColumnMap(keys[0], tuple(targets), updated, currency)


def read_csv(file: BinaryIO, columns: ColumnMap) -> Iterator[Item | BadItem]:
    """The products of a CSV file: a header line, then one a line. Raises FeedBroken."""
    count = 0
    for line, cells in delimited(file, str.strip, needed=columns.columns):
        count += 1
        yield columns.item(line, cells)
    if not count:
        raise FeedBroken(None, "the feed has no products", "write one a line below the header")


def read_ndjson(file: BinaryIO, columns: ColumnMap) -> Iterator[Item | BadItem]:
    """The products of a file of one JSON object a line; a column ``a.b`` is the member b of the member a.

    Raises FeedBroken when it has none or not even the first line is JSON.
    """
    decode = msgspec.json.Decoder(float_hook=str).decode
    number = count = 0
    while line := file.readline(_LINE_BYTES + 1):
        number += 1
        if len(line) > _LINE_BYTES:
            raise FeedBroken(number, "the line is over 1 MiB", "write one product a line")
        if not line.strip():
            continue
        count += 1
        try:
            record = decode(line.removeprefix(b"\xef\xbb\xbf"))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as exc:
            if count == 1:
                raise FeedBroken(number, f"this is not JSON: {exc}", "write one JSON object a line") from exc
            yield BadItem(number, None, f"not JSON: {exc}; write one JSON object a line")
            continue
        yield _json_item(number, record, columns)
    if not count:
        raise FeedBroken(None, "the feed has no products", "write one JSON object a line")


def _json_item(line: int, record: object, columns: ColumnMap) -> Item | BadItem:
    if not isinstance(record, dict):
        return BadItem(line, None, "it is no object; write {...}")
    wanted = (*columns.columns, columns.updated) if columns.updated else columns.columns
    try:
        return columns.item(line, {column: _cell(record, column) for column in wanted})
    except ValueError as exc:
        return BadItem(line, None, str(exc))


def _cell(record: Mapping[str, object], column: str) -> str:
    value: object = record
    for name in (column,) if column in record else column.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str() | int():
            return str(value).strip()
        case list() if all(isinstance(part, str) for part in value):
            return "|".join(value)
        case _:
            raise ValueError(f"{column!r} holds neither a text nor a number; name the member that does")
