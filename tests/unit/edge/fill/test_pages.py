"""What becomes of responses on a page kind, with real pages, a real origin and a real store."""

from __future__ import annotations

import asyncio
import gzip
from typing import TYPE_CHECKING

import msgspec
import pytest

from edge.fill.protocol import Outcome
from edge.fill.rules import KindRule
from edge.policy.key import KeyRule
from edge.policy.publish import APART_S
from edge.policy.storability import RoutePolicy
from renderers.deflate import stitch
from renderers.page import KindSpec, Slot

if TYPE_CHECKING:
    from tests.unit.edge.fill.conftest import Answer, Node, StartNode, StartOrigin, Wire

URL = "/product/mug"
FILLER_TEXT = "<p>Hand thrown, dishwasher safe, and lighter than it looks.</p>" * 20


def page(price: str | None = "19.99", *, more: str = "", text: str = FILLER_TEXT) -> bytes:
    """A product page; None: the shop lost the price."""
    shown = f'<p class="price">€{price}</p>' if price else ""
    product = '{"@type":"Product","sku":"MUG","offers":{"priceCurrency":"EUR"}}'
    return (
        f'<!doctype html><html><head><script type="application/ld+json">{product}</script></head>'
        f"<body><h1>Mug</h1>{shown}{text}{more}</body></html>"
    ).encode()


def saying(body: bytes, *, status: int = 200, **fields: str) -> Answer:
    """An origin that always says this."""

    async def answer(wire: Wire) -> None:
        await wire.respond(body, status=status, **{"content_type": "text/html; charset=utf-8", **fields})

    return answer


async def fill(node: Node, **flags: bool) -> str:
    return await node.outcome(URL, "product", (), **flags)


async def test_a_page_is_cut_and_stored_and_its_caller_sent_to_the_store(
    start_origin: StartOrigin, start_node: StartNode
) -> None:
    node = await start_node(await start_origin(saying(page())))
    answer, body = await node.get(URL, "product")
    assert (answer.outcome, body, answer.notes) == (Outcome.STORED, b"", ())
    copy = node.copy(URL)
    assert copy is not None
    assert copy.page is not None
    assert [(slot.name, slot.sku, slot.origin) for slot in copy.page.slots] == [("price", "MUG", "€19.99".encode())]
    assert copy.entry.body_length == len(page())
    assert (copy.entry.lifetime.ttl, copy.entry.lifetime.grace, copy.entry.lifetime.error_grace) == (600, 3600, 86_400)
    assert node.stored_body(URL) == page()


async def test_the_segments_are_stored_compressed_as_well(start_origin: StartOrigin, start_node: StartNode) -> None:
    node = await start_node(await start_origin(saying(page())))
    await fill(node)
    copy = node.copy(URL)
    assert copy is not None
    with node.parts.reader.view() as view:
        pressed = view.pressed(node.digest(URL), copy.entry)
    assert copy.page is not None
    assert pressed is not None
    (slot,) = copy.page.slots
    assert gzip.decompress(stitch([pressed[0], slot.origin, pressed[1]])) == page()


async def test_nothing_of_the_visitor_reaches_the_origin(start_origin: StartOrigin, start_node: StartNode) -> None:
    origin = await start_origin(saying(page()))
    node = await start_node(origin)
    visitor = (("Cookie", "session=secret"), ("User-Agent", "secret"), ("Referer", "secret"), ("X-Any", "secret"))
    assert await node.outcome(URL, "product", visitor) == "stored"
    assert len(origin.heads) == 2, "two strangers ask, and both are nobody"
    for head in origin.heads:
        assert b"secret" not in head
        assert b"10.1.2.3" not in head, "its address may decide what an origin answers"
        assert b"Host: shop.example" in head


async def test_a_declared_cookie_reaches_the_origin_and_no_other(
    start_origin: StartOrigin, start_node: StartNode
) -> None:
    origin = await start_origin(saying(page()))
    node = await start_node(origin, keys={"shop": KeyRule(origin="shop", cookies=("currency",))})
    await node.outcome(URL, "product", (("Cookie", "session=secret; currency=EUR"),))
    assert b"Cookie: currency=EUR\r\n" in origin.heads[0]


