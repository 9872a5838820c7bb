from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec
import pytest

from edge.admin.audit import AuditLine
from edge.admin.auth import is_loopback

if TYPE_CHECKING:
    from tests.unit.edge.conftest import AdminNode

ROW = {"n": 1}
READER = "a-token-that-may-only-read"


class Case(NamedTuple):
    id: str
    method: str
    path: str
    headers: dict[str, str]
    want: int


NO_TOKEN = {"Authorization": ""}
READING = {"Authorization": f"Bearer {READER}"}
CASES = [
    Case("a known token reads", "GET", "/tables/notes", READING, 200),
    Case("the scheme has no case", "GET", "/tables/notes", {"Authorization": f"bearer {READER}"}, 200),
    Case("no token", "GET", "/tables/notes", NO_TOKEN, 401),
    Case("an unknown token", "GET", "/tables/notes", {"Authorization": "Bearer guess"}, 401),
    Case("a token that is not ASCII", "GET", "/tables/notes", {"Authorization": "Bearer gu\u00e9ss"}, 401),
    Case("another scheme", "GET", "/tables/notes", {"Authorization": f"Basic {READER}"}, 401),
    Case("a token without the scope", "PUT", "/tables/notes/A", READING, 403),
    Case("a token without the scope for refreshes", "POST", "/refresh", READING, 403),
    Case("any token sees the status", "GET", "/status", READING, 200),
    Case("nobody sees the status without one", "GET", "/status", NO_TOKEN, 401),
    Case("health needs no token on this machine", "GET", "/healthz", NO_TOKEN, 200),
    Case("nor do metrics", "GET", "/metrics", NO_TOKEN, 200),
    Case("but a proxy's visitor is not here", "GET", "/metrics", {**NO_TOKEN, "X-Forwarded-For": "192.0.2.1"}, 401),
    Case("whatever the proxy calls her", "GET", "/readyz", {**NO_TOKEN, "Forwarded": "for=192.0.2.1"}, 401),
    Case("nor does the description", "GET", "/openapi.json", NO_TOKEN, 200),
    Case("a name of this machine", "GET", "/tables/notes", {"Host": "LOCALHOST:8081"}, 200),
    Case("an address of this machine", "GET", "/tables/notes", {"Host": "127.8.8.8"}, 200),
    Case("its IPv6 address", "GET", "/tables/notes", {"Host": "[::1]:8081"}, 200),
    Case("the configured name", "GET", "/tables/notes", {"Host": "admin.shop.example:8081"}, 200),
    Case("a name somebody pointed here", "GET", "/tables/notes", {"Host": "rebound.example"}, 403),
    Case("even for what needs no token", "GET", "/metrics", {**NO_TOKEN, "Host": "rebound.example"}, 403),
    Case("a name that only begins like ours", "GET", "/healthz", {"Host": "localhost.evil.example"}, 403),
    Case(
        "a page of ours writes", "PUT", "/tables/notes/A", {"Host": "localhost:1", "Origin": "http://localhost:1"}, 201
    ),
    Case("a page of another site writes", "PUT", "/tables/notes/A", {"Origin": "https://evil.example"}, 403),
    Case("a page of another port writes", "PUT", "/tables/notes/A", {"Origin": "http://127.0.0.1:1"}, 403),
    Case("a page without a site writes", "PUT", "/tables/notes/A", {"Origin": "null"}, 403),
    Case("a page of another site reads", "GET", "/tables/notes", {"Origin": "https://evil.example"}, 200),
    Case("what is no route needs no token to be missing", "GET", "/nowhere", NO_TOKEN, 404),
]


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
async def test_who_may_call(case: Case, admin_node: AdminNode) -> None:
    answer = await admin_node.call(case.method, case.path, ROW, **case.headers)
    assert answer.status == case.want
    if case.want >= 400:
        assert answer.headers["Content-Type"] == "application/problem+json"
    assert ("WWW-Authenticate" in answer.headers) is (case.want == 401)


async def test_a_refusal_names_the_scope_that_is_missing(admin_node: AdminNode) -> None:
    answer = await admin_node.call("PUT", "/tables/notes/A", ROW, **READING)
    assert answer.json["scope"] == "tables:write"


async def test_every_write_of_a_known_token_is_on_record_when_it_is_answered(admin_node: AdminNode) -> None:
    def lines() -> list[AuditLine]:
        raw = (admin_node.data / "audit.ndjson").read_bytes()
        return [msgspec.json.decode(line, type=AuditLine) for line in raw.splitlines()]

    await admin_node.call("PUT", "/tables/notes/A", ROW)
    (put,) = lines()
    assert (put.who, put.client, put.method, put.path, put.status) == (
        "admin.token", "127.0.0.1", "PUT", "/tables/notes/A", 201
    )  # fmt: skip
    assert put.did == {"version": admin_node.clock.now_ms, "applied": True}
    await admin_node.call("PUT", "/tables/notes/B", ROW, **READING)
    await admin_node.call("PUT", "/tables/notes/A", ROW, If_None_Match="*")
    await admin_node.call("POST", "/refresh", {"url": "/p/1"})
    assert [(line.who, line.status) for line in lines()[1:]] == [
        ("reader", 403), ("admin.token", 412), ("admin.token", 200)
    ]  # fmt: skip


async def test_reads_and_strangers_leave_no_record(admin_node: AdminNode) -> None:
    await admin_node.call("GET", "/tables/notes")
    await admin_node.call("PUT", "/tables/notes/A", ROW, **NO_TOKEN)
    assert (admin_node.data / "audit.ndjson").read_bytes() == b""


@pytest.mark.parametrize(
    ("host", "want"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("localhost.", True),
        ("10.0.0.1", False),
        ("", False),
    ],
)
def test_is_loopback(host: str, want: bool) -> None:
    assert is_loopback(host) is want
