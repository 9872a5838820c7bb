"""What the documents say is so: every key, command, metric and reason is in the reference, every example works."""

from __future__ import annotations

import ast
import enum
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import click
import msgspec
import pytest
from click.testing import CliRunner

import origin_adapters
from edge.admin.app import ROUTES
from edge.admin.audit import AuditLine
from edge.assemble.holdings import Why
from edge.cli import commands
from edge.config.hints import hints_of, is_leaf
from edge.config.json_schema import json_schema
from edge.config.load import load
from edge.config.read import LABELS
from edge.config.schema import Config, Scope, Section
from edge.fill.protocol import Outcome
from edge.observe.counters import Counters
from edge.observe.records import DecisionRecord
from edge.policy.cache_status import Fwd
from edge.policy.key import IGNORED_PARAMETERS
from edge.policy.lookup import Verdict
from edge.policy.publish import Doubt
from edge.policy.storability import Refusal
from renderers.availability import NAMES as AVAILABILITIES
from renderers.formats import FILTERS
from renderers.rows import FIELDS
from renderers.sandbox import HARMLESS

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
REFERENCE = (ROOT / "docs" / "reference.md").read_text()
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text()
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]

COUNTERS = Counters()
ONE_ORIGIN = '[[origins]]\nurl = "http://127.0.0.1:9000"\n'
ONE_KIND = '[[pages]]\nname = "product"\nmatch = ["/p/*"]\nsku = "json-ld:sku"\n'


def chapter(heading: str, text: str = REFERENCE) -> str:
    """What stands between a heading and the next one of its level or above."""
    start = text.index(f"\n{heading}\n") + 1
    level = len(heading) - len(heading.lstrip("#"))
    end = re.compile(rf"^#{{1,{level}}} ", re.MULTILINE).search(text, start + len(heading))
    return text[start : end.start() if end else None]


def rows(text: str) -> dict[str, list[str]]:
    """The other cells of each row of a chapter's tables, by every word in code in the first cell."""
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        if line.startswith("|"):
            cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]
            for name in re.findall(r"`([^`]+)`", cells[0]):
                found[name] = cells[1:]
    return found


def blocks(path: Path, language: str) -> Iterator[str]:
    """Fenced examples of a language."""
    yield from re.findall(rf"^```{language}\n(.*?)^```", path.read_text(), re.MULTILINE | re.DOTALL)


def coded(text: str) -> set[str]:
    """Everything that stands in backticks."""
    return set(re.findall(r"`([^`\n]+)`", text))


# ------------------------------------------------------------------------------------------------------ configuration


@pytest.mark.parametrize("kind", [kind for kind in LABELS if kind is not Config], ids=lambda kind: LABELS[kind])
def test_every_key_of_a_section_is_described_and_no_other(kind: type[Section]) -> None:
    keys = {field.name for field in msgspec.structs.fields(kind)}
    assert set(rows(chapter(f"### `{LABELS[kind]}`"))) == keys


def test_every_section_has_its_chapter() -> None:
    sections = {name for name, hint in hints_of(Config).items() if not is_leaf(hint)}
    assert {re.split(r"[\[\].]+", label)[1] for kind, label in LABELS.items() if kind is not Config} == sections


def test_every_default_is_the_one_in_the_code() -> None:
    schemas = json_schema()["$defs"]
    assert isinstance(schemas, dict)
    for kind in LABELS:
        for key, value in schemas.get(kind.__name__, {"properties": {}})["properties"].items():
            default = value.get("default")
            if default is None:
                continue
            written = rows(chapter(f"### `{LABELS[kind]}`"))[key][1].strip("`")
            expected = str(default).lower() if isinstance(default, bool) else str(default)
            assert written == expected, f"{LABELS[kind]} {key}"


def test_every_required_key_says_so() -> None:
    for kind in LABELS:
        described = {} if kind is Config else rows(chapter(f"### `{LABELS[kind]}`"))
        for key, cells in described.items():
            required = next(field.required for field in msgspec.structs.fields(kind) if field.name == key)
            assert (cells[1] == "required") is required, f"{LABELS[kind]} {key}"


def test_what_is_chosen_when_nothing_is_written_is_listed() -> None:
    assert set(IGNORED_PARAMETERS) <= coded(chapter("### `[cache]`"))
    adapters = chapter("### Adapters")
    assert set(origin_adapters.NAMES) == set(rows(adapters))
    for name in origin_adapters.NAMES:
        assert set(origin_adapters.adapter(name).bypass_cookies) <= coded(adapters)


def test_every_scope_is_described() -> None:
    assert set(get_args(Scope)) <= coded(chapter("### `[[admin.tokens]]`"))


def test_every_filter_is_described() -> None:
    fills = coded(chapter("## Targets, recognisers, fills"))
    assert {*FILTERS, *HARMLESS} <= fills


