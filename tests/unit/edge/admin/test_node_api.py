from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edge.admin.parts import ExplainQuery

if TYPE_CHECKING:
    from tests.unit.edge.conftest import AdminNode


async def test_readiness_names_every_reason(admin_node: AdminNode) -> None:
    assert (await admin_node.call("GET", "/readyz")).status == 200
    admin_node.reasons += ["no worker is up", "the store is full"]
    answer = await admin_node.call("GET", "/readyz")
    assert (answer.status, answer.json["reasons"]) == (503, ["no worker is up", "the store is full"])
    assert (await admin_node.call("GET", "/healthz")).status == 200


async def test_metrics_are_what_prometheus_reads(admin_node: AdminNode) -> None:
    answer = await admin_node.call("GET", "/metrics")
    assert (answer.body, answer.headers["Content-Type"]) == (
        b"vitrine_up 1\n",
        "text/plain; version=0.0.4; charset=utf-8",
    )


async def test_status_is_the_nodes_own(admin_node: AdminNode) -> None:
    assert (await admin_node.call("GET", "/status")).json["node"] == "edge-1"


async def test_a_question_reaches_the_node_whole(admin_node: AdminNode) -> None:
    query = "url=https://shop.example/p/1?a=b&header=Cookie:%20a=b&header=X-A:1&ip=10.0.0.1&country=de&at=2026-12-01T00:00:00Z"
    answer = await admin_node.call("GET", f"/explain?{query}")
    assert answer.status == 200
    assert admin_node.explained == [
        ExplainQuery(
            url="https://shop.example/p/1?a=b",
            headers=(("Cookie", "a=b"), ("X-A", "1")),
            ip="10.0.0.1",
            country="DE",
            at_ms=1_796_083_200_000,
        )
    ]


@pytest.mark.parametrize(
    ("at", "ms"),
    [
        ("1796083200", 1_796_083_200_000),
        ("1796083200.5", 1_796_083_200_500),
        ("2026-12-01T00:00:00", 1_796_083_200_000),
    ],
)
async def test_a_time_may_be_written_several_ways(at: str, ms: int, admin_node: AdminNode) -> None:
    await admin_node.call("GET", f"/explain?url=/&at={at}")
    assert [query.at_ms for query in admin_node.explained] == [ms]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("", "url"),
        ("url=product", "url"),
        ("url=ftp://shop.example/", "url"),
        ("url=http://[", "url"),
        ("url=/&at=tomorrow", "at"),
        (f"url=/&at={'9' * 400}", "at"),
        ("url=//[", "url"),
        ("url=/&country=Germany", "country"),
        ("url=/&header=Cookie", "header"),
    ],
)
async def test_a_bad_question_names_its_field(query: str, field: str, admin_node: AdminNode) -> None:
    answer = await admin_node.call("GET", f"/explain?{query}")
    assert (answer.status, answer.json["field"], admin_node.explained) == (400, field, [])


async def test_a_refresh_is_asked_for_and_answered(admin_node: AdminNode) -> None:
    answer = await admin_node.call("POST", "/refresh", {"url": "/p/1", "accept": True})
    assert (answer.json, admin_node.refreshed) == ({"outcome": "stored"}, [("/p/1", True)])


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'{"url": "\xff"}', b'{"url": 1}', b'{"url": "p"}', b'{"url": "/p", "force": true}']
)
async def test_a_refresh_of_nothing_sensible_is_refused(body: bytes, admin_node: AdminNode) -> None:
    answer = await admin_node.call("POST", "/refresh", body)
    assert (answer.status, admin_node.refreshed) == (400, [])
