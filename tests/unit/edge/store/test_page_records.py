from __future__ import annotations

from collections.abc import Callable

from edge.store.page_records import (
    Part,
    Stored,
    Variants,
    content_parts,
    decode_stored,
    decode_variants,
    describe,
    seal,
    unseal,
)
from edge.store.pages import Entry, PlainContent


def test_any_changed_bit_of_a_record_is_noticed(entry_of: Callable[..., Entry]) -> None:
    record = Stored(entry_of("https://shop.example/a"), (Part(5, 6),))
    raw = seal(record)
    assert unseal(raw, decode_stored) == record
    for position in range(len(raw)):
        assert unseal(raw[:position] + bytes([raw[position] ^ 0x10]) + raw[position + 1 :], decode_stored) is None
        assert unseal(raw[:position], decode_stored) is None


def test_a_whole_record_of_another_shape_is_none() -> None:
    assert unseal(seal(Variants("/", ("accept",), ())), decode_stored) is None
    assert unseal(seal(Variants("/", ("accept",), ())), decode_variants) == Variants("/", ("accept",), ())


def test_a_plain_body_has_a_part_for_each_of_its_forms() -> None:
    assert content_parts(PlainContent(b"body")) == (b"body",)
    assert content_parts(PlainContent(b"body", b"gzip")) == (b"body", b"gzip")
    assert describe(b"123456789") == Part(9, 0xCBF43926), "the check value of CRC-32"
