from __future__ import annotations

import asyncio
import random
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.errors import RowError, StoreFull
from edge.store.environment import open_tables
from edge.store.tables import Expect, PreconditionFailed, Put, Row, TableReader, TableWriter
from edge.store.writer import Writer

if TYPE_CHECKING:
    from tests.unit.edge.store.conftest import Tables

Statement = tuple[str, str, bytes | None, int, int]
"""Node, key, value, source version, wall clock of one write somewhere."""


def held(tables: Tables, key: str) -> Row | None:
    with tables.reader.snapshot() as snapshot:
        return snapshot.get("prices", key)


async def test_a_put_is_read_back_by_the_very_next_read(tables: Tables) -> None:
    writer = tables.as_node("a")
    for number in range(200):
        row, applied = await writer.put("prices", "A-1", b"%d" % number)
        assert applied
        assert held(tables, "A-1") == row == Row(0, 0, 1_000_000 + number, "a", b"%d" % number)


async def test_a_deletion_leaves_a_tombstone_even_of_nothing(tables: Tables) -> None:
    outcome = await tables.as_node("a").delete("prices", "A-1")
    assert outcome == (Row(0, 0, 1_000_000, "a", None), True)
    assert held(tables, "A-1") == outcome.row


async def test_an_old_event_is_answered_with_the_row_held(tables: Tables) -> None:
    writer = tables.as_node("a")
    newest = await writer.put("prices", "A-1", b"new", source_version=8)
    assert await writer.put("prices", "A-1", b"old", source_version=7) == (newest.row, False)
    assert await writer.delete("prices", "A-1", source_version=7) == (newest.row, False)
    assert held(tables, "A-1") == newest.row


async def test_an_old_event_changes_no_generation(tables: Tables) -> None:
    writer = tables.as_node("a", dirty=True)
    row = (await writer.put("prices", "A-1", b"new", source_version=8)).row
    await writer.published([("prices", "A-1", row)])
    with tables.reader.snapshot() as before:
        generation, seq = before.generation("prices"), before.last_seq()
    await writer.put("prices", "A-1", b"old", source_version=7)
    with tables.reader.snapshot() as after:
        assert (after.generation("prices"), after.last_seq()) == (generation, seq)
        assert after.dirty(limit=9) == []


async def test_a_patch_reads_and_writes_in_one_transaction(tables: Tables) -> None:
    writer = tables.as_node("a")
    await asyncio.gather(*(writer.patch("prices", "A-1", lambda old: (old or b"") + b"x") for _ in range(100)))
    row = held(tables, "A-1")
    assert row is not None
    assert row.value == b"x" * 100


async def test_a_patch_of_a_deleted_row_begins_with_nothing(tables: Tables) -> None:
    writer = tables.as_node("a")
    await writer.put("prices", "A-1", b"old")
    await writer.delete("prices", "A-1")
    assert (await writer.patch("prices", "A-1", lambda old: b"was " + repr(old).encode())).row.value == b"was None"


async def test_a_patch_that_refuses_changes_nothing(tables: Tables) -> None:
    def refuse(_: bytes | None) -> bytes:
        raise RowError("amount: not a number; write 19.99")

    row = (await tables.as_node("a").put("prices", "A-1", b"old")).row
    with pytest.raises(RowError, match="not a number"):
        await tables.as_node("a").patch("prices", "A-1", refuse)
    assert held(tables, "A-1") == row


async def test_of_two_writes_that_expect_the_same_row_one_succeeds(tables: Tables) -> None:
    writer = tables.as_node("a")
    etag = (await writer.put("prices", "A-1", b"0")).row.etag
    results = await asyncio.gather(
        *(writer.put("prices", "A-1", b"%d" % n, expect=Expect(match=(etag,))) for n in range(5)),
        return_exceptions=True,
    )
    refused = [result for result in results if isinstance(result, PreconditionFailed)]
    assert len(refused) == 4
    assert all(error.row == held(tables, "A-1") for error in refused)


async def test_a_row_that_must_not_exist_is_created_once(tables: Tables) -> None:
    create = Expect(none_match=("*",))
    writer = tables.as_node("a")
    await writer.put("prices", "A-1", b"first", expect=create)
    with pytest.raises(PreconditionFailed):
        await writer.put("prices", "A-1", b"second", expect=create)
    await writer.delete("prices", "A-1")
    assert (await writer.put("prices", "A-1", b"again", expect=create)).applied


async def test_a_bulk_write_is_one_transaction(tables: Tables) -> None:
    writer = tables.as_node("a")
    before = tables.reader.txn_id()
    rows = [
        Put("prices", "A-1", b"1"),
        Put("inventory", "A-1", b"2"),
        Put("prices", "A-1", b"3", 9),
        Put("x", "y", None),
    ]
    outcomes = await writer.put_many(rows)
    assert tables.reader.txn_id() == before + 1
    assert [(o.row.value, o.row.source_version, o.applied) for o in outcomes] == [
        (b"1", 0, True),
        (b"2", 0, True),
        (b"3", 9, True),
        (None, 0, True),
    ]


