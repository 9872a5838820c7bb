"""A fill's jinja2 source, compiled once."""

from __future__ import annotations

from functools import lru_cache


class FillError(ValueError):
    """A fill that cannot be used: ``message`` says what is wrong and what to write, ``line`` where in the source."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


class Fill:
    """A compiled fill."""

    source: str
    tables: tuple[str, ...]
    visitor: bool
    place: bool


@lru_cache(maxsize=1024)
def compile_fill(source: str) -> Fill:
    """The fill of ``source``. Raises FillError."""
    raise NotImplementedError
