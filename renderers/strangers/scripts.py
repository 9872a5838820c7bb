"""Where two scripts differ: JSON value by value, whatever is around it word by word."""

from __future__ import annotations

import enum
import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from renderers import json_spans
from renderers.strangers.align import remainder

_MAX_DEPTH = 64
_MAX_PIECES = 500
"""Scripts that differ in more places differ as a whole."""
_JSON = re.compile(rb"\s*+([{}\[\],:]|\"(?:[^\"\\]|\\.)*+\"|[^\s{}\[\],:\"]++)", re.DOTALL)
_CODE = re.compile(
    rb"\"(?:[^\"\\\n]|\\.)*+\"|'(?:[^'\\\n]|\\.)*+'|`(?:[^`\\]|\\.)*+`|//[^\n]*+|/\*.*?(?:\*/|\Z)|[\w$.\x80-\xff]++|\s++|.",
    re.DOTALL,
)
_QUOTES = b"\"'`"


class Part(enum.Enum):
    """What a piece of a script is."""

    VALUE = "value"
    """A string (without its quotes), a number or a word."""
    COMMENT = "comment"
    CODE = "code"
    """Code, objects or lists that do not correspond."""
    ORDER = "order"
    """The same items of a list in another order."""
    SPELLING = "spelling"
    """The same JSON, written with other blank space or its members in another order."""


class Piece(NamedTuple):
    """One place where two scripts differ. Offsets are bytes of either script."""

    part: Part
    start: int
    end: int
    other_start: int
    other_end: int
    name: str = ""
    """What the script calls the value; empty when it has no name."""
    pointer: tuple[str, ...] | None = None
    """Of a scalar in JSON."""


class _Value(NamedTuple):
    """A JSON value and where it stands."""

    start: int
    end: int
    members: dict[str, _Value] | None = None
    items: list[_Value] | None = None


class _NotRead(ValueError):
    """Nested too deeply, or a member that is there twice."""


def pieces(first: bytes, second: bytes) -> list[Piece]:
    """Every place where two scripts differ, outer places after those inside them."""
    values, other_values = _values(first), _values(second)
    if len(values) != len(other_values):
        values = other_values = []
    found: list[Piece] = []
    for code, other in zip(_around(values, len(first)), _around(other_values, len(second)), strict=True):
        found += _code(first, second, code, other)
    for value, other_value in zip(values, other_values, strict=True):
        found += _json(first, second, value, other_value)
    return found if len(found) <= _MAX_PIECES else [Piece(Part.CODE, 0, len(first), 0, len(second))]


def _values(script: bytes) -> list[_Value]:
    """The JSON values of a script; none when one of them cannot be read."""
    try:
        starts = json_spans.values(script.decode("latin-1"))  # One character for each byte: offsets stay.
        return [_read(script, start, 0) for start in starts]
    except (json_spans.JsonProblem, _NotRead):
        return []


def _read(script: bytes, start: int, depth: int) -> _Value:
    match = _JSON.match(script, start)
    if match is None or depth > _MAX_DEPTH:
        raise _NotRead
    match match[1]:
        case b"{":
            return _members(script, match, depth)
        case b"[":
            return _items(script, match, depth)
        case b"}" | b"]" | b"," | b":":
            raise _NotRead
        case _:
            return _Value(match.start(1), match.end())


def _members(script: bytes, opening: re.Match[bytes], depth: int) -> _Value:
    members: dict[str, _Value] = {}
    position = opening.end()
    while (match := _JSON.match(script, position)) is not None and match[1] != b"}":
        if match[1] != b",":
            name = match[1][1:-1].decode("utf-8", "replace")
            colon = _JSON.match(script, match.end())
            if name in members or colon is None:
                raise _NotRead
            members[name] = _read(script, colon.end(), depth + 1)
            position = members[name].end
        else:
            position = match.end()
    if match is None:
        raise _NotRead
    return _Value(opening.start(1), match.end(), members=members)


def _items(script: bytes, opening: re.Match[bytes], depth: int) -> _Value:
    items: list[_Value] = []
    position = opening.end()
    while (match := _JSON.match(script, position)) is not None and match[1] != b"]":
        if match[1] != b",":
            items.append(_read(script, position, depth + 1))
            position = items[-1].end
        else:
            position = match.end()
    if match is None:
        raise _NotRead
    return _Value(opening.start(1), match.end(), items=items)


