"""CRC-32 of joined byte strings from the CRC-32 of each, without reading them again.

CRC-32 is linear over GF(2): ``crc(a + b) = crc(a) * x^(8 * len(b)) mod P  xor  crc(b)`` (the identity behind zlib's
``crc32_combine``). zlib multiplies bit by bit, which would cost tens of microseconds in Python; here the factor of a
length is split into its base-256 digits and every digit has its multiplication ready as four tables of 256 words, so a
combination is one table step per non-zero digit: two for most segments, about 0.2 us each. Tables are made when first
needed and bounded by nature: 255 per digit, 4 KiB each, 3 MiB for every length below 16 MiB.
"""

from __future__ import annotations

from array import array
from functools import cache, lru_cache

Shift = tuple["array[int]", "array[int]", "array[int]", "array[int]"]
"""Multiplication of a CRC by one power of x: a table for each of its bytes, the lowest first."""

_POLYNOMIAL = 0xEDB88320
"""x^32 + x^26 + ... + 1 with the bits reflected (RFC 1952 section 8): bit 31 is x^0."""
_ONE = 1 << 31
_X8 = 1 << 23


def joined_crc(crc: int, tail_crc: int, tail_length: int) -> int:
    """CRC-32 of ``a + b`` from those of ``a`` and ``b`` and the length of ``b`` in bytes."""
    for t0, t1, t2, t3 in shifts(tail_length):
        crc = t0[crc & 255] ^ t1[crc >> 8 & 255] ^ t2[crc >> 16 & 255] ^ t3[crc >> 24]
    return crc ^ tail_crc


@lru_cache(maxsize=8192)
def shifts(length: int) -> tuple[Shift, ...]:
    """Table steps that together move a CRC past ``length`` further bytes; apply all of them, in any order."""
    digits = enumerate(length.to_bytes(8, "little"))
    return tuple(_shift(place, digit) for place, digit in digits if digit)


@cache
def _shift(place: int, digit: int) -> Shift:
    """Multiplication by x^(8 * digit * 256^place)."""
    factor = _ONE
    step = _power(place)
    for _ in range(digit):
        factor = _product(factor, step)
    columns = [0] * 32  # columns[i]: what bit i of a CRC becomes
    for bit in range(31, -1, -1):
        columns[bit] = factor
        factor = _times_x(factor)
    return _table(columns[0:8]), _table(columns[8:16]), _table(columns[16:24]), _table(columns[24:32])


def _table(columns: list[int]) -> array[int]:
    """All 256 sums of eight columns: entry ``n`` adds those at the bits set in ``n``."""
    sums = [0]
    for column in columns:
        sums += [known ^ column for known in sums]
    return array("I", sums)


@cache
def _power(place: int) -> int:
    """x^(8 * 256^place) mod P, by repeated squaring."""
    power = _X8
    for _ in range(8 * place):
        power = _product(power, power)
    return power


def _product(a: int, b: int) -> int:
    """a * b mod P."""
    product = 0
    for bit in range(31, -1, -1):
        if a >> bit & 1:
            product ^= b
        b = _times_x(b)
    return product


def _times_x(a: int) -> int:
    return a >> 1 ^ (_POLYNOMIAL if a & 1 else 0)
