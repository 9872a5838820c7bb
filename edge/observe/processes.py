"""The node's processes as its supervisor sees them, left in a file for whoever reports on the node."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import msgspec

_FILE = "children.json"


class Child(msgspec.Struct, frozen=True):
    """One place for a child process."""

    role: str
    number: int
    pid: int | None
    """None while it is being replaced."""
    crashes: int
    """In a row: a child that lived for a while begins anew at 1."""


def write(run_dir: Path, children: Sequence[Child]) -> None:
    """Replace the file in one step, so that a reader sees one state or the other."""
    fresh = run_dir / f"{_FILE}.new"
    fresh.write_bytes(msgspec.json.encode(children))
    os.replace(fresh, run_dir / _FILE)


def read(run_dir: Path) -> list[Child]:
    """Every child; empty while the node starts and after it has stopped."""
    try:
        return msgspec.json.decode((run_dir / _FILE).read_bytes(), type=list[Child])
    except (OSError, msgspec.MsgspecError):
        return []


def forget(run_dir: Path) -> None:
    """Remove the file: nothing runs any more."""
    (run_dir / _FILE).unlink(missing_ok=True)
