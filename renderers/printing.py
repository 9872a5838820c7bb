"""A slot's bytes from rows: the fragment of one fill in one sink, in the formats the page taught."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache

import msgspec
from jinja2 import Template, Undefined, UndefinedError
from jinja2.exceptions import TemplateRuntimeError
from markupsafe import Markup

from renderers.faults import Missing, Unprintable
from renderers.fills import Fill
from renderers.formats import Format, Formats, enrich, unpack
from renderers.page import Learnt, Sink, Values
from renderers.sandbox import PRINTER, TEXT, Asking, Prints, Row, Visitor, as_row
from renderers.sinks import NotInSink, encode

SPACE = " \t\n\r\f"
"""White space around a slot's content is the origin's and is kept; what a fill has there is dropped."""
MAX_FRAGMENT = 65_536
"""Characters; a fragment larger than this is a mistake in a template."""
PADDING = "padding"
"""Name under which the origin's white space stands among the learnt formats."""
_BROKEN = (TemplateRuntimeError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError, RecursionError)


class Scope(msgspec.Struct, frozen=True):
    """The values one fragment is made of. ``rows``: effective values by table, None when there is no row."""

    rows: Mapping[str, Values | None]
    place: Mapping[str, object] | None = None
    visitor: Visitor | None = None


class Printer:
    """Prints the values of one slot."""

    def __init__(self, sink: Sink, style: int, formats: Sequence[Format | None]) -> None:
        self._markup = sink is Sink.HTML
        self._style = style
        self._formats = formats

    def shape(self, site: int, value: object) -> str:
        """``value`` in the site's format. Raises Missing or Unprintable."""
        form = self._formats[site]
        if value is None or isinstance(value, Undefined):
            raise Missing("the row does not have the field that is shown")
        if form is None:
            raise Missing("no page of this kind has shown how the shop writes it yet")
        source = form.print(value)
        return Markup(source) if self._markup else source  # noqa: S704 (the format is the page's own source)

    def text(self, _site: int, value: object) -> object:
        """``value`` as it is."""
        return value

    def finalize(self, value: object) -> str:
        """Any value as the sink takes it: escaped in markup, plain text elsewhere. Raises Missing or Unprintable."""
        if value is None or isinstance(value, Undefined):
            raise Missing("the row does not have the field that is shown")
        if isinstance(value, Markup):
            return value
        text = _text(value)
        if not self._markup:
            return text
        try:
            return Markup(encode(Sink.HTML, self._style, text))  # noqa: S704 (escaped by encode)
        except NotInSink as exc:
            raise Unprintable(str(exc)) from exc


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal) and value.is_finite():
        return format(value, "f")
    raise Unprintable(f"{value!r:.60} is not a text or a number; name one of its fields")


class _Plan(msgspec.Struct, frozen=True):
    """What one slot needs at every print, decoded once."""

    printer: Printer
    lead: str
    trail: str


@lru_cache(maxsize=8192)
def _plan(fill: Fill, sink: Sink, learnt: Learnt) -> _Plan:
    formats = iter(learnt.formats)
    shapes = [None if site.kind == TEXT else unpack(*next(formats, (site.kind, b""))) for site in fill.sites]
    lead, trail = "", ""
    for name, data in formats:
        if name == PADDING:
            lead, trail = msgspec.msgpack.decode(data, type=tuple[str, str])
    return _Plan(Printer(sink, learnt.style, shapes), lead, trail)


def pad(lead: str, trail: str) -> tuple[tuple[str, bytes], ...]:
    """The entry of ``Learnt.formats`` that keeps the origin's white space; none when there is none."""
    return ((PADDING, msgspec.msgpack.encode((lead, trail))),) if lead or trail else ()


def enriched(learnt: Learnt, vocabulary: Formats) -> Learnt:
    """``learnt`` with what the slot's other formats and other pages of the kind taught.

    States without a wording, groups and marks a short sample did not show; what was learnt prints as before.
    """
    pool = [*learnt.formats, *vocabulary]
    formats = ((kind, data if kind == PADDING else enrich(kind, data, pool)) for kind, data in learnt.formats)
    return Learnt(learnt.style, tuple(formats))


def fragment(fill: Fill, sink: Sink, learnt: Learnt, scope: Scope) -> str:
    """The slot's source text. Raises Missing (it keeps the origin's bytes) or Unprintable (its rows show nowhere).

    A fill of promotions alone is Missing without one, so that the origin's own content stands there.
    """
    if fill.tables == ("promotions",) and scope.rows.get("promotions") is None:
        raise Missing("no promotion holds")
    plan = _plan(fill, sink, learnt)
    text = (_direct if fill.direct else _rendered)(fill, sink, plan.printer, scope).strip(SPACE)
    if len(text) > MAX_FRAGMENT:
        raise Unprintable(f"the fragment is longer than {MAX_FRAGMENT} characters")
    if sink is not Sink.HTML:
        try:
            text = encode(sink, learnt.style, text)
        except NotInSink as exc:
            raise Unprintable(str(exc)) from exc
    return f"{plan.lead}{text}{plan.trail}"


def _direct(fill: Fill, _sink: Sink, printer: Printer, scope: Scope) -> str:
    """Prints a fill of one site; the same text as its template gives, without running it."""
    site = fill.sites[0]
    row = scope.rows.get(site.table or "")
    if row is None:
        raise Missing(f"there is no row in {site.table}")
    value: object = row if site.field is None else row.get(site.field)
    if site.kind != TEXT:
        shown = printer.shape(0, value)
    elif (site.table, site.field) == ("promotions", "html") and isinstance(value, str):
        shown = printer.finalize(Markup(value))  # noqa: S704 (cleaned when the row was written)
    else:
        shown = printer.finalize(value)
    prefix, suffix = fill.direct or ("", "")
    return f"{prefix}{shown}{suffix}"


def _rendered(fill: Fill, sink: Sink, printer: Printer, scope: Scope) -> str:
    rows: dict[str, object] = {}
    for table in fill.tables:
        values = scope.rows.get(table)
        if values is not None:
            rows[table] = as_row(table, values)
        else:
            rows[table] = Row() if table == "promotions" else None
    rows["place"] = None if scope.place is None else as_row("place", dict(scope.place))
    rows["visitor"] = None if scope.visitor is None else Asking(scope.visitor)
    return run(fill.in_markup if sink is Sink.HTML else fill.in_text, printer, rows)


def run(template: Template, printer: Prints, variables: Mapping[str, object]) -> str:
    """What ``template`` prints. Raises Missing for what is not there and Unprintable for any other failure in it."""
    context = template.new_context({**variables, PRINTER: printer})
    try:
        return "".join(_limited(template.root_render_func(context)))
    except (Missing, Unprintable):
        raise
    except UndefinedError as exc:
        raise Missing(str(exc)) from exc
    except _BROKEN as exc:
        raise Unprintable(f"the fill fails: {exc}") from exc


def _limited(chunks: Iterable[str]) -> Iterator[str]:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > MAX_FRAGMENT:
            raise Unprintable(f"the fragment is longer than {MAX_FRAGMENT} characters")
        yield chunk
