from __future__ import annotations

import pytest

from renderers.inspect.scripts import Number, pointer_text, scripts
from renderers.locate import parse
from renderers.targets import JsonTarget, parse_target


def read(*sources: str) -> list[dict[str, object]]:
    page = "".join(f"<script>{source}</script>" for source in sources)
    return [{pointer_text(value.pointer): value.value for value in one.values} for one in scripts(parse(page.encode()))]


def test_every_value_of_a_script_has_its_pointer() -> None:
    (values,) = read('window.s = {"a": {"b": [1.50, null]}, "c": "x", "d": {}};')
    assert values == {"/a/b/0": "1.50", "/a/b/1": None, "/c": "x"}
    assert isinstance(values["/a/b/0"], Number)
    assert not isinstance(values["/c"], Number)


def test_several_assignments_are_one_script() -> None:
    assert read('a = {"x": 1}; b({"y": 2})') == [{"/x": "1", "/y": "2"}]


@pytest.mark.parametrize("source", ["var a = 1;", "a = {b: 1}", "", '{"a": }'])
def test_scripts_without_json_are_left_out(source: str) -> None:
    assert read(source) == []


def test_pointers_are_escaped_as_targets_want_them() -> None:
    target = parse_target(f"json:script#{pointer_text(('a/b', '~'))}")
    assert isinstance(target, JsonTarget)
    assert target.pointer == ("a/b", "~")


def test_the_product_that_lies_least_deep_is_the_page_s_own() -> None:
    page = (
        '<script type="application/ld+json">{"@type": "WebPage", "mentions": {"@type": "Product", "sku": "B"}}</script>'
        '<script type="application/ld+json">{"@graph": [{"@type": "WebSite"}, {"@type": ["Product"]}]}</script>'
        '<script>s = {"@type": "Product"}</script>'
    )
    assert [script.product for script in scripts(parse(page.encode()))] == [None, ("@graph", "1"), None]
