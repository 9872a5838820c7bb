from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict

from edge.fill.octets import encodable, legible, percent_encoded, text


@given(st.binary())
def test_any_octets_become_real_characters(raw: bytes) -> None:
    assert text(raw).encode().decode() == text(raw)


@given(st.binary())
def test_what_aiohttp_read_from_octets_becomes_the_same_characters(raw: bytes) -> None:
    assert legible(raw.decode("utf-8", "surrogateescape")) == text(raw)


@given(st.text())
def test_text_stays_as_it_is(value: str) -> None:
    assert legible(value) == percent_encoded(value) == value


@given(st.binary())
def test_a_target_keeps_every_octet(raw: bytes) -> None:
    received = raw.decode("utf-8", "surrogateescape")
    sent = percent_encoded(received).encode()
    assert len(sent) == len(raw) + 2 * sum("\udc80" <= char <= "\udcff" for char in received)


def test_names_from_multidict_can_be_encoded() -> None:
    pairs = tuple(CIMultiDict([("ETag", '"x"')]).items())
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(encodable(pairs))) == [["ETag", '"x"']]
