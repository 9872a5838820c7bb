"""``tests/unit/`` mirrors the source: a module that decides or does something has a test file of its own name.

What is held by another test file instead is listed here with that file and the reason; a name that ends with a slash
stands for a whole package. The list is kept true: what has got its own test file, or is gone, must leave it.
"""

from __future__ import annotations

import ast
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("edge", "renderers", "origin_adapters", "geo", "loadtest")


class Held(NamedTuple):
    """Modules that a test file holds without being named for them."""

    by: str
    because: str
    modules: tuple[str, ...]

    def covers(self, name: str) -> bool:
        return any(name == module or (module.endswith("/") and name.startswith(module)) for module in self.modules)


HELD_ELSEWHERE = (
    Held(
        "tests/e2e/test_visitors.py",
        "a worker is one thing to a visitor: real requests at the public port of a real node say what it does",
        (
            "edge/http/handler.py",
            "edge/http/refusals.py",
            "edge/http/relay.py",
            "edge/http/server.py",
            "edge/http/telling.py",
        ),
    ),
    Held(
        "tests/e2e/test_fresh_prices.py",
        "that a row shows everywhere at the next request is true of the whole way or of none of it",
        ("loadtest/visiting.py",),
    ),
    Held(
        "tests/e2e/test_storefront.py",
        "processes, sockets and composition run as they are in every test of a whole node; there is nothing to fake",
        ("edge/child.py", "edge/node.py", "edge/sockets.py", "edge/spawning.py", "edge/supervisor.py"),
    ),
    Held(
        "tests/e2e/test_outage.py",
        "what a node says of itself, asked while its origin comes and goes",
        ("edge/admin/report.py", "edge/admin/serving.py"),
    ),
    Held(
        "tests/e2e/test_publishing.py",
        "what explain and refresh say is checked beside what the node does",
        ("edge/admin/explain.py", "edge/admin/refreshing.py"),
    ),
    Held(
        "tests/unit/edge/fill/test_filler.py",
        "the steps of one fetch, seen from both ends: a real origin, a real store and the answers given",
        (
            "edge/fill/answers.py",
            "edge/fill/fetch.py",
            "edge/fill/filling.py",
            "edge/fill/lead.py",
            "edge/fill/parts.py",
            "edge/fill/place.py",
            "edge/fill/plain.py",
            "edge/fill/revalidate.py",
        ),
    ),
    Held(
        "tests/unit/renderers/test_compare.py",
        "comparing strangers has one public face; its traps and laws hold whatever parts it is made of",
        ("renderers/strangers/",),
    ),
    Held(
        "tests/e2e/test_cache.py",
        "what a write makes stale is seen by the next visitor, or not at all",
        ("edge/http/invalidate.py",),
    ),
    Held(
        "tests/unit/edge/fill/test_pages.py",
        "what becomes of a page kind's responses: judged by real origins, seen in the store",
        ("edge/fill/gate.py", "edge/fill/rows.py", "edge/fill/vocabulary.py"),
    ),
    Held(
        "tests/unit/edge/fill/test_origin.py",
        "the origin client's parts, through its one public call and real sockets",
        ("edge/fill/blame.py", "edge/fill/connections.py", "edge/fill/exchange.py", "edge/fill/patience.py"),
    ),
    Held(
        "tests/unit/edge/fill/test_service.py",
        "the two ends of one socket are tested together",
        ("edge/fill/client.py", "edge/fill/protocol.py"),
    ),
    Held(
        "tests/unit/edge/config/test_load.py",
        "every fault of a configuration is one golden line of the whole loader",
        (
            "edge/config/check.py",
            "edge/config/hints.py",
            "edge/config/judges.py",
            "edge/config/schema.py",
            "edge/config/slots.py",
            "edge/config/templates.py",
        ),
    ),
    Held(
        "tests/unit/edge/cli/test_commands.py",
        "commands are what is typed and what is printed",
        (
            "edge/cli/__init__.py",
            "edge/cli/check.py",
            "edge/cli/explain.py",
            "edge/cli/output.py",
            "edge/cli/refresh.py",
            "edge/cli/status.py",
        ),
    ),
    Held("tests/unit/edge/cli/test_transfer.py", "progress is seen on the work it counts", ("edge/cli/progress.py",)),
    Held("tests/unit/edge/admin/test_tables_api.py", "the application is its routes", ("edge/admin/app.py",)),
    Held(
        "tests/unit/edge/store/test_page_store.py",
        "what a transaction does to the page store, through the store",
        ("edge/store/page_shelf.py",),
    ),
    Held(
        "tests/unit/edge/store/test_page_reader.py",
        "beginning a read transaction, through the readers",
        ("edge/store/reading.py",),
    ),
    Held(
        "tests/unit/edge/policy/test_key.py",
        "three one-line values on which every policy's test stands",
        ("edge/model.py",),
    ),
    Held(
        "tests/unit/edge/fill/test_collapse.py",
        "a spawner is what keeps collapsed fetches alive; the node's clock has no branch",
        ("edge/clock.py", "edge/lifecycle.py"),
    ),
    Held("tests/unit/edge/admin/test_problem.py", "failures are what is told of them", ("edge/errors.py",)),
    Held(
        "tests/unit/renderers/test_cut.py",
        "three invariants of values that every test of cutting makes and takes apart",
        ("renderers/page.py",),
    ),
    Held("tests/contract/test_adapters.py", "one suite for every adapter", ("origin_adapters/__init__.py",)),
    Held(
        "tests/e2e/test_storefront.py",
        "the demo shop as its visitors, its merchant and its tests meet it",
        (
            "loadtest/storefront/application.py",
            "loadtest/storefront/browsing.py",
            "loadtest/storefront/control.py",
            "loadtest/storefront/merchant.py",
            "loadtest/storefront/publishing.py",
            "loadtest/storefront/rendering.py",
            "loadtest/storefront/visitors.py",
        ),
    ),
    Held(
        "tests/unit/loadtest/storefront/artwork/test_scene.py",
        "every drawing is drawn for every product: well formed, the same each time, nothing outside the canvas",
        (
            "loadtest/storefront/artwork/ceramics.py",
            "loadtest/storefront/artwork/furniture.py",
            "loadtest/storefront/artwork/hero.py",
            "loadtest/storefront/artwork/lighting.py",
            "loadtest/storefront/artwork/plants.py",
            "loadtest/storefront/artwork/storage.py",
            "loadtest/storefront/artwork/table.py",
            "loadtest/storefront/artwork/textiles.py",
            "loadtest/storefront/artwork/walls.py",
        ),
    ),
    Held(
        "tests/e2e/test_loadtest.py",
        "the demo, its story and its visitors are programs: they are run, and their verdict is the test",
        (
            "edge/cli/demo.py",
            "edge/cli/serve.py",
            "loadtest/demo.py",
            "loadtest/shop.py",
            "loadtest/storefront/__main__.py",
            "loadtest/story.py",
        ),
    ),
)


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def mirror(path: Path) -> Path:
    """Where the tests of a module belong; those of a package's own code may stand beside its folder too."""
    inside = ROOT / "tests" / "unit" / path.relative_to(ROOT).with_name(f"test_{path.name}")
    beside = inside.parent.with_name(f"test_{inside.parent.name}.py")
    return beside if path.name == "__init__.py" and beside.exists() else inside


