"""The file in which a supervisor tells of its children."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.observe.processes import Child, forget, read, write

CHILDREN = [Child("worker", 0, 17, 0), Child("filler", 0, None, 3)]


def test_what_was_written_is_read(tmp_path: Path) -> None:
    write(tmp_path, CHILDREN)
    assert read(tmp_path) == CHILDREN
    write(tmp_path, CHILDREN[:1])
    assert read(tmp_path) == CHILDREN[:1]


def test_a_reader_never_sees_half_a_file(tmp_path: Path) -> None:
    """The old file stays what it is: whoever has it open reads it to its end."""
    write(tmp_path, CHILDREN)
    with (tmp_path / "children.json").open("rb") as old:
        write(tmp_path, [])
        assert b'"worker"' in old.read()
    assert read(tmp_path) == []


def test_nothing_runs_before_the_start_and_after_the_end(tmp_path: Path) -> None:
    assert read(tmp_path) == []
    write(tmp_path, CHILDREN)
    forget(tmp_path)
    assert read(tmp_path) == []
    forget(tmp_path)


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b'[{"role": "worker"}]', b"\xff"])
def test_a_file_of_another_version_counts_as_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "children.json").write_bytes(content)
    assert read(tmp_path) == []
