"""Fills, both ways: what the origin's bytes say (:func:`read`), and a slot's bytes from rows (:func:`fragment`).

Reading runs the fill with a mark in place of each value, matches the outcome with the page, and learns each value's
format from what stands where its mark was. Whatever was read is printed again and must give the page's bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec
from jinja2 import Undefined
from markupsafe import Markup

from renderers.faults import Missing, Unprintable
from renderers.fills import Fill, FillError, Site, compile_fill
from renderers.formats import PLAIN, Format, Hint, learn, pack
from renderers.page import Learnt, Sink, Values
from renderers.printing import MAX_FRAGMENT, SPACE, Printer, Scope, enriched, fragment, pad, run
from renderers.rows import FIELDS, RowProblem, effective
from renderers.sandbox import TEXT, Row, Visitor, as_row
from renderers.sinks import NotInSink, decode, default_style, learn_style

__all__ = [
    "Fill",
    "FillError",
    "Missing",
    "Read",
    "Scope",
    "Unprintable",
    "Visitor",
    "Vocabulary",
    "compile_fill",
    "enriched",
    "fragment",
    "read",
]

Vocabulary = Sequence[tuple[str, bytes]]
"""Formats learnt for the same slot of other pages of the kind: the shape of ``Learnt.formats``."""

_OPEN, _CLOSE = "\ufdd1", "\ufdd2"
_MARK = re.compile(f"{_OPEN}([0-9]+){_CLOSE}")
_UNREADABLE = re.compile("[\ud800-\udfff\ufdd0-\ufdd2]")


class Read(msgspec.Struct, frozen=True):
    """What one slot's bytes teach. ``values``: fields by table, amounts as shortest decimal strings ("19.9")."""

    learnt: Learnt
    values: dict[str, Values]


class _Unread(Exception):
    """Why this way of reading does not work."""


class _Source(NamedTuple):
    """A slot's bytes: white space, content as a fill prints it (decoded but in elements), white space."""

    sink: Sink
    raw: str
    lead: str
    visible: str
    trail: str
    style: int | None
    """None in an element: its text alone has a style."""


class _Sight(NamedTuple):
    """One value met while a fill ran: the site, and the value if another slot stated it."""

    site: int
    known: object


def read(  # noqa: PLR0913 (the last two are optional and named at the call)
    fill: Fill,
    sink: Sink,
    raw: str,
    known: Mapping[str, Values],
    *,
    quote: str | None = None,
    vocabulary: Vocabulary = (),
) -> Read | str:
    """What ``raw`` says, or a sentence why it cannot be read.

    ``known``: values other slots of the page stated for the same SKU; they settle which number is meant, and a fill
    that decides something needs them. ``quote`` (attributes only): the character before the value, ``"`` or ``'``, ""
    when unquoted, None when unknown. ``vocabulary`` adds what this page does not show. A fill of promotions alone, or
    of the visitor's own value, learns nothing and is kept.
    """
    if len(raw) > MAX_FRAGMENT:
        return f"it is longer than {MAX_FRAGMENT} characters; point the selector at the value alone"
    if _UNREADABLE.search(raw):
        return "it holds bytes that are no characters; declare the page's charset"
    try:
        source = _source(fill, sink, raw, quote)
        if not fill.readable:
            return Read(enriched(_blank(fill, source, quote), vocabulary), {})
        if fill.direct and _is_blank(source):
            return _proven(fill, source, known, Read(_blank(fill, source, quote), {}), vocabulary)
        return _read(fill, source, known, vocabulary)
    except _Unread as exc:
        return str(exc)


def _read(fill: Fill, source: _Source, known: Mapping[str, Values], vocabulary: Vocabulary) -> Read:
    """Reads as if every unknown field were there, then as if none were: a page without a list price has no mark."""
    reason: _Unread | None = None
    for present in (True,) if fill.direct else (True, False):
        try:
            return _proven(fill, source, known, _attempt(fill, source, known, present=present), vocabulary)
        except _Unread as exc:
            reason = reason or exc
    raise reason or _Unread("it cannot be read")


def _source(fill: Fill, sink: Sink, raw: str, quote: str | None) -> _Source:
    core = raw.strip(SPACE)
    at = raw.index(core) if core else len(raw)
    lead, trail = raw[:at], raw[at + len(core) :]
    if sink is Sink.HTML:
        return _Source(sink, raw, lead, core, trail, None)
    style = learn_style(sink, raw, quote)
    if style is None and (raw == "" or not fill.readable):
        style = default_style(sink, raw, quote)
    if style is None:
        raise _Unread(f"{_shown(core)} is not written in one known way for a {sink.value}; leave it to the origin")
    try:
        return _Source(sink, raw, lead, decode(sink, core), trail, style)
    except NotInSink:
        return _Source(sink, raw, lead, "", trail, style)


