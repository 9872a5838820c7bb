from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

import msgspec
import pytest
from yarl import URL

if TYPE_CHECKING:
    from tests.unit.edge.conftest import AdminNode

PRICE = {"amount": "19.90", "currency": "EUR"}
NEWER = {"amount": "17.50", "currency": "EUR"}


async def test_a_row_put_is_the_row_read(admin_node: AdminNode) -> None:
    put = await admin_node.call("PUT", "/tables/prices/A-1", PRICE)
    assert (put.status, put.headers["Vitrine-Row"], put.json) == (201, "applied", PRICE)
    got = await admin_node.call("GET", "/tables/prices/A-1")
    assert (got.status, got.json, got.headers["ETag"]) == (200, PRICE, put.headers["ETag"])


async def test_what_is_answered_is_durable(admin_node: AdminNode) -> None:
    await admin_node.call("PUT", "/tables/prices/A-1", PRICE)
    with admin_node.parts.reader.snapshot() as snapshot:
        row = snapshot.get("prices", "A-1")
    assert row is not None
    assert row.value is not None
    assert msgspec.msgpack.decode(row.value) == PRICE


async def test_a_row_put_again_is_replaced_and_has_another_etag(admin_node: AdminNode) -> None:
    first = await admin_node.call("PUT", "/tables/prices/A-1", PRICE)
    second = await admin_node.call("PUT", "/tables/prices/A-1", NEWER)
    assert (second.status, second.json) == (200, NEWER)
    assert second.headers["ETag"] != first.headers["ETag"]


async def test_a_reader_who_holds_the_row_gets_304(admin_node: AdminNode) -> None:
    etag = (await admin_node.call("PUT", "/tables/prices/A-1", PRICE)).headers["ETag"]
    assert (await admin_node.call("GET", "/tables/prices/A-1", If_None_Match=f"W/{etag}")).status == 304
    assert (await admin_node.call("GET", "/tables/prices/A-1", If_None_Match='"other"')).status == 200


async def test_a_patch_changes_some_members_and_null_removes_one(admin_node: AdminNode) -> None:
    await admin_node.call("PUT", "/tables/prices/A-1", {**PRICE, "list_amount": "29.90"})
    patched = await admin_node.call("PATCH", "/tables/prices/A-1", {"amount": "9.90", "list_amount": None})
    assert (patched.status, patched.json) == (200, {"amount": "9.90", "currency": "EUR"})


async def test_a_patch_of_nothing_begins_a_row(admin_node: AdminNode) -> None:
    patched = await admin_node.call("PATCH", "/tables/inventory/A-1", {"quantity": 3})
    assert (patched.status, patched.json) == (201, {"quantity": 3})


async def test_a_patch_that_leaves_no_valid_row_changes_nothing(admin_node: AdminNode) -> None:
    await admin_node.call("PUT", "/tables/prices/A-1", PRICE)
    refused = await admin_node.call("PATCH", "/tables/prices/A-1", {"amount": None})
    assert (refused.status, refused.json["field"]) == (400, "amount")
    assert (await admin_node.call("GET", "/tables/prices/A-1")).json == PRICE


async def test_a_deleted_row_is_gone_and_cannot_be_deleted_twice(admin_node: AdminNode) -> None:
    await admin_node.call("PUT", "/tables/prices/A-1", PRICE)
    assert (await admin_node.call("DELETE", "/tables/prices/A-1")).status == 204
    assert (await admin_node.call("GET", "/tables/prices/A-1")).status == 404
    assert (await admin_node.call("DELETE", "/tables/prices/A-1")).status == 404


async def test_an_older_event_is_acknowledged_and_changes_nothing(admin_node: AdminNode) -> None:
    await admin_node.call("PUT", "/tables/prices/A-1", NEWER, X_Source_Version="7")
    late = await admin_node.call("PUT", "/tables/prices/A-1", PRICE, X_Source_Version="6")
    assert (late.status, late.headers["Vitrine-Row"], late.json) == (200, "kept", NEWER)


async def test_an_operators_price_beats_the_event_under_way(admin_node: AdminNode) -> None:
    await admin_node.call("PUT", "/tables/prices/A-1", PRICE, X_Source_Version="7")
    written = await admin_node.call("PUT", "/tables/prices/A-1", NEWER)
    repeated = await admin_node.call("PUT", "/tables/prices/A-1", PRICE, X_Source_Version="7")
    assert [written.headers["Vitrine-Row"], repeated.headers["Vitrine-Row"]] == ["applied", "kept"]


