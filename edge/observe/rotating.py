"""A log file that stays within a size: whole lines only, older files numbered upwards."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from pathlib import Path


class RotatingFile:
    """Appends lines to ``path``; when full it becomes ``path.1``, that one ``path.2``, and ``path.<keep>`` goes.

    Opened at the first line, so that a directory made or mended later is found. A failed write leaves no torn line
    behind, and what a crash tore is ended before the next one. One process and one thread only.
    """

    def __init__(self, path: Path, *, max_bytes: int, keep: int) -> None:
        self._path = path
        self._max_bytes = max_bytes
        self._keep = keep
        self._descriptor: int | None = None
        self._size = 0
        self._fault: str | None = None

    @property
    def fault(self) -> str | None:
        """Why the last append did not write everything; None when it did."""
        return self._fault

    def append(self, lines: Sequence[bytes]) -> int:
        """Write lines (each with its newline), rotating before one that does not fit; how many were written."""
        written = 0
        try:
            while written < len(lines):
                descriptor = self._opened()
                end = self._last_fitting(lines, written)
                if end == written and self._size:
                    self._rotate()
                    continue
                end = max(end, written + 1)  # a line longer than a whole file gets one to itself
                self._write(descriptor, b"".join(lines[written:end]))
                written = end
            self._fault = None
        except OSError as problem:
            self._fault = f"{self._path}: {problem.strerror}"
        return written

    def close(self) -> None:
        """Close the file; a later append opens it again."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _opened(self) -> int:
        if self._descriptor is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o640)
            self._size = os.fstat(self._descriptor).st_size
            if self._size and os.pread(self._descriptor, 1, self._size - 1) != b"\n":
                self._write(self._descriptor, b"\n")
        return self._descriptor

    def _last_fitting(self, lines: Sequence[bytes], start: int) -> int:
        room = self._max_bytes - self._size
        for index in range(start, len(lines)):
            room -= len(lines[index])
            if room < 0:
                return index
        return len(lines)

    def _write(self, descriptor: int, data: bytes) -> None:
        left = memoryview(data)
        try:
            while left:
                left = left[os.write(descriptor, left) :]
        except OSError:
            with contextlib.suppress(OSError):  # the first failure is the one to report
                os.ftruncate(descriptor, self._size)
            raise
        self._size += len(data)

    def _rotate(self) -> None:
        self.close()
        for number in range(self._keep, 0, -1):
            with contextlib.suppress(FileNotFoundError):
                self._numbered(number - 1).replace(self._numbered(number))
        if self._keep == 0:
            self._path.unlink()

    def _numbered(self, number: int) -> Path:
        return self._path.with_name(f"{self._path.name}.{number}") if number else self._path
