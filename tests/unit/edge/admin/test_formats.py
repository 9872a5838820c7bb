from __future__ import annotations

import io
from typing import NamedTuple

import msgpack  # type: ignore[import-untyped]
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.admin.formats import READERS, ROW_BYTES, BadRow, FileRow, Shape, read_csv, read_msgpack, read_ndjson

SHAPE = Shape("notes", ("key", "sku"))
PROMOTIONS = Shape("promotions", ("key",))


class Case(NamedTuple):
    id: str
    text: str
    want: list[FileRow]


NDJSON = [
    Case("a row as lists and exports have it", '{"key":"A","value":{"n":1}}\n', [FileRow(1, "A", {"n": 1})]),
    Case("with the version it was listed with", '{"key":"A","value":{},"version":9}', [FileRow(1, "A", {})]),
    Case("an event", '{"key":"A","value":{},"source_version":7}', [FileRow(1, "A", {}, 7)]),
    Case("a deletion", '{"key":"A","value":null}', [FileRow(1, "A", None)]),
    Case("fields with the key among them", '{"key":"A","n":1}', [FileRow(1, "A", {"n": 1})]),
    Case("the key by the table's own name", '{"sku":"A","n":1}', [FileRow(1, "A", {"n": 1})]),
    Case("a field that is called value", '{"key":"A","value":1,"n":2}', [FileRow(1, "A", {"value": 1, "n": 2})]),
    Case("lines of Windows, empty ones and a BOM", '\ufeff{"key":"A"}\r\n\r\n{"key":"B"}\r\n',
         [FileRow(1, "A", {}), FileRow(3, "B", {})]),
    Case("nothing", "", []),
]  # fmt: skip
CSV = [
    Case("commas", "key,n\nA,1\nB,\n", [FileRow(2, "A", {"n": "1"}), FileRow(3, "B", {})]),
    Case("semicolons, a BOM and lines of Windows", '\ufeffsku;n\r\nA;"1,5"\r\n', [FileRow(2, "A", {"n": "1,5"})]),
    Case("tabs", "sku\tn\nA\tx y\n", [FileRow(2, "A", {"n": "x y"})]),
    Case("leading zeros stay", "sku,n\n007,0010\n", [FileRow(2, "007", {"n": "0010"})]),
    Case("a line inside quotes", 'key,n,m\nA,"two\nlines",1\nB,x,2\n',
         [FileRow(2, "A", {"n": "two\nlines", "m": "1"}), FileRow(4, "B", {"n": "x", "m": "2"})]),
    Case("an object in a cell", 'key,n\nA,"{""a"": [1]}"\n', [FileRow(2, "A", {"n": {"a": [1]}})]),
    Case("a text that only begins like JSON", "key,n\nA,[Sale]\n", [FileRow(2, "A", {"n": "[Sale]"})]),
    Case("empty lines", "key,n\n\nA,1\n,\n", [FileRow(3, "A", {"n": "1"})]),
    Case("only a header", "key,n\n", []),
    Case("nothing", "", []),
]  # fmt: skip


@pytest.mark.parametrize("case", NDJSON, ids=[case.id for case in NDJSON])
def test_ndjson_is_read(case: Case) -> None:
    assert list(read_ndjson(io.BytesIO(case.text.encode()), SHAPE)) == case.want


@pytest.mark.parametrize("case", CSV, ids=[case.id for case in CSV])
def test_csv_is_read(case: Case) -> None:
    assert list(read_csv(io.BytesIO(case.text.encode()), SHAPE)) == case.want


def test_csv_lists_of_the_built_in_tables_may_be_written_with_bars() -> None:
    text = b'key,skus,countries,label\nP,A-1| A-2,"[""DE"",""FR""]",a|b\n'
    fields = {"skus": ["A-1", "A-2"], "countries": ["DE", "FR"], "label": "a|b"}
    assert list(read_csv(io.BytesIO(text), PROMOTIONS)) == [FileRow(2, "P", fields)]


class Bad(NamedTuple):
    id: str
    media_type: str
    raw: bytes
    lines: list[int]
    says: str


