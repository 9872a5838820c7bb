"""The built-in tables: what a row may hold, how it is changed, and what it means at a time."""

from __future__ import annotations

from collections.abc import Mapping

from renderers.page import Values


class RowProblem(ValueError):
    """A value a table does not take: ``field``, ``reason`` and ``remedy``; the text says all three."""

    def __init__(self, field: str, reason: str, remedy: str) -> None:
        super().__init__(f"{field}: {reason}; {remedy}" if field else f"{reason}; {remedy}")
        self.field = field
        self.reason = reason
        self.remedy = remedy


def validate(table: str, value: object) -> Values:
    """The canonical row of ``value``. Raises RowProblem."""
    raise NotImplementedError


def merge(table: str, old: Values, patch: Values) -> Values:
    """``old`` changed by a JSON merge patch (RFC 7396): null removes. Raises RowProblem."""
    raise NotImplementedError


def effective(table: str, values: Values, now_ms: int) -> tuple[Values, int | None]:
    """The row as it holds at ``now_ms``, and the Unix ms of its next edge (None: no edge ahead)."""
    raise NotImplementedError


def agrees(stated: Mapping[str, object], held: Mapping[str, object]) -> bool:
    """Whether ``held`` has every field of ``stated`` with an equal value; decimal strings compare as numbers."""
    raise NotImplementedError
