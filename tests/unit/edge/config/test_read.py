from __future__ import annotations

import copy
from pathlib import Path

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from edge.config.check import check
from edge.config.read import LABELS, dotted, read_sections
from edge.config.report import Report
from edge.config.schema import Config, decode_value
from edge.config.templates import Templates

Step = str | int
TREE: dict[str, object] = {
    "node": {"name": "edge-1", "data": "var", "workers": 2},
    "listen": {"http": "127.0.0.1:80", "admin": "127.0.0.1:81", "trusted_proxies": ["10.0.0.0/8"]},
    "admin": {"tokens": [{"name": "ci", "hash": "sha256:" + "0" * 64, "scopes": ["purge", "all"]}]},
    "store": {"size": "8GiB", "max_object": "8MiB"},
    "origins": [{"url": "http://a", "hosts": ["a"], "health": {"path": "/h", "interval": "2s"}, "max_connections": 5}],
    "cache": {"default_ttl": "0s", "key_cookies": ["a"]},
    "pages": [
        {
            "name": "p",
            "match": ["/p/*"],
            "sku": "json-ld:sku",
            "ttl": "10m",
            "currency": "EUR",
            "slots": [{"name": "s", "at": "css:.p", "fill": "{{ prices.amount }}", "all": True}],
        }
    ],
    "tables": {"prices": {"max_age": "24h"}},
    "records": {"sample": 0.5, "keep": 3},
}


def paths(value: object, path: tuple[Step, ...] = ()) -> list[tuple[Step, ...]]:
    found = [path] if path else []
    if isinstance(value, dict):
        return found + [deeper for key, item in value.items() for deeper in paths(item, (*path, key))]
    if isinstance(value, list):
        return found + [deeper for index, item in enumerate(value) for deeper in paths(item, (*path, index))]
    return found


def with_value(path: tuple[Step, ...], value: object) -> dict[str, object]:
    """The tree with another value at one place."""
    tree = copy.deepcopy(TREE)
    place: object = tree
    for step in path[:-1]:
        place = place[step]  # type: ignore[index]  # the path is one of the tree's own
    place[path[-1]] = value  # type: ignore[index]
    return tree


def problems(tree: dict[str, object]) -> tuple[str, ...]:
    report = Report("vitrine.toml")
    check(read_sections(tree, report), Templates(Path("/nowhere")), report)
    return report.problems


leaves = st.one_of(
    st.text(max_size=8), st.integers(), st.booleans(), st.floats(), st.dates(), st.sampled_from(["1s", "/"])
)
values = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2)
)


def test_the_tree_itself_has_no_fault() -> None:
    assert problems(TREE) == ()


@given(st.sampled_from(paths(TREE)), values)
def test_whatever_passes_is_a_configuration_and_whatever_does_not_is_named(
    path: tuple[Step, ...], value: object
) -> None:
    tree = with_value(path, value)
    if found := problems(tree):
        assert all("; " in problem for problem in found)
    else:
        msgspec.convert(tree, Config, dec_hook=decode_value)


def test_every_section_of_the_schema_has_its_name_in_the_file() -> None:
    assert all(label.startswith("[") for kind, label in LABELS.items() if kind is not Config)


def test_dotted() -> None:
    assert dotted(("origins", 0, "hosts", 1)) == "origins[0].hosts[1]"