async def test_the_event_of_an_unknown_rows_end_keeps_the_late_row_from_reviving_it(admin_node: AdminNode) -> None:
    assert (await admin_node.call("DELETE", "/tables/prices/A-1", X_Source_Version="9")).status == 204
    late = await admin_node.call("PUT", "/tables/prices/A-1", PRICE, X_Source_Version="8")
    assert (late.status, late.headers["Vitrine-Row"], late.body) == (200, "kept", b"null")
    assert (await admin_node.call("GET", "/tables/prices/A-1")).status == 404


async def test_an_old_deletion_does_not_take_a_newer_row(admin_node: AdminNode) -> None:
    await admin_node.call("PUT", "/tables/prices/A-1", PRICE, X_Source_Version="9")
    late = await admin_node.call("DELETE", "/tables/prices/A-1", X_Source_Version="8")
    assert (late.status, late.headers["Vitrine-Row"], late.json) == (200, "kept", PRICE)


class Condition(NamedTuple):
    id: str
    exists: bool
    headers: dict[str, str]
    want: int


CURRENT = "the row's own"
CONDITIONS = [
    Condition("if it is still the one read", True, {"If_Match": CURRENT}, 200),
    Condition("if it is one of several", True, {"If_Match": f'"x", {CURRENT}'}, 200),
    Condition("if it were another", True, {"If_Match": '"another"'}, 412),
    Condition("a weak tag never matches strongly", True, {"If_Match": f"W/{CURRENT}"}, 412),
    Condition("any row, and there is one", True, {"If_Match": "*"}, 200),
    Condition("any row, and there is none", False, {"If_Match": "*"}, 412),
    Condition("only as the first, and it is", False, {"If_None_Match": "*"}, 201),
    Condition("only as the first, and it is not", True, {"If_None_Match": "*"}, 412),
    Condition("unless it is that one, and it is", True, {"If_None_Match": f"W/{CURRENT}"}, 412),
]


@pytest.mark.parametrize("case", CONDITIONS, ids=[case.id for case in CONDITIONS])
async def test_writes_under_conditions(case: Condition, admin_node: AdminNode) -> None:
    etag = ""
    if case.exists:
        etag = (await admin_node.call("PUT", "/tables/prices/A-1", PRICE)).headers["ETag"]
    headers = {name: value.replace(CURRENT, etag) for name, value in case.headers.items()}
    answer = await admin_node.call("PUT", "/tables/prices/A-1", NEWER, **headers)
    assert answer.status == case.want
    held = await admin_node.call("GET", "/tables/prices/A-1")
    assert (held.body == msgspec.json.encode(NEWER)) is (case.want < 300)


class Bad(NamedTuple):
    id: str
    path: str
    body: bytes
    headers: dict[str, str]
    want: int
    says: str


GOOD_BODY = msgspec.json.encode(PRICE)
KEY_400 = "k" * 400
BAD = [
    Bad("a table nobody declared", "/tables/price/A", GOOD_BODY, {}, 404, "inventory, notes, prices"),
    Bad("a key of 401 bytes", f"/tables/prices/{KEY_400}k", GOOD_BODY, {}, 400, "401 bytes"),
    Bad("a key of 134 characters in 402 bytes", "/tables/prices/" + "%E2%82%AC" * 134, GOOD_BODY, {}, 400, "402 bytes"),
    Bad("a key with a control character", "/tables/prices/a%00b", GOOD_BODY, {}, 400, "control characters"),
    Bad("the key that is an address", "/tables/prices/changes", GOOD_BODY, {}, 400, "another key"),
    Bad("no JSON", "/tables/prices/A", b"{", {}, 400, "not JSON"),
    Bad("no body", "/tables/prices/A", b"", {}, 400, "not JSON"),
    Bad("JSON nested without end", "/tables/prices/A", b"[" * 100_000, {}, 400, "nested"),
    Bad("no UTF-8", "/tables/prices/A", b'{"amount":"\xff"}', {}, 400, "not JSON"),
    Bad("no object", "/tables/prices/A", b"[1]", {}, 400, "object"),
    Bad("a field the table does not have", "/tables/prices/A", b'{"price":"1"}', {}, 400, "amount"),
    Bad("an amount that is no decimal", "/tables/prices/A", b'{"amount":"1,99"}', {}, 400, "1299.00"),
    Bad("a number no row holds", "/tables/notes/A", b'{"n":123456789012345678901234567890}', {}, 400, "quotes"),
    Bad("a body over 1 MiB", "/tables/notes/A", b'{"n":"' + b"x" * 2**20 + b'"}', {}, 413, "1 MiB"),
    Bad("a source version in words", "/tables/prices/A", GOOD_BODY, {"X_Source_Version": "new"}, 400, "whole number"),
    Bad("a source version with a sign", "/tables/prices/A", GOOD_BODY, {"X_Source_Version": "+5"}, 400, "whole number"),
    Bad("a source version of nothing", "/tables/prices/A", GOOD_BODY, {"X_Source_Version": "0"}, 400, "whole number"),
]


