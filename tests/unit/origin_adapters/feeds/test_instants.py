from __future__ import annotations

import pytest

from origin_adapters.feeds.instants import instant_ms

AT_MS = 1_795_226_400_000


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-21T02:00:00Z",
        "2026-11-21T03:00:00+01:00",
        "2026-11-21T03:00+0100",
        "2026-11-21T02:00:00",
        " Sat, 21 Nov 2026 02:00:00 GMT ",
        "Sat, 21 Nov 2026 03:00:00 +0100",
        "1795226400",
    ],
)
def test_instants_are_read_as_feeds_write_them(text: str) -> None:
    assert instant_ms(text) == AT_MS


@pytest.mark.parametrize("text", ["", "soon", "2026-13-01T00:00:00Z", "17", "Sat, 99 Nov 2026 02:00:00 GMT"])
def test_anything_else_is_no_instant(text: str) -> None:
    assert instant_ms(text) is None
