"""The command line against a node, as a person at a terminal would have it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click.testing
import pytest

from edge.cli import commands

if TYPE_CHECKING:
    from tests.unit.edge.conftest import AdminNode

Run = Callable[..., Awaitable[click.testing.Result]]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory of the test's own, without a token in the environment."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.delenv("VITRINE_TOKEN", raising=False)
    return folder


@pytest.fixture
def run(admin_node: AdminNode) -> Run:
    """Run a command that finds the node by its data directory, while the node answers."""

    async def ran(*args: str, stdin: str | bytes | None = None) -> click.testing.Result:
        everything = [*args, "--data", str(admin_node.data)]
        return await asyncio.to_thread(click.testing.CliRunner().invoke, commands, everything, input=stdin)

    return ran