def _is_blank(source: _Source) -> bool:
    return not source.visible or (source.sink is Sink.JSON_LITERAL and source.visible == "null")


def _blank(fill: Fill, source: _Source, quote: str | None) -> Learnt:
    """What a slot teaches that shows no value: its white space and the way its sink is written."""
    style = source.style
    if style is None:
        style = learn_style(source.sink, source.visible, quote) or 0
    formats = ((site.kind, b"") for site in fill.sites if site.kind != TEXT)
    return Learnt(style, (*formats, *pad(source.lead, source.trail)))


class _Unknown:
    """A field no slot has stated yet. True or false as the attempt assumes; nothing else can be done with it."""

    __slots__ = ("_present",)
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, present: object) -> None:
        self._present = present is True

    def __bool__(self) -> bool:
        return self._present

    def __eq__(self, other: object) -> bool:
        raise TypeError("it compares a value that no slot of the page states")


class _Assumed(Row):
    """A row of which only some fields are known."""

    present = True

    def field(self, name: str) -> object:
        """The known value, or one that may be there."""
        return self[name] if name in self else _Unknown(self.present)

    def __bool__(self) -> bool:
        return True


class _AssumedAbsent(_Assumed):
    present = False


class _Marker(Printer):
    """Prints a mark for each site and remembers what it stands for."""

    def __init__(self, sink: Sink, sites: Sequence[Site]) -> None:
        super().__init__(sink, 0, [None] * len(sites))
        self.sights: list[_Sight] = []

    def shape(self, site: int, value: object) -> str:
        """A mark."""
        unknown = value is None or isinstance(value, _Unknown | Undefined)
        self.sights.append(_Sight(site, None if unknown else value))
        mark = f"{_OPEN}{len(self.sights) - 1}{_CLOSE}"
        return Markup(mark) if self._markup else mark  # noqa: S704 (digits between two noncharacters)

    def text(self, site: int, value: object) -> object:
        """A mark."""
        return self.shape(site, value)


def _attempt(fill: Fill, source: _Source, known: Mapping[str, Values], *, present: bool) -> Read:
    marker = _Marker(source.sink, fill.sites)
    rows: dict[str, object] = {"place": None, "visitor": None}
    for table in fill.tables:
        row = as_row(table, known.get(table, {}))
        rows[table] = Row() if table == "promotions" else (_Assumed if present else _AssumedAbsent)(row)
    try:
        template = fill.in_markup if source.sink is Sink.HTML else fill.in_text
        printed = run(template, marker, rows).strip(SPACE)
    except (Missing, Unprintable) as exc:
        raise _Unread(f"its fill decides by values that no slot of the page states ({exc}); {_REMEDY}") from exc
    captures = _captures(printed, source.visible)
    sights = [(sight, captures[n]) for n, sight in enumerate(marker.sights) if n in captures]
    return _learnt(fill, source, known, sights)


_REMEDY = "add slots that show each of them alone, or write the fill as one value"


def _captures(printed: str, visible: str) -> dict[int, str]:
    """What stands on the page where each mark is: the shortest text that lets the rest follow."""
    first, *rest = _MARK.split(printed)
    marks, pieces = [int(mark) for mark in rest[::2]], rest[1::2]
    last = pieces.pop() if pieces else ""
    at, end = len(first), len(visible) - len(last)
    found: dict[int, str] = {}
    fits = visible.startswith(first) and visible.endswith(last) and at <= end and (bool(marks) or at == end)
    for mark, piece in zip(marks, [*pieces, None], strict=False):
        if not fits:
            break
        start, at = at, end if piece is None else visible.find(piece, at, end)
        fits = at >= start
        found[mark] = visible[start:at]
        at += len(piece or "")
    if not fits:
        expected = _MARK.sub("…", printed)
        raise _Unread(f"its fill prints {_shown(expected)} where the page has {_shown(visible)}; {_ALIKE}")
    return found


_ALIKE = "write the text around the value as the page has it"


