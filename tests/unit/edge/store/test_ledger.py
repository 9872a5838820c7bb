from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import lmdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.store.environment import open_pages
from edge.store.ledger import NO_RESOURCE, Account, Ledger, charge
from edge.store.page_records import PageDatabases


@pytest.fixture
def env(tmp_path: Path) -> Iterator[lmdb.Environment]:
    env = open_pages(tmp_path / "pages", 1 << 20)
    yield env
    env.close()


@pytest.fixture
def ledger(env: lmdb.Environment) -> Ledger:
    return Ledger(PageDatabases(env))


@pytest.fixture
def txn(env: lmdb.Environment) -> Iterator[lmdb.Transaction[bytes]]:
    with env.begin(write=True) as txn:
        yield txn


def digest(number: int) -> bytes:
    return number.to_bytes(16, "big")


def nobody(_: str) -> bool:
    return False


@given(st.lists(st.integers(0, 3 << 20), max_size=4))
def test_an_entry_is_charged_at_least_its_bytes(lengths: list[int]) -> None:
    assert charge(lengths, page_bytes=4096) >= sum(lengths) + 512


def test_what_enters_and_leaves_balances(ledger: Ledger, txn: lmdb.Transaction[bytes]) -> None:
    ledger.enter(txn, digest(1), Account("shop", 10, 700))
    ledger.enter(txn, digest(2), Account("shop", 10, 300))
    ledger.enter(txn, digest(1), Account("shop", 11, 500))
    assert ledger.used_bytes(txn) == 800
    ledger.leave(txn, digest(1))
    ledger.leave(txn, digest(1))
    assert ledger.used_bytes(txn) == 300


def test_the_oldest_of_all_origins_is_named_first(ledger: Ledger, txn: lmdb.Transaction[bytes]) -> None:
    for number, (origin, at_ms) in enumerate([("b", 30), ("a", 20), ("b", 10), ("c", 15)]):
        ledger.enter(txn, digest(number), Account(origin, at_ms, 1))
    order = []
    while (oldest := ledger.oldest(txn, nobody)) is not None:
        order.append(int.from_bytes(oldest, "big"))
        ledger.leave(txn, oldest)
    assert order == [2, 3, 1, 0]


def test_entries_of_a_protected_origin_are_passed_over(ledger: Ledger, txn: lmdb.Transaction[bytes]) -> None:
    ledger.enter(txn, digest(1), Account("down", 1, 1))
    ledger.enter(txn, digest(2), Account("up", 2, 1))
    assert ledger.oldest(txn, lambda origin: origin == "down") == digest(2)
    assert ledger.oldest(txn, lambda _: True) is None


def test_a_touched_entry_is_the_most_recent(ledger: Ledger, txn: lmdb.Transaction[bytes]) -> None:
    for number in (1, 2):
        ledger.enter(txn, digest(number), Account("shop", number, 1))
    ledger.touch(txn, digest(1), 3)
    assert ledger.oldest(txn, nobody) == digest(2)
    ledger.touch(txn, digest(1), 1)
    assert ledger.oldest(txn, nobody) == digest(2), "a late report does not make it older"
    assert ledger.used_bytes(txn) == 2


def test_touching_a_variant_touches_its_resource(ledger: Ledger, txn: lmdb.Transaction[bytes]) -> None:
    ledger.enter(txn, digest(1), Account("shop", 1, 1))
    ledger.enter(txn, digest(2), Account("shop", 2, 1))
    ledger.enter(txn, digest(3), Account("shop", 3, 1, resource=digest(1)))
    ledger.touch(txn, digest(3), 4)
    assert ledger.oldest(txn, nobody) == digest(2)
    assert ledger.resource(txn, digest(3)) == digest(1)
    assert ledger.resource(txn, digest(1)) == NO_RESOURCE


def test_touching_what_left_meanwhile_does_nothing(ledger: Ledger, txn: lmdb.Transaction[bytes]) -> None:
    ledger.touch(txn, digest(1), 1)
    assert ledger.oldest(txn, nobody) is None
