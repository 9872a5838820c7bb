from __future__ import annotations

import json
import tomllib

from hypothesis import given
from hypothesis import strategies as st

from edge.config.locate import Path, line_numbers, nearest_line

FILE = '''# a comment
name = "a" # another
"quoted.key" = 'x'
dotted . "deep key".leaf = 1
[table]
array = [ # of
  1,

  {inner = 2, other = "]},#"},
  [3,
   4],
]
text = """
[not.a.table]
"""
raw = \'\'\'it's [[not]]\'\'\'
after = 1979-05-27 07:32:00
[[list]]
a = 1
[list.sub]
b = 2
[[list.more]]
c = 3
[[list]]
a = 4
[[list.more]]
c = 5
[[list.more]]
c = """\\""""
'''
WANT: dict[Path, int] = {
    ("name",): 2,
    ("quoted.key",): 3,
    ("dotted",): 4,
    ("dotted", "deep key", "leaf"): 4,
    ("table",): 5,
    ("table", "array"): 6,
    ("table", "array", 0): 7,
    ("table", "array", 1): 9,
    ("table", "array", 1, "other"): 9,
    ("table", "array", 2): 10,
    ("table", "array", 2, 1): 11,
    ("table", "text"): 13,
    ("table", "raw"): 16,
    ("table", "after"): 17,
    ("list",): 18,
    ("list", 0): 18,
    ("list", 0, "a"): 19,
    ("list", 0, "sub"): 20,
    ("list", 0, "sub", "b"): 21,
    ("list", 0, "more", 0, "c"): 23,
    ("list", 1): 24,
    ("list", 1, "a"): 25,
    ("list", 1, "more", 0): 26,
    ("list", 1, "more", 1, "c"): 29,
}


def paths(value: object, path: Path = ()) -> set[Path]:
    """The path of everything in a document."""
    found = {path} if path else set()
    if isinstance(value, dict):
        return found.union(*(paths(item, (*path, key)) for key, item in value.items()))
    if isinstance(value, list):
        return found.union(*(paths(item, (*path, index)) for index, item in enumerate(value)))
    return found


def test_every_way_to_write_a_key_has_its_line() -> None:
    lines = line_numbers(FILE)
    assert {path: lines.get(path) for path in WANT} == WANT
    assert set(lines) == paths(tomllib.loads(FILE))


def test_what_is_not_in_the_file_is_near_what_is_around_it() -> None:
    lines = line_numbers(FILE)
    assert nearest_line(lines, ("list", 1, "missing", 3)) == 24
    assert nearest_line(lines, ("nowhere",)) == 1
    assert nearest_line({}, ()) == 1


keys = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=6)
scalars = st.one_of(keys, st.integers(-99, 99), st.booleans())
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3), max_leaves=6
)


def written(value: object, gap: str) -> str:
    """The value as inline TOML, with ``gap`` wherever an array allows a line to end."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{quoted(key)} = {written(item, gap)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return f"[{gap}" + f",{gap}".join(written(item, gap) for item in value) + f"{gap}]"
    return quoted(value) if isinstance(value, str) else json.dumps(value)


def quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


@given(st.dictionaries(keys, values, max_size=4), st.sampled_from(["", "\n", " # ]}\"'\n\n"]))
def test_whatever_toml_reads_has_a_line_and_nothing_else(document: dict[str, object], gap: str) -> None:
    text = "".join(f"{quoted(key)} = {written(value, gap)}\n" for key, value in document.items())
    lines = line_numbers(text)
    assert set(lines) == paths(tomllib.loads(text))
    split = text.split("\n")
    assert all(split[lines[(key,)] - 1].startswith(quoted(key)) for key in document)
