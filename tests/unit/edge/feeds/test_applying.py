"""What the tables make of statements, while operators write too."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from edge.feeds.applying import Tables, apply
from edge.feeds.memory import Memory, Statement
from edge.store.tables import Outcome, TableWriter

if TYPE_CHECKING:
    from tests.unit.edge.feeds.conftest import Kit


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    with Memory(tmp_path / "feed.db") as memory:
        yield memory


def said(memory: Memory, *statements: Statement) -> None:
    memory.begin()
    memory.stage(statements)
    memory.settle()


def tables(kit: Kit, writer: TableWriter | None = None) -> Tables:
    return Tables(kit.reader, writer or kit.writer, {}, kit.clock)


def price(key: str, amount: str, at_ms: int) -> Statement:
    return Statement("prices", key, {"amount": amount, "currency": "EUR"}, at_ms, 1)


async def test_more_than_one_batch_is_written(kit: Kit, memory: Memory) -> None:
    said(memory, *(price(f"P{number}", "5", 1000) for number in range(1201)))
    applied = await apply(memory, tables(kit), confirmed_ms=2000)
    assert (applied.changed, applied.problems) == ({"prices": 1201}, [])
    assert (await apply(memory, tables(kit), confirmed_ms=3000)).changed.total() == 0


async def test_amounts_that_are_equal_are_no_change(kit: Kit, memory: Memory) -> None:
    await kit.put("prices", "A", amount="5.00", currency="EUR")
    said(memory, price("A", "5", 2**45))
    assert (await apply(memory, tables(kit), confirmed_ms=2**45)).changed.total() == 0


async def test_a_sale_that_ended_is_a_change_though_the_amount_stays(kit: Kit, memory: Memory) -> None:
    await kit.put("prices", "A", amount="5", currency="EUR", list_amount="9")
    said(memory, Statement("prices", "A", {"amount": "5", "currency": "EUR", "list_amount": None}, 2**45, 1))
    assert (await apply(memory, tables(kit), confirmed_ms=2**45)).changed == {"prices": 1}
    assert kit.value("prices", "A") == {"amount": "5", "currency": "EUR"}


async def test_a_statement_that_does_not_fit_the_row_is_told(kit: Kit, memory: Memory) -> None:
    said(memory, Statement("inventory", "A", {"quantity": None}, 1000, 1), price("B", "5", 1000))
    applied = await apply(memory, tables(kit), confirmed_ms=2000)
    assert (len(applied.problems), applied.changed) == (1, {"prices": 1})


class Contended(TableWriter):
    """A writer before whose first writes an operator gets in."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._beaten = 0

    async def put(self, table: str, key: str, value: bytes, **how: object) -> Outcome:
        if self._beaten < 2:
            self._beaten += 1
            await self._kit.put("prices", "A", amount=f"1{self._beaten}", currency="EUR")
        return await self._kit.writer.put(table, key, value, **how)  # type: ignore[arg-type]


async def test_an_operator_who_writes_between_reading_and_writing_keeps_his_price(kit: Kit, memory: Memory) -> None:
    said(memory, price("A", "5", 1000))
    applied = await apply(memory, tables(kit, Contended(kit)), confirmed_ms=2000)
    assert (kit.amount("A"), applied.changed.total()) == ("11", 0)


async def test_a_later_statement_is_tried_again_on_the_row_that_got_in(kit: Kit, memory: Memory) -> None:
    said(memory, price("A", "5", 2**45))
    applied = await apply(memory, tables(kit, Contended(kit)), confirmed_ms=2**45)
    assert (kit.amount("A"), applied.changed.total()) == ("5", 1)


async def test_a_row_that_cannot_be_read_is_written_anew(kit: Kit, memory: Memory) -> None:
    await kit.writer.put("prices", "A", msgspec.msgpack.encode([1, 2]), source_version=5)
    said(memory, price("A", "5", 1000))
    await asyncio.wait_for(apply(memory, tables(kit), confirmed_ms=2000), 10)
    assert kit.amount("A") == "5"