def _learnt(fill: Fill, source: _Source, known: Mapping[str, Values], sights: Iterable[tuple[_Sight, str]]) -> Read:
    """Formats and values from (what was met, what the page has there)."""
    formats: dict[int, bytes] = {}
    values: dict[str, Values] = {}
    texts: list[str] = []
    currency = known.get("prices", {}).get("currency")
    for sight, capture in sights:
        site = fill.sites[sight.site]
        if site.kind == TEXT:
            texts.append(capture)
            value = _read_text(fill, source.sink, site, sight, capture)
        else:
            hint = Hint(sight.known, currency if isinstance(currency, str) else None)
            form = learn(site.kind, capture, hint)
            if isinstance(form, str):
                raise _Unread(form)
            formats.setdefault(sight.site, pack(form))
            value = _value(site, form, capture, sight.known)
        _state(values, site, value)
    order = [(site.kind, formats.get(n, b"")) for n, site in enumerate(fill.sites) if site.kind != TEXT]
    style = _element_style("".join(texts)) if source.style is None else source.style
    return Read(Learnt(style, (*order, *pad(source.lead, source.trail))), values)


def _element_style(text: str) -> int:
    style = learn_style(Sink.HTML, text)
    if style is None and "<" in text:
        raise _Unread(
            f"{_shown(text)} holds markup; point the selector at the innermost element, or write it in the fill"
        )
    if style is None:
        raise _Unread(f"{_shown(text)} mixes spellings of one character; leave it to the origin")
    return style


def _read_text(fill: Fill, sink: Sink, site: Site, sight: _Sight, capture: str) -> object:
    """The value of a field that is shown as it is."""
    if sight.known is None and not fill.direct:
        raise _Unread(f"no other slot states {site.table}.{site.field}, so where it ends is a guess; {_REMEDY}")
    text = decode(sink, capture) if sink is Sink.HTML else capture
    check = FIELDS.get(site.table or "", {}).get(site.field or "")
    if check is None or not text:
        return text
    try:
        return check(f"{site.table}.{site.field}", text)
    except RowProblem as exc:
        raise _Unread(f"it states no {exc.field}: {exc.reason}") from exc


def _value(site: Site, form: Format, capture: str, known: object) -> object:
    """The value that ``capture`` states for the site's field, or the fields it states of a whole row."""
    try:
        stated = form.parse(capture)
    except ValueError as exc:
        raise _Unread(str(exc)) from exc
    if isinstance(stated, dict):
        return _of_stock(site, stated, known)
    if site.field is None and site.kind == "availability":
        return {"availability": stated}
    if site.kind == PLAIN and site.table == "inventory":
        return int(stated) if "." not in stated else stated
    return stated


def _of_stock(site: Site, stated: Values, known: object) -> object:
    quantity, name = stated.get("quantity"), stated.get("availability")
    match site.field:
        case None:  # words say less exactly what another slot states by name
            return {} if name is not None and isinstance(known, dict) and "availability" in known else stated
        case "quantity":
            return 0 if name == "OutOfStock" else quantity
        case _:
            return name if quantity is None else effective("inventory", stated, 0)[0]["availability"]


def _state(values: dict[str, Values], site: Site, value: object) -> None:
    if site.table is None or value is None:
        return
    stated = {site.field: value} if site.field is not None else value
    if isinstance(stated, dict) and stated:
        values.setdefault(site.table, {}).update(stated)


def _proven(fill: Fill, source: _Source, known: Mapping[str, Values], got: Read, vocabulary: Vocabulary) -> Read:
    """``got`` when it prints the page's bytes, with what the vocabulary adds if it still does then."""
    rows: dict[str, Values | None] = {}
    for table in fill.tables:
        values = {**known.get(table, {}), **got.values.get(table, {})}
        rows[table] = effective(table, values, 0)[0] if values and table != "promotions" else None
    printed = ""
    for learnt in (enriched(got.learnt, vocabulary), got.learnt):
        try:
            printed = fragment(fill, source.sink, learnt, Scope(rows))
        except Missing as exc:
            if fill.direct:  # words without a number state a format and no value
                return Read(learnt, got.values)
            raise _Unread(f"its fill needs values that no slot of the page states ({exc}); {_REMEDY}") from exc
        except Unprintable as exc:
            raise _Unread(f"what was read cannot be printed: {exc}") from exc
        if printed == source.raw:
            return Read(learnt, got.values)
    raise _Unread(f"printing what was read gives {_shown(printed)} where the page has {_shown(source.raw)}; {_REMEDY}")


def _shown(text: str) -> str:
    short = " ".join(text.split())
    return repr(short) if len(short) <= 60 else f"{short[:57]!r}..."
