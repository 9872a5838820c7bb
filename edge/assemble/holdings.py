"""What holds for each row a page shows, at one instant and in one snapshot of the tables (design, law 5).

A row that is missing, a tombstone, older than its table allows, older than the origin's own change, or in another
currency than the page does not hold: the page keeps the origin's bytes there, and the reason is kept for explain.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress

import msgspec
from cachetools import LRUCache

from edge.errors import RowError
from edge.store.row import Row
from edge.store.table_reader import Snapshot
from renderers.page import Page, Reading, Values
from renderers.promotions import Promotions
from renderers.rows import effective

_decode = msgspec.msgpack.Decoder(dict[str, object]).decode
_EVERY_PROMOTION = 100_000

Place = Mapping[str, object]


class Why(enum.Enum):
    """Why a row does not hold. The value is shown by explain and counted."""

    MISSING = "no row"
    DELETED = "row deleted"
    UNREADABLE = "row does not decode"
    TOO_OLD = "row older than max_age"
    ORIGIN_CHANGED = "origin changed after the row"
    CURRENCY = "row in another currency than the page"
    NO_PROMOTION = "no promotion active"


class Held(msgspec.Struct, frozen=True):
    """One row as it holds now."""

    values: Values | None
    """Effective values; None when the row does not hold."""
    why: Why | None
    version: tuple[object, ...]
    """Equal versions have equal values: part of the fragment's cache key and of the ETag's making."""
    until_ms: int | None
    """When this may change by itself: a schedule's edge, ``max_age``, a promotion's start or end. None: never."""


class RowCache:
    """Rows decoded once per version, promotions indexed once per generation. One per worker; bounded.

    ``max_age_ms`` by table: how old a row may grow.
    """

    def __init__(self, max_age_ms: Mapping[str, int], *, limit_bytes: int = 64 << 20) -> None:
        self._max_age_ms = max_age_ms
        self._values: LRUCache[tuple[str, str], tuple[Row, Values]] = LRUCache(limit_bytes, getsizeof=_decoded_bytes)
        self._promotions: tuple[int, Promotions] = (-1, Promotions(()))

    def values(self, table: str, key: str, row: Row) -> Values:
        """The decoded value of a row that has one. Raises msgspec.MsgspecError for what is no map."""
        held = self._values.get((table, key))
        if held is not None and held[0] == row:
            return held[1]
        values = _decode(row.value or b"\x80")
        self._values[table, key] = (row, values)
        return values

    def expires_ms(self, table: str, row: Row) -> int | None:
        """The instant from which the row is too old; None for a table whose rows never are."""
        return row.version + self._max_age_ms[table] if table in self._max_age_ms else None

    def promotions(self, snapshot: Snapshot) -> tuple[int, Promotions]:
        """The table's generation and its index."""
        generation = snapshot.generation("promotions")
        if self._promotions[0] != generation:
            self._promotions = (generation, Promotions(self._readable(snapshot)))
        return self._promotions

    def _readable(self, snapshot: Snapshot) -> Iterator[tuple[str, Values, int | None]]:
        for key, row in snapshot.scan("promotions", limit=_EVERY_PROMOTION):
            with suppress(msgspec.MsgspecError):  # one bad row takes no other down (law 7)
                yield key, self.values("promotions", key, row), self.expires_ms("promotions", row)


def _decoded_bytes(held: tuple[Row, Values]) -> int:
    """About what a row takes in memory beside its decoded value, which takes several times its bytes."""
    return 512 + 5 * len(held[0].value or b"")


class Moment(msgspec.Struct, frozen=True):
    """The circumstances of one assembly."""

    now_ms: int
    place: Place | None = None


class Holdings:
    """Resolves the rows of one page. Lives as long as its snapshot; each row is read once."""

    def __init__(self, snapshot: Snapshot, cache: RowCache, page: Page, moment: Moment) -> None:
        self._snapshot = snapshot
        self._cache = cache
        self._currencies = page.currencies
        self._readings = {(reading.table, reading.sku): reading for reading in page.readings}
        self._moment = moment
        self.rows: dict[tuple[str, str], Row | None] = {}
        """Every row looked at, for the memo's check."""
        self.held: dict[tuple[str, str], Held] = {}

    def get(self, table: str, sku: str) -> Held:
        """What holds for ``sku`` in ``table``."""
        held = self.held.get((table, sku))
        if held is None:
            held = self._promotion(sku) if table == "promotions" else self._row(table, sku)
            self.held[table, sku] = held
        return held

    def reading(self, table: str, sku: str) -> Reading | None:
        """What the origin's bytes said."""
        return self._readings.get((table, sku))

    def row(self, table: str, key: str) -> Row | None:
        """The row as stored, remembered as one this page depends on; None also for a SKU that is no possible key."""
        if (table, key) not in self.rows:
            try:
                self.rows[table, key] = self._snapshot.get(table, key)
            except RowError:
                return None
        return self.rows[table, key]

    def _row(self, table: str, sku: str) -> Held:
        row = self.row(table, sku)
        if row is None or row.value is None:
            return Held(None, Why.MISSING if row is None else Why.DELETED, (table, row and row.order), None)
        reading = self.reading(table, sku)
        if reading is not None and row.version <= reading.changed_at_ms:
            return Held(None, Why.ORIGIN_CHANGED, (table, "origin"), None)
        expires_ms = self._cache.expires_ms(table, row)
        if expires_ms is not None and expires_ms <= self._moment.now_ms:
            return Held(None, Why.TOO_OLD, (table, "old"), None)
        try:
            values, edge_ms = effective(table, self._cache.values(table, sku, row), self._moment.now_ms)
        except msgspec.MsgspecError:
            return Held(None, Why.UNREADABLE, (table, row.order), None)
        until_ms = earliest(expires_ms, edge_ms)
        if self._foreign(values.get("currency"), reading):
            return Held(None, Why.CURRENCY, (table, "currency"), until_ms)
        return Held(values, None, (table, row.order, edge_ms), until_ms)

    def _foreign(self, currency: object, reading: Reading | None) -> bool:
        """Whether a row's currency is another than the page's: the one stated of this very SKU, else one of all."""
        stated = reading.values.get("currency") if reading is not None else None
        known = self._currencies if stated is None else (stated,)
        return currency is not None and bool(known) and currency not in known

    def _promotion(self, sku: str) -> Held:
        generation, promotions = self._cache.promotions(self._snapshot)
        now_ms, place = self._moment.now_ms, self._moment.place
        tags, tagged_until_ms = self._tags(sku)
        values, until_ms = promotions.active(sku, tags, now_ms=now_ms, place=place)
        version = ("promotions", generation, until_ms, None if values is None else id(values))
        why = Why.NO_PROMOTION if values is None else None
        return Held(values, why, version, earliest(until_ms, tagged_until_ms))

    def _tags(self, sku: str) -> tuple[Sequence[str], int | None]:
        """The product's tags, and when its row grows too old."""
        row = self.row("products", sku)
        if row is None or row.value is None:
            return (), None
        expires_ms = self._cache.expires_ms("products", row)
        if expires_ms is not None and expires_ms <= self._moment.now_ms:
            return (), None
        try:
            tags = self._cache.values("products", sku, row).get("tags")
        except msgspec.MsgspecError:
            return (), None
        return ([str(tag) for tag in tags] if isinstance(tags, list) else ()), expires_ms


def earliest(*instants: int | None) -> int | None:
    """The first of several instants, None standing for never."""
    return min((instant for instant in instants if instant is not None), default=None)
