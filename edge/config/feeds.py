"""Checking ``[[feeds]]``: what each reads, from where, and into which fields of which tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from edge.config.read import Found, dotted
from edge.config.report import Report, suggestion
from edge.config.schema import Feed, Origin, PageKind, SlotTable
from origin_adapters.feeds import column_map
from renderers.rows import BUILT_IN, FIELDS

_MAPPED = ("csv", "ndjson")
_PAGES = ("json-ld", "page")


def check_feeds(found: list[Found], tables: frozenset[str], report: Report) -> None:
    """Add the faults of every feed to the report. ``tables`` are those there are."""
    origins = {_origin_name(section): str(section.given.get("url", "")) for section in found if section.kind is Origin}
    for section in found:
        if section.kind is Feed:
            check = _FeedCheck(section, report)
            check.source(origins)
            check.columns(tables)
            check.tables(tables)
            check.pages(found)


class _FeedCheck:
    def __init__(self, feed: Found, report: Report) -> None:
        self._feed = feed
        self._report = report
        self._label = f"feed {feed.given.get('name') or feed.given.get('url') or dotted(feed.path)!r}"
        self._form: str | None = feed.given.get("format", Feed().format)
        if report.blames(feed.at("format")):
            self._form = None

    def source(self, origins: Mapping[str, str]) -> None:
        feed = self._feed
        if self._form is not None and self._form not in _PAGES and not self._states("url"):
            self._report.add(feed.path, f'{self._label} has no `url`; write where it lies, such as url = "/feed.xml"')
        origin = feed.given.get("origin")
        if origin is not None and origin not in origins:
            self._report.add(feed.at("origin"), f"{self._label}: no origin is named {origin!r}; {_one_of(origins)}")
        own = {"", *(urlsplit(url).netloc for url in origins.values())}
        if self._form in _PAGES and urlsplit(feed.given.get("url", "/")).netloc not in own:
            remedy = "write the path of the sitemap there"
            self._report.add(feed.at("url"), f"{self._label} reads pages of its origin alone; {remedy}")

    def columns(self, tables: frozenset[str]) -> None:
        path = self._feed.at("columns")
        if self._form is None or self._report.blames_within(path):
            return
        columns = self._feed.given.get("columns", {})
        if self._form not in _MAPPED:
            if columns:
                self._report.add(path, f"{self._label}: format {self._form} knows its fields; leave `columns` out")
            return
        try:
            targets = column_map(columns).targets
        except ValueError as exc:
            self._report.add(path, f"{self._label}: {exc}")
            return
        for _, table, field in targets:
            if table not in tables:
                self._report.add(path, f"{self._label} feeds {table}.{field}: {_no_table(table, tables)}")
            elif table in BUILT_IN and field not in FIELDS[table]:
                remedy = suggestion(field, FIELDS[table])
                self._report.add(path, f"{self._label} feeds {table}.{field}, which is no field of {table}; {remedy}")
        if "prices" in {target.table for target in targets} and not any(
            target.table == "prices" and target.field == "amount" for target in targets
        ):
            self._report.add(path, f'{self._label} feeds prices without an amount; write one column = "prices.amount"')

    def tables(self, tables: frozenset[str]) -> None:
        for index, table in enumerate(self._feed.given.get("tables", ())):
            if table not in tables:
                path = (*self._feed.at("tables"), index)
                self._report.add(path, f"{self._label}: {_no_table(table, tables)}")

    def pages(self, found: Iterable[Found]) -> None:
        if self._form not in _PAGES:
            return
        kinds = {section.path for section in found if section.kind is PageKind and "sku" in section.given}
        slots = [
            str(section.given.get("at", ""))
            for section in found
            if section.kind is SlotTable and section.path[:2] in kinds and "each" not in section.given
        ]
        if not slots:
            remedy = "write [[pages]] with sku and [[pages.slots]]"
            self._report.add(
                self._feed.path, f"{self._label} reads product pages, and no page kind has slots; {remedy}"
            )
        elif self._form == "json-ld" and not any("ld+json" in slot for slot in slots):
            remedy = (
                'write one, such as at = "json:script[type=\'application/ld+json\']#/offers/price", or format = "page"'
            )
            self._report.add(self._feed.path, f"{self._label} reads JSON-LD, and no slot stands there; {remedy}")

    def _states(self, key: str) -> bool:
        return key in self._feed.given or self._report.blames(self._feed.at(key))


def _origin_name(section: Found) -> str:
    return str(section.given.get("name", Origin(url="http://unnamed").name))


def _one_of(names: Iterable[str]) -> str:
    return f"write one of {', '.join(sorted(names))}"


def _no_table(table: str, tables: frozenset[str]) -> str:
    return f"there is no table {table!r}; declare it with [tables.{table}]; {suggestion(table, tables)}"
