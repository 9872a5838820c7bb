"""How shops publish what they sell: feeds in their formats as products, read as a stream. Pure; never imports edge."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from origin_adapters.feeds.columns import ColumnMap, column_map, read_csv, read_ndjson
from origin_adapters.feeds.google import read_google
from origin_adapters.feeds.item import BadItem, FeedBroken, Item, Patch

__all__ = ["BadItem", "ColumnMap", "FeedBroken", "Item", "Patch", "column_map", "read"]


def read(form: str, file: BinaryIO, columns: ColumnMap | None, currency: str | None) -> Iterator[Item | BadItem]:
    """The products of a feed in format ``form``: google-merchant, csv or ndjson, the latter two by ``columns``.

    ``currency``: the ISO 4217 code of prices that name none. Raises FeedBroken, also after products were given: then
    none of them counts.
    """
    if columns is None:
        return read_google(file, currency)
    return read_csv(file, columns) if form == "csv" else read_ndjson(file, columns)
