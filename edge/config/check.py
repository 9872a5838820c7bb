"""What a schema cannot say about ``vitrine.toml``: values that make no sense, names that clash, files that are lost."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path as FilePath

from edge.config.feeds import check_feeds
from edge.config.judges import judge
from edge.config.locate import Path
from edge.config.read import Found, dotted
from edge.config.report import Report
from edge.config.schema import (
    BUILT_IN_TABLES,
    Feed,
    Geo,
    Listen,
    Origin,
    PageKind,
    SlotTable,
    Store,
    TableSection,
    Token,
    feed_label,
)
from edge.config.slots import check_slots
from edge.config.templates import Templates

_NAMES_IN_FILLS = frozenset({"visitor", "place"})


def check(found: list[Found], templates: Templates, report: Report) -> None:
    """Add every fault of sense to the report. ``found`` holds only values whose types are right."""
    for section in found:
        for key, value in section.given.items():
            if finding := judge(section.kind, key, value):
                report.add(section.at(key), f"{dotted(section.at(key))}: {finding}")
    _check_names(found, report)
    _check_origins([section for section in found if section.kind is Origin], report)
    _check_ports(found, report)
    _check_sizes(found, report)
    tables = _check_tables(found, report)
    check_slots(found, templates, tables, report)
    check_feeds(found, tables, report)


def check_geo_database(found: list[Found], folder: FilePath, report: Report) -> None:
    """The GeoIP database has to be there: without it every visitor would silently be nowhere."""
    for section in found:
        database = section.given.get("database")
        if section.kind is Geo and database is not None and not (folder / database).is_file():
            report.add(section.at("database"), f"there is no file {folder / database}; write where the database lies")


def _check_names(found: list[Found], report: Report) -> None:
    """Names are how logs, metrics and refusals point at things: each stands once (slots: once a page kind)."""
    seen: dict[tuple[object, ...], Path] = {}
    for section in found:
        name = _name(section, report)
        if name is None:
            continue
        first = seen.setdefault((section.kind, section.path[:-1], name), section.path)
        if first != section.path:
            who = f"{dotted(section.path)} is named {name!r}, as {dotted(first)} is"
            report.add(section.at("name"), f"{who}; write another name")


def _name(section: Found, report: Report) -> str | None:
    """The name a table goes by, its default included; None when it has none or a wrong one."""
    if section.kind not in (Origin, PageKind, SlotTable, Token, Feed) or report.blames(section.at("name")):
        return None
    if section.kind is Feed and "name" not in section.given:
        return None if report.blames(section.at("url")) else feed_label(section.given.get("url", ""))
    name = section.given.get("name", Origin(url="http://unnamed").name if section.kind is Origin else None)
    return name if isinstance(name, str) else None


def _check_origins(origins: list[Found], report: Report) -> None:
    if not origins and not report.blames(("origins",)) and not report.blames(()):
        report.add(("origins",), "there is no origin; write [[origins]] and its url")
    claimed: dict[str, Path] = {}
    catch_all: Path | None = None
    for origin in origins:
        if not origin.given.get("hosts") and not report.blames(origin.at("hosts")):
            if catch_all is not None:
                who = f"{dotted(catch_all)} and {dotted(origin.path)} both claim every host, having no hosts"
                report.add(origin.path, f'{who}; write hosts = ["shop.example"]')
            catch_all = catch_all or origin.path
        for index, host in enumerate(origin.given.get("hosts", ())):
            other = claimed.setdefault(host, origin.path)
            if other != origin.path:
                who = f"host {host!r} is claimed by {dotted(other)} and {dotted(origin.path)}"
                report.add((*origin.at("hosts"), index), f"{who}; leave it to one of them")


def _check_ports(found: Iterable[Found], report: Report) -> None:
    for section in found:
        if section.kind is not Listen:
            continue
        listen = Listen(**{key: section.given[key] for key in ("http", "admin") if key in section.given})
        if listen.http == listen.admin and listen.http.port:
            report.add(section.at("admin"), f"http and admin both listen on {listen.http}; write two ports")


def _check_sizes(found: Iterable[Found], report: Report) -> None:
    for section in found:
        if section.kind is not Store or any(report.blames(section.at(key)) for key in ("size", "max_object")):
            continue
        store = Store(**section.given)
        if store.max_object > store.size:
            what = f"max_object, {store.max_object.text}, is larger than the whole store, {store.size.text}"
            report.add(section.at("max_object" if "max_object" in section.given else "size"), f"{what}; write less")


def _check_tables(found: Iterable[Found], report: Report) -> frozenset[str]:
    """Names of every table a fill may use."""
    declared = {str(section.path[-1]): section.path for section in found if section.kind is TableSection}
    for name, path in declared.items():
        if not name.isidentifier() or name in _NAMES_IN_FILLS:
            remedy = "write letters, digits and underscores, and neither `visitor` nor `place`"
            report.add(path, f"table {name!r} cannot be named in a fill; {remedy}")
    return frozenset(BUILT_IN_TABLES) | frozenset(declared)
