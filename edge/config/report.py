"""Faults of a configuration, collected with the lines they stand on."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from edge.config.locate import Path, nearest_line


class Report:
    """Every fault found so far. Several readers add to one report, so that an operator sees them all at once."""

    def __init__(self, file: str, lines: dict[Path, int] | None = None) -> None:
        self._file = file
        self._lines = lines or {}
        self._faults: list[tuple[str, int, str]] = []
        self._paths: set[Path] = set()

    def add(self, path: Path, message: str) -> None:
        """A fault of the value at ``path``. The message says what is wrong and, after a semicolon, what to write."""
        self._paths.add(path)
        self.add_at(self._file, nearest_line(self._lines, path), message)

    def add_at(self, file: str, line: int, message: str) -> None:
        """A fault in this or another file, at a known line."""
        self._faults.append((file, line, message))

    def blames(self, path: Path) -> bool:
        """Whether the value at ``path`` was already found at fault."""
        return path in self._paths

    def blames_within(self, path: Path) -> bool:
        """Whether the value at ``path``, or a part of it, was already found at fault."""
        return any(blamed[: len(path)] == path for blamed in self._paths)

    @property
    def problems(self) -> tuple[str, ...]:
        """``file:line: what is wrong; what to write``, this file first, in the order of its lines."""
        faults = sorted(set(self._faults), key=lambda fault: (fault[0] != self._file, fault[0], fault[1]))
        return tuple(f"{file}:{line}: {message}" for file, line, message in faults)


def suggestion(word: str, known: Iterable[str]) -> str:
    """What to write instead of ``word``: the closest known word, or all of them."""
    words = sorted(known)
    close = difflib.get_close_matches(word, words, n=1, cutoff=0.6)
    return f"did you mean {close[0]!r}?" if close else f"known are {', '.join(words) or 'none'}"