@pytest.mark.parametrize("case", BAD, ids=[case.id for case in BAD])
async def test_a_bad_write_is_a_problem_with_its_remedy(case: Bad, admin_node: AdminNode) -> None:
    answer = await admin_node.call("PUT", case.path, case.body, **case.headers)
    assert answer.status == case.want
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json["status"] == case.want
    assert case.says in f"{answer.json['detail']}; {answer.json['remedy']}"
    with admin_node.parts.reader.snapshot() as snapshot:
        assert snapshot.last_seq() == 0


@pytest.mark.parametrize("key", [KEY_400, "a/b", "a b", "ä€", "a%2Fb", "..", "a?b", "a;b"])
async def test_a_key_may_hold_anything_printable(key: str, admin_node: AdminNode) -> None:
    path = f"{admin_node.url}/tables/notes/{quote(key, safe='').replace('.', '%2E')}"
    headers = {"Authorization": f"Bearer {admin_node.token}"}
    async with admin_node.session.put(URL(path, encoded=True), json={"n": 1}, headers=headers) as response:
        assert response.status == 201
    listed = (await admin_node.call("GET", "/tables/notes")).json["rows"]
    assert isinstance(listed, list)
    assert [row["key"] for row in listed] == [key]


async def test_rows_are_listed_page_by_page_in_key_order(admin_node: AdminNode) -> None:
    for key in ("B-1", "A-2", "A-1", "A-3"):
        await admin_node.call("PUT", f"/tables/notes/{key}", {"k": key})
    await admin_node.call("DELETE", "/tables/notes/A-2")
    first = await admin_node.call("GET", "/tables/notes?limit=1&prefix=A-")
    assert (first.json["rows"], first.json["next"]) == (
        [{"key": "A-1", "value": {"k": "A-1"}, "version": admin_node.clock.now_ms}],
        "A-1",
    )
    last = await admin_node.call("GET", "/tables/notes?limit=1&prefix=A-&after=A-1")
    rows = last.json["rows"]
    assert isinstance(rows, list)
    assert ([row["key"] for row in rows], last.json["next"]) == (["A-3"], None)


@pytest.mark.parametrize("limit", ["0", "1001", "-1", "many", "99999999999999999999"])
async def test_a_limit_out_of_range_is_refused(limit: str, admin_node: AdminNode) -> None:
    answer = await admin_node.call("GET", f"/tables/notes?limit={limit}")
    assert (answer.status, answer.json["field"]) == (400, "limit")


async def test_all_tables_are_listed(admin_node: AdminNode) -> None:
    await admin_node.call("PUT", "/tables/notes/A", {"n": 1})
    tables = (await admin_node.call("GET", "/tables")).json["tables"]
    assert isinstance(tables, list)
    assert [table["name"] for table in tables] == ["inventory", "notes", "prices", "products", "promotions"]
    assert [table["name"] for table in tables if table["generation"]] == ["notes"]


@pytest.mark.parametrize("map_bytes", [2**22])
async def test_a_full_store_is_507_and_goes_on_answering(admin_node: AdminNode) -> None:
    row = dict.fromkeys(("a", "b", "c"), "x" * 60000)
    answers = [await admin_node.call("PUT", f"/tables/notes/{number}", row) for number in range(40)]
    assert {answer.status for answer in answers} == {201, 507}
    assert answers[-1].headers["Content-Type"] == "application/problem+json"
    assert (await admin_node.call("GET", "/tables/notes/0")).json == row
