from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.errors import StoreError
from edge.feeds.memory import Memory, Pending, Statement, Torn
from edge.feeds.state import FeedState, Health

FIRST = ("", "")


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    with Memory(tmp_path / "feeds" / "shop.db") as memory:
        yield memory


def says(memory: Memory, at_ms: int, **amounts: str) -> list[Pending]:
    """One reading in which each product has its amount."""
    memory.begin()
    memory.stage([said(key, amount, at_ms) for key, amount in amounts.items()])
    memory.settle()
    return memory.pending(FIRST, limit=100)


def said(key: str, amount: str, at_ms: int = 0, line: int = 1) -> Statement:
    return Statement("prices", key, {"amount": amount}, at_ms, line)


def since(found: list[Pending]) -> dict[str, int]:
    return {pending.key: pending.since_ms for pending in found}


def test_what_is_said_again_keeps_its_time_and_what_is_new_has_the_reading_s(memory: Memory) -> None:
    assert since(says(memory, 100, a="1", b="1")) == {"a": 100, "b": 100}
    assert since(says(memory, 200, a="1", b="2")) == {"a": 100, "b": 200}
    assert since(says(memory, 300, a="1", b="1")) == {"a": 100, "b": 300}


def test_what_is_new_is_later_than_what_it_replaces_whatever_the_source_says(memory: Memory) -> None:
    says(memory, 100, a="1")
    assert since(says(memory, 50, a="2")) == {"a": 101}


def test_a_reading_that_is_not_settled_never_was(memory: Memory) -> None:
    says(memory, 100, a="1")
    memory.begin()
    memory.stage([said("a", "2", 200)])
    assert since(says(memory, 300, a="1")) == {"a": 100}


def test_two_items_of_one_row_must_say_the_same(memory: Memory) -> None:
    memory.begin()
    memory.stage([said("a", "1", line=3), said("b", "1", line=4)])
    memory.stage([said("a", "2", line=9), said("b", "1", line=10)])
    assert memory.torn(limit=5) == (1, [Torn("a", 3)])
    memory.settle()
    assert since(memory.pending(FIRST, limit=9)) == {"b": 0}


def test_pending_statements_come_in_batches(memory: Memory) -> None:
    says(memory, 1, a="1", b="2", c="3")
    first = memory.pending(FIRST, limit=2)
    rest = memory.pending((first[-1].table, first[-1].key), limit=2)
    assert [pending.key for pending in first + rest] == ["a", "b", "c"]
    assert rest[0].patch == {"amount": "3"}


def test_a_patch_is_the_same_whatever_the_order_of_its_fields(memory: Memory) -> None:
    for at_ms, patch in ((100, {"amount": "1", "currency": "EUR"}), (200, {"currency": "EUR", "amount": "1"})):
        memory.begin()
        memory.stage([Statement("prices", "a", dict(patch), at_ms, 1)])
        memory.settle()
    assert since(memory.pending(FIRST, limit=9)) == {"a": 100}


def test_products_that_are_gone_are_counted_and_those_that_are_bad_are_not(memory: Memory) -> None:
    says(memory, 100, a="1", b="1", c="1", d="1")
    memory.begin()
    memory.stage([said("a", "1"), said("c", "1"), said("c", "2")], unread=["b"])
    memory.settle()
    assert memory.absent(limit=5) == (4, 1, ["d"])
    says(memory, 300, a="1", b="1", c="1", d="1")
    assert memory.absent(limit=5) == (4, 0, [])


def test_confirmed_statements_count_from_then(memory: Memory) -> None:
    says(memory, 100, a="1", b="1")
    memory.confirmed([("prices", "a")], 500)
    assert since(says(memory, 600, a="1", b="1")) == {"a": 500, "b": 100}
    assert since(says(memory, 400, a="2", b="1")) == {"a": 501, "b": 100}


def test_it_outlives_the_process(tmp_path: Path) -> None:
    path = tmp_path / "shop.db"
    with Memory(path) as memory:
        says(memory, 100, a="1")
        memory.note(FeedState(health=Health.GOOD, items=1))
    with Memory(path) as memory:
        assert since(says(memory, 200, a="1")) == {"a": 100}
        assert memory.state() == FeedState(health=Health.GOOD, items=1)
    assert [file.name for file in tmp_path.iterdir()] == ["shop.db"]


def test_a_damaged_one_is_begun_anew(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "shop.db"
    path.write_bytes(b"no database at all" * 100)
    with Memory(path) as memory:
        assert memory.state() == FeedState()
        assert since(says(memory, 100, a="1")) == {"a": 100}
    assert "begun anew" in caplog.text


def test_where_no_file_can_be_kept_it_lasts_as_long_as_the_process(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "shop.db").mkdir()
    with Memory(tmp_path / "shop.db") as memory:
        says(memory, 100, a="1")
        assert since(says(memory, 200, a="1")) == {"a": 100}
    assert "cannot be kept" in caplog.text


def test_a_memory_that_fails_says_where_it_lies(tmp_path: Path) -> None:
    with Memory(tmp_path / "shop.db") as memory:
        pass
    with pytest.raises(StoreError, match="DATA/feeds"):
        memory.begin()


def test_pages_that_changed_come_first_then_those_not_read_for_longest(memory: Memory) -> None:
    memory.know_pages(["/a", "/b", "/c", "/d"])
    for at_ms, target in enumerate(["/d", "/c", "/b"], start=1):
        memory.page_read(target, at_ms, changed=False)
    assert memory.next_pages(limit=9) == ["/a", "/d", "/c", "/b"]
    memory.page_read("/b", 9, changed=True)
    assert memory.next_pages(limit=2) == ["/b", "/a"]
    memory.page_read("/b", 10, changed=False)
    memory.forget_page("/c")
    memory.know_pages(["/a", "/e"])
    assert memory.next_pages(limit=9) == ["/a", "/e", "/d", "/b"]
