"""The raw values of ``vitrine.toml`` held against the types of the schema, reporting every mismatch.

msgspec stops at the first fault; an operator wants them all. So each leaf is converted on its own here, and the whole
file once more, by msgspec, when nothing was found.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from edge.config.hints import Hint, describe, entry_hints, hints_of, is_leaf, item_hint, plain_type, section_type
from edge.config.locate import Path
from edge.config.report import Report, suggestion
from edge.config.schema import (
    Address,
    Admin,
    Cache,
    Config,
    Duration,
    Feed,
    Geo,
    Health,
    Host,
    Listen,
    Network,
    Node,
    Origin,
    Pace,
    PageKind,
    Records,
    Section,
    Size,
    SlotTable,
    Store,
    TableSection,
    Token,
    decode_value,
)

LABELS: dict[type[Section], str] = {
    Config: "the file",
    Node: "[node]",
    Listen: "[listen]",
    Admin: "[admin]",
    Token: "[[admin.tokens]]",
    Store: "[store]",
    Origin: "[[origins]]",
    Health: "[origins.health]",
    Cache: "[cache]",
    PageKind: "[[pages]]",
    SlotTable: "[[pages.slots]]",
    TableSection: "[tables.NAME]",
    Feed: "[[feeds]]",
    Records: "[records]",
    Geo: "[geo]",
}
"""How each table is written in the file."""

_LATER: dict[type[Section], frozenset[str]] = {
    Config: frozenset({"replication", "rules"}),
    Listen: frozenset({"https", "certificate", "key"}),
}
"""Keys of the documented file format that this version does not know yet."""

_SELF_EXPLAINING = (Duration, Pace, Size, Address, Network, Host)
"""Types whose ``parse`` says what to write."""


class Found(NamedTuple):
    """One table of the file with those of its values that are right."""

    kind: type[Section]
    path: Path
    given: dict[str, Any]  # leaves of the schema; each check knows the type of the key it asks for

    def at(self, key: str) -> Path:
        """The path of one of its keys."""
        return (*self.path, key)


def read_sections(tree: Mapping[str, object], report: Report) -> list[Found]:
    """Every table of the file, in the order of the file. What does not fit the schema is in the report instead."""
    reader = _Reader(report)
    reader.section(Config, tree, ())
    return reader.found


class _Reader:
    def __init__(self, report: Report) -> None:
        self.found: list[Found] = []
        self._report = report

    def section(self, kind: type[Section], value: object, path: Path) -> None:
        if not isinstance(value, Mapping):
            self._report.add(path, f"{dotted(path)} must be a table; write {LABELS[kind]} and its keys below it")
            return
        hints = hints_of(kind)
        found = Found(kind, path, {})
        self.found.append(found)
        for key, item in value.items():
            if key not in hints:
                self._report.add((*path, key), _unknown(kind, key))
            elif self._fits(hints[key], item, (*path, key)) and is_leaf(hints[key]):
                found.given[key] = convert(hints[key], item)
        for field in msgspec.structs.fields(kind):
            if field.required and field.name not in value:
                self._report.add(path, f"{LABELS[kind]} has no `{field.name}`; write {_example(kind, field.name)}")

    def _fits(self, hint: Hint, value: object, path: Path) -> bool:
        """Whether a leaf, or every leaf of an array, is right; each that is not is reported."""
        if (kind := section_type(hint)) is not None:
            self.section(kind, value, path)
            return True
        if (item := item_hint(hint)) is not None:
            return self._array_fits(item, value, path)
        if (entry := entry_hints(hint)) is not None:
            return self._table_fits(entry, value, path)
        try:
            convert(hint, value)
        except ValueError as exc:
            self._report.add(path, f"{dotted(path)}: {exc}")
            return False
        return True

    def _array_fits(self, hint: Hint, value: object, path: Path) -> bool:
        if not isinstance(value, list):
            kind = section_type(hint)
            remedy = f"{path[-1]} = [...]" if kind is None else f"{LABELS[kind]} above its keys"
            self._report.add(path, f"{dotted(path)} must be an array, not {_named(value)}; write {remedy}")
            return False
        fits = [self._fits(hint, item, (*path, index)) for index, item in enumerate(value)]
        return all(fits)

    def _table_fits(self, hints: tuple[Hint, Hint], value: object, path: Path) -> bool:
        if not isinstance(value, Mapping):
            self._report.add(path, f"{dotted(path)} must be a table, not {_named(value)}; write [{dotted(path)}.NAME]")
            return False
        named = [self._fits(hints[0], key, (*path, key)) for key in value]
        fits = [self._fits(hints[1], item, (*path, key)) for key, item in value.items()]
        return all(named) and all(fits)


def convert(hint: Hint, value: object) -> object:
    """One leaf as the schema's type. Raises ValueError whose text says what is wrong; what to write."""
    try:
        return msgspec.convert(value, hint, dec_hook=decode_value)
    except msgspec.ValidationError as exc:
        plain = plain_type(hint)
        if isinstance(plain, type) and issubclass(plain, _SELF_EXPLAINING):
            raise ValueError(str(exc.__cause__ or exc)) from exc  # noqa: TRY004 - the caller asks for texts
        raise ValueError(f"{_shown(value)} does not fit; write {describe(hint)}") from exc


def dotted(path: Path) -> str:
    """``("origins", 0, "url")`` as ``origins[0].url``."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _unknown(kind: type[Section], key: str) -> str:
    """What to do about a key the schema does not have: it is for later, misspelt, or elsewhere."""
    if key in _LATER.get(kind, ()):
        return f"`{key}` in {LABELS[kind]} is not in this version yet; leave it out"
    advice = suggestion(key, hints_of(kind))
    homes = [label for other, label in LABELS.items() if key in hints_of(other)]
    if homes and not advice.startswith("did you mean"):
        advice = f"it belongs to {' or '.join(homes)}"
    return f"unknown key `{key}` in {LABELS[kind]}; {advice}"


def _example(kind: type[Section], key: str) -> str:
    if kind is Config:
        return '[[origins]] and below it url = "http://127.0.0.1:9000"'
    hint = hints_of(kind)[key]
    item = item_hint(hint)
    return f"{key}, {describe(hint)}" if item is None else f"{key} = [...] with {describe(item)}"


def _named(value: object) -> str:
    names: list[tuple[type, str]] = [(bool, "true or false"), (str, "a text"), (dict, "a table"), (list, "an array")]
    return next((name for kind, name in names if isinstance(value, kind)), "a number or date")


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else text[:57] + "..."
