"""prometheus_client's multi-process files, typed: one number for each sample, in a file the process maps.

The only module that touches the library's file format (``mmap_dict``, which it does not document); the tests read what
is written here with the library's own collector, so that a release that changes it is noticed.
"""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.mmap_dict import MmapedDict, mmap_key
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

_FIRST_BYTES = 1 << 16
_NUMBER_BYTES = 64
"""More than a number takes beside its key."""


def sample_key(metric: str, sample: str, labels: dict[str, str], help_text: str) -> str:
    """The name of one number; ``sample`` is the metric's name with its suffix."""
    return mmap_key(metric, sample, list(labels), list(labels.values()), help_text)


class NumberFile:
    """One process's numbers of one kind, by sample key. Made when missing, continued when there.

    Whatever needs room on the disk takes it first and raises OSError when there is none: a write to a page of the map
    that the disk has no room for would end the process with SIGBUS.
    """

    def __init__(self, path: Path) -> None:
        with path.open("ab") as file:
            os.posix_fallocate(file.fileno(), 0, _FIRST_BYTES)
        self._numbers = MmapedDict(str(path))  # type: ignore[no-untyped-call]

    def add(self, key: str, amount: float) -> None:
        """Add to a number, from 0."""
        self.reserve((key,))
        held, _ = self._numbers.read_value(key)  # type: ignore[no-untyped-call]
        self._numbers.write_value(key, held + amount, 0.0)  # type: ignore[no-untyped-call]

    def set(self, key: str, value: float, at_s: float) -> None:
        """Replace a number; ``at_s`` is Unix time in seconds."""
        self.reserve((key,))
        self._numbers.write_value(key, value, at_s)  # type: ignore[no-untyped-call]

    def close(self) -> None:
        """Unmap the file; its numbers stay."""
        self._numbers.close()  # type: ignore[no-untyped-call]

    def reserve(self, keys: Iterable[str]) -> None:
        """Take the room that numbers under these keys will need. Raises OSError, and then nothing has changed."""
        held = self._numbers
        needed = held._used + sum(len(key.encode()) + _NUMBER_BYTES for key in keys if key not in held._positions)
        capacity = held._capacity
        while capacity < needed:
            capacity *= 2
        if capacity > held._capacity:
            os.posix_fallocate(held._f.fileno(), 0, capacity)
            held._m = mmap.mmap(held._f.fileno(), capacity)
            held._capacity = capacity


def numbers(path: Path) -> Iterator[tuple[str, float]]:
    """(sample key, number) of a file that may be another process's."""
    for key, value, _, _ in MmapedDict.read_all_values_from_file(str(path)):  # type: ignore[no-untyped-call]
        yield key, value


def merged(directory: Path) -> bytes:
    """All files of the directory merged, in Prometheus' text format."""
    registry = CollectorRegistry()
    MultiProcessCollector(registry, str(directory))  # type: ignore[no-untyped-call]
    return generate_latest(registry)


def forget_live_gauges(directory: Path, process: str) -> None:
    """Remove what a process measured that no longer lives."""
    mark_process_dead(process, str(directory))  # type: ignore[no-untyped-call]
