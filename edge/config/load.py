"""Reads ``vitrine.toml``: every fault at once, each with its line and its remedy."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TypedDict, Unpack

import msgspec
from msgspec.structs import replace

from edge.config.check import check, check_geo_database
from edge.config.hints import hints_of
from edge.config.judges import judge
from edge.config.locate import line_numbers
from edge.config.read import convert, read_sections
from edge.config.report import Report
from edge.config.schema import Config, Listen, Node, Origin, Section, SlotTable, decode_value
from edge.config.templates import Templates
from edge.errors import ConfigError

_TOML_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")

_FLAGS: dict[str, tuple[type[Section], str]] = {
    "origin": (Origin, "url"),
    "listen": (Listen, "http"),
    "admin": (Listen, "admin"),
    "data": (Node, "data"),
    "workers": (Node, "workers"),
}
"""Which value of the schema each flag stands for."""


class Flags(TypedDict, total=False):
    """What the command line may say instead of the file; None and absent mean the file's value."""

    origin: str | None
    listen: str | None
    admin: str | None
    data: Path | None
    workers: int | None


def load(path: Path) -> Config:
    """The configuration of one file, templates read in and relative paths made absolute from the file's folder.

    Raises ConfigError with every fault of the file and of the templates it names.
    """
    file = str(path)
    text = _read(path)
    try:
        tree = tomllib.loads(text)
    except ValueError as exc:  # also for a number of thousands of digits
        raise ConfigError((_syntax_fault(file, text, str(exc)),)) from exc
    except RecursionError as exc:
        raise ConfigError(
            (f"{file}:1: lists or tables are nested too deeply; write what the reference shows",)
        ) from exc
    report = Report(file, line_numbers(text))
    folder = path.absolute().parent
    templates = Templates(folder)
    found = read_sections(tree, report)
    check(found, templates, report)
    check_geo_database(found, folder, report)
    if report.problems:
        raise ConfigError(report.problems)
    config = msgspec.convert(tree, Config, dec_hook=decode_value)
    return _with_templates(_with_absolute_paths(config, folder), templates)


def overridden(config: Config | None, **flags: Unpack[Flags]) -> Config:
    """The file's configuration with the command line's flags over it. ``config`` None: there is no file.

    An origin URL alone is complete. Raises ConfigError whose problems name the flag instead of a line.
    """
    values, problems = _flag_values(flags)
    url = values.get("origin")
    if config is None and not problems and url is None:
        problems.append("there is no configuration file and no --origin; write --origin http://127.0.0.1:9000")
    if config is not None and url is not None and len(config.origins) > 1:
        problems.append(f"--origin: the file has {len(config.origins)} origins; change their url there")
    if problems:
        raise ConfigError(tuple(problems))
    if config is None:
        config = _with_absolute_paths(Config(origins=(Origin(url=str(url)),)), Path.cwd())
    elif url is not None:
        config = replace(config, origins=(replace(config.origins[0], url=str(url)),))
    node = {key: values[key] for key in ("data", "workers") if key in values}
    listen = {field: values[flag] for flag, field in (("listen", "http"), ("admin", "admin")) if flag in values}
    return replace(config, node=replace(config.node, **node), listen=replace(config.listen, **listen))


def _flag_values(flags: Mapping[str, object]) -> tuple[dict[str, object], list[str]]:
    """Flags as the schema's types, and what is wrong with the rest."""
    values: dict[str, object] = {}
    problems = []
    for flag, (kind, key) in _FLAGS.items():
        given = flags.get(flag)
        if given is None:
            continue
        try:
            values[flag] = convert(hints_of(kind)[key], str(given.absolute()) if isinstance(given, Path) else given)
        except ValueError as exc:
            problems.append(f"--{flag}: {exc}")
            continue
        if finding := judge(kind, key, values[flag]):
            problems.append(f"--{flag}: {finding}")
    return values, problems


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except FileNotFoundError as exc:
        raise ConfigError((f"{path}: there is no such file; write its path with --config",)) from exc
    except UnicodeDecodeError as exc:
        line = exc.object.count(b"\n", 0, exc.start) + 1
        raise ConfigError((f"{path}:{line}: this is not UTF-8; save the file as UTF-8",)) from exc
    except OSError as exc:
        raise ConfigError((f"{path}: it cannot be read ({exc.strerror}); make it a readable file",)) from exc


def _syntax_fault(file: str, text: str, message: str) -> str:
    """tomllib stops at the first character it cannot read, so there is never more than one of these."""
    place = _TOML_PLACE.search(message)
    line = int(place[1]) if place and place[1] else text.count("\n") + 1
    what = _TOML_PLACE.sub("", message)
    return f"{file}:{line}: this is not TOML: {what[:1].lower()}{what[1:]}; {_syntax_remedy(text, line, what)}"


def _syntax_remedy(text: str, line: int, what: str) -> str:
    lines = text.split("\n")
    written = lines[min(line, len(lines)) - 1]
    key, equals, value = (part.strip() for part in written.partition("="))
    if "twice" in what or "overwrite" in what or "redefine" in what.lower():
        return "write it once, or with [[two brackets]] if there may be several"
    if equals and value and not value.startswith(('"', "'", "[", "{")):
        return f'write texts, durations and sizes in quotes: {key} = "{value}"'
    return 'write key = "value" below a [section]'


def _with_absolute_paths(config: Config, folder: Path) -> Config:
    """What the file names relative to itself must not depend on where the node is started."""
    geo = None if config.geo is None else replace(config.geo, database=folder / config.geo.database)
    return replace(config, node=replace(config.node, data=folder / config.node.data), geo=geo)


def _with_templates(config: Config, templates: Templates) -> Config:
    def filled(slot: SlotTable) -> SlotTable:
        return slot if slot.template is None else replace(slot, fill=templates.text(slot.template))

    pages = tuple(replace(kind, slots=tuple(filled(slot) for slot in kind.slots)) for kind in config.pages)
    return replace(config, pages=pages)
