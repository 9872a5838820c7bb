from __future__ import annotations

import logging
from typing import TYPE_CHECKING, NamedTuple

import msgspec
import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from edge.admin.problem import ApiProblem, problems
from edge.errors import EdgeError, OriginTimeout, RequestError, RowError, StoreFull
from renderers.rows import RowProblem

if TYPE_CHECKING:
    from tests.unit.edge.conftest import AdminNode


class Case(NamedTuple):
    id: str
    raised: Exception
    status: int
    members: dict[str, object]


CASES = [
    Case("what the API itself refuses", ApiProblem(409, "it is so", "do this", known=["a"]), 409,
         {"detail": "it is so", "remedy": "do this", "known": ["a"]}),
    Case("a row's fault", RowProblem("amount", "it is no number", "write one"), 400,
         {"detail": "amount: it is no number", "remedy": "write one", "field": "amount"}),
    Case("a fault of the whole row", RowProblem("", "it is no object", "write one"), 400,
         {"detail": "it is no object", "remedy": "write one", "field": ""}),
    Case("a text with its remedy at the end", RowError("a key is long; write a short one"), 400,
         {"detail": "a key is long", "remedy": "write a short one"}),
    Case("a text without a remedy", RowError("a key is long"), 400, {"detail": "a key is long"}),
    Case("no room", StoreFull("no room left; really"), 507,
         {"detail": "no room left; really",
          "remedy": "free room on the disk of the data directory, then repeat the request"}),
    Case("a slow origin", OriginTimeout("shop", phase="connect", limit_s=1), 504,
         {"detail": "origin 'shop': connect took longer than 1 s"}),
    Case("a host nobody serves", RequestError(421, "no site here"), 421, {"detail": "no site here"}),
    Case("an unexpected failure of ours", EdgeError("broken"), 500, {"detail": "broken"}),
    Case("a body too large", web.HTTPRequestEntityTooLarge(max_size=1, actual_size=2), 413,
         {"detail": "a row is at most 1 MiB of JSON", "remedy": "send a smaller row"}),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
async def test_a_failure_is_answered_as_a_problem(case: Case) -> None:
    async def failing(_request: web.Request) -> web.StreamResponse:
        raise case.raised

    response = await problems(make_mocked_request("GET", "/"), failing)
    assert isinstance(response, web.Response)
    assert (response.status, response.content_type) == (case.status, "application/problem+json")
    assert isinstance(response.body, bytes)
    document = msgspec.json.decode(response.body, type=dict[str, object])
    assert document.pop("type") == "about:blank"
    assert document.pop("status") == case.status
    assert isinstance(document.pop("title"), str)
    assert document == case.members


async def test_a_bug_is_logged_with_its_traceback_and_told_without(caplog: pytest.LogCaptureFixture) -> None:
    async def failing(_request: web.Request) -> web.StreamResponse:
        raise KeyError("secret")

    with caplog.at_level(logging.ERROR, logger="vitrine.admin"):
        response = await problems(make_mocked_request("GET", "/"), failing)
    assert isinstance(response, web.Response)
    assert response.status == 500
    assert isinstance(response.body, bytes)
    assert b"secret" not in response.body
    assert caplog.records[0].exc_info is not None


async def test_a_wrong_method_names_the_right_ones(admin_node: AdminNode) -> None:
    answer = await admin_node.call("POST", "/status")
    assert (answer.status, answer.headers["Allow"]) == (405, "GET")
    assert answer.headers["Content-Type"] == "application/problem+json"
