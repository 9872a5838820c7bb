"""What a basket comes to."""

from __future__ import annotations

import pytest

from loadtest.storefront.ledger import Line
from loadtest.storefront.shopping import Bill, bill


@pytest.mark.parametrize(
    ("cents", "delivery"),
    [(0, 0), (1, 490), (49_99, 490), (50_00, 0), (900_00, 0)],
    ids=["an empty basket costs nothing", "one cent", "just below", "from €50 on delivery is free", "far above"],
)
def test_delivery_is_charged_below_fifty_euros(cents: int, delivery: int) -> None:
    lines = (Line("A", 1, cents),) if cents else ()
    assert bill(lines) == Bill(cents, delivery)
    assert bill(lines).total_cents == cents + delivery


def test_lines_count_with_their_quantity() -> None:
    assert bill((Line("A", 3, 1000), Line("B", 1, 250))).goods_cents == 3250
