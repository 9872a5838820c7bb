"""Stitching against compressing: what a hit saves, and what segments in isolation cost in size. Run with -s."""

from __future__ import annotations

import gzip
import random
import timeit
import zlib

import pytest

from renderers.deflate import Pressed, press, stitch

SEGMENT_BYTES = (9_000, 3_000, 12_000, 15_000, 800, 11_200, 9_000)
FRAGMENTS = (b"19.99", "19,99 €".encode(), b"https://schema.org/InStock", b"Only 3 left", b"19.99", b"-20 %")


def catalogue(chance: random.Random, size: int) -> bytes:
    """``size`` bytes of the kind of markup shops send."""
    words = ["".join(chance.choices("etaoinshrdlu", k=chance.randint(2, 9))) for _ in range(300)]
    lines: list[str] = []
    while sum(map(len, lines)) < size:
        one, two, three = chance.choices(words, k=3)
        lines.append(
            f'<li class="card"><a href="/product/{one}-{two}"><img src="/i/{one}.jpg">{two} {three}</a></li>\n'
        )
    return "".join(lines).encode()[:size]


def microseconds(code: str, names: dict[str, object], number: int) -> float:
    """Best of five runs: the least disturbed one."""
    return min(timeit.repeat(code, globals=names, number=number, repeat=5)) / number * 1e6


@pytest.mark.slow
def test_stitching_a_page_is_twenty_times_faster_than_compressing_it() -> None:
    chance = random.Random(7)
    segments = [catalogue(chance, size) for size in SEGMENT_BYTES]
    parts: list[Pressed | bytes] = [press(segments[0])]
    page = segments[0]
    for fragment, segment in zip(FRAGMENTS, segments[1:], strict=True):
        parts += [fragment, press(segment)]
        page += fragment + segment
    assert gzip.decompress(stitch(parts)) == page

    stitching = microseconds("stitch(parts)", {"stitch": stitch, "parts": parts}, 5_000)
    compressing = microseconds("compress(page, 6)", {"compress": zlib.compress, "page": page}, 50)
    print(
        f"\npage of {len(page)} bytes, {len(FRAGMENTS)} slots: stitch {stitching:.1f} us,"
        f" zlib level 6 {compressing:.0f} us, ratio {compressing / stitching:.0f};"
        f" stitched {len(stitch(parts))} bytes, compressed whole {len(zlib.compress(page, 6))}"
    )
    assert compressing / stitching >= 20
