"""``vitrine.toml`` as JSON Schema, for editors that complete and check TOML by one."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, get_args, get_origin

import msgspec

from edge.config.hints import Hint, entry_hints, hints_of, item_hint, metas, plain_type, section_type
from edge.config.schema import Address, Config, Duration, Host, Network, Pace, Section, Size

Schema = dict[str, object]

_TEXTS: dict[Hint, Schema] = {
    Duration: {"pattern": Duration.PATTERN, "description": 'a duration, such as "350ms", "10m", "24h" or "30d"'},
    Pace: {"pattern": Pace.PATTERN, "description": 'a pace, such as "5/s", "300/m" or "1000/h"'},
    Size: {"pattern": Size.PATTERN, "description": 'a size, such as "64KiB", "8MiB" or "4GiB"'},
    Address: {"pattern": r"^.*:\d{1,5}$", "description": 'HOST:PORT, such as "127.0.0.1:8080"'},
    Network: {"description": 'an address or network, such as "10.0.0.0/8"'},
    Host: {"description": 'a host name, such as "shop.example"'},
    Path: {"description": "a path, relative to this file"},
}
_SCALARS: dict[Hint, str] = {str: "string", int: "integer", float: "number", bool: "boolean"}


def json_schema() -> Schema:
    """The schema (draft 2020-12). Durations and sizes are texts with a pattern, and so are their defaults."""
    sections: dict[str, Schema] = {}
    _add_section(Config, sections)
    root = sections.pop(Config.__name__)
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "vitrine.toml"}
    return {**head, **root, "$defs": dict(sorted(sections.items()))}


def _add_section(kind: type[Section], sections: dict[str, Schema]) -> None:
    properties: dict[str, Schema] = {}
    schema: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    sections[kind.__name__] = schema
    required = []
    for field in msgspec.structs.fields(kind):
        properties[field.name] = _value_schema(hints_of(kind)[field.name], sections)
        if field.required:
            required.append(field.name)
        elif _is_plain(field.default):
            properties[field.name]["default"] = _written(field.default)
    if required:
        schema["required"] = required


def _value_schema(hint: Hint, sections: dict[str, Schema]) -> Schema:
    kind = section_type(hint)
    if kind is not None:
        if kind.__name__ not in sections:
            _add_section(kind, sections)
        return {"$ref": f"#/$defs/{kind.__name__}"}
    if (item := item_hint(hint)) is not None:
        return {"type": "array", "items": _value_schema(item, sections), **_constraints(hint)}
    if (entry := entry_hints(hint)) is not None:
        names = _value_schema(entry[0], sections)
        return {"type": "object", "propertyNames": names, "additionalProperties": _value_schema(entry[1], sections)}
    plain = plain_type(hint)
    if plain in _TEXTS:
        return {"type": "string", **_TEXTS[plain]}
    if get_origin(plain) is Literal:
        return {"enum": list(get_args(plain))}
    return {"type": _SCALARS[plain], **_constraints(hint)}


def _constraints(hint: Hint) -> Schema:
    names = {
        "ge": "minimum",
        "le": "maximum",
        "pattern": "pattern",
        "description": "description",
        "min_length": "minItems",
    }
    stated = {name: getattr(meta, ours) for meta in metas(hint) for ours, name in names.items()}
    return {name: value for name, value in stated.items() if value is not None}


def _is_plain(default: object) -> bool:
    """Sections and absent values need no default in the schema: an editor shows theirs, or nothing."""
    return isinstance(default, str | float | int | bool | tuple | Path)


def _written(default: object) -> object:
    if isinstance(default, Duration | Size):
        return default.text
    if isinstance(default, tuple):
        return list(default)
    return str(default) if isinstance(default, Path) else default
