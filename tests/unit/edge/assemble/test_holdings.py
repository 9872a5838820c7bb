"""Which row holds for a page, and until when (design, law 5)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

import msgspec
import pytest

from edge.assemble.holdings import Held, Holdings, Moment, RowCache, Why, earliest
from geo.place import Place
from renderers.page import Page, Reading

if TYPE_CHECKING:
    from tests.unit.edge.assemble.conftest import Tables

NOON = 1_790_000_000_000
DAY = 86_400_000
SKU = "A-1"


def page(*, changed_at_ms: int = 0, currencies: tuple[str, ...] = ("EUR",), stated: str | None = None) -> Page:
    values: dict[str, object] = {"amount": "19.99"}
    if stated is not None:
        values["currency"] = stated
    reading = Reading("prices", SKU, values, changed_at_ms)
    return Page((b"",), (), (reading,), "utf-8", SKU, currencies, b"")


def instant(after_noon_ms: int) -> str:
    return datetime.fromtimestamp((NOON + after_noon_ms) / 1000, UTC).isoformat(timespec="milliseconds")


def at_noon(tables: Tables, shown: Page, *, now_ms: int = NOON, place: dict[str, object] | None = None) -> Holdings:
    cache = RowCache({"prices": DAY, "promotions": DAY, "products": DAY})
    return Holdings(tables.snapshot(), cache, shown, Moment(now_ms, place))


class Case(NamedTuple):
    id: str
    written_at_ms: int
    shown: Page
    want: Why | None
    until_ms: int | None = None
    currency: str = "EUR"


CASES = [
    Case("a row of today holds until it is too old", NOON - 1, page(), None, NOON - 1 + DAY),
    Case("the last millisecond of its age", NOON - DAY + 1, page(), None, NOON + 1),
    Case("a row as old as its table allows is too old", NOON - DAY, page(), Why.TOO_OLD),
    Case("the origin changed before the row", NOON - 1, page(changed_at_ms=NOON - 2), None, NOON - 1 + DAY),
    Case(
        "the origin changed in the millisecond of the row", NOON - 1, page(changed_at_ms=NOON - 1), Why.ORIGIN_CHANGED
    ),
    Case("the origin changed after the row", NOON - 1, page(changed_at_ms=NOON), Why.ORIGIN_CHANGED),
    Case("another currency", NOON - 1, page(), Why.CURRENCY, NOON - 1 + DAY, "USD"),
    Case("one of several currencies", NOON - 1, page(currencies=("CHF", "USD")), None, NOON - 1 + DAY, "USD"),
    Case(
        "one of several currencies, but not the one this price is in",
        NOON - 1,
        page(currencies=("CHF", "USD"), stated="CHF"),
        Why.CURRENCY,
        NOON - 1 + DAY,
        "USD",
    ),
    Case("a page that names no currency", NOON - 1, page(currencies=()), None, NOON - 1 + DAY, "USD"),
]


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
async def test_a_row_holds_or_does_not_and_says_why(tables: Tables, case: Case) -> None:
    tables.now_ms = case.written_at_ms
    await tables.put("prices", SKU, amount="25.00", currency=case.currency)
    held = at_noon(tables, case.shown).get("prices", SKU)
    assert (held.why, held.until_ms) == (case.want, case.until_ms)
    assert (held.values is None) == (case.want is not None)


async def test_no_row_and_a_deleted_one_do_not_hold(tables: Tables) -> None:
    assert at_noon(tables, page()).get("prices", SKU).why is Why.MISSING
    await tables.put("prices", SKU, amount="1.00", currency="EUR")
    await tables.delete("prices", SKU)
    assert at_noon(tables, page()).get("prices", SKU).why is Why.DELETED


@pytest.mark.parametrize("sku", ["", "x" * 401, "\ud800" * 200])
async def test_a_sku_that_is_no_possible_key_has_no_row(tables: Tables, sku: str) -> None:
    assert at_noon(tables, page()).get("prices", sku).why is Why.MISSING


@pytest.mark.parametrize("value", [b"\xc1", b"\x93\x01\x02\x03", b"\x81\x01\x01"])
async def test_a_row_that_is_no_map_takes_nothing_else_down(tables: Tables, value: bytes) -> None:
    await tables.put_raw("prices", SKU, value)
    await tables.put_raw("promotions", "broken", value)
    await tables.put_raw("products", SKU, value)
    await tables.put("promotions", "whole", all=True, label="Sale")
    holdings = at_noon(tables, page())
    assert holdings.get("prices", SKU).why is Why.UNREADABLE
    values = holdings.get("promotions", SKU).values
    assert values is not None
    assert values["label"] == "Sale"


async def test_a_schedule_changes_the_row_at_its_edges_without_a_write(tables: Tables) -> None:
    await tables.put(
        "prices",
        SKU,
        amount="20.00",
        currency="EUR",
        schedule=[{"from": instant(10_000), "until": instant(20_000), "amount": "15.00"}],
    )

    def held(now_ms: int) -> Held:
        return at_noon(tables, page(), now_ms=now_ms).get("prices", SKU)

    amounts = [(values["amount"] if (values := held(NOON + ms).values) else None) for ms in (0, 9_999, 10_000, 20_000)]
    assert amounts == ["20.00", "20.00", "15.00", "20.00"]
    assert [held(NOON + ms).until_ms for ms in (0, 10_000, 20_000)] == [NOON + 10_000, NOON + 20_000, NOON + DAY]
    assert len({held(NOON + ms).version for ms in (0, 9_999)}) == 1, "the same values under the same version"
    assert len({held(NOON + ms).version for ms in (0, 10_000, 20_000)}) == 3


async def test_a_promotion_is_chosen_by_time_place_and_tag(tables: Tables) -> None:
    await tables.put("products", SKU, tags=["cups"])
    await tables.put(
        "promotions", "cups", tags=["cups"], label="Cups", starts_at=instant(-5_000), ends_at=instant(5_000)
    )
    await tables.put("promotions", "german", skus=[SKU], label="DE", starts_at=instant(-1_000), countries=["DE"])

    def label(now_ms: int, place: dict[str, object] | None = None) -> object:
        values = at_noon(tables, page(), now_ms=now_ms, place=place).get("promotions", SKU).values
        return values["label"] if values else None

    assert label(NOON) == "Cups"
    assert label(NOON, {"country": "DE"}) == "DE"
    assert label(NOON, {"country": "FR"}) == "Cups"
    assert label(NOON - 5_001) is None
    assert label(NOON + 5_000) is None
    assert at_noon(tables, page()).get("promotions", SKU).until_ms == NOON + 5_000
    assert at_noon(tables, page(), now_ms=NOON - 5_001).get("promotions", SKU).why is Why.NO_PROMOTION


async def test_a_promotion_for_a_region_is_shown_to_who_the_database_says_is_there(tables: Tables) -> None:
    await tables.put("promotions", "berlin", skus=[SKU], label="BE", regions=["BE"])
    for place, shown in ((Place(country="DE", region="DE-BE"), True), (Place(country="DE", region="DE-BY"), False)):
        held = at_noon(tables, page(), place=place.mapping()).get("promotions", SKU)
        assert (held.values is not None) is shown


async def test_promotions_and_tags_too_old_for_their_tables_hold_no_more(tables: Tables) -> None:
    await tables.put("products", SKU, tags=["cups"])
    tables.now_ms = NOON + 1_000
    await tables.put("promotions", "cups", tags=["cups"], label="Cups")
    tables.now_ms = NOON + 2_000
    await tables.put("promotions", "all", all=True, label="All", starts_at=instant(-DAY))

    def label(now_ms: int) -> tuple[object, int | None]:
        held = at_noon(tables, page(), now_ms=now_ms).get("promotions", SKU)
        return (held.values["label"] if held.values else None), held.until_ms

    assert label(NOON + DAY - 1) == ("All", NOON + DAY)
    assert label(NOON + DAY) == ("All", NOON + DAY + 2_000)
    assert label(NOON + DAY + 2_000) == (None, None)

    await tables.delete("promotions", "all")
    assert label(NOON + DAY - 1) == ("Cups", NOON + DAY)
    assert label(NOON + DAY) == (None, None)


async def test_the_index_of_promotions_follows_its_table(tables: Tables) -> None:
    cache = RowCache({})

    def label() -> object:
        with tables.reader.snapshot() as snapshot:
            values = Holdings(snapshot, cache, page(), Moment(NOON)).get("promotions", SKU).values
        return values["label"] if values else None

    assert label() is None
    await tables.put("promotions", "p", all=True, label="One")
    assert label() == "One"
    await tables.put("promotions", "p", all=True, label="Two")
    assert label() == "Two"
    await tables.delete("promotions", "p")
    assert label() is None


async def test_every_value_comes_from_one_snapshot(tables: Tables) -> None:
    await tables.put("prices", SKU, amount="1.00", currency="EUR")
    holdings = at_noon(tables, page())
    await tables.put("prices", SKU, amount="2.00", currency="EUR")
    values = holdings.get("prices", SKU).values
    assert values is not None
    assert values["amount"] == "1.00"


async def test_a_row_is_decoded_once_for_each_version(tables: Tables) -> None:
    await tables.put("prices", SKU, amount="1.00", currency="EUR")
    cache = RowCache({})
    with tables.reader.snapshot() as snapshot:
        row = snapshot.get("prices", SKU)
        assert row is not None
        assert cache.values("prices", SKU, row) is cache.values("prices", SKU, row)
        changed = msgspec.structs.replace(
            row, value=msgspec.msgpack.encode({"amount": "3.00"}), version=row.version + 1
        )
        assert cache.values("prices", SKU, changed) == {"amount": "3.00"}


async def test_rows_are_kept_by_the_bytes_they_take(tables: Tables) -> None:
    cache = RowCache({}, limit_bytes=10_000)
    for number in range(50):
        await tables.put("products", f"P-{number}", name="x" * 200)
    with tables.reader.snapshot() as snapshot:
        for key, row in snapshot.scan("products", limit=50):
            assert cache.values("products", key, row)["name"] == "x" * 200
    assert 0 < len(cache._values) < 50


def test_never_is_later_than_any_instant() -> None:
    assert earliest(None, 5, 3, None) == 3
    assert earliest(None, None) is None