def _around(values: Iterable[_Value], length: int) -> Iterator[tuple[int, int]]:
    """The ranges before, between and after values."""
    edges = [0, *itertools.chain.from_iterable((value.start, value.end) for value in values), length]
    return zip(edges[::2], edges[1::2], strict=True)


def _code(first: bytes, second: bytes, here: tuple[int, int], there: tuple[int, int]) -> Iterator[Piece]:
    """Differences of code, word by word; as a whole when the words do not correspond."""
    if first[slice(*here)] == second[slice(*there)]:
        return
    words, others = list(_CODE.finditer(first, *here)), list(_CODE.finditer(second, *there))
    if len(words) != len(others):
        yield Piece(Part.CODE, *here, *there)
        return
    for index, (word, other) in enumerate(zip(words, others, strict=True)):
        if word[0] != other[0]:
            yield _word(word, other, _named(words, index))


def _word(word: re.Match[bytes], other: re.Match[bytes], name: str) -> Piece:
    quoted = word[0][:1] == other[0][:1] and word[0][0] in _QUOTES and len(word[0]) > 1 and len(other[0]) > 1
    inside = 1 if quoted else 0
    comment = all(text.startswith((b"//", b"/*")) for text in (word[0], other[0]))
    part = Part.COMMENT if comment else Part.VALUE
    return Piece(part, word.start() + inside, word.end() - inside, other.start() + inside, other.end() - inside, name)


def _named(words: list[re.Match[bytes]], index: int) -> str:
    """What stands before ``:`` or ``=`` before a word, as in ``nonce: "..."``."""
    before = [word[0] for word in words[max(0, index - 6) : index] if not word[0].isspace()]
    if len(before) < 2 or before[-1] not in {b":", b"="}:
        return ""
    return before[-2].strip(_QUOTES).decode("utf-8", "replace")


def _json(first: bytes, second: bytes, value: _Value, other: _Value) -> list[Piece]:
    here, there = (value.start, value.end), (other.start, other.end)
    found = list(_compare(first, second, (value, other), ()))
    inner = remainder(first, here, [(piece.start, piece.end) for piece in found])
    if inner != remainder(second, there, [(piece.other_start, piece.other_end) for piece in found]):
        found.append(Piece(Part.SPELLING, *here, *there))
    return found


def _compare(first: bytes, second: bytes, pair: tuple[_Value, _Value], pointer: tuple[str, ...]) -> Iterator[Piece]:
    value, other = pair
    if first[value.start : value.end] == second[other.start : other.end]:
        return
    if value.members is not None and other.members is not None and value.members.keys() == other.members.keys():
        for name, member in value.members.items():
            yield from _compare(first, second, (member, other.members[name]), (*pointer, name))
    elif value.items is not None and other.items is not None and len(value.items) == len(other.items):
        if _shuffled(first, second, value.items, other.items):
            yield _piece(Part.ORDER, pair, pointer)
            return
        for index, inner in enumerate(zip(value.items, other.items, strict=True)):
            yield from _compare(first, second, inner, (*pointer, str(index)))
    elif value.members is other.members is None and value.items is other.items is None:
        yield _scalar(first, second, pair, pointer)
    else:
        yield _piece(Part.CODE, pair, pointer)


def _shuffled(first: bytes, second: bytes, items: list[_Value], others: list[_Value]) -> bool:
    here = Counter(first[item.start : item.end] for item in items)
    return here == Counter(second[item.start : item.end] for item in others)


def _piece(part: Part, pair: tuple[_Value, _Value], pointer: tuple[str, ...]) -> Piece:
    value, other = pair
    return Piece(part, value.start, value.end, other.start, other.end, ".".join(pointer))


def _scalar(first: bytes, second: bytes, pair: tuple[_Value, _Value], pointer: tuple[str, ...]) -> Piece:
    value, other = pair
    inside = 1 if first[value.start : value.start + 1] == second[other.start : other.start + 1] == b'"' else 0
    start, end, other_start, other_end = (
        value.start + inside,
        value.end - inside,
        other.start + inside,
        other.end - inside,
    )
    return Piece(Part.VALUE, start, end, other_start, other_end, ".".join(pointer), pointer)
