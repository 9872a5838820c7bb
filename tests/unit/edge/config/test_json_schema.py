from __future__ import annotations

import json
import re
from typing import cast

import msgspec
import pytest

from edge.config.hints import hints_of, section_type
from edge.config.json_schema import json_schema
from edge.config.read import LABELS
from edge.config.schema import Config, Duration, Section, Size

SCHEMA = json_schema()
SECTIONS = {Config.__name__: SCHEMA} | cast(dict[str, dict[str, object]], SCHEMA["$defs"])


@pytest.mark.parametrize("kind", LABELS, ids=lambda kind: kind.__name__)
def test_every_key_of_the_file_is_in_the_schema_and_no_other(kind: type[Section]) -> None:
    section = SECTIONS[kind.__name__]
    assert set(cast(dict[str, object], section["properties"])) == set(hints_of(kind))
    assert section["additionalProperties"] is False
    required = [field.name for field in msgspec.structs.fields(kind) if field.required]
    assert section.get("required", []) == required


def test_every_reference_leads_somewhere() -> None:
    text = json.dumps(SCHEMA)
    assert set(re.findall(r"#/\$defs/(\w+)", text)) == set(SECTIONS) - {Config.__name__}


def property_of(section: str, key: str) -> dict[str, object]:
    return cast(dict[str, dict[str, object]], SECTIONS[section]["properties"])[key]


@pytest.mark.parametrize(
    ("section", "key", "default"),
    [("PageKind", "ttl", "10m"), ("Store", "size", "8GiB"), ("Cache", "default_ttl", "0s")],
)
def test_durations_and_sizes_are_texts_that_fit_their_pattern(section: str, key: str, default: str) -> None:
    schema = property_of(section, key)
    assert (schema["type"], schema["default"]) == ("string", default)
    pattern = cast(str, schema["pattern"])
    assert re.search(pattern, default)
    assert not re.search(pattern, "10")


def test_bounds_choices_and_words_are_told() -> None:
    assert property_of("Node", "workers")["maximum"] == 256
    assert property_of("Origin", "host_header")["enum"] == ["preserve", "origin"]
    assert "http" in cast(str, property_of("Origin", "url")["description"])
    assert property_of("Config", "origins")["minItems"] == 1


@pytest.mark.parametrize("text", ["350ms", "10m", "24h", "30d", "90s", "0s"])
def test_a_duration_is_written_as_it_was_read(text: str) -> None:
    assert Duration.parse(Duration.parse(text).text) == Duration.parse(text)


@pytest.mark.parametrize("text", ["64KiB", "8MiB", "4GiB", "1B", "1TiB"])
def test_a_size_is_written_as_it_was_read(text: str) -> None:
    assert Size.parse(text).text == text


def test_every_section_has_a_label() -> None:
    nested = {section_type(hint) for kind in LABELS for hint in hints_of(kind).values()} - {None}
    assert nested <= set(LABELS)
