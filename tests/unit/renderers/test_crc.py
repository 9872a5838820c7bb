"""CRC combination against zlib reading the bytes."""

from __future__ import annotations

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renderers.crc import joined_crc, shifts


@given(a=st.binary(), b=st.binary())
def test_the_joined_crc_is_the_crc_of_the_joined_bytes(a: bytes, b: bytes) -> None:
    assert joined_crc(zlib.crc32(a), zlib.crc32(b), len(b)) == zlib.crc32(a + b)


@given(parts=st.lists(st.binary(max_size=40), max_size=12))
def test_joining_part_by_part_gives_the_crc_of_the_whole(parts: list[bytes]) -> None:
    crc = 0
    for part in parts:
        crc = joined_crc(crc, zlib.crc32(part), len(part))
    assert crc == zlib.crc32(b"".join(parts))


@pytest.mark.parametrize("length", [0, 1, 255, 256, 257, 65535, 65536, 0x010203, 0xFFFFFF, 0x1000001])
def test_lengths_around_each_digit_are_combined_exactly(length: int) -> None:
    head, tail = b"<html>", bytes(length)
    assert joined_crc(zlib.crc32(head), zlib.crc32(tail), length) == zlib.crc32(head + tail)


def test_a_combination_takes_one_step_for_each_non_zero_digit_of_the_length() -> None:
    assert [len(shifts(length)) for length in (0, 7, 256, 0x0203, 0x050003)] == [0, 1, 1, 2, 2]


@given(digit=st.integers(1, 255), place=st.integers(0, 2))
def test_steps_are_shared_between_lengths_so_memory_is_bounded(digit: int, place: int) -> None:
    alone = digit << (8 * place)
    longer = alone | 1 << 40
    assert shifts(alone)[0] is shifts(longer)[0]
