from __future__ import annotations

from typing import NamedTuple

import pytest

from renderers.locate import Document
from renderers.page import KindSpec, Page, Reading, SlotSpec, Values
from renderers.readings import Readout, carry, not_restored, read_out
from renderers.survey import Candidate, survey

MONEY = "{{ prices.amount | money }}"
AMOUNT = "{{ prices.amount }}"


def candidates(page: str, *fills: str) -> tuple[Document, tuple[Candidate, ...]]:
    """The contents of the page's ``<b>`` elements, each with its fill."""
    doc = Document(page.encode(), "utf-8")
    slots = (SlotSpec(name=f"s{n}", at=f"css:b.s{n}", fill=fill, sku="path:A") for n, fill in enumerate(fills))
    return doc, survey(doc, KindSpec(name="k", slots=tuple(slots)), "/A").candidates


def read(page: str, *fills: str) -> Readout:
    doc, found = candidates(page, *fills)
    return read_out(doc, found, {})


def test_values_of_one_row_are_gathered_from_all_its_slots() -> None:
    got = read("<b class=s0>$1,299.00</b><b class=s1>Only 3 left</b><b class=s2>$1,499.00</b>",
               MONEY, "{{ inventory.quantity | stock }}", "{{ prices.list_amount | money }}")  # fmt: skip
    assert got.known == {"A": {"prices": {"amount": "1299", "list_amount": "1499"}, "inventory": {"quantity": 3}}}
    assert (sorted(got.learnt), got.faults) == ([0, 1, 2], ())


def test_one_value_written_in_two_ways_agrees() -> None:
    got = read("<b class=s0>1.299 €</b><b class=s1>1299.00</b>", MONEY, AMOUNT)
    assert (got.known, got.faults) == ({"A": {"prices": {"amount": "1299"}}}, ())


def test_two_values_of_one_field_bar_the_row() -> None:
    (fault,) = read("<b class=s0>$19.99</b><b class=s1>21.00</b>", MONEY, AMOUNT).faults
    assert (fault.name, fault.sku, fault.tables) == ("s1", "A", ("prices",))
    assert "21" in fault.reason
    assert "19.99" in fault.reason


def test_a_condition_is_read_with_what_its_neighbours_say() -> None:
    fill = "{% if inventory.quantity > 50 %}Ships today{% else %}Ships soon{% endif %}"
    got = read("<b class=s0>Ships today</b><b class=s1>99</b>", fill, "{{ inventory.quantity }}")
    assert (sorted(got.learnt), got.faults) == ([0, 1], ())
    got = read("<b class=s0>Ships today</b><b class=s1>9</b>", fill, "{{ inventory.quantity }}")
    assert sorted(got.learnt) == [1]


def test_what_cannot_be_read_bars_its_rows() -> None:
    (fault,) = read("<b class=s0>call us</b>", MONEY).faults
    assert (fault.name, fault.sku, fault.tables) == ("s0", "A", ("prices",))


def test_broken_bytes_are_not_read() -> None:
    doc = Document(b"<b class=s0>\xff5</b>", "utf-8")
    spec = KindSpec(name="k", slots=(SlotSpec(name="s0", at="css:b", fill=MONEY, sku="path:A"),))
    got = read_out(doc, survey(doc, spec, "/A").candidates, {})
    assert [fault.reason for fault in got.faults] == ["its bytes are not valid utf-8"]


class Restored(NamedTuple):
    id: str
    fill: str
    raw: str
    values: dict[str, Values]
    says: str | None


RESTORED = [
    Restored("the value read", MONEY, "$5.00", {"prices": {"amount": "5"}}, None),
    Restored("what follows from the value", "{{ inventory.availability | availability }}", "InStock",
             {"inventory": {"quantity": 0}}, "prints 'OutOfStock'"),
    Restored("another value", MONEY, "$5.00", {"prices": {"amount": "6"}}, "prints '$6.00'"),
    Restored("no value", MONEY, "$5.00", {}, None),
    Restored("a value that cannot stand there", MONEY, "$5.00", {"prices": {"amount": "x"}}, "cannot be printed"),
    Restored("a visitor's own", '{{ visitor.csrf("t") }}', "abc", {}, None),
    Restored("no promotion, the origin's there", "{{ promotions.label }}", "Sale", {}, None),
    Restored("no promotion, asked for", "{% if promotions %}!{% endif %}", "Sale", {}, None),
]  # fmt: skip


@pytest.mark.parametrize("case", RESTORED, ids=[case.id for case in RESTORED])
def test_a_fill_gives_the_origins_bytes_back_from(case: Restored) -> None:
    doc, (candidate,) = candidates(f"<b class=s0>{case.raw}</b>", case.fill)
    learnt = read_out(doc, [candidate], {}).learnt[0]
    reason = not_restored(doc, candidate, learnt, case.values)
    assert (reason is None) == (case.says is None)
    assert case.says is None or case.says in (reason or "")


def page(*readings: Reading) -> Page:
    return Page((b"",), (), readings, "utf-8", "A", (), b"")


def price(amount: str, changed_at_ms: int = 0) -> Reading:
    return Reading("prices", "A", {"amount": amount}, changed_at_ms)


class Carry(NamedTuple):
    id: str
    before: Page | None
    row: Values | None
    want: int


CARRIES = [
    Carry("never seen before", None, {"amount": "7"}, 0),
    Carry("a page without this row before", page(), {"amount": "7"}, 0),
    Carry("unchanged", page(price("5", 11)), {"amount": "7"}, 11),
    Carry("changed to what the row says", page(price("4", 11)), {"amount": "5.00", "list_amount": "9"}, 11),
    Carry("changed to something else", page(price("4", 11)), {"amount": "7"}, 99),
    Carry("changed, and no row", page(price("4", 11)), None, 99),
    Carry("another SKU changed", page(Reading("prices", "B", {"amount": "4"}, 11)), None, 0),
]


@pytest.mark.parametrize("case", CARRIES, ids=[case.id for case in CARRIES])
def test_the_origin_last_changed_its_mind(case: Carry) -> None:
    asked: list[tuple[str, str]] = []

    def held(table: str, sku: str) -> Values | None:
        asked.append((table, sku))
        return case.row

    got = carry(case.before, page(price("5")), fetched_at_ms=99, held=held)
    assert got.readings == (price("5", case.want),)
    assert set(asked) <= {("prices", "A")}
