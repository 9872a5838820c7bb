"""One valid gzip member for any page and any fragments, read back by every decoder at hand."""

from __future__ import annotations

import gzip
import random
import shutil
import string
import subprocess
import zlib
from typing import NamedTuple

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renderers.deflate import Pressed, press, stitch

HTML = "".join(f"<li class=card><a href=/product/{n}>Chair {n % 7}</a></li>\n" for n in range(400)).encode()
NOISE = random.Random(5).randbytes(200_000)  # does not deflate, and is longer than three stored blocks

repeated = st.builds(lambda chunk, times: chunk * times, st.binary(min_size=1, max_size=30), st.integers(1, 300))
segments = st.one_of(st.binary(max_size=200), repeated, st.sampled_from([HTML, NOISE[:70_000], b""]))
fragments = st.one_of(
    st.binary(max_size=60), st.sampled_from([b"", "1.299,00 €".encode(), NOISE[:65_535], NOISE[:65_536], NOISE])
)
parts_of_a_page = st.lists(st.one_of(segments.map(press), fragments), max_size=9)


def plain(parts: list[Pressed | bytes]) -> bytes:
    """The page, by zlib's own reading of each part."""
    return b"".join(
        part if isinstance(part, bytes) else zlib.decompressobj(-zlib.MAX_WBITS).decompress(part.deflate)
        for part in parts
    )


@settings(deadline=None)
@given(parts=parts_of_a_page)
def test_any_parts_make_exactly_one_member_that_decodes_to_the_page(parts: list[Pressed | bytes]) -> None:
    member, page = stitch(parts), plain(parts)
    decoder = zlib.decompressobj(zlib.MAX_WBITS | 16)
    assert decoder.decompress(member) == page
    assert decoder.eof
    assert decoder.unused_data == b""
    assert gzip.decompress(member) == page


@given(data=segments, level=st.integers(0, 9))
def test_a_pressed_segment_states_its_length_and_crc_and_decodes_alone(data: bytes, level: int) -> None:
    pressed = press(data, level)
    assert (pressed.length, pressed.crc) == (len(data), zlib.crc32(data))
    assert plain([pressed]) == data


@given(order=st.permutations([HTML, b"<p>", NOISE[:300], HTML[:900]]))
def test_segments_are_independent_of_what_stands_before_them(order: list[bytes]) -> None:
    assert gzip.decompress(stitch([press(data) for data in order])) == b"".join(order)


class Sent(NamedTuple):
    id: str
    parts: list[Pressed | bytes]


SENT = [
    Sent("nothing at all", []),
    Sent("one segment", [press(HTML)]),
    Sent("one fragment", [b"19.99"]),
    Sent(
        "a page with three slots",
        [press(HTML), b"19.99", press(b"</b>"), b"", press(HTML[:77]), b"Only 3", press(HTML)],
    ),
    Sent("fragments longer than a stored block", [press(b"<div>"), NOISE, press(b"</div>"), NOISE[:65_536]]),
    Sent("a segment that does not deflate", [press(NOISE), b"x", press(NOISE)]),
    Sent("a segment of several MiB", [press(HTML * 200), b"19.99", press(HTML * 3)]),
]
cases = pytest.mark.parametrize("case", SENT, ids=lambda case: case.id)


@cases
@pytest.mark.skipif(shutil.which("gzip") is None, reason="no gzip command here")
def test_the_gzip_command_accepts_the_member_and_prints_the_page(case: Sent) -> None:
    member = stitch(case.parts)
    subprocess.run(["gzip", "-t"], input=member, check=True, timeout=20)
    printed = subprocess.run(["gzip", "-dc"], input=member, check=True, capture_output=True, timeout=20)
    assert printed.stdout == plain(case.parts)
    assert printed.stderr == b""


@cases
def test_a_decoder_fed_in_small_bites_gives_the_page(case: Sent) -> None:
    member = stitch(case.parts)
    decoder = zlib.decompressobj(zlib.MAX_WBITS | 16)
    bite = max(1, len(member) // 500)
    page = b"".join(decoder.decompress(member[at : at + bite]) for at in range(0, len(member), bite))
    assert page + decoder.flush() == plain(case.parts)
    assert decoder.eof


def test_the_same_parts_always_give_the_same_bytes() -> None:
    assert stitch([press(HTML), b"19.99"]) == stitch([press(HTML), b"19.99"])


def test_a_segment_keeps_its_window_so_pages_stay_small() -> None:
    assert len(press(HTML).deflate) < len(zlib.compress(HTML, 9)) + 10


def test_what_does_not_deflate_is_stored_with_five_bytes_for_each_block() -> None:
    assert len(press(NOISE).deflate) == len(NOISE) + 4 * 5
    assert press(b"</b>").deflate == b"\x00\x04\x00\xfb\xff</b>"
    assert press(b"").deflate == b""


@given(secret=st.text(string.ascii_letters + string.digits, min_size=16, max_size=16))
def test_no_fragment_changes_the_length_by_what_it_says(secret: str) -> None:
    guess = press(f"<p>You searched for token={secret}</p>".encode())
    mirrored = b"You searched for token=" + secret.encode()
    sent = stitch([guess, secret.encode(), press(HTML), mirrored])
    assert len(sent) == len(stitch([guess, b"?" * 16, press(HTML), b"?" * len(mirrored)]))
    assert secret.encode() in sent


def test_a_pressed_segment_survives_the_store() -> None:
    pressed = press(HTML)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(pressed), type=Pressed) == pressed
