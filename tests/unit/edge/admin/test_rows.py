from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.admin.rows import KEY_BYTES, key_fault, listed, packed, unpacked
from edge.store.tables import Row
from renderers.rows import RowProblem


@pytest.mark.parametrize("key", ["", "k" * (KEY_BYTES + 1), "\ud800", "a\nb", "a\0b", "changes"])
def test_a_key_no_row_can_have_says_why_and_what_to_write(key: str) -> None:
    assert key_fault(key) is not None


@given(st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=100))
def test_printable_keys_of_100_characters_are_fine(key: str) -> None:
    assert key_fault(key) is None


@given(st.dictionaries(st.text(max_size=5), st.integers(-9, 9), max_size=6))
def test_equal_values_are_equal_bytes(values: dict[str, object]) -> None:
    backwards = dict(reversed(values.items()))
    assert packed(values) == packed(backwards)
    assert unpacked(packed(values)) == values


def test_what_cannot_be_kept_is_a_problem_of_the_row() -> None:
    nested: object = 1
    for _ in range(100_000):
        nested = [nested]
    for value in (2**70, object(), nested):
        with pytest.raises(RowProblem):
            packed({"n": value})


def test_a_deleted_row_is_listed_with_null() -> None:
    row = Row(0, 0, 7, "edge-1", None)
    assert listed("A", row) == {"key": "A", "value": None, "version": 7}
