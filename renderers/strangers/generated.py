"""Values a page makes up while it is rendered: ids that only have to agree with each other within the page."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping

from renderers.strangers.names import id_in_doubt

_ID = re.compile(r"[\w:.\[\]-]{1,128}")
_RUN = re.compile(r"[0-9A-Za-z]+")
_HEX = re.compile(r"[0-9a-fA-F]{6,}")
_CHANGE = re.compile(r"(?<=[0-9])(?=[A-Za-z])|(?<=[A-Za-z])(?=[0-9])|(?<=[a-z])(?=[A-Z])|(?<=[A-Z]{2})(?=[a-z])")
_CHANGES = 2
_WORD = re.compile(r"[\w-]+")
_ENCODED_CHARS = 8
_RANDOM_CHARS = 6
_LONG_CHARS = 12


def generated_ids(first: str, second: str) -> bool:
    """Whether two values are lists of ids that differ only in what a machine made up, and name nobody.

    ``tab-5f3e1c`` and ``tab-9ab2d4`` are; ``user-17`` and ``user-18`` are not, nor are ``Anna`` and ``Berta``.
    """
    ids, others = first.split(), second.split()
    return len(ids) == len(others) and all(
        one == other or _both_generated(one, other) for one, other in zip(ids, others, strict=True)
    )


def opaque(value: str) -> bool:
    """Whether a value looks random: long enough, of one piece, with digits among letters, and no text in disguise."""
    return (
        len(value) >= _RANDOM_CHARS
        and _ID.fullmatch(value) is not None
        and any(char.isdigit() for char in value)
        and any(char.isalpha() for char in value)
        and not in_disguise(value)
    )


def in_disguise(value: str) -> bool:
    """Whether a value is readable text in base64."""
    for run in re.findall(r"[A-Za-z0-9+/_-]{8,}", value):
        text = decoded(run) if _HEX.fullmatch(run) is None else None
        if text is not None and len(text) >= _ENCODED_CHARS - 2 and all(char.isprintable() for char in text):
            return True
    return False


def decoded(value: str) -> str | None:
    """What a value says in base64 (RFC 4648 sections 4 and 5, padding or not); None when that is no UTF-8."""
    alphabet = value.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(alphabet + "=" * (-len(alphabet) % 4), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return None


def renamed(first: str, second: str, names: Mapping[str, str]) -> bool:
    """Whether a text becomes the other one when the ids of one page give way to those of the other."""
    return bool(names) and _WORD.sub(lambda word: names.get(word[0], word[0]), first) == second


def random_pair(first: str, second: str) -> bool:
    """Whether two values are alike but for random parts, too long for versions, variants and nicknames."""
    if not (opaque(first) and opaque(second)) or id_in_doubt(first) or id_in_doubt(second):
        return False
    pairs = _runs_apart(first, second)
    if pairs is None:
        return min(len(first), len(second)) >= _LONG_CHARS
    return all(any(map(_random, pair)) and all(_random(run) or _HEX.fullmatch(run) for run in pair) for pair in pairs)


def machine_made(text: str) -> bool:
    """Whether a run of letters and digits is a number or looks random, and is nobody's nickname (``anna77``)."""
    return text.isdigit() or (_HEX.fullmatch(text) is not None and any(map(str.isdigit, text))) or _random(text)


def _both_generated(one: str, other: str) -> bool:
    if _ID.fullmatch(one) is None or _ID.fullmatch(other) is None or id_in_doubt(one) or id_in_doubt(other):
        return False
    pairs = _runs_apart(one, other)
    return pairs is not None and all(_made_up(*pair) for pair in pairs)


def _made_up(run: str, other: str) -> bool:
    """Whether two runs differ in numbers or at random after what they begin and end with alike."""
    if in_disguise(run) or in_disguise(other):
        return False
    if machine_made(run) and machine_made(other):
        return True
    if len(run) == len(other) and (_random(run) or _random(other)):
        return True  # Of random letters and digits some have too few digits to be told from a word.
    start = next(
        (at for at, (one, two) in enumerate(zip(run, other, strict=False)) if one != two), min(len(run), len(other))
    )
    parts = run[start:], other[start:]
    return all(not part or machine_made(part) or _HEX.fullmatch(part) for part in parts) and any(
        map(machine_made, parts)
    )


def _runs_apart(one: str, other: str) -> list[tuple[str, str]] | None:
    """The runs of letters and digits in which two values differ; None when they do not correspond."""
    runs, others = _RUN.findall(one), _RUN.findall(other)
    if len(runs) != len(others) or _RUN.sub("", one) != _RUN.sub("", other):
        return None
    return [pair for pair in zip(runs, others, strict=True) if pair[0] != pair[1]]


def _random(run: str) -> bool:
    """Whether letters and digits, or large and small letters, change so often that nobody chose them."""
    if len(run) < _RANDOM_CHARS:
        return False
    if len(run) >= _LONG_CHARS and any(map(str.isdigit, run)):
        return True
    return len(_CHANGE.findall(run)) >= _CHANGES + run.isalpha()
