"""Progress of long work: a bar on a terminal, a plain line now and then off one."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import Self, TypeVar

import click
import rich.progress
from rich.console import Console

from edge.clock import monotonic_s

T = TypeVar("T")

_LINE_EVERY_S = 5.0


class Progress:
    """How far one piece of work is. Everything goes to standard error, so that output stays clean."""

    def __init__(self, label: str, total: int | None, unit: str) -> None:
        """``total`` None: nobody knows."""
        self.done = 0
        self._label = label
        self._total = total
        self._unit = unit
        self._bar = _bar(unit) if sys.stderr.isatty() else None
        self._task = self._bar.add_task(label, total=total) if self._bar else rich.progress.TaskID(0)
        self._said_at = monotonic_s()

    def __enter__(self) -> Self:
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        if self._bar is not None:
            self._bar.stop()

    def advance(self, amount: int) -> None:
        """So much more is done."""
        self.done += amount
        if self._bar is not None:
            self._bar.advance(self._task, amount)
        elif monotonic_s() - self._said_at >= _LINE_EVERY_S:
            self._said_at = monotonic_s()
            share = f" of {self._total}" if self._total else ""
            click.echo(f"{self._label}: {self.done}{share} {self._unit}", err=True)


def counting(items: Iterable[T], progress: Progress, amount: Callable[[T], int]) -> Iterator[T]:
    """The same items, counted as they are asked for."""
    for item in items:
        yield item
        progress.advance(amount(item))


def _bar(unit: str) -> rich.progress.Progress:
    count = rich.progress.DownloadColumn() if unit == "bytes" else rich.progress.MofNCompleteColumn()
    return rich.progress.Progress(
        rich.progress.TextColumn("{task.description}"),
        rich.progress.BarColumn(),
        count,
        rich.progress.TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )
