from __future__ import annotations

import pytest

from edge.fill.lead import Lead
from edge.fill.onward import Onward


@pytest.mark.parametrize(
    ("declared", "before"),
    [(6, [b"one"]), (None, [b"one", b"two"]), (7, [b"one", b"two"]), (2, [])],
    ids=["its last octet waits", "without a length its end does", "what is yet to come waits", "so does what follows"],
)
async def test_what_completes_a_response_is_sent_last(declared: int | None, before: list[bytes]) -> None:
    lead = Lead()
    onward = Onward(lead, declared)
    for piece in (b"one", b"two"):
        await onward.write(piece)
    got = []
    body = lead.pipe.read()
    for want in before:
        got.append(await anext(body))
        assert got[-1] == want
    await onward.complete()
    got += [piece async for piece in body]
    assert got == [b"one", b"two"]


async def test_nobody_has_to_be_sent_anything() -> None:
    onward = Onward(None, 3)
    await onward.write(b"one")
    await onward.complete()
