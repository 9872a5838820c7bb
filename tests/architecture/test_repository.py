"""What is in the repository: nothing of the machine it was written on, nothing that says where packages came from."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
IGNORED = [line.strip("/") for line in (ROOT / ".gitignore").read_text().split()] + [".git"]

MACHINE_PATH = re.compile(r"(?<![\w.:/-])/(?:work|home/\w|root|Users/\w|mnt|opt/\w)(?:/|\b(?=[\s\"'`]))")
LEFT_FOR_LATER = re.compile(r"\b(?:TODO|FIXME)\b")
BINARY = frozenset({".png", ".jpg", ".ico", ".mmdb", ".mdb", ".gz", ".msgpack", ".sqlite", ".woff2"})


def kept(folder: Path) -> Iterator[Path]:
    """Every file that belongs to the repository."""
    for path in sorted(folder.iterdir()):
        if any(fnmatch.fnmatch(path.name, pattern) for pattern in IGNORED):
            continue
        if path.is_dir():
            yield from kept(path)
        elif path.suffix not in BINARY:
            yield path


FILES = list(kept(ROOT))


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def lines_with(pattern: re.Pattern[str], path: Path) -> list[str]:
    text = path.read_bytes().decode("utf-8", "replace")
    return [line.strip()[:100] for line in text.splitlines() if pattern.search(line)]


def test_the_repository_is_there() -> None:
    names = {relative(path) for path in FILES}
    assert {"README.md", "Makefile", "pyproject.toml", "edge/node.py", ".ci/run"} <= names
    assert not [name for name in names if name.startswith(".venv")]


def test_no_file_names_a_path_of_the_machine_it_was_written_on() -> None:
    here = Path(__file__).name
    found = {relative(path): lines for path in FILES if path.name != here and (lines := lines_with(MACHINE_PATH, path))}
    assert found == {}


def test_nothing_is_left_for_later_in_the_code() -> None:
    sources = [path for path in FILES if path.suffix in {".py", ".toml", ".html", ".j2"} and path != Path(__file__)]
    assert {relative(path): lines for path in sources if (lines := lines_with(LEFT_FOR_LATER, path))} == {}


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_file_pins_versions_with_hashes_and_names_no_index(name: str) -> None:
    text = (ROOT / name).read_text()
    assert "://" not in text
    assert not re.search(r"^\s*-{1,2}(?:i|f|index|extra|find|trusted)", text, re.MULTILINE)
    pinned = re.findall(r"^([\w.\-\[\]]+)==[\w.+!]+", text, re.MULTILINE)
    entries = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
    assert len(entries) == len(pinned) > 10
    assert all("--hash=sha256:" in entry for entry in re.split(r"\n(?=[\w.-]+==)", text) if "==" in entry)


def test_nothing_names_where_packages_come_from() -> None:
    index = re.compile(r"https?://[^\s\"'/]*(?:pypi|pythonhosted)|PIP_INDEX|--(?:extra-)?index-url[ =]")
    here = Path(__file__).name
    found = {relative(path): lines for path in FILES if path.name != here and (lines := lines_with(index, path))}
    assert found == {}
