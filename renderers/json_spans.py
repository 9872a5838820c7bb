"""Where a value stands in the JSON of a script: a JSON pointer (RFC 6901) to a range of characters.

Reads JSON documents (application/ld+json, state), also wrapped in comments or CDATA marks, and the JSON literals a
script assigns or passes on: ``var x = {...};``, ``window.__STATE__ = {...}``, ``dataLayer.push({...})``. JavaScript
that is not JSON (names without quotes, trailing commas) is refused, never guessed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import msgspec

from renderers.page import Sink

_DECODER = json.JSONDecoder(strict=False, parse_int=str, parse_float=str)
"""Raw control characters in strings occur in shops' descriptions; numbers keep their digits."""

_SKIPPED = re.compile(r"(?:[\s\ufeff;]+|//[^\n]*|/\*.*?\*/|<!--[^\n]*|-->[^\n]*|<!\[CDATA\[|\]\]>)*", re.DOTALL)
_BLANK = re.compile(r"[ \t\r\n]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_INDEX = re.compile(r"0|[1-9][0-9]{0,8}")
_SCRIPT = re.compile(
    r"\"(?:[^\"\\\n]|\\.)*+\""
    r"|'(?:[^'\\\n]|\\.)*+'"
    r"|`(?:[^`\\]|\\.)*+`"
    r"|//[^\n]*+|/\*.*?(?:\*/|\Z)|<!--[^\n]*+"
    r"|(?<=[=(,:\[!&|?{};\n])[ \t]*+/(?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.)*+\])++/"
    r"|(?P<value>[=(]\s*+(?=[\[{]))",
    re.DOTALL,
)
"""What can hide or start a value in a script: strings, templates, comments, regular expressions, assignments."""

_UNREADABLE = 1_000
"""Assigned values tried in vain before a script is given up: each costs a look at all lines before it."""


class JsonProblem(ValueError):
    """The script is not JSON, or the pointer does not name one single value. The message is a sentence."""


class JsonSpan(msgspec.Struct, frozen=True):
    """A scalar value: characters ``start`` to ``end``, without the quotes of a string."""

    start: int
    end: int
    sink: Sink


def find(script: str, pointer: tuple[str, ...]) -> list[JsonSpan]:
    """Every value in the script that the pointer leads to: none or one for a document, one per assigned value else.

    Raises JsonProblem when the script holds nothing readable, or the pointer leads to an object, an array or a member
    that is there twice.
    """
    try:
        return [span for start in values(script) if (span := _descend(script, start, pointer)) is not None]
    except RecursionError as exc:
        raise JsonProblem("the script nests too deeply") from exc


def values(script: str) -> list[int]:
    """Offsets of the JSON values of a script. Raises JsonProblem when what looks like one is not JSON, and none is."""
    start = _SKIPPED.match(script).end()  # type: ignore[union-attr]  # The pattern matches nothing, too.
    if script[start : start + 1] in {"{", "["}:
        end = _end(script, start)
        if end is None or _SKIPPED.fullmatch(script, end) is None:
            raise JsonProblem("the script is not valid JSON")
        return [start]
    found = list(_assigned(script))
    starts = [start for start, readable in found if readable]
    if found and not starts:
        raise JsonProblem("the script assigns JavaScript that is not JSON; its names and strings need double quotes")
    return starts


def load(script: str) -> object:
    """The value of a JSON document; numbers come as strings of their own digits. Raises JsonProblem."""
    start = _SKIPPED.match(script).end()  # type: ignore[union-attr]  # The pattern matches nothing, too.
    try:
        value, end = _DECODER.raw_decode(script, start)
    except (ValueError, RecursionError) as exc:
        raise JsonProblem("the script is not valid JSON") from exc
    if _SKIPPED.fullmatch(script, end) is None:
        raise JsonProblem("the script is not valid JSON")
    return value


def _assigned(script: str) -> Iterator[tuple[int, bool]]:
    """(offset, whether it is JSON) of each object or array that a script assigns or passes to a function."""
    position = unreadable = 0
    while match := _SCRIPT.search(script, position):
        position = match.end()
        if match["value"] is not None:
            end = _end(script, position)
            yield position, end is not None
            if end is not None:
                position = end
            elif (unreadable := unreadable + 1) > _UNREADABLE:
                raise JsonProblem("the script is mostly JavaScript; point the selector at the one that holds the state")


def _end(text: str, start: int) -> int | None:
    """Where the JSON value that starts here ends; None when it is not JSON or nested too deeply."""
    try:
        return _DECODER.raw_decode(text, start)[1]
    except (ValueError, RecursionError):
        return None


def _descend(text: str, start: int, pointer: tuple[str, ...]) -> JsonSpan | None:
    for step in pointer:
        if text[start] == "{":
            inner = _member(text, start, step)
        elif text[start] == "[":
            inner = _item(text, start, step)
        else:
            return None
        if inner is None:
            return None
        start = inner
    return _scalar(text, start, pointer)


def _scalar(text: str, start: int, pointer: tuple[str, ...]) -> JsonSpan:
    name = "/" + "/".join(pointer)
    end = _DECODER.raw_decode(text, start)[1]
    match text[start]:
        case '"':
            return JsonSpan(start + 1, end - 1, Sink.JSON_STRING)
        case "t" | "f" | "n":
            return JsonSpan(start, end, Sink.JSON_LITERAL)
        case "{" | "[":
            raise JsonProblem(f"{name} is an object or an array; point at one value inside it")
        case _:
            return _number(text, start, end, name)


def _number(text: str, start: int, end: int, name: str) -> JsonSpan:
    if _NUMBER.fullmatch(text, start, end) is None:
        raise JsonProblem(f"{name} is {text[start:end]}, which JSON does not have")
    return JsonSpan(start, end, Sink.JSON_NUMBER)


def _member(text: str, start: int, name: str) -> int | None:
    """Offset of a member's value. Raises JsonProblem when two members have the name: readers differ on which counts."""
    found: int | None = None
    position = _blank(text, start + 1)
    while text[position] != "}":
        key, position = _DECODER.raw_decode(text, position)
        position = _blank(text, _blank(text, position) + 1)
        if key == name:
            if found is not None:
                raise JsonProblem(f"the object has two members named {name!r}")
            found = position
        position = _next(text, position)
    return found


def _item(text: str, start: int, index: str) -> int | None:
    if _INDEX.fullmatch(index) is None:
        return None
    position = _blank(text, start + 1)
    for _ in range(int(index)):
        if text[position] == "]":
            return None
        position = _next(text, position)
    return None if text[position] == "]" else position


def _next(text: str, position: int) -> int:
    """Offset of what follows the value here and its comma: the next member or item, or the closing bracket."""
    position = _blank(text, _DECODER.raw_decode(text, position)[1])
    return _blank(text, position + 1) if text[position] == "," else position


def _blank(text: str, position: int) -> int:
    return _BLANK.match(text, position).end()  # type: ignore[union-attr]  # The pattern matches nothing, too.
