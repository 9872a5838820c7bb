from __future__ import annotations

import contextlib
import json
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renderers import json_spans
from renderers.json_spans import JsonProblem
from renderers.page import Sink


def found(script: str, *pointer: str) -> list[tuple[str, Sink]]:
    return [(script[span.start : span.end], span.sink) for span in json_spans.find(script, pointer)]


class Case(NamedTuple):
    id: str
    script: str
    pointer: tuple[str, ...]
    want: list[tuple[str, Sink]]


CASES = [
    Case("a string, without its quotes", '{"a": {"b": "19.99"}}', ("a", "b"), [("19.99", Sink.JSON_STRING)]),
    Case("a number", ' {"a":19.90 }', ("a",), [("19.90", Sink.JSON_NUMBER)]),
    Case("a literal", '{"a":null}', ("a",), [("null", Sink.JSON_LITERAL)]),
    Case("an array item", '{"o":[{"p":1},{"p":2}]}', ("o", "1", "p"), [("2", Sink.JSON_NUMBER)]),
    Case("escapes stay as they are", r'{"u":"http:\/\/x\u20ac"}', ("u",), [(r"http:\/\/x\u20ac", Sink.JSON_STRING)]),
    Case("escapes in names count", r'{"pr\u0069ce":1}', ("price",), [("1", Sink.JSON_NUMBER)]),
    Case("no such member", '{"a":1}', ("b",), []),
    Case("past the end of an array", "[1]", ("1",), []),
    Case("an index has no leading zero", "[1, 2]", ("01",), []),
    Case("a number has no members", '{"a":1}', ("a", "b"), []),
    Case("commented and CDATA-wrapped", '//<![CDATA[\n{"a":1}\n//]]>', ("a",), [("1", Sink.JSON_NUMBER)]),
    Case("hidden from old browsers", '<!--\n{"a":1};\n//-->', ("a",), [("1", Sink.JSON_NUMBER)]),
    Case("assigned", 'var x = {"a":"b"};\nx.y();', ("a",), [("b", Sink.JSON_STRING)]),
    Case("assigned without blanks", 'window.__STATE__={"a":"b"}', ("a",), [("b", Sink.JSON_STRING)]),
    Case("passed to a function", 'dataLayer.push({"a":7});', ("a",), [("7", Sink.JSON_NUMBER)]),
    Case("in two assignments", 'a={"p":1};b={"p":2}', ("p",), [("1", Sink.JSON_NUMBER), ("2", Sink.JSON_NUMBER)]),
    Case("only where the pointer leads", 'a={"q":1};b={"p":2}', ("p",), [("2", Sink.JSON_NUMBER)]),
    Case("not in a string", 's = \'x = {"p": 1}\'; t = {"p": 2}', ("p",), [("2", Sink.JSON_NUMBER)]),
    Case("not in a template", 's = `x = {"p": 1}`; t = {"p": 2}', ("p",), [("2", Sink.JSON_NUMBER)]),
    Case("not in a comment", '/* x = {"p":1} */ // y = {"p":1}\nt={"p":2}', ("p",), [("2", Sink.JSON_NUMBER)]),
    Case("a regular expression hides nothing", 'r = /["\']/; t = {"p":2}', ("p",), [("2", Sink.JSON_NUMBER)]),
    Case("JavaScript beside JSON", 'a = {p: 1}; b = {"p": 2}', ("p",), [("2", Sink.JSON_NUMBER)]),
    Case("no values at all", "track(1);", ("p",), []),
    Case("raw line ends in strings", '{"d":"a\nb","p":2}', ("p",), [("2", Sink.JSON_NUMBER)]),
]


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_a_pointer_leads_to(case: Case) -> None:
    assert found(case.script, *case.pointer) == case.want


class Wrong(NamedTuple):
    id: str
    script: str
    message: str


WRONG = [
    Wrong("broken JSON", '{"p": 1', "not valid JSON"),
    Wrong("a trailing comma", '{"p": 1,}', "not valid JSON"),
    Wrong("something after the document", '{"p": 1} x', "not valid JSON"),
    Wrong("JavaScript", "var a = {p: 1}", "not JSON"),
    Wrong("an object", '{"p": {}}', "is an object"),
    Wrong("two members of one name", '{"p": 1, "p": 2}', "two members"),
    Wrong("not a number of JSON", '{"p": NaN}', "JSON does not have"),
    Wrong("assignments without end", "=[" * 500_000, "mostly JavaScript"),
    Wrong("nested without end", "[" * 100_000, "not valid JSON"),
    Wrong("a number without end", '{"p":1}' + "1" * 5000, "not valid JSON"),
]


@pytest.mark.parametrize("case", WRONG, ids=[case.id for case in WRONG])
def test_what_is_not_one_json_value_is_refused(case: Wrong) -> None:
    with pytest.raises(JsonProblem, match=case.message):
        json_spans.find(case.script, ("p",))


scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
documents = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4), max_leaves=12
)


def leaves(value: object, at: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], object]]:
    if isinstance(value, dict):
        return [leaf for name, inner in value.items() for leaf in leaves(inner, (*at, name))]
    if isinstance(value, list):
        return [leaf for index, inner in enumerate(value) for leaf in leaves(inner, (*at, str(index)))]
    return [(at, value)]


@given(st.dictionaries(st.text(), documents, max_size=4), st.booleans(), st.sampled_from([None, 0, 2]), st.booleans())
def test_every_leaf_of_every_document_is_found_where_it_stands(
    document: dict[str, object], ascii_only: bool, indent: int | None, assigned: bool
) -> None:
    text = json.dumps(document, ensure_ascii=ascii_only, indent=indent)
    script = f"window.s = {text};" if assigned else text
    for pointer, value in leaves(document):
        (span,) = json_spans.find(script, pointer)
        quote = '"' if span.sink is Sink.JSON_STRING else ""
        assert json.loads(quote + script[span.start : span.end] + quote, strict=False) == value
        changed = script[: span.start] + "7" + script[span.end :]
        assert len(json_spans.find(changed, pointer)) == 1


@given(st.text(st.sampled_from("{}[]\":,=(a1\\/'`\n <>-!*;"), max_size=60))
def test_no_script_is_too_strange_to_be_searched(script: str) -> None:
    spans = []
    with contextlib.suppress(JsonProblem):
        spans = json_spans.find(script, ("a",))
    assert all(0 <= span.start <= span.end <= len(script) for span in spans)
