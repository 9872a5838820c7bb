from __future__ import annotations

import asyncio
import tracemalloc
from typing import TYPE_CHECKING, NamedTuple, cast

import msgspec
import pytest

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.unit.edge.conftest import AdminNode, Answer

NDJSON = "application/x-ndjson"


async def send(node: AdminNode, raw: bytes, table: str = "prices", **headers: str) -> Answer:
    return await node.call("POST", f"/tables/{table}", raw, **{"Content_Type": NDJSON, **headers})


def price(number: int, amount: str = "19.90") -> bytes:
    return msgspec.json.encode({"key": f"SKU-{number}", "value": {"amount": amount, "currency": "EUR"}}) + b"\n"


def held(node: AdminNode, table: str = "prices") -> dict[str, object]:
    with node.parts.reader.snapshot() as snapshot:
        rows = snapshot.scan(table, limit=10_000)
    return {key: msgspec.msgpack.decode(row.value) for key, row in rows if row.value is not None}


async def test_every_row_of_a_good_file_is_in(admin_node: AdminNode) -> None:
    answer = await send(admin_node, b"".join(price(number) for number in range(5000)))
    assert (answer.status, answer.json) == (200, {"rows": 5000, "applied": 5000, "kept": 0})
    assert len(held(admin_node)) == 5000


class Format(NamedTuple):
    media_type: str
    raw: bytes


FORMATS = [
    Format("application/x-ndjson; charset=utf-8", b'{"sku":"A","quantity":3}\n'),
    Format("text/csv", b"sku;quantity;availability\nA;3;\n"),
    Format("application/msgpack", msgspec.msgpack.encode({"key": "A", "value": {"quantity": 3}})),
]


@pytest.mark.parametrize("form", FORMATS, ids=[form.media_type for form in FORMATS])
async def test_each_format_gives_the_same_row(form: Format, admin_node: AdminNode) -> None:
    answer = await send(admin_node, form.raw, "inventory", Content_Type=form.media_type)
    assert (answer.status, held(admin_node, "inventory")) == (200, {"A": {"quantity": 3}})


async def test_one_bad_row_keeps_all_out_and_every_bad_row_is_named(admin_node: AdminNode) -> None:
    lines = [price(1), b"{oops\n", price(3, "cheap"), b'{"key":"changes","value":{"amount":"1"}}\n', price(5)]
    answer = await send(admin_node, b"".join(lines))
    errors = cast(list[dict[str, object]], answer.json["errors"])
    assert (answer.status, answer.json["bad"]) == (400, 3)
    assert [(error["line"], error.get("key"), error.get("field")) for error in errors] == [
        (2, None, None),
        (3, "SKU-3", "amount"),
        (4, None, None),
    ]
    assert all(error["detail"] and error["remedy"] for error in errors)
    assert held(admin_node) == {}


async def test_bad_rows_beyond_a_hundred_are_counted(admin_node: AdminNode) -> None:
    answer = await send(admin_node, b"{oops\n" * 1000)
    assert (answer.json["bad"], len(cast(list[object], answer.json["errors"]))) == (1000, 100)


async def test_the_last_of_two_rows_with_one_key_holds(admin_node: AdminNode) -> None:
    await send(admin_node, price(1, "1.00") + price(1, "2.00"))
    assert held(admin_node) == {"SKU-1": {"amount": "2.00", "currency": "EUR"}}


async def test_null_deletes(admin_node: AdminNode) -> None:
    await send(admin_node, price(1) + price(2))
    await send(admin_node, b'{"key":"SKU-1","value":null}\n')
    assert list(held(admin_node)) == ["SKU-2"]


async def test_rows_of_events_keep_what_is_newer(admin_node: AdminNode) -> None:
    await send(admin_node, price(1, "2.00") + price(2, "2.00"), X_Source_Version="7")
    old_and_new = b'{"key":"SKU-1","value":{"amount":"1.00"},"source_version":6}\n' + price(2, "3.00")
    answer = await send(admin_node, old_and_new, X_Source_Version="8")
    assert answer.json == {"rows": 2, "applied": 1, "kept": 1}
    assert held(admin_node)["SKU-1"] == {"amount": "2.00", "currency": "EUR"}


async def test_what_is_no_format_of_rows_is_415_naming_those_there_are(admin_node: AdminNode) -> None:
    answer = await send(admin_node, b"<rows/>", Content_Type="application/xml")
    assert (answer.status, answer.json["known"]) == (415, ["application/x-ndjson", "text/csv", "application/msgpack"])


async def test_an_unknown_table_is_404(admin_node: AdminNode) -> None:
    assert (await send(admin_node, price(1), "price")).status == 404


@pytest.mark.parametrize("map_bytes", [2**22])
async def test_a_full_store_says_how_many_rows_are_in(admin_node: AdminNode) -> None:
    rows = b"".join(
        msgspec.json.encode({"key": f"{number:06}", "value": {"text": "x" * 500}}) + b"\n" for number in range(20_000)
    )
    answer = await send(admin_node, rows, "notes")
    assert answer.status == 507
    rows_in = len(held(admin_node, "notes"))
    assert (answer.json["rows"], 0 < rows_in < 20_000) == (rows_in, True)


async def test_a_price_put_during_an_import_does_not_wait_for_its_end(admin_node: AdminNode) -> None:
    importing = asyncio.ensure_future(  # noqa: TID251 - awaited below
        send(admin_node, b"".join(price(number) for number in range(60_000)))
    )
    while not held(admin_node):  # noqa: ASYNC110 - LMDB has no event to wait for
        await asyncio.sleep(0)
    put = await admin_node.call("PUT", "/tables/prices/SKU-0", {"amount": "5.00"})
    assert (put.status, importing.done()) == (200, False)
    assert (await importing).status == 200
    assert held(admin_node)["SKU-0"] == {"amount": "5.00"}


async def test_a_long_upload_needs_little_memory(admin_node: AdminNode) -> None:
    line = msgspec.json.encode({"key": "A", "value": {"text": "x" * 50_000}}) + b"\n"

    async def lines() -> AsyncIterator[bytes]:
        for _ in range(1000):
            yield line

    headers = {"Authorization": f"Bearer {admin_node.token}", "Content-Type": NDJSON}
    bad_last = msgspec.json.encode({"key": "A"}) + b"{\n"

    async def upload() -> AsyncIterator[bytes]:
        async for part in lines():
            yield part
        yield bad_last

    tracemalloc.start()
    try:
        url = f"{admin_node.url}/tables/notes"
        async with admin_node.session.post(url, data=upload(), headers=headers) as response:
            assert response.status == 400
        assert tracemalloc.get_traced_memory()[1] < 12 * 2**20
    finally:
        tracemalloc.stop()
