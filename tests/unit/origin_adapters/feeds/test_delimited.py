from __future__ import annotations

import io

import pytest

from origin_adapters.feeds.delimited import delimited
from origin_adapters.feeds.item import FeedBroken


def read(text: str | bytes, *needed: str) -> list[tuple[int, dict[str, str]]]:
    file = io.BytesIO(text.encode() if isinstance(text, str) else text)
    found = list(delimited(file, str.strip, needed=needed))
    assert not file.closed
    return found


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_header_tells_the_delimiter(delimiter: str) -> None:
    assert read(f"id{delimiter}name\n1{delimiter} a \n", "id") == [(2, {"id": "1", "name": "a"})]


def test_lines_are_those_where_rows_begin() -> None:
    assert [line for line, _ in read('id,name\n1,"a\nb"\n\n2,c\n', "id")] == [2, 5]


def test_missing_cells_are_empty_and_surplus_ones_are_kept_apart() -> None:
    assert read("id,name\n1\n2,a,b,c\n") == [(2, {"id": "1", "name": ""}), (3, {"id": "2", "name": "a", "": "b c"})]


def test_bytes_that_are_no_utf8_do_not_stop_the_rest() -> None:
    rows = read(b"id,name\n1,\xff\n2,b\n")
    assert (rows[0][1]["name"], rows[1][1]["name"]) == ("\udcff", "b")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("sku,name\n1,a\n", 1),
        ("id,id\n1,a\n", 1),
        ("", 1),
        ("id,name\n1," + "x" * 2_000_000, 2),
        ('id,name\n1,a\n2,"' + "x\n" * 200_000, 3),
    ],
    ids=["no column", "twice a column", "nothing", "an endless line", "an endless quote"],
)
def test_it_breaks_on(text: str, line: int) -> None:
    with pytest.raises(FeedBroken) as caught:
        read(text, "id")
    assert caught.value.line == line
