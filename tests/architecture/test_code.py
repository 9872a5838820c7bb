"""Rules about the code itself that no linter we use can state. Import rules are contracts in ``pyproject.toml``."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("edge", "renderers", "origin_adapters", "geo", "loadtest")
SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
TREES = {path: ast.parse(path.read_text()) for path in SOURCES}

MODULE_LINES = 400
FUNCTION_LINES = 40
DUMPING_GROUNDS = frozenset(
    {
        "base",
        "common",
        "core",
        "helper",
        "helpers",
        "lib",
        "manager",
        "misc",
        "shared",
        "stuff",
        "tools",
        "util",
        "utils",
    }
)

PURE = sorted(
    path
    for pattern in (
        *("edge/policy/**/*.py", "edge/model.py", "edge/errors.py", "edge/store/row.py", "renderers/**/*.py"),
        *("origin_adapters/**/*.py", "geo/place.py", "geo/regions.py", "loadtest/report.py"),
    )
    for path in ROOT.glob(pattern)
)
IMPURE_MODULES = frozenset(
    {
        *("aiohttp", "asyncio", "concurrent", "lmdb", "logging", "maxminddb", "multiprocessing", "nats", "os"),
        *("prometheus_client", "random", "secrets", "selectors", "signal", "socket", "subprocess", "sys", "tempfile"),
        *("threading", "time", "uvloop"),
    }
)

CLOCKS = frozenset(
    {
        *("time.time", "time.time_ns", "time.monotonic", "time.monotonic_ns", "time.perf_counter", "time.gmtime"),
        *("time.perf_counter_ns", "time.localtime", "time.strftime", "time.process_time"),
        *("datetime.now", "datetime.utcnow", "datetime.today", "date.today", "get_running_loop().time"),
    }
)
CLOCK_READERS = {
    "edge/clock.py": "the one module that reads clocks",
    "edge/fill/patience.py": "asyncio.Timeout.reschedule takes an instant of the loop's own clock and no duration",
}
"""Modules of the node that read a clock, and why they may."""

TABLE_AND_PAGE_WRITERS = frozenset({"PageStore", "TableWriter", "Writer", "open_pages", "open_tables"})


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    yield from (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def imported(tree: ast.AST) -> Iterator[str]:
    """Full names of what a module imports, relative imports aside (there are none)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def clock_reads(tree: ast.AST) -> list[str]:
    """Calls and references that read a clock, and imports that would hide one."""
    named = {name for name in imported(tree) if name in CLOCKS}
    dotted = {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    return sorted(named | {name for name in dotted for clock in CLOCKS if name == clock or name.endswith(f".{clock}")})


def test_every_package_is_there() -> None:
    """The rules below would hold of nothing at all."""
    assert {path.relative_to(ROOT).parts[0] for path in SOURCES} == set(PACKAGES)
    assert len(PURE) > 40


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_a_module_can_be_read_in_one_sitting(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= MODULE_LINES


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_a_function_fits_on_a_screen(path: Path) -> None:
    lengths = {node.name: (node.end_lineno or node.lineno) - node.lineno + 1 for node in functions(TREES[path])}
    assert {name: lines for name, lines in lengths.items() if lines > FUNCTION_LINES} == {}


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_a_module_is_named_for_what_it_is_about(path: Path) -> None:
    assert not DUMPING_GROUNDS & {part.strip("_") for part in path.relative_to(ROOT).with_suffix("").parts}


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_a_module_says_what_it_is(path: Path) -> None:
    assert ast.get_docstring(TREES[path])


@pytest.mark.parametrize("path", PURE, ids=relative)
def test_pure_modules_import_nothing_that_acts(path: Path) -> None:
    assert not {name.partition(".")[0] for name in imported(TREES[path])} & IMPURE_MODULES


@pytest.mark.parametrize("path", PURE, ids=relative)
def test_pure_modules_define_no_coroutine(path: Path) -> None:
    waits = (ast.AsyncFunctionDef, ast.Await, ast.AsyncFor, ast.AsyncWith)
    assert not [ast.unparse(node) for node in ast.walk(TREES[path]) if isinstance(node, waits)]


@pytest.mark.parametrize("path", [path for path in PURE if "loadtest" not in path.parts], ids=relative)
def test_pure_modules_touch_no_file(path: Path) -> None:
    calls = {ast.unparse(node.func) for node in ast.walk(TREES[path]) if isinstance(node, ast.Call)}
    assert not calls & {"open", "print", "input"}
    assert "pathlib.Path" not in set(imported(TREES[path]))


@pytest.mark.parametrize("path", [path for path in SOURCES if "loadtest" not in path.parts], ids=relative)
def test_only_the_clock_reads_clocks(path: Path) -> None:
    assert relative(path) in CLOCK_READERS or clock_reads(TREES[path]) == []


@pytest.mark.parametrize("name", CLOCK_READERS)
def test_what_may_read_a_clock_does(name: str) -> None:
    assert clock_reads(TREES[ROOT / name])


@pytest.mark.parametrize(
    "path",
    [path for path in SOURCES if path.parent.name in {"http", "assemble"} and "edge" in path.parts],
    ids=relative,
)
def test_workers_only_read_the_store(path: Path) -> None:
    names = {name.rpartition(".")[2] for name in imported(TREES[path])}
    assert not names & TABLE_AND_PAGE_WRITERS
