"""A fill's jinja2 source, compiled once: which tables it names, and where in it their values are printed."""

from __future__ import annotations

import dataclasses
from functools import lru_cache
from typing import NamedTuple

from jinja2 import Template, TemplateSyntaxError, meta, nodes
from jinja2.visitor import NodeTransformer

from renderers.formats import FILTERS, PLAIN
from renderers.rows import AMOUNTS, FIELDS
from renderers.sandbox import DECIMAL, HARMLESS, IN_MARKUP, IN_TEXT, SHAPE, TEXT, FillEnvironment

_JINJA_GLOBALS = frozenset({"cycler", "dict", "joiner", "lipsum", "namespace", "range"})
_REFUSED: dict[type[nodes.Node], str] = {
    nodes.Import: "import",
    nodes.FromImport: "from",
    nodes.Include: "include",
    nodes.Extends: "extends",
    nodes.Block: "block",
    nodes.Macro: "macro",
    nodes.CallBlock: "call",
    nodes.FilterBlock: "filter",
    nodes.ScopedEvalContextModifier: "autoescape",
}


class FillError(ValueError):
    """A fill that cannot be used: ``message`` says what is wrong and what to write, ``line`` where in the source."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


class Site(NamedTuple):
    """One place in a fill where a value is printed in a learnt format or as it is."""

    kind: str
    """``money``, ``number``, ``stock``, ``availability``, ``plain`` or ``text``."""
    table: str | None
    """None: the value is computed."""
    field: str | None
    """None: the whole row, or computed."""


class Direct(NamedTuple):
    """A fill that is some text around one site needs no template to print."""

    prefix: str
    suffix: str


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Fill:
    """A compiled fill."""

    source: str
    tables: tuple[str, ...]
    """Tables it names, sorted."""
    visitor: bool
    """It uses ``visitor``: its fragments are one visitor's own."""
    place: bool
    """It uses ``place``."""
    named: frozenset[tuple[str, str | None]]
    """(table, field) of every value it prints or decides by; field None for a row as a whole."""
    sites: tuple[Site, ...]
    direct: Direct | None
    in_markup: Template
    in_text: Template

    @property
    def readable(self) -> bool:
        """Whether the origin's bytes can state anything: it shows no promotion of ours, no visitor, no place alone."""
        return not set(self.tables) <= {"promotions"}


@lru_cache(maxsize=1024)
def compile_fill(source: str) -> Fill:
    """The fill of ``source``. Raises FillError.

    In an element the text around expressions is markup and values are escaped; in attributes and JSON strings all of it
    is text and escaped as one, so write ``&`` there, not ``&amp;``. Space around the whole is the origin's.
    """
    try:
        names = meta.find_undeclared_variables(IN_MARKUP.parse(source))
        _check_names(names)
        in_markup, found, direct = _compiled(IN_MARKUP, source, names)
        in_text, _, _ = _compiled(IN_TEXT, source, names)
    except TemplateSyntaxError as exc:
        raise FillError(_explained(exc), exc.lineno) from exc
    except RecursionError as exc:
        raise FillError("it is nested too deeply; write a shorter expression, or several slots", 1) from exc
    tables = tuple(sorted(names - {"visitor", "place"}))
    named, sites = frozenset(found.named), tuple(found.sites)
    return Fill(source, tables, "visitor" in names, "place" in names, named, sites, direct, in_markup, in_text)


def _check_names(names: set[str]) -> None:
    for name in sorted(names & _JINJA_GLOBALS):
        raise FillError(f"{name} is not available; a fill shows rows, such as {{{{ prices.amount | money }}}}", 1)
    if not names:
        raise FillError("it names no table; write a value to show, such as {{ prices.amount | money }}", 1)
    if "visitor" in names and len(names) > 1:
        others = ", ".join(sorted(names - {"visitor"}))
        raise FillError(f"it shows the visitor's own value and {others}; give each a slot of its own", 1)


def _explained(exc: TemplateSyntaxError) -> str:
    message = str(exc.message).rstrip(".")
    if message.startswith("No filter named"):
        names = ", ".join([*FILTERS, "round", *sorted(HARMLESS)])
        return f"{message}; the filters are {names}"
    return f"{message}; write an expression such as {{{{ prices.amount | money }}}}"


def _compiled(environment: FillEnvironment, source: str, names: set[str]) -> tuple[Template, _Marker, Direct | None]:
    tree = environment.parse(source)
    marker = _Marker(frozenset(names))
    marker.visit(tree)
    return environment.from_string(tree), marker, _direct(tree, marker.sites)