def test_every_field_of_every_built_in_table_is_described() -> None:
    table = ""
    described: set[tuple[str, str]] = set()
    for line in chapter("## Tables").splitlines():
        cells = [coded(cell) for cell in line.split("|")[1:3]]
        if len(cells) == 2 and cells[1]:
            table = min(cells[0], default=table)
            described |= {(table, field) for field in cells[1]}
    assert described == {(name, field) for name, fields in FIELDS.items() for field in fields}
    assert set(AVAILABILITIES) <= coded(chapter("## Tables"))


# ----------------------------------------------------------------------------------------------------------- commands


def tree(command: click.Command, path: tuple[str, ...] = ("vitrine",)) -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, by what one types."""
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from tree(inner, (*path, name))
    else:
        yield " ".join(path), command


COMMANDS = dict(tree(commands))


def test_every_command_is_described_and_no_other() -> None:
    assert set(rows(chapter("## Commands"))) == set(COMMANDS)


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_option_of_a_command_is_described(name: str) -> None:
    described = " ".join(rows(chapter("## Commands"))[name])
    options = {option for parameter in COMMANDS[name].params for option in parameter.opts if option.startswith("--")}
    assert {option for option in options if f"`{option}" not in described} == set()


def typed() -> Iterator[tuple[str, str]]:
    """(document, line) of every ``vitrine`` command in an example."""
    for path in DOCUMENTS:
        for block in blocks(path, "console"):
            for line in block.splitlines():
                if re.match(r"(\.venv/bin/)?vitrine ", line):
                    yield path.name, line.removeprefix(".venv/bin/")


@pytest.mark.parametrize(("document", "line"), list(typed()))
def test_every_example_is_a_command_with_its_own_options(document: str, line: str) -> None:
    words = shlex.split(line, comments=True)
    depth = 3 if words[1] == "tables" else 2
    command = COMMANDS[" ".join(words[:depth])]
    arguments = words[depth : words.index("|") if "|" in words else None]
    command.make_parser(click.Context(command)).parse_args(list(arguments))


# ------------------------------------------------------------------------------------------------- metrics and records


def test_every_metric_is_described_with_its_labels_and_no_other() -> None:
    families = [(tally.family, "_total") for tally in COUNTERS.tallies]
    families += [(level.family, "") for level in COUNTERS.levels] + [(spread.family, "") for spread in COUNTERS.spreads]
    described = {name: tuple(sorted(coded(cells[0]))) for name, cells in rows(chapter("## Metrics")).items()}
    assert described == {family.name + suffix: tuple(sorted(family.labels)) for family, suffix in families}


def test_every_member_of_a_decision_record_is_described_and_no_other() -> None:
    assert set(rows(chapter("## Decision records"))) == {field.name for field in msgspec.structs.fields(DecisionRecord)}


def test_every_member_of_an_audit_line_is_described() -> None:
    assert {field.name for field in msgspec.structs.fields(AuditLine)} <= coded(chapter("## Audit log"))


# ------------------------------------------------------------------------------------------------------------- reasons


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("### Verdicts", Verdict),
        ("### `fwd=`: why the request went to the origin", Fwd),
        ("### Publish gate: `DOUBT`", Doubt),
    ],
)
def test_every_reason_of_a_kind_is_described_and_no_other(heading: str, kind: type[enum.Enum]) -> None:
    assert set(rows(chapter(heading))) == {member.value for member in kind}


def test_every_refusal_to_store_is_described() -> None:
    described = rows(chapter("### `detail=` of a response that is not stored"))
    assert {member.value for member in Refusal} <= set(described)


def test_every_reason_why_a_row_does_not_hold_is_described() -> None:
    assert {member.value for member in Why} <= set(rows(chapter("### Why a slot keeps the shop's bytes")))


def test_every_outcome_of_a_fill_is_described() -> None:
    assert {member.value for member in Outcome} <= coded(chapter("### Fills"))


CARRIERS = frozenset(
    {
        "CacheStatus",
        "FillAnswer",
        "Unstorable",
        "_keep_out",
        "_kept_out",
        "_leave_alone",
        "_pass_on",
        "passed",
        "stream",
    }
)
"""Calls that are given a reason as text."""
GIVERS = frozenset({"_personal", "failure_name", "unshareable"})
"""Functions that return one."""


def said(node: ast.AST) -> Iterator[str]:
    """The texts an expression may come to; of a formatted one its beginning."""
    match node:
        case ast.Constant(value=str(text)) if text:
            yield text
        case ast.JoinedStr(values=[ast.Constant(value=str(text)), *_]):
            yield text
        case ast.IfExp(body=body, orelse=other):
            yield from said(body)
            yield from said(other)
        case _:
            return


def reasons(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in CARRIERS:
                given = [keyword.value for keyword in node.keywords if keyword.arg in {"reason", "detail"}]
                for value in (*node.args, *given):
                    yield from said(value)
        elif isinstance(node, ast.Assign) and any(getattr(target, "id", "") == "reason" for target in node.targets):
            yield from said(node.value)
        elif isinstance(node, ast.FunctionDef) and node.name in GIVERS:
            for inner in ast.walk(node):
                if isinstance(inner, ast.Return) and inner.value is not None:
                    yield from said(inner.value)


REASONS = sorted(
    {
        text
        for name in ("fill", "http", "policy")
        for path in (ROOT / "edge" / name).glob("*.py")
        for text in reasons(path)
    }
)


def test_reasons_are_found_at_all() -> None:
    assert {"leak-gate", "max-object", "cookie ", "hit-for-miss:", "origin-timeout", "own-path"} <= set(REASONS)


@pytest.mark.parametrize("reason", REASONS)
def test_every_detail_of_cache_status_is_described(reason: str) -> None:
    described = set(rows(chapter("## Reasons")))
    assert reason in described or any(name.startswith(reason) and not name.islower() for name in described)


# ----------------------------------------------------------------------------------------------------------- admin API


def test_every_call_of_the_admin_api_is_described_with_its_scope_and_no_other() -> None:
    described = {call: cells[0] for call, cells in rows(chapter("## Admin API")).items()}
    assert set(described) == {f"{route.method} {route.path}" for route in ROUTES}
    for route in ROUTES:
        words = {"open": "open", "any": "any token", "loopback": "loopback, no token"}
        assert described[f"{route.method} {route.path}"] == words.get(route.access, f"`{route.access}`")


# --------------------------------------------------------------------------------------------------- examples and links


def test_the_readme_names_every_target_of_the_makefile_and_no_other() -> None:
    makefile = set(re.findall(r"^([a-z0-9-]+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"^(?:\| `)?make ([a-z0-9-]+)", README, re.MULTILINE)) == makefile


def test_continuous_integration_runs_what_the_readme_names_and_nothing_else() -> None:
    lines = (ROOT / ".ci" / "run").read_text().splitlines()
    targets = [line.split()[1] for line in lines if line.startswith("make ")]
    assert targets
    assert all(f"make {target}" in README for target in targets)
    assert not [line for line in lines if line and not line.startswith(("#", "make ", "set ", "cd "))]


def test_the_readmes_configuration_is_in_order(tmp_path: Path) -> None:
    (example,) = blocks(ROOT / "README.md", "toml")
    file = tmp_path / "vitrine.toml"
    file.write_text(example)
    result = CliRunner().invoke(commands, ["check", "--config", str(file)])
    assert result.exit_code == 0, result.output
    assert [slot.name for slot in load(file).pages[0].slots] == ["price", "price-json-ld", "form-token"]


def whole(example: str) -> str:
    """A fragment of a configuration with what must stand around it."""
    if not re.search(r"^\[\[origins\]\]", example, re.MULTILINE):
        kind = ONE_KIND if re.match(r"\s*(#[^\n]*\n)*\[\[pages\.slots\]\]", example) else ""
        return ONE_ORIGIN + kind + example
    return example


EXAMPLES = [
    (path.name, number, text) for path in DOCUMENTS for number, text in enumerate(blocks(path, "toml"), start=1)
]


@pytest.mark.parametrize(("document", "number", "text"), EXAMPLES, ids=[f"{name}-{n}" for name, n, _ in EXAMPLES])
def test_every_example_of_a_configuration_is_in_order(document: str, number: int, text: str, tmp_path: Path) -> None:
    text = re.sub(r'^(\s*(?:database|template) = )"[^"]*"', r'\1"there"', whole(text), flags=re.MULTILINE)
    (tmp_path / "there").write_bytes(b"")
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "there").write_text("{{ prices.amount | money }}")
    file = tmp_path / "vitrine.toml"
    file.write_text(text)
    assert load(file).origins, f"example {number} of {document}"


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_leads_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text()):
        if target.startswith("http"):
            continue
        name, _, anchor = target.partition("#")
        there = (path.parent / name) if name else path
        assert there.exists(), target
        if anchor:
            assert anchor in {slug(heading) for heading in re.findall(r"^#+ (.*)$", there.read_text(), re.MULTILINE)}


def slug(heading: str) -> str:
    """A heading's anchor as forges make it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def test_the_tree_in_the_architecture_names_every_package_and_module_of_the_node() -> None:
    drawn = chapter("## The tree", ARCHITECTURE)
    code = ("edge", "renderers", "origin_adapters", "geo", "loadtest")
    packages = [path.parent for name in code for path in (ROOT / name).rglob("__init__.py")]
    packages += [ROOT / name for name in ("tests", "docs", "deploy")]
    assert [f"{path.name}/" for path in packages if f"{path.name}/" not in drawn] == []
    modules = {path.name for path in (ROOT / "edge").glob("[a-z]*.py")}
    assert {name for name in modules if name not in drawn} == set()
    named = set(re.findall(r"\b[a-z_]+\.py\b", drawn))
    there = {path.name for package in ("edge", "renderers", "loadtest") for path in (ROOT / package).rglob("*.py")}
    assert named <= there


def test_every_module_the_architecture_points_at_is_there() -> None:
    for name in re.findall(r"`((?:edge|renderers|origin_adapters|geo|loadtest)/[\w/]+(?:\.py)?)`", ARCHITECTURE):
        assert (ROOT / name).exists() or name in chapter(
            "## Where this differs from the first plan, and why", ARCHITECTURE
        )
