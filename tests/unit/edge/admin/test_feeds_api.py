from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.unit.edge.conftest import READER

if TYPE_CHECKING:
    from tests.unit.edge.conftest import AdminNode


async def test_feeds_are_listed_with_how_they_are(admin_node: AdminNode) -> None:
    answer = await admin_node.call("GET", "/feeds", Authorization=f"Bearer {READER}")
    assert (answer.status, answer.json) == (200, {"feeds": [{"name": "shop", "state": "good"}]})


async def test_a_feed_is_read_now_and_that_is_on_record(admin_node: AdminNode) -> None:
    answer = await admin_node.call("POST", "/feeds/shop/read")
    assert (answer.status, answer.json["state"]) == (200, "good")
    (line,) = (admin_node.data / "audit.ndjson").read_text().splitlines()
    assert json.loads(line)["did"]["state"] == "good"


async def test_who_may_only_read_tables_may_not_have_feeds_read(admin_node: AdminNode) -> None:
    answer = await admin_node.call("POST", "/feeds/shop/read", Authorization=f"Bearer {READER}")
    assert answer.status == 403


async def test_a_feed_that_is_not_there_is_not_found(admin_node: AdminNode) -> None:
    answer = await admin_node.call("POST", "/feeds/other/read")
    assert (answer.status, "no feed 'other'" in str(answer.json["detail"])) == (404, True)
