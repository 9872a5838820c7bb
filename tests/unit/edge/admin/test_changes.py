from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import aiohttp

    from tests.unit.edge.conftest import AdminNode


class Stream:
    """One reader of a table's changes."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response
        self.last_id = ""

    async def event(self) -> tuple[str, dict[str, object]]:
        """The next event with data: its name and the row."""
        fields: dict[str, str] = {}
        async with asyncio.timeout(10):
            while True:
                line = (await self._response.content.readline()).decode().rstrip("\n")
                name, _, value = line.partition(": ")
                if line:
                    fields[name] = value
                    continue
                self.last_id = fields.get("id", self.last_id)
                if "data" in fields:
                    return fields["event"], json.loads(fields["data"])
                fields = {}

    async def end(self) -> None:
        """Wait for the node to end the stream."""
        async with asyncio.timeout(10):
            await self._response.content.read()


@asynccontextmanager
async def watching(node: AdminNode, table: str = "notes", query: str = "", **headers: str) -> AsyncIterator[Stream]:
    fields = {"Authorization": f"Bearer {node.token}"} | {
        name.replace("_", "-"): text for name, text in headers.items()
    }
    async with node.session.get(f"{node.url}/tables/{table}/changes{query}", headers=fields) as response:
        assert (response.status, response.content_type) == (200, "text/event-stream")
        yield Stream(response)


async def put(node: AdminNode, key: str, number: int, table: str = "notes") -> None:
    assert (await node.call("PUT", f"/tables/{table}/{key}", {"n": number})).status in (200, 201)


async def test_a_change_arrives_while_it_is_watched(admin_node: AdminNode) -> None:
    await put(admin_node, "before", 0)
    async with watching(admin_node) as stream:
        await put(admin_node, "A", 1)
        row = {"key": "A", "value": {"n": 1}, "version": admin_node.clock.now_ms}
        assert await stream.event() == ("row", row)
        await admin_node.call("DELETE", "/tables/notes/A")
        name, deleted = await stream.event()
        assert (name, deleted["key"], deleted["value"]) == ("deleted", "A", None)


async def test_a_reader_who_was_away_gets_the_newest_value_of_each_row_that_changed(admin_node: AdminNode) -> None:
    async with watching(admin_node) as stream:
        await put(admin_node, "A", 1)
        await stream.event()
    for number in (2, 3):
        await put(admin_node, "A", number)
        await put(admin_node, "B", number)
    async with watching(admin_node, Last_Event_ID=stream.last_id) as stream:
        events = [await stream.event() for _ in range(2)]
        assert [(row["key"], row["value"]) for _, row in events] == [("A", {"n": 3}), ("B", {"n": 3})]


@pytest.mark.parametrize("query", ["?after=0", "?after=999999"])
async def test_from_the_beginning_or_an_unknown_past_every_row_arrives(query: str, admin_node: AdminNode) -> None:
    for key in ("A", "B"):
        await put(admin_node, key, 1)
    async with watching(admin_node, query=query) as stream:
        assert [(await stream.event())[1]["key"] for _ in range(2)] == ["A", "B"]


async def test_other_tables_stay_out_and_still_move_the_resume_point(admin_node: AdminNode) -> None:
    async with watching(admin_node) as stream:
        for number in range(3):
            await admin_node.call("PUT", f"/tables/inventory/{number}", {"quantity": number})
        await put(admin_node, "A", 1)
        assert (await stream.event())[1]["key"] == "A"
    with admin_node.parts.reader.snapshot() as snapshot:
        assert int(stream.last_id) == snapshot.last_seq() == 4


async def test_many_changes_at_once_all_arrive(admin_node: AdminNode) -> None:
    async with watching(admin_node) as stream:
        rows = b"".join(json.dumps({"key": f"{number:05}", "n": number}).encode() + b"\n" for number in range(3000))
        await admin_node.call("POST", "/tables/notes", rows, Content_Type="application/x-ndjson")
        keys = [(await stream.event())[1]["key"] for _ in range(3000)]
    assert keys == [f"{number:05}" for number in range(3000)]


async def test_a_resume_point_that_is_none_is_refused(admin_node: AdminNode) -> None:
    assert (await admin_node.call("GET", "/tables/notes/changes", Last_Event_ID="latest")).status == 400


async def test_a_table_that_is_none_is_refused(admin_node: AdminNode) -> None:
    assert (await admin_node.call("GET", "/tables/note/changes")).status == 404


async def test_a_draining_node_ends_its_streams(admin_node: AdminNode) -> None:
    async with watching(admin_node) as stream:
        draining = asyncio.ensure_future(admin_node.runner.cleanup())  # noqa: TID251 - awaited below
        await stream.end()
        async with asyncio.timeout(3):
            await draining
