from __future__ import annotations

import pytest

from edge.feeds.judging import distrust, loss


@pytest.mark.parametrize(
    ("items", "bad", "believed"),
    [(100, 0, True), (100, 10, True), (100, 11, False), (5, 1, False), (10, 1, True), (1, 1, False), (0, 0, True)],
)
def test_a_tenth_of_bad_items_is_the_most(items: int, bad: int, believed: bool) -> None:
    why = distrust(items, bad, "line 3: no price")
    assert (why is None) == believed
    assert why is None or "line 3: no price" in why


@pytest.mark.parametrize(
    ("known", "absent", "told"), [(10, 0, None), (10, 1, "1 products"), (10, 5, "5 products"), (10, 6, "lost 6 of 10")]
)
def test_products_that_are_gone_are_told_of(known: int, absent: int, told: str | None) -> None:
    found = loss(known, absent)
    assert (found is None) == (told is None)
    assert told is None or (told in str(found) and "rows stay" in str(found))