async def test_a_bulk_write_with_an_impossible_key_writes_nothing(tables: Tables) -> None:
    with pytest.raises(RowError, match="1 to 400 bytes; this one has 401"):
        await tables.as_node("a").put_many([Put("prices", "A-1", b"1"), Put("prices", "k" * 401, b"1")])
    assert held(tables, "A-1") is None


async def test_a_full_map_keeps_neither_row_nor_change(tables: Tables) -> None:
    writer = tables.as_node("a", dirty=True)
    with pytest.raises(StoreFull):
        await writer.put_many([Put("prices", f"A-{n}", bytes(1 << 20)) for n in range(9)])
    with tables.reader.snapshot() as snapshot:
        assert (snapshot.last_seq(), snapshot.dirty(limit=9), snapshot.scan("prices", limit=9)) == (0, [], [])
    assert (await writer.put("prices", "A-1", b"small")).applied


async def test_rows_are_marked_dirty_only_when_the_node_replicates(tables: Tables) -> None:
    await tables.as_node("a").put("prices", "alone", b"v")
    await tables.as_node("a", dirty=True).put("prices", "shared", b"v")
    await tables.as_node("a", dirty=True).delete("inventory", "shared")
    with tables.reader.snapshot() as snapshot:
        assert snapshot.dirty(limit=9) == [("inventory", "shared"), ("prices", "shared")]
        assert snapshot.dirty(limit=1) == [("inventory", "shared")]


async def test_a_row_changed_while_it_was_published_stays_dirty(tables: Tables) -> None:
    writer = tables.as_node("a", dirty=True)
    first = (await writer.put("prices", "A-1", b"1")).row
    second = (await writer.put("prices", "A-1", b"2")).row
    await writer.published([("prices", "A-1", first)])
    with tables.reader.snapshot() as snapshot:
        assert snapshot.dirty(limit=9) == [("prices", "A-1")]
    await writer.published([("prices", "A-1", second)])
    with tables.reader.snapshot() as snapshot:
        assert snapshot.dirty(limit=9) == []


async def test_rows_of_other_nodes_apply_once_and_are_not_dirty(tables: Tables) -> None:
    writer = tables.as_node("a", dirty=True)
    foreign = Row(0, 0, 5, "b", b"foreign")
    assert await writer.apply([("prices", "A-1", foreign)]) == 1
    assert await writer.apply([("prices", "A-1", foreign), ("prices", "A-1", Row(0, 0, 4, "c", b"older"))]) == 0
    assert held(tables, "A-1") == foreign
    with tables.reader.snapshot() as snapshot:
        assert snapshot.dirty(limit=9) == []


statements = st.lists(
    st.tuples(
        st.sampled_from("abc"),
        st.sampled_from(["k1", "k2"]),
        st.one_of(st.none(), st.binary(max_size=2)),
        st.integers(0, 4),
        st.integers(0, 30),
    ),
    min_size=1,
    max_size=25,
)


class Cluster:
    """Three nodes that hear of each other's rows late, twice, out of order, or while writing themselves."""

    def __init__(self, root: Path) -> None:
        self.envs = {node: open_tables(root / node, map_bytes=1 << 20) for node in "abc"}
        self.sent: list[tuple[str, str, Row]] = []

    async def play(self, stated: Sequence[Statement], rnd: random.Random) -> None:
        now = [0]
        with (
            Writer(self.envs["a"], name="a") as a,
            Writer(self.envs["b"], name="b") as b,
            Writer(self.envs["c"], name="c") as c,
        ):
            writers = {
                node: TableWriter(self.envs[node], thread, node=node, now_ms=lambda: now[0])
                for node, thread in (("a", a), ("b", b), ("c", c))
            }
            for node, key, value, source_version, now[0] in stated:
                (outcome,) = await writers[node].put_many([Put("prices", key, value, source_version)])
                if outcome.applied:
                    self.sent.append(("prices", key, outcome.row))
                await writers[rnd.choice("abc")].apply(rnd.sample(self.sent, k=rnd.randint(0, len(self.sent))))
            for writer in writers.values():
                await writer.apply(rnd.sample(self.sent, k=len(self.sent)))

    def rows(self) -> list[list[tuple[str, Row]]]:
        found = []
        for env in self.envs.values():
            with TableReader(env).snapshot() as snapshot:
                found.append(snapshot.scan("prices", limit=99, tombstones=True))
        return found

    def close(self) -> None:
        for env in self.envs.values():
            env.close()


@settings(max_examples=40, deadline=None)
@given(statements, st.randoms(use_true_random=False))
def test_nodes_converge_whatever_the_arrival_order(stated: list[Statement], rnd: random.Random) -> None:
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as root:
        cluster = Cluster(Path(root))
        asyncio.run(cluster.play(stated, rnd))
        a, b, c = cluster.rows()
        cluster.close()
    assert a == b == c
    assert {key for key, _ in a} == {key for _, key, _ in cluster.sent}
    for key, row in a:
        assert row.order == max(sent.order for _, sent_key, sent in cluster.sent if sent_key == key)