X_NDJSON, X_CSV, X_MSGPACK = READERS
ROW = {"key": "A", "value": {"n": 1}}
PACKED = msgpack.packb(ROW)
BAD = [
    Bad("no JSON on two lines", X_NDJSON, b'{"key":"A"}\n{oops\n{"key":"B"}\n[', [2, 4], "not JSON"),
    Bad("no object", X_NDJSON, b'"A"\n', [1], "object"),
    Bad("no key", X_NDJSON, b'{"n":1}\n', [1], "key or sku"),
    Bad("a key that is a number", X_NDJSON, b'{"sku":7}\n', [1], "no text"),
    Bad("a source version in words", X_NDJSON, b'{"key":"A","value":{},"source_version":"x"}', [1], "whole number"),
    Bad("a line without end", X_NDJSON, b'{"key":"' + b"x" * (3 * ROW_BYTES) + b'"}\n{"key":"B"}', [1], "1 MiB"),
    Bad("nesting without end", X_NDJSON, b"[" * 200_000, [1], "not JSON"),
    Bad("bytes that are no UTF-8", X_NDJSON, b'{"key":"\xff"}', [1], "not JSON"),
    Bad("no column for the key", X_CSV, b"id,n\nA,1\n", [1], "key or sku"),
    Bad("a column twice", X_CSV, b"key,n,n\nA,1,2\n", [1], "'n'"),
    Bad("a column without a name", X_CSV, b"key,,n\nA,1,2\n", [1], "column 2"),
    Bad("a cell too many", X_CSV, b"key,n\nA,1\nB,1,5\n", [3], "3 cells under 2 columns"),
    Bad("a row without a key", X_CSV, b"key,n\n,1\n", [2], "no key"),
    Bad("a quote that never ends", X_CSV, b'key,n\nA,1\nB,"1\nC,2\n', [3], "not CSV"),
    Bad("a row that is no UTF-8", X_CSV, b"key,n\nA,1\nB,\xe9\nC,2\n", [3], "UTF-8"),
    Bad("a single value", X_MSGPACK, msgpack.packb("A"), [1], "object"),
    Bad("a file that ends inside a row", X_MSGPACK, PACKED + PACKED[:-2], [2], "ends inside"),
    Bad("an array that promises more", X_MSGPACK, b"\x93" + PACKED * 2, [3], "ends inside"),
    Bad("no MessagePack", X_MSGPACK, PACKED + b"\xc1", [2], "not MessagePack"),
    Bad("a key of bytes that are no UTF-8", X_MSGPACK, b"\x81\xa3key\xa1\xff", [1], "not MessagePack"),
    Bad("a map keyed by numbers", X_MSGPACK, b"\x81\x01\x02", [1], "text keys"),
    Bad("a row without end", X_MSGPACK, msgpack.packb({"key": "x" * (3 * ROW_BYTES)}), [1], "1 MiB"),
    Bad("nesting without end", X_MSGPACK, b"\x81\xa1a" * 3000, [1], "not MessagePack"),
]


@pytest.mark.parametrize("case", BAD, ids=[case.id for case in BAD])
def test_bad_rows_are_named_by_line_and_the_rest_is_read(case: Bad) -> None:
    found = [row for row in READERS[case.media_type](io.BytesIO(case.raw), SHAPE) if isinstance(row, BadRow)]
    assert [row.line for row in found] == case.lines
    assert all(case.says in f"{row.detail}; {row.remedy}" for row in found)


@pytest.mark.parametrize("count", [0, 1, 15, 16, 70_000])
def test_msgpack_may_be_one_array_or_map_after_map(count: int) -> None:
    maps = [{"key": str(number), "value": {}} for number in range(count)]
    want = [FileRow(number + 1, str(number), {}) for number in range(count)]
    assert list(read_msgpack(io.BytesIO(msgpack.packb(maps)), SHAPE)) == want
    assert list(read_msgpack(io.BytesIO(b"".join(msgpack.packb(row) for row in maps)), SHAPE)) == want


@given(st.sampled_from(list(READERS)), st.binary(max_size=200))
def test_any_bytes_end_in_rows_or_faults(media_type: str, raw: bytes) -> None:
    for row in READERS[media_type](io.BytesIO(raw), SHAPE):
        assert row.line >= 1


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=10)
rows = st.lists(st.fixed_dictionaries({"key": texts, "value": st.dictionaries(texts, texts, max_size=3)}), max_size=5)


@given(rows)
def test_the_same_rows_are_read_from_either_format(written: list[dict[str, object]]) -> None:
    ndjson = b"".join(msgspec.json.encode(row) + b"\n" for row in written)
    packed = b"".join(msgpack.packb(row) for row in written)
    assert list(read_ndjson(io.BytesIO(ndjson), SHAPE)) == list(read_msgpack(io.BytesIO(packed), SHAPE))