class _Marker(NodeTransformer):
    """Numbers the sites of a fill, refuses what no fill needs, and turns 0.8 into a decimal."""

    def __init__(self, names: frozenset[str]) -> None:
        self._names = names
        self.sites: list[Site] = []
        self.named: set[tuple[str, str | None]] = set()

    def generic_visit(self, node: nodes.Node) -> nodes.Node:
        if type(node) in _REFUSED:
            word = _REFUSED[type(node)]
            raise FillError(f"{{% {word} %}} is not available; write the expression itself", node.lineno)
        found: nodes.Node = super().generic_visit(node)
        return found

    def visit_Output(self, node: nodes.Output) -> nodes.Node:  # noqa: N802 (jinja2's visitor protocol)
        node.nodes = [self._printed(child) for child in node.nodes]
        return node

    def visit_Const(self, node: nodes.Const) -> nodes.Node:  # noqa: N802
        if isinstance(node.value, float):
            return _call(DECIMAL, nodes.Const(repr(node.value)), [], node.lineno)
        return node

    def visit_Filter(self, node: nodes.Filter) -> nodes.Node:  # noqa: N802
        if node.name not in FILTERS:
            if node.name not in HARMLESS | {"round"}:
                raise TemplateSyntaxError(f"No filter named {node.name!r}", node.lineno)
            return self.generic_visit(node)
        if node.args or node.kwargs or node.dyn_args or node.dyn_kwargs or node.node is None:
            raise FillError(f"{node.name} takes no arguments; it prints as the page does", node.lineno)
        return self._site(node.name, node.node, node.lineno)

    def visit_Getattr(self, node: nodes.Getattr) -> nodes.Node:  # noqa: N802
        table, field = self._reference(node)
        fields = FIELDS.get(table or "")
        if fields is not None and field not in fields:
            known = ", ".join(fields)
            raise FillError(f"{table} has no field {field}; its fields are {known}", node.lineno)
        if table is None:
            return self.generic_visit(node)
        self.named.add((table, field))
        return node

    def visit_Name(self, node: nodes.Name) -> nodes.Node:  # noqa: N802
        table, _ = self._reference(node)
        if table is not None:
            self.named.add((table, None))
        return node

    def _printed(self, node: nodes.Expr) -> nodes.Expr:
        table, field = self._reference(node)
        if table is None or field is None:
            visited = self.visit(node)
            return visited if isinstance(visited, nodes.Expr) else node
        kind = _implicit(table, field)
        return self._site(kind, node, node.lineno)

    def _site(self, kind: str, node: nodes.Expr, line: int) -> nodes.Filter:
        inner = self.visit(node)
        self.sites.append(Site(kind, *self._reference(node)))
        return _call(TEXT if kind == TEXT else SHAPE, inner, [nodes.Const(len(self.sites) - 1)], line)

    def _reference(self, node: nodes.Node | None) -> tuple[str | None, str | None]:
        """(table, field) that ``node`` names: (None, None) when it is computed, field None for a whole row."""
        if isinstance(node, nodes.Name) and node.name in self._names - {"visitor", "place"}:
            return node.name, None
        if isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name):
            table, _ = self._reference(node.node)
            return (table, node.attr) if table else (None, None)
        return None, None


def _implicit(table: str, field: str) -> str:
    if (table, field) in AMOUNTS or (table, field) == ("inventory", "quantity"):
        return PLAIN
    return "availability" if (table, field) == ("inventory", "availability") else TEXT


def _call(name: str, node: nodes.Expr, args: list[nodes.Expr], line: int) -> nodes.Filter:
    return nodes.Filter(node, name, args, [], None, None, lineno=line)


def _direct(tree: nodes.Template, sites: list[Site]) -> Direct | None:
    pieces = [child for output in tree.body if isinstance(output, nodes.Output) for child in output.nodes]
    at = [index for index, piece in enumerate(pieces) if not isinstance(piece, nodes.TemplateData)]
    if len(at) != 1 or len(sites) != 1 or sites[0].table is None:
        return None
    site = pieces[at[0]]
    if not all(isinstance(node, nodes.Output) for node in tree.body):
        return None
    if not isinstance(site, nodes.Filter) or site.name not in {SHAPE, TEXT}:
        return None
    data = [piece.data if isinstance(piece, nodes.TemplateData) else "" for piece in pieces]
    return Direct("".join(data[: at[0]]), "".join(data[at[0] + 1 :]))
