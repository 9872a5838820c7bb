from __future__ import annotations

import os
import signal
import subprocess
import sys
from asyncio import create_subprocess_exec, timeout
from asyncio.subprocess import Process
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.unit.edge.cli.conftest import Run
    from tests.unit.edge.conftest import AdminNode


async def watching(node: AdminNode, *args: str) -> Process:
    """``vitrine tables watch`` as a process of its own."""
    code = "from edge.cli import main; main()"
    return await create_subprocess_exec(
        sys.executable, "-c", code, "tables", "watch", "notes", "--data", str(node.data), *args,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip


async def line(process: Process) -> str:
    assert process.stdout is not None
    async with timeout(20):
        return (await process.stdout.readline()).decode()


async def test_changes_are_printed_until_interrupted(admin_node: AdminNode) -> None:
    await admin_node.call("PUT", "/tables/notes/A", {"n": 1})
    process = await watching(admin_node, "--after", "0")
    assert await line(process) == 'A: {"n": 1}\n'
    await admin_node.call("PUT", "/tables/notes/B", {"n": "ü"})
    assert await line(process) == 'B: {"n": "ü"}\n'
    await admin_node.call("DELETE", "/tables/notes/A")
    assert await line(process) == "A: deleted\n"
    process.send_signal(signal.SIGINT)
    async with timeout(20):
        _, errors = await process.communicate()
    assert (process.returncode, errors) == (0, b"")


async def test_a_watcher_outlives_a_restart_of_the_node_and_misses_nothing(admin_node: AdminNode) -> None:
    process = await watching(admin_node, "--after", "0", "--json")
    await admin_node.call("PUT", "/tables/notes/A", {"n": 1})
    assert '"A"' in await line(process)
    await admin_node.restart(between=("/tables/notes/B", {"n": 2}))
    assert '"B"' in await line(process)
    process.send_signal(signal.SIGINT)
    async with timeout(20):
        await process.communicate()
    assert process.returncode == 0


async def test_a_table_that_is_none_fails_at_once(run: Run) -> None:
    result = await run("tables", "watch", "nothing")
    assert (result.exit_code, result.stderr.startswith("error: there is no table 'nothing'")) == (1, True)
