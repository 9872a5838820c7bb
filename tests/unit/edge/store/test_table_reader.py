from __future__ import annotations

import timeit
from typing import TYPE_CHECKING

import pytest

from edge.errors import RowError
from edge.store.table_records import TableDatabases, row_key
from edge.store.tables import Put, Row

if TYPE_CHECKING:
    from tests.unit.edge.store.conftest import Tables


async def fill(tables: Tables, keys: list[str]) -> None:
    await tables.as_node("a").put_many([Put("prices", key, key.encode()) for key in keys])


async def test_a_row_never_written_is_none(tables: Tables) -> None:
    with tables.reader.snapshot() as snapshot:
        assert snapshot.get("prices", "A-1") is None


async def test_a_snapshot_does_not_see_what_is_written_after_it_began(tables: Tables) -> None:
    await fill(tables, ["A-1"])
    with tables.reader.snapshot() as snapshot:
        await tables.as_node("a").put("prices", "A-1", b"later")
        row = snapshot.get("prices", "A-1")
    assert row is not None
    assert row.value == b"A-1"


async def test_the_transaction_id_changes_with_every_write_and_only_then(tables: Tables) -> None:
    first = tables.reader.txn_id()
    assert tables.reader.txn_id() == first
    await fill(tables, ["A-1"])
    with tables.reader.snapshot() as snapshot:
        assert snapshot.txn_id == tables.reader.txn_id() == first + 1


async def test_a_generation_belongs_to_its_table(tables: Tables) -> None:
    writer = tables.as_node("a")
    seen = []
    for table in ("prices", "inventory", "prices"):
        await writer.put(table, "A-1", b"v")
        with tables.reader.snapshot() as snapshot:
            seen.append((snapshot.generation("prices"), snapshot.generation("inventory"), snapshot.generation("x")))
    (p1, i1, _), (p2, i2, _), (p3, i3, _) = seen
    assert p1 == p2 < p3
    assert i1 == 0 < i2 == i3
    assert all(x == 0 for _, _, x in seen)


async def test_scan_is_in_key_order_within_table_and_prefix(tables: Tables) -> None:
    await fill(tables, ["B-1", "A-2", "A-1", "A-", "Ä"])
    await tables.as_node("a").put("pricesx", "A-0", b"another table")
    with tables.reader.snapshot() as snapshot:
        assert [key for key, _ in snapshot.scan("prices", limit=99)] == ["A-", "A-1", "A-2", "B-1", "Ä"]
        assert [key for key, _ in snapshot.scan("prices", "A-", limit=99)] == ["A-", "A-1", "A-2"]
        assert [key for key, _ in snapshot.scan("prices", "A-", limit=2)] == ["A-", "A-1"]
        assert [key for key, _ in snapshot.scan("prices", "A-", after="A-1", limit=9)] == ["A-2"]
        assert snapshot.scan("prices", "A-", after="Z", limit=9) == []


async def test_scan_leaves_out_tombstones_unless_asked(tables: Tables) -> None:
    await fill(tables, ["A-1", "A-2"])
    await tables.as_node("a").delete("prices", "A-1")
    with tables.reader.snapshot() as snapshot:
        assert [key for key, _ in snapshot.scan("prices", limit=1)] == ["A-2"]
        assert [key for key, _ in snapshot.scan("prices", limit=9, tombstones=True)] == ["A-1", "A-2"]


async def test_changes_come_oldest_first_each_row_once_and_as_it_is_now(tables: Tables) -> None:
    await fill(tables, ["A", "B", "C"])
    await tables.as_node("a").put("prices", "A", b"again")
    with tables.reader.snapshot() as snapshot:
        changes = snapshot.changed_since(0, limit=9)
        assert [(change.key, change.row.value) for change in changes] == [("B", b"B"), ("C", b"C"), ("A", b"again")]
        assert changes[-1].seq == snapshot.last_seq()
        assert snapshot.changed_since(changes[0].seq, limit=1) == changes[1:2]
        assert snapshot.changed_since(snapshot.last_seq(), limit=9) == []


async def test_the_change_index_does_not_grow_with_changes_to_one_row(tables: Tables) -> None:
    for number in range(50):
        await tables.as_node("a").put("prices", "A-1", b"%d" % number)
    with tables.env.begin() as txn:
        assert txn.stat(TableDatabases(tables.env).changes)["entries"] == 1


@pytest.mark.parametrize(
    ("table", "key"),
    [("prices", ""), ("prices", "k" * 401), ("prices", "é" * 201), ("", "A-1"), ("t" * 65, "A-1"), ("a\0b", "A-1")],
    ids=["no key", "key too long", "key too long in bytes", "no table", "table too long", "NUL in the table's name"],
)
def test_an_impossible_key_is_refused(tables: Tables, table: str, key: str) -> None:
    with tables.reader.snapshot() as snapshot, pytest.raises(RowError, match="bytes"):
        snapshot.get(table, key)


async def test_the_longest_key_is_possible(tables: Tables) -> None:
    await fill(tables, ["é" * 200])
    with tables.reader.snapshot() as snapshot:
        assert snapshot.get("prices", "é" * 200) is not None


async def test_a_damaged_row_is_absent_reported_and_mended_by_the_next_write(tables: Tables) -> None:
    await fill(tables, ["A-1", "A-2"])
    rows = TableDatabases(tables.env).rows
    with tables.env.begin(write=True) as txn:
        raw = txn.get(row_key("prices", "A-1"), db=rows)
        assert raw is not None
        txn.put(row_key("prices", "A-1"), raw[:-1] + bytes([raw[-1] ^ 1]), db=rows)
    with tables.reader.snapshot() as snapshot:
        assert snapshot.get("prices", "A-1") is None
        assert [key for key, _ in snapshot.scan("prices", limit=9)] == ["A-2"]
        assert [change.key for change in snapshot.changed_since(0, limit=9)] == ["A-2"]
    assert tables.damage == ["row prices A-1"] * 3
    await tables.as_node("a").put("prices", "A-1", b"mended")
    with tables.reader.snapshot() as snapshot:
        assert snapshot.get("prices", "A-1") == Row(0, 0, 1_000_000, "a", b"mended")
        assert [change.key for change in snapshot.changed_since(0, limit=9)] == ["A-2", "A-1"]


async def test_asking_whether_anything_changed_costs_next_to_nothing(tables: Tables) -> None:
    await fill(tables, [f"A-{n}" for n in range(1_000)])
    reader = tables.reader
    best_s = min(timeit.repeat(reader.txn_id, number=2_000, repeat=5)) / 2_000
    assert best_s < 5e-6, f"{best_s * 1e6:.2f} us"
