"""Metrics of a node of several processes, merged when they are read.

Each process adds to files of its own in one directory, in prometheus_client's multi-process format; the library's
collector merges them for ``/metrics``. The library's metric objects are not used: they choose between memory and files
by an environment variable at the moment something first imports the package, and a variable set a line too late means
numbers that silently stay in one process. A flush also writes each label set once, where ``labels(...).inc()`` takes
2 us for every event.

A lock file keeps a scrape from counting a dead process twice while its numbers move to the common ``dead`` file.
"""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.utils import floatToGoString

from edge import clock
from edge.observe.counters import Counters, Family, Labels, Level, Spread, Tally
from edge.observe.mapped import NumberFile, forget_live_gauges, merged, numbers, sample_key

logger = logging.getLogger("vitrine")

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
"""Of what :func:`render` returns (Prometheus text format)."""

_LEVELS = "gauge_livemostrecent"
"""A gauge is worth what the living process that set it last says."""
_SUMS = ("counter", "histogram")
_KINDS = (*_SUMS, _LEVELS)
_DEAD = "dead"


def prepare(directory: Path) -> None:
    """Make the directory, empty of an earlier run's numbers. For the supervisor, before it starts a process."""
    directory.mkdir(parents=True, exist_ok=True)
    for left in directory.glob("*.db"):
        left.unlink()


class Metrics:
    """This process's files in the directory. One for each process and directory; use :func:`opened`."""

    def __init__(self, directory: Path, process: str) -> None:
        self._directory = directory
        self._process = process
        self._files: dict[str, NumberFile] = {}
        self._keys: dict[tuple[str, Labels], str] = {}

    def flush(self, counters: Counters) -> None:
        """Add what was counted to this process's numbers and start counting anew. About 1 us for each label set.

        Raises OSError when the disk has no room; what was not added yet stays counted.
        """
        self._open()
        for tally in counters.tallies:
            self._flush_tally(tally)
        for spread in counters.spreads:
            self._flush_spread(spread)
        now_s = clock.now_ms() / 1000
        for level in counters.levels:
            self._flush_level(level, now_s)

    def close(self) -> None:
        """Let the files go; the numbers stay in the directory."""
        for file in self._files.values():
            file.close()

    def _open(self) -> None:
        """At the first flush and not before: a process serves also while the disk has no room for its numbers."""
        if len(self._files) < len(_KINDS):
            with _locked(self._directory, fcntl.LOCK_EX):  # a scrape must not read a file before it has its size
                for kind in _KINDS:
                    if kind not in self._files:
                        self._files[kind] = NumberFile(_file(self._directory, kind, self._process))

    def _flush_tally(self, tally: Tally) -> None:
        counts = {self._key(tally.family, "_total", labels): count for labels, count in tally.items()}
        self._add("counter", counts)
        tally.clear()

    def _flush_spread(self, spread: Spread) -> None:
        family = spread.family
        bounds = [*map(floatToGoString, spread.bounds), "+Inf"]
        sums: dict[str, float] = {}
        for labels, (*counts, total) in spread.items():
            for bound, count in zip(bounds, counts, strict=True):
                sums[self._key(family, "_bucket", (*labels, bound))] = count
            sums[self._key(family, "_sum", labels)] = total
        self._add("histogram", sums)
        spread.clear()

    def _add(self, kind: str, amounts: Mapping[str, float]) -> None:
        """All of them or, when there is no room, none."""
        file = self._files[kind]
        file.reserve(amounts)
        for key, amount in amounts.items():
            file.add(key, amount)

    def _flush_level(self, level: Level, now_s: float) -> None:
        for labels, value in level.items():
            self._files[_LEVELS].set(self._key(level.family, "", labels), value, now_s)

    def _key(self, family: Family, suffix: str, labels: Labels) -> str:
        sample = family.name + suffix
        key = self._keys.get((sample, labels))
        if key is None:
            names = (*family.labels, "le") if suffix == "_bucket" else family.labels
            key = sample_key(family.name, sample, dict(zip(names, labels, strict=True)), family.help)
            self._keys[sample, labels] = key
        return key


@contextmanager
def opened(directory: Path, *, process: str | None = None) -> Iterator[Metrics]:
    """This process's numbers, in a directory made by :func:`prepare`.

    ``process`` tells simultaneous owners apart (no underscores); None: the process id, as :func:`bury` expects.
    """
    metrics = Metrics(directory, process or str(os.getpid()))
    try:
        yield metrics
    finally:
        metrics.close()


async def flushing(metrics: Metrics, counters: Counters, *, interval_s: float = 1.0) -> None:
    """Flush at each interval until cancelled, and once more then. A body for ``edge.lifecycle.running``.

    Numbers that the disk has no room for are kept and tried again: nobody goes unserved for them.
    """
    waiting = False
    try:
        while True:
            await asyncio.sleep(interval_s)
            waiting = _try_flush(metrics, counters, waiting=waiting)
    finally:
        _try_flush(metrics, counters, waiting=waiting)


def _try_flush(metrics: Metrics, counters: Counters, *, waiting: bool) -> bool:
    """Whether numbers wait for room; said once, not once a second."""
    try:
        metrics.flush(counters)
    except OSError as exc:
        if not waiting:
            logger.warning("metrics wait until they can be written: %s", exc)
        return True
    return False


def render(directory: Path) -> bytes:
    """Every process's numbers, living and dead, merged: the body of ``/metrics``.

    Reads files and may wait for :func:`bury`: not for an event loop. Raises OSError when there is no such directory.
    """
    with _locked(directory, fcntl.LOCK_SH):
        return merged(directory)


def bury(directory: Path, process: int | str) -> None:
    """Keep what a dead process counted and forget what it measured.

    Its sums move to one common file, so that a worker that dies every second does not leave a file each time; its
    gauges go. For the supervisor, once the process has been waited for. Raises OSError when the disk has no room for
    the sums; they stay where they are, and in every scrape.
    """
    with _locked(directory, fcntl.LOCK_EX):
        for kind in _SUMS:
            left = _file(directory, kind, str(process))
            if left.exists():
                _move(left, _file(directory, kind, _DEAD))
        forget_live_gauges(directory, str(process))


def _move(source: Path, target: Path) -> None:
    left, sums = dict(numbers(source)), NumberFile(target)
    try:
        sums.reserve(left)  # moved whole or not at all
        for key, number in left.items():
            sums.add(key, number)
    finally:
        sums.close()
    source.unlink()


def _file(directory: Path, kind: str, process: str) -> Path:
    return directory / f"{kind}_{process}.db"


@contextmanager
def _locked(directory: Path, kind: int) -> Iterator[None]:
    with (directory / ".lock").open("ab") as file:
        fcntl.flock(file, kind)
        yield
