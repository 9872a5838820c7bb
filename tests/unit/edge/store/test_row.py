from __future__ import annotations

from itertools import permutations
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.store.row import Expect, PreconditionFailed, Row, next_row

NOW = 5_000
WRITE = Row(0, 0, 4_000, "a", b"write")
EVENT = Row(0, 100, 4_000, "a", b"event")
EMERGENCY = Row(1, 0, 4_500, "a", b"emergency", surpassed=100)


class Case(NamedTuple):
    id: str
    held: Row | None
    value: bytes | None
    source_version: int
    want: Row


CASES = [
    Case("the first write begins epoch 0", None, b"v", 0, Row(0, 0, NOW, "n", b"v")),
    Case("the first event keeps its source's version", None, b"v", 7, Row(0, 7, NOW, "n", b"v")),
    Case("a write over a write stays in its epoch", WRITE, b"v", 0, Row(0, 0, NOW, "n", b"v")),
    Case("a write over an event opens the next epoch", EVENT, b"v", 0, Row(1, 0, NOW, "n", b"v", 100)),
    Case("a second write in that epoch does not open another", EMERGENCY, b"v", 0, Row(1, 0, NOW, "n", b"v", 100)),
    Case("the next true event beats the emergency price", EMERGENCY, b"v", 101, Row(1, 101, NOW, "n", b"v")),
    Case("the event the emergency price replaced stays replaced", EMERGENCY, b"event", 100, EMERGENCY),
    Case("an event older than the one replaced does not count", EMERGENCY, b"old", 99, EMERGENCY),
    Case("a newer event replaces an event", EVENT, b"v", 101, Row(0, 101, NOW, "n", b"v")),
    Case("an old event never overwrites a newer one", EVENT, b"v", 99, EVENT),
    Case("an event delivered twice changes nothing", EVENT, b"event", 100, EVENT),
    Case("an event corrected under its own version counts", EVENT, b"v", 100, Row(0, 100, NOW, "n", b"v")),
    Case("an event over a plain write keeps the epoch", WRITE, b"v", 1, Row(0, 1, NOW, "n", b"v")),
    Case("a deletion is a tombstone", WRITE, None, 0, Row(0, 0, NOW, "n", None)),
    Case(
        "a clock behind the held row still makes a later version",
        Row(0, 0, NOW + 10, "a", b"x"),
        b"v",
        0,
        Row(0, 0, NOW + 11, "n", b"v"),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=[c.id for c in CASES])
def test_next_row(case: Case) -> None:
    assert next_row(case.held, case.value, node="n", now_ms=NOW, source_version=case.source_version) == case.want


class Order(NamedTuple):
    id: str
    later: Row
    earlier: Row | None


ORDERS = [
    Order("anything beats nothing", Row(0, 0, 0, "", None), None),
    Order("a higher epoch beats every source version", Row(1, 0, 1, "a", b""), Row(0, 10**15, 9, "b", b"")),
    Order("in one epoch an event beats a write", Row(1, 1, 1, "a", b""), Row(1, 0, 9, "b", b"")),
    Order("in one epoch the later source version wins", Row(0, 8, 1, "a", b""), Row(0, 7, 9, "b", b"")),
    Order("then the later version wins", Row(0, 7, 2, "a", b""), Row(0, 7, 1, "b", b"")),
    Order("ties are broken by the node's name", Row(0, 7, 2, "b", b""), Row(0, 7, 2, "a", b"")),
]


@pytest.mark.parametrize("case", ORDERS, ids=[c.id for c in ORDERS])
def test_order(case: Order) -> None:
    assert case.later.beats(case.earlier)
    assert case.earlier is None or not case.earlier.beats(case.later)


def test_a_row_does_not_beat_itself() -> None:
    assert not EVENT.beats(EVENT)


def test_an_emergency_price_beats_events_under_way_at_other_nodes() -> None:
    emergency = next_row(EVENT, b"emergency", node="a", now_ms=NOW)
    under_way = next_row(EVENT, b"event", node="b", now_ms=NOW + 60_000, source_version=10**12)
    assert emergency.beats(under_way)


statements = st.lists(
    st.tuples(st.one_of(st.none(), st.binary(max_size=2)), st.integers(0, 5), st.integers(0, 20)), max_size=12
)


@given(statements)
def test_a_row_is_kept_or_beaten_never_silently_swapped(stated: list[tuple[bytes | None, int, int]]) -> None:
    held: Row | None = None
    for value, source_version, now_ms in stated:
        new = next_row(held, value, node="n", now_ms=now_ms, source_version=source_version)
        assert new is held or new.beats(held)
        assert source_version > 0 or new.value == value, "a write always counts"
        held = new


@given(st.permutations(range(1, 6)))
def test_events_in_any_order_end_with_the_newest(arrival: list[int]) -> None:
    held: Row | None = None
    for version in arrival:
        held = next_row(held, b"%d" % version, node="n", now_ms=1, source_version=version)
    assert held is not None
    assert held.value == b"5"


def test_the_latest_of_several_rows_is_the_same_in_every_order() -> None:
    rows = [WRITE, EVENT, EMERGENCY, Row(1, 101, 1, "b", b"next"), Row(1, 101, 1, "c", None)]
    for order in permutations(rows):
        held: Row | None = None
        for row in order:
            held = row if row.beats(held) else held
        assert held is rows[-1]


class Condition(NamedTuple):
    id: str
    expect: Expect
    row: Row | None
    holds: bool


TOMBSTONE = Row(0, 0, 4_000, "a", None)
CONDITIONS = [
    Condition("nothing expected of a row", Expect(), WRITE, True),
    Condition("nothing expected of no row", Expect(), None, True),
    Condition("§13.1.1 If-Match names the row", Expect(match=('"x"', WRITE.etag)), WRITE, True),
    Condition("§13.1.1 If-Match names another", Expect(match=(EVENT.etag,)), WRITE, False),
    Condition("§13.1.1 If-Match * on a row", Expect(match=("*",)), WRITE, True),
    Condition("§13.1.1 If-Match * on no row", Expect(match=("*",)), None, False),
    Condition("§13.1.1 If-Match * on a tombstone", Expect(match=("*",)), TOMBSTONE, False),
    Condition("§13.1.1 If-Match never names a tombstone", Expect(match=(TOMBSTONE.etag,)), TOMBSTONE, False),
    Condition("§13.1.2 If-None-Match * on no row", Expect(none_match=("*",)), None, True),
    Condition("§13.1.2 If-None-Match * on a tombstone", Expect(none_match=("*",)), TOMBSTONE, True),
    Condition("§13.1.2 If-None-Match * on a row", Expect(none_match=("*",)), WRITE, False),
    Condition("§13.1.2 If-None-Match names the row", Expect(none_match=(WRITE.etag,)), WRITE, False),
    Condition("§13.1.2 If-None-Match names another", Expect(none_match=(EVENT.etag,)), WRITE, True),
]


@pytest.mark.parametrize("case", CONDITIONS, ids=[c.id for c in CONDITIONS])
def test_expect(case: Condition) -> None:
    if case.holds:
        case.expect.check(case.row)
        return
    with pytest.raises(PreconditionFailed) as caught:
        case.expect.check(case.row)
    assert caught.value.status == 412
    assert caught.value.row is case.row


def test_an_etag_is_quoted_and_changes_with_the_row() -> None:
    tags = {row.etag for row in (WRITE, EVENT, EMERGENCY)}
    assert len(tags) == 3
    assert all(tag.startswith('"') and tag.endswith('"') for tag in tags)