def does_something(path: Path) -> bool:
    """Whether there is a function with more in it than a docstring. Declarations are held by the type checker."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            if any(not isinstance(statement, ast.Pass) for statement in body):
                return True
    return False


MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py") if does_something(path))


def test_every_module_has_its_test_file_or_a_reason() -> None:
    without = [path for path in MODULES if not mirror(path).exists()]
    missing = [path for path in without if not any(held.covers(relative(path)) for held in HELD_ELSEWHERE)]
    wanted = "\n".join(relative(mirror(path)) for path in missing)
    assert wanted == "", f"write these, or say above what holds the module and why:\n{wanted}"


@pytest.mark.parametrize("held", HELD_ELSEWHERE, ids=lambda held: held.by)
def test_a_reason_names_a_test_file_and_modules_that_need_one(held: Held) -> None:
    assert (ROOT / held.by).is_file()
    assert held.because
    stale = [name for name in held.modules if not (ROOT / name).exists() or mirror(ROOT / name).exists()]
    assert stale == [], "take them out of the list"


def test_no_module_is_listed_twice() -> None:
    listed = [module for held in HELD_ELSEWHERE for module in held.modules]
    assert sorted(set(listed)) == sorted(listed)


def test_a_test_file_is_named_for_a_module() -> None:
    """Else a module was renamed and its tests were forgotten."""
    modules = [mirror(path).with_suffix("") for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    beside = {held.by for held in HELD_ELSEWHERE}
    lost = [
        relative(path)
        for path in (ROOT / "tests" / "unit").rglob("test_*.py")
        if not any(
            path.stem == module.name or path.stem.startswith(f"{module.name}_")
            for module in modules
            if module.parent == path.parent
        )
    ]
    assert set(lost) - beside == set()
