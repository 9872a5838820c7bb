"""Where each key of a TOML file stands, so that a fault can name its line.

``tomllib`` reads the values and forgets the lines. This scanner remembers only the lines; it is given text that
``tomllib`` has already accepted, so it need not find faults itself.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right

Path = tuple[str | int, ...]
"""The way to a value: keys, and indexes into arrays."""

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR = re.compile(r"[^,\]}#\n]*")
_STRINGS = (
    re.compile(r'"""(?:\\.|[^\\])*?"{3,5}', re.DOTALL),
    re.compile(r"'''.*?'{3,5}", re.DOTALL),
    re.compile(r'"(?:\\.|[^"\\])*"'),
    re.compile(r"'[^']*'"),
)


def line_numbers(text: str) -> dict[Path, int]:
    """The line, counted from 1, of every header, key and array item of valid TOML."""
    scanner = _Scanner(text)
    scanner.scan()
    return scanner.lines


def nearest_line(lines: dict[Path, int], path: Path) -> int:
    """The line of ``path`` or of the closest thing around it; 1 when nothing of it is in the file."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


class _Scanner:
    """One pass over the text; ``lines`` is the result."""

    def __init__(self, text: str) -> None:
        self.lines: dict[Path, int] = {}
        self._text = text
        self._at = 0
        self._newlines = [match.start() for match in re.finditer("\n", text)]
        self._arrays: dict[Path, int] = {}
        """Arrays of tables, with the number of tables seen so far."""

    def scan(self) -> None:
        """Fill ``lines``."""
        table: Path = ()
        while self._skip(_BLANK) < len(self._text):
            if self._text[self._at] == "[":
                table = self._header()
            else:
                self._pair(table)

    def _header(self) -> Path:
        start = self._at
        is_array = self._text.startswith("[[", start)
        self._at += 2 if is_array else 1
        path: Path = ()
        keys = self._keys()
        for position, key in enumerate(keys):
            path = (*path, key)
            if is_array and position == len(keys) - 1:
                self._arrays[path] = self._arrays.get(path, 0) + 1
                self._mark(path, start)
            if path in self._arrays:
                path = (*path, self._arrays[path] - 1)
            self._mark(path, start)
        self._skip(_SPACE)
        self._at += 2 if is_array else 1
        return path

    def _pair(self, table: Path) -> None:
        start = self._at
        path = table
        for key in self._keys():
            path = (*path, key)
            self._mark(path, start)
        self._at += 1  # the equals sign
        self._skip(_SPACE)
        self._value(path)

    def _keys(self) -> list[str]:
        keys = []
        while True:
            self._skip(_SPACE)
            quoted = self._string()
            keys.append(tomllib.loads(f"key = {quoted}")["key"] if quoted else self._bare())
            self._skip(_SPACE)
            if self._text[self._at] != ".":
                return keys
            self._at += 1

    def _bare(self) -> str:
        start = self._at
        return self._text[start : self._skip(_BARE_KEY)]

    def _value(self, path: Path) -> None:
        match self._text[self._at]:
            case "[":
                self._array(path)
            case "{":
                self._inline_table(path)
            case _:
                if not self._string():
                    self._skip(_SCALAR)

    def _array(self, path: Path) -> None:
        self._at += 1
        index = 0
        while self._text[self._skip(_BLANK)] != "]":
            self._mark((*path, index), self._at)
            self._value((*path, index))
            index += 1
            if self._text[self._skip(_BLANK)] == ",":
                self._at += 1
        self._at += 1

    def _inline_table(self, path: Path) -> None:
        self._at += 1
        while self._text[self._skip(_BLANK)] != "}":
            self._pair(path)
            if self._text[self._skip(_BLANK)] == ",":
                self._at += 1
        self._at += 1

    def _string(self) -> str:
        """The quoted text that begins here, quotes included; empty when none does."""
        for pattern in _STRINGS:
            if found := pattern.match(self._text, self._at):
                self._at = found.end()
                return found[0]
        return ""

    def _skip(self, pattern: re.Pattern[str]) -> int:
        found = pattern.match(self._text, self._at)
        if found is not None:
            self._at = found.end()
        return self._at

    def _mark(self, path: Path, at: int) -> None:
        self.lines.setdefault(path, bisect_right(self._newlines, at - 1) + 1)
