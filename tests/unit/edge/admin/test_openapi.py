from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from edge.admin.app import ROUTES
from edge.admin.openapi import DOCUMENT

if TYPE_CHECKING:
    from tests.unit.edge.conftest import AdminNode

METHODS = {"get", "put", "post", "patch", "delete"}
PATHS = cast(dict[str, dict[str, dict[str, object]]], DOCUMENT["paths"])


def test_every_route_is_described_and_nothing_else() -> None:
    described = {(method.upper(), path) for path, item in PATHS.items() for method in item.keys() & METHODS}
    assert described == {(route.method, route.path) for route in ROUTES}


def test_what_needs_no_token_says_so() -> None:
    open_ones = {
        path for path, item in PATHS.items() for method in item.keys() & METHODS if item[method].get("security") == []
    }
    assert open_ones == {route.path for route in ROUTES if route.access in ("open", "loopback")}


def test_every_path_variable_is_described() -> None:
    for path, item in PATHS.items():
        parameters = cast(list[dict[str, str]], item.get("parameters", []))
        assert re.findall(r"{(\w+)}", path) == [parameter["name"] for parameter in parameters]


def test_every_reference_leads_somewhere() -> None:
    components = cast(dict[str, dict[str, object]], DOCUMENT["components"])
    assert set(re.findall(r"#/components/schemas/(\w+)", str(DOCUMENT))) == set(components["schemas"])


async def test_the_document_is_served(admin_node: AdminNode) -> None:
    answer = await admin_node.call("GET", "/openapi.json", Authorization="")
    assert answer.json == DOCUMENT
