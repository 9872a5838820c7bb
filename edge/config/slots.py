"""Checking ``[[pages.slots]]``: what each fills, from which tables, and for which sku."""

from __future__ import annotations

from collections.abc import Iterator

from edge.config.locate import Path
from edge.config.read import Found, dotted
from edge.config.report import Report, suggestion
from edge.config.schema import PageKind, SlotTable
from edge.config.templates import Templates
from renderers.fills import Fill, FillError, compile_fill


def check_slots(found: list[Found], templates: Templates, tables: frozenset[str], report: Report) -> None:
    """Add the faults of every slot to the report. ``tables`` are those a fill may name."""
    kinds = {section.path: section for section in found if section.kind is PageKind}
    for section in found:
        if section.kind is SlotTable:
            check = _SlotCheck(section, kinds[section.path[:2]], report)
            check.shape()
            check.fill(tables)
            check.template(templates, tables)


class _SlotCheck:
    """One slot beside its page kind. A value already found at fault counts as stated: one fault, one message."""

    def __init__(self, slot: Found, kind: Found, report: Report) -> None:
        self._slot = slot
        self._kind = kind
        self._report = report
        self._label = f"slot {slot.given.get('name') or dotted(slot.path)!r}"

    def shape(self) -> None:
        slot = self._slot
        if self._states(slot, "each") and not self._states(slot, "sku"):
            remedy = 'write where in each element it stands, such as sku = "css:a@data-sku"'
            self._report.add(slot.path, f"{self._label} has `each` but no `sku`; {remedy}")
        fill, template = self._states(slot, "fill"), self._states(slot, "template")
        if fill and template:
            self._report.add(slot.at("template"), f"{self._label} has both fill and template; leave one out")
        if not fill and not template:
            remedy = 'write one, such as fill = "{{ prices.amount | money }}"'
            self._report.add(slot.path, f"{self._label} has neither fill nor template; {remedy}")

    def fill(self, tables: frozenset[str]) -> None:
        source = self._slot.given.get("fill")
        if source is None:
            return
        path = self._slot.at("fill")
        try:
            faults = list(self._faults(compile_fill(source), tables))
        except FillError as exc:
            place = f"line {exc.line} of the fill: " if "\n" in source else ""
            faults = [f"{self._label}: {place}{exc.message}"]
        for fault in faults:
            self._report.add(path, fault)

    def template(self, templates: Templates, tables: frozenset[str]) -> None:
        name = self._slot.given.get("template")
        if name is None:
            return
        try:
            source = templates.text(name)
        except ValueError as exc:
            self._report.add(self._slot.at("template"), f"{self._label}: {exc}")
            return
        try:
            faults = [(1, fault) for fault in self._faults(compile_fill(source), tables)]
        except FillError as exc:
            faults = [(exc.line, f"{self._label}: {exc.message}")]
        for line, fault in faults:
            self._report.add_at(str(templates.path(name)), line, fault)

    def _faults(self, fill: Fill, tables: frozenset[str]) -> Iterator[str]:
        for table in fill.tables:
            if table not in tables:
                remedy = f"declare it with [tables.{table}]; {suggestion(table, tables)}"
                yield f"{self._label} names the table {table!r}, which is not declared; {remedy}"
        if fill.tables and not self._states(self._slot, "sku") and not self._states(self._kind, "sku"):
            remedy = 'write sku in [[pages]], such as sku = "json-ld:sku"'
            yield f"{self._label} names the table {fill.tables[0]!r}, but nothing says for which product; {remedy}"

    def _states(self, section: Found, key: str) -> bool:
        path: Path = section.at(key)
        return key in section.given or self._report.blames(path)