async def test_a_cookie_the_origin_sets_is_nobodys_any_more(start_origin: StartOrigin, start_node: StartNode) -> None:
    node = await start_node(await start_origin(saying(page(), set_cookie="session=a1b2c3d4e5; Path=/")))
    assert await fill(node) == "stored"
    copy = node.copy(URL)
    assert copy is not None
    assert "set-cookie" not in {name.lower() for name, _ in copy.entry.headers}


async def test_gzip_is_undone(start_origin: StartOrigin, start_node: StartNode) -> None:
    node = await start_node(await start_origin(saying(gzip.compress(page()), content_encoding="gzip")))
    assert await fill(node) == "stored"
    copy = node.copy(URL)
    assert copy is not None
    assert node.stored_body(URL) == page()
    assert not {"content-encoding", "content-length"} & {name.lower() for name, _ in copy.entry.headers}


async def test_a_refused_slot_keeps_the_origins_bytes_and_is_reported(
    start_origin: StartOrigin, start_node: StartNode
) -> None:
    node = await start_node(await start_origin(saying(page(price="ask us"))))
    answer, _ = await node.get(URL, "product")
    assert answer.outcome is Outcome.STORED
    assert "slot price: " in "".join(answer.notes)
    assert node.parts.counters.slots_refused["product", "price"] == 1
    assert node.stored_body(URL) == page(price="ask us")


UNSTORABLE = [
    (saying(b"x" * 200_000), "pass max-object"),
    (saying(gzip.compress(b"x" * 200_000), content_encoding="gzip"), "pass max-object"),
    (saying(page(), content_encoding="br"), "pass content-encoding"),
    (saying(page(), vary="*"), "pass vary-any"),
]


@pytest.mark.parametrize(("answer", "want"), UNSTORABLE)
async def test_what_cannot_be_stored_is_relayed(
    start_origin: StartOrigin, start_node: StartNode, answer: Answer, want: str
) -> None:
    node = await start_node(await start_origin(answer))
    assert await fill(node) == want
    assert node.copy(URL) is None


@pytest.mark.parametrize("body", [gzip.compress(page())[:-20], b"not gzip at all"])
async def test_damaged_gzip_is_the_origins_failure(
    start_origin: StartOrigin, start_node: StartNode, body: bytes
) -> None:
    node = await start_node(await start_origin(saying(body, content_encoding="gzip")))
    assert await fill(node) == "down origin-protocol-error"


async def test_a_file_under_a_page_kind_is_stored_as_it_is(start_origin: StartOrigin, start_node: StartNode) -> None:
    node = await start_node(await start_origin(saying(b'{"a": 1}', content_type="application/json")))
    assert await fill(node) == "stored"
    copy = node.copy(URL)
    assert copy is not None
    assert copy.page is None
    assert node.stored_body(URL) == b'{"a": 1}'


async def no_answer(_wire: Wire) -> None:
    await asyncio.Event().wait()


async def dies_mid_body(wire: Wire) -> None:
    await wire.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 9999\r\n\r\n" + page()[:300])
    wire.reset()


async def drips(wire: Wire) -> None:
    await wire.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    while True:
        await wire.send(b".")
        await asyncio.sleep(0.02)


FAILURES = [
    (saying(b"oops", status=500), "down origin-status-500"),
    (saying(b"busy", status=503), "down origin-status-503"),
    (saying(b"who are you?", status=403), "down publish-gate-refused"),
    (no_answer, "down origin-timeout"),
    (dies_mid_body, "down origin-protocol-error"),
    (drips, "down origin-timeout"),
]


