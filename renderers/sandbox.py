"""Where a fill's jinja2 source runs: on rows alone, without floats, without a way to anything else.

Fills come from the operator's own configuration, but their values do not, so nothing a value holds may run or escape.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Protocol

from jinja2 import StrictUndefined, Undefined, pass_context
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context, LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from renderers.formats import FILTERS
from renderers.page import Values
from renderers.rows import AMOUNTS

PRINTER = "the printer"
"""Name of the printer among a template's variables; no template can write it."""

HARMLESS = frozenset(
    {"abs", "capitalize", "count", "d", "default", "e", "escape", "first", "join", "last", "length", "list", "lower"}
    | {"max", "min", "replace", "reverse", "sort", "string", "sum", "striptags", "title", "trim", "truncate", "unique"}
    | {"upper", "urlencode", "wordcount"}
)
"""jinja2's own filters that read values only, bounded in what they make."""

PLAIN_AMOUNT = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
SHAPE, TEXT, DECIMAL = "shape", "text", "decimal"
"""Filters that only compiled fills use: a site with a format, a site as it is, a number with decimals."""


class Visitor(Protocol):
    """What a fill may ask of the visitor."""

    def csrf(self, name: str) -> str:
        """The visitor's own token: the value of the cookie ``name``."""


class Prints(Protocol):
    """What a template asks for while it runs."""

    def shape(self, site: int, value: object) -> str:
        """The value of a site that has a format, in that format."""

    def text(self, site: int, value: object) -> object:
        """The value of a site that is shown as it is."""

    def finalize(self, value: object) -> str:
        """Any value as it is written in the sink."""


class Absent(StrictUndefined):
    """A field the row does not have: false in a condition, an error anywhere else."""

    __slots__ = ()

    def __bool__(self) -> bool:  # type: ignore[override]  # the one thing this class is less strict about
        return False


class Row(dict[str, object]):
    """One row as a template sees it: fields only, amounts as numbers that compare and add up."""

    def field(self, name: str) -> object:
        """The field's value, or an undefined one."""
        return self[name] if name in self else Absent(f"the row has no {name}")


class Asking:
    """The visitor as a template sees it."""

    def __init__(self, visitor: Visitor) -> None:
        self._visitor = visitor

    def csrf(self, name: str) -> str:
        """The visitor's own token under ``name``."""
        return self._visitor.csrf(name)


def as_row(table: str, values: Values) -> Row:
    """The row of ``table`` for a template: amounts become decimals, a promotion's cleaned HTML markup."""
    row = Row({name: _seen(value) for name, value in values.items()})
    for name, value in values.items():
        if (table, name) in AMOUNTS and isinstance(value, str) and PLAIN_AMOUNT.fullmatch(value):
            row[name] = Decimal(value)
    html = values.get("html")
    if table == "promotions" and isinstance(html, str):
        row["html"] = Markup(html)  # noqa: S704 (cleaned when the row was written, see renderers.fields.markup)
    return row


def _seen(value: object) -> object:
    if isinstance(value, Mapping):
        return Row({str(name): _seen(entry) for name, entry in value.items()})
    return [_seen(entry) for entry in value] if isinstance(value, list | tuple) else value


class FillEnvironment(ImmutableSandboxedEnvironment):
    """jinja2 for fills. ``markup``: the sink is an element, so what is printed is markup."""

    intercepted_binops = frozenset({"*", "**", "/", "//", "%"})

    def __init__(self, *, markup: bool) -> None:
        super().__init__(autoescape=markup, finalize=_finalize, undefined=StrictUndefined, cache_size=0)
        self.globals.clear()
        kept = {name: filter_ for name, filter_ in self.filters.items() if name in HARMLESS}
        self.filters = {
            **kept,
            "round": round_half_up,
            **dict.fromkeys(FILTERS, _shape),
            SHAPE: _shape,
            TEXT: _text,
            DECIMAL: Decimal,
        }

    def getattr(self, obj: object, attribute: str) -> object:
        """Rows have fields and nothing else, so that a field named ``items`` is that field."""
        return obj.field(attribute) if isinstance(obj, Row) else super().getattr(obj, attribute)

    def getitem(self, obj: object, argument: object) -> object:
        """As :meth:`getattr`, for ``row["field"]``."""
        if isinstance(obj, Row):
            return obj.field(str(argument))
        return super().getitem(obj, argument)

    def is_safe_callable(self, obj: object) -> bool:
        """Only the visitor's token and a loop's helpers may be called; text has filters instead of methods."""
        if isinstance(obj, Undefined):  # calling it says what is missing
            return True
        return isinstance(getattr(obj, "__self__", None), Asking | LoopContext)

    def call_binop(self, context: Context, operator: str, left: object, right: object) -> object:
        """Arithmetic on numbers only and in decimals: no text of a gigabyte, no endless power, no binary fraction."""
        if isinstance(left, Undefined) or isinstance(right, Undefined):
            return super().call_binop(context, operator, left, right)
        if not (isinstance(left, int | Decimal) and isinstance(right, int | Decimal)):
            raise SecurityError(f"{operator} is for numbers, not {type(left).__name__} and {type(right).__name__}")
        return self.binop_table[operator](Decimal(left), Decimal(right))


def round_half_up(value: object, decimals: int = 0) -> Decimal:
    """``value`` to so many decimals, halves away from zero as shops round."""
    if not isinstance(value, int | Decimal) or not 0 <= decimals <= 6:
        raise SecurityError("round is for numbers and 0 to 6 decimals")
    try:
        return Decimal(value).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    except InvalidOperation as exc:
        raise SecurityError(f"{value} has too many digits") from exc


def _printer(context: Context) -> Prints:
    printer: Prints = context.parent[PRINTER]
    return printer


@pass_context
def _finalize(context: Context, value: object) -> str:
    return _printer(context).finalize(value)


@pass_context
def _shape(context: Context, value: object, site: int) -> str:
    return _printer(context).shape(site, value)


@pass_context
def _text(context: Context, value: object, site: int) -> object:
    return _printer(context).text(site, value)


IN_MARKUP = FillEnvironment(markup=True)
IN_TEXT = FillEnvironment(markup=False)
