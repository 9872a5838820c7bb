"""Text with a header line and one product a line, split by comma, semicolon, tab or bar. Read line by line."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Iterator, Sequence
from typing import BinaryIO

from origin_adapters.feeds.item import FeedBroken

_LINE_CHARS = 2**20
_DELIMITERS = ",;\t|"


def delimited(
    file: BinaryIO, column: Callable[[str], str], *, needed: Sequence[str]
) -> Iterator[tuple[int, dict[str, str]]]:
    """(line, cells by column) of each row that is not empty; a cell its row does not have is "".

    ``column`` makes a name of a heading. Raises FeedBroken when a ``needed`` column is missing, when a column stands
    twice, and from where on it can no longer be read. A row with too many cells has them under "" joined by spaces.
    """
    text = io.TextIOWrapper(file, _encoding(file), errors="surrogateescape", newline="")
    lines = _Lines(text)
    head = next(lines, "")
    delimiter = max(_DELIMITERS, key=head.count)
    names = [column(cell) for cell in next(csv.reader([head], delimiter=delimiter), [])]
    _check(names, needed)
    reader = csv.reader(lines, delimiter=delimiter)
    began = lines.number + 1
    try:
        for cells in reader:
            if any(cells):
                row = dict(zip(names, [cell.strip() for cell in cells] + [""] * len(names), strict=False))
                if len(cells) > len(names):
                    row[""] = " ".join(cells[len(names) :])
                yield began, row
            began = lines.number + 1
    except csv.Error as exc:
        raise FeedBroken(began, f"not readable from here on: {exc}", 'write a quote inside a cell as ""') from exc
    finally:
        text.detach()  # or it would close the file, which is the caller's


def _check(names: Sequence[str], needed: Sequence[str]) -> None:
    if missing := [name for name in needed if name not in names]:
        there = ", ".join(name for name in names if name)[:200] or "no columns"
        raise FeedBroken(1, f"there is no column {missing[0]!r}", f"the first line names {there}")
    if twice := [name for name in needed if names.count(name) > 1]:
        raise FeedBroken(1, f"two columns are named {twice[0]!r}", "name each column once")


def _encoding(file: BinaryIO) -> str:
    head = file.read(2)
    file.seek(0)
    return "utf-16" if head in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else "utf-8-sig"


class _Lines:
    """Lines and the number of the last one."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self.number = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._text.readline(_LINE_CHARS)
        if not line:
            raise StopIteration
        self.number += 1
        if len(line) == _LINE_CHARS and not line.endswith("\n"):
            raise FeedBroken(self.number, "the line is over 1 MiB", "write one product a line")
        return line