@pytest.mark.parametrize(("answer", "want"), FAILURES)
async def test_the_last_good_copy_survives(
    start_origin: StartOrigin, start_node: StartNode, answer: Answer, want: str
) -> None:
    origin = await start_origin(saying(page()))
    node = await start_node(origin, origin_fields={"connect_timeout": 0.2, "first_byte_timeout": 0.2}, wait_limit_s=0.5)
    await fill(node)
    origin.answer = answer
    assert [await fill(node) for _ in range(2)] == [want] * 2
    assert node.stored_body(URL) == page()
    origin.answer = saying(page("21.00"))
    assert await fill(node) == "stored"
    assert node.stored_body(URL) == page("21.00")


DOUBTFUL = [
    (saying(page(price=None)), "lost-price", page(price=None)),
    (saying(page(text="")), "shrunk", page(text="")),
]


@pytest.mark.parametrize(("answer", "doubt", "body"), DOUBTFUL)
async def test_a_doubtful_page_is_believed_when_it_comes_three_times(
    start_origin: StartOrigin, start_node: StartNode, answer: Answer, doubt: str, body: bytes
) -> None:
    origin = await start_origin(saying(page()))
    node = await start_node(origin)
    await fill(node)
    origin.answer = answer
    for _ in range(2):
        assert await fill(node) == f"down publish-gate-{doubt}"
        assert await fill(node) == f"down publish-gate-{doubt}", "so soon after the last it is no further witness"
        assert node.stored_body(URL) == page()
        node.ahead_ms += APART_S * 1000
    assert await fill(node) == "stored"
    assert node.stored_body(URL) == body


async def test_the_operator_may_vouch_for_a_doubtful_page(start_origin: StartOrigin, start_node: StartNode) -> None:
    origin = await start_origin(saying(page()))
    node = await start_node(origin, pause_s=60.0)
    await fill(node)
    origin.answer = saying(page(price=None))
    answer, _ = await node.get(URL, "product")
    assert "--accept" in "".join(answer.notes)
    assert await fill(node, background=True, accept=True) == "stored"
    assert node.stored_body(URL) == page(price=None)


async def test_a_slot_the_operator_removed_is_no_lost_price(start_origin: StartOrigin, start_node: StartNode) -> None:
    origin = await start_origin(saying(page()))
    node = await start_node(origin)
    await fill(node)
    bare = KindRule(spec=KindSpec(name="product"), route=RoutePolicy(ttl_s=600, operator=True))
    node.reconfigure(kinds={"product": bare})
    assert await fill(node) == "stored"


async def test_a_page_that_is_gone_is_believed_the_second_time(
    start_origin: StartOrigin, start_node: StartNode
) -> None:
    origin = await start_origin(saying(page()))
    node = await start_node(origin)
    await fill(node)
    origin.answer = saying(b"no such mug", status=404)
    assert await fill(node) == "down publish-gate-gone"
    assert node.stored_body(URL) == page()
    assert await fill(node) == "stored"
    copy = node.copy(URL)
    assert copy is not None
    assert (copy.entry.status, copy.entry.lifetime.ttl, copy.page) == (404, 60, None)
    assert node.stored_body(URL) == b"no such mug"
    origin.answer = saying(page())
    assert await fill(node) == "stored"
    assert node.stored_body(URL) == page(), "and a page that is back is back at once"


async def test_a_page_that_moved_is_believed_in_the_end(start_origin: StartOrigin, start_node: StartNode) -> None:
    origin = await start_origin(saying(page()))
    node = await start_node(origin)
    await fill(node)
    origin.answer = saying(b"", status=301, location="/product/cup")
    for _ in range(2):
        assert await fill(node) == "down publish-gate-moved"
        node.ahead_ms += APART_S * 1000
    assert await fill(node) == "stored"
    copy = node.copy(URL)
    assert copy is not None
    assert copy.entry.status == 301
    assert ("location", "/product/cup") in [(name.lower(), value) for name, value in copy.entry.headers]


async def test_an_error_page_without_a_copy_goes_to_the_visitor_decoded(
    start_origin: StartOrigin, start_node: StartNode
) -> None:
    node = await start_node(await start_origin(saying(gzip.compress(b"gone"), status=404, content_encoding="gzip")))
    answer, body = await node.get(URL, "product")
    assert (answer.outcome, answer.status, body) == (Outcome.STREAM, 404, b"gone")
    assert "content-encoding" not in {name.lower() for name, _ in answer.pairs}
    assert node.copy(URL) is None
    assert await fill(node) == "stream status-404", "it is asked for again: the product may come back any moment"


async def test_an_answer_that_sets_a_cookie_is_left_to_the_visitor(
    start_origin: StartOrigin, start_node: StartNode
) -> None:
    """A redirect that tests for cookies would go in circles if the cookie were taken off it."""
    node = await start_node(await start_origin(saying(b"", status=302, location=URL, set_cookie="seen=1")))
    assert await fill(node) == "pass status"


async def test_a_304_freshens_a_page(start_origin: StartOrigin, start_node: StartNode) -> None:
    async def answer(wire: Wire) -> None:
        if wire.field("If-None-Match") is not None:
            await wire.send(b'HTTP/1.1 304 Not Modified\r\nETag: "v1"\r\nX-Second: yes\r\n\r\n')
        else:
            await wire.respond(page(), content_type="text/html", etag='"v1"')

    origin = await start_origin(answer)
    node = await start_node(origin)
    await fill(node)
    assert await fill(node) == "stored"
    assert len(origin.requests) == 3, "two strangers, and the one who only asks whether it still holds"
    copy = node.copy(URL)
    assert copy is not None
    assert ("X-Second", "yes") in copy.entry.headers
    assert node.stored_body(URL) == page()


async def test_a_page_cut_by_another_specification_is_asked_for_whole(
    start_origin: StartOrigin, start_node: StartNode
) -> None:
    origin = await start_origin(saying(page(), etag='"v1"'))
    node = await start_node(origin)
    await fill(node)
    kind = node.parts.rules.kinds["product"]
    node.reconfigure(kinds={"product": msgspec.structs.replace(kind, spec=KindSpec(name="product", currency="EUR"))})
    await fill(node)
    assert len(origin.heads) == 4
    assert not any(b"If-None-Match" in head for head in origin.heads)


async def changed_at(node: Node) -> int:
    copy = node.copy(URL)
    assert copy is not None
    assert copy.page is not None
    (reading,) = copy.page.readings
    return reading.changed_at_ms


async def test_a_price_the_origin_changes_is_dated(start_origin: StartOrigin, start_node: StartNode) -> None:
    origin = await start_origin(saying(page()))
    node = await start_node(origin)
    await fill(node)
    assert await changed_at(node) == 0
    before_ms = node.parts.now_ms()
    origin.answer = saying(page("25.00"))
    await fill(node)
    dated_ms = await changed_at(node)
    assert dated_ms >= before_ms
    await fill(node)
    assert await changed_at(node) == dated_ms, "it has not changed again"


async def test_a_price_the_table_already_has_is_no_change_of_the_origins(
    start_origin: StartOrigin, start_node: StartNode
) -> None:
    origin = await start_origin(saying(page()))
    node = await start_node(origin)
    await fill(node)
    await node.tables.put("prices", "MUG", msgspec.msgpack.encode({"amount": "25.00", "currency": "EUR"}))
    origin.answer = saying(page("25.00"))
    await fill(node)
    assert await changed_at(node) == 0


async def test_what_one_page_teaches_is_kept_for_its_kind(start_origin: StartOrigin, start_node: StartNode) -> None:
    node = await start_node(await start_origin(saying(page())))
    await fill(node)
    with node.parts.reader.view() as view:
        raw = view.vocabulary("product", "price")
    assert raw is not None
    (learnt,) = msgspec.msgpack.decode(raw, type=tuple[tuple[str, bytes], ...])
    copy = node.copy(URL)
    assert copy is not None
    assert copy.page is not None
    slots: tuple[Slot, ...] = copy.page.slots
    assert learnt in slots[0].learnt.formats
