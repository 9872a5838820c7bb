from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

from edge.fill.entries import bounded, decoded_pairs, variant_names
from edge.model import Lifetime, fields

if TYPE_CHECKING:
    from tests.unit.edge.fill.conftest import StartNode, StartOrigin, Wire


class Case(NamedTuple):
    id: str
    response: dict[str, str]
    stripped: bool
    want: tuple[str, ...]


CASES = [
    Case("nothing stated, nothing varies", {}, False, ()),
    Case("what Vary names", {"Vary": "Accept-Language, X-A"}, False, ("accept-language", "x-a")),
    Case("a coding that Vary forgot", {"Content-Encoding": "gzip"}, False, ("accept-encoding",)),
    Case("a cookie that was sent", {"Vary": "Cookie"}, False, ("cookie",)),
    Case("a cookie that was not", {"Vary": "Cookie, Accept"}, True, ("accept",)),
]


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_variant_names(case: Case) -> None:
    assert variant_names(fields(case.response), stripped=case.stripped) == case.want


def test_only_grace_is_bounded() -> None:
    lifetime = Lifetime(stored_at=1, initial_age=2, ttl=3000, grace=4000, error_grace=50)
    assert bounded(lifetime, 100) == Lifetime(stored_at=1, initial_age=2, ttl=3000, grace=100, error_grace=50)


def test_fields_of_a_coding_that_was_undone_go_with_it() -> None:
    pairs = (("Content-Encoding", "gzip"), ("content-length", "3"), ("Content-Type", "text/html"))
    assert decoded_pairs(pairs) == (("Content-Type", "text/html"),)


class Said(NamedTuple):
    body: bytes = b"same"
    date: str = "Sat, 21 Nov 2026 01:00:00 GMT"
    any: str = "1"


async def test_the_same_response_has_the_same_version_and_another_one_another(
    start_origin: StartOrigin, start_node: StartNode
) -> None:
    said = [Said(), Said(date="Sat, 21 Nov 2026 01:00:07 GMT"), Said(any="2"), Said(body=b"other")]

    async def answer(wire: Wire) -> None:
        now = said[len(versions)]
        await wire.respond(now.body, cache_control="max-age=999999999", date=now.date, x_any=now.any)

    node = await start_node(await start_origin(answer))
    versions: list[bytes] = []
    for _ in said:
        await node.get("/a")
        copy = node.copy("/a")
        assert copy is not None
        versions.append(copy.entry.version)
    first, redated, refielded, rebodied = versions
    assert first == redated
    assert len({first, refielded, rebodied}) == 3
    assert {len(version) for version in versions} == {8}


async def test_text_is_stored_compressed_beside_the_origins_bytes(
    start_origin: StartOrigin, start_node: StartNode
) -> None:
    async def answer(wire: Wire) -> None:
        await wire.respond(b"a{}" * 1000, content_type="text/css", cache_control="max-age=60")

    node = await start_node(await start_origin(answer))
    await node.get("/a.css")
    copy = node.copy("/a.css")
    assert copy is not None
    with node.parts.reader.view() as view:
        packed = view.gzipped(node.digest("/a.css"), copy.entry)
    assert packed is not None
    assert len(packed) < 100
