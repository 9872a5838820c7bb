"""Numbers as shops write them: digits grouped and split by a decimal mark, found in masked source. Never a float."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from renderers.faults import Unprintable
from renderers.masked import TAG, Masked

_AMOUNT = re.compile(r"(-?)0*([0-9]+)(?:\.([0-9]*?)0*)?")
_RUN = re.compile("[0-9]+")
_SPACES = " \xa0\u202f\u2009\u2007"
_GROUPS = f",.'’{_SPACES}"
_JOINT = re.compile(f"[{_GROUPS}·]|{TAG}*[.,·]?{TAG}*")
_PERCENT = re.compile(f"[{_SPACES}]?%")

UNCLEAR = "it holds {count} numbers and none is known to be the right one; add a slot that states the value alone"


class Parts(NamedTuple):
    """One decimal number: ``whole`` without leading zeros, ``fraction`` without trailing ones. Never negative zero."""

    negative: bool
    whole: str
    fraction: str

    def __str__(self) -> str:
        sign = "-" if self.negative else ""
        return f"{sign}{self.whole}.{self.fraction}" if self.fraction else f"{sign}{self.whole}"


def parts(value: object) -> Parts:
    """The parts of a decimal string, an int or a Decimal. Raises Unprintable for anything else."""
    if isinstance(value, Decimal) and value.is_finite():
        value = format(value, "f")
    elif isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    match = _AMOUNT.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise Unprintable(f"{value!r} is not a decimal number")
    sign, whole, fraction = match.groups()
    return Parts(bool(sign) and (whole != "0" or bool(fraction)), whole, fraction or "")


def canonical(value: object) -> str:
    """The shortest decimal string equal to ``value``, so that equal amounts are equal strings. Raises Unprintable."""
    return str(parts(value))


def grouped(digits: str, group: str, *, indian: bool) -> str:
    """``digits`` in groups of three, or as India groups them (1,29,900)."""
    if not group or len(digits) <= 3:
        return digits
    size = 2 if indian else 3
    head, tail = digits[:-3], digits[-3:]
    first = len(head) % size
    groups = [head[:first]] if first else []
    groups += [head[i : i + size] for i in range(first, len(head), size)]
    return group.join([*groups, tail])


class Numeral(NamedTuple):
    """One number found in masked source. ``start`` and ``end`` count tokens; ``group`` and ``mark`` are source."""

    start: int
    end: int
    whole: str
    fraction: str
    group: str
    indian: bool
    mark: str

    @property
    def value(self) -> str:
        """Its canonical decimal string, without sign."""
        return canonical(f"{self.whole}.{self.fraction}")


def foreign_digits(text: str) -> str | None:
    """A sentence when ``text`` writes its number in digits other than 0-9; None when it does not."""
    for char in text:
        if not char.isascii() and unicodedata.decimal(char, None) is not None:
            name = unicodedata.name(char, "other").split(" DIGIT")[0].capitalize()
            return f"it is written in {name} digits ({char}), which are not printed here; leave this slot to the origin"
    return None


def pick(masked: Masked, hint: str | None, precision: int, *, percent: bool = False) -> Numeral | str:
    """The number the slot is about, or a sentence why it is not clear which.

    ``hint`` is the canonical value (sign ignored) when another slot stated it. ``precision``: decimals of the currency,
    which tells ``1.299`` of three decimals from a thousand. ``percent``: whether ``20%`` counts.
    """
    foreign = foreign_digits(masked.text)
    if foreign is not None:
        return foreign
    clusters = [c for c in _clusters(masked.text) if percent or not _PERCENT.match(masked.text, c[-1][1])]
    wanted = None if hint is None else hint.removeprefix("-")
    found = [numeral for cluster in clusters for numeral in _readings(masked, cluster, wanted, precision)]
    equal = [numeral for numeral in found if numeral.value == wanted]
    if len(equal) > 1:
        return f"{wanted} stands in it {len(equal)} times; point the selector at one of them"
    if equal:
        return equal[0]
    if not clusters:
        return "no number stands in it"
    if len(clusters) > 1:
        return UNCLEAR.format(count=len(clusters))
    return found[0] if found else "its digits and separators are not one number; point the selector at the number alone"


_Cluster = list[tuple[int, int]]


def _clusters(text: str) -> Iterator[_Cluster]:
    """Runs of digits that separators join."""
    cluster: _Cluster = []
    for run in _RUN.finditer(text):
        if cluster and not _JOINT.fullmatch(text, cluster[-1][1], run.start()):
            yield cluster
            cluster = []
        cluster.append(run.span())
    if cluster:
        yield cluster


def _readings(masked: Masked, cluster: _Cluster, wanted: str | None, precision: int) -> list[Numeral]:
    """What a cluster may say: as a whole if that makes a number, else the wanted part between spaces."""
    whole = list(_interpretations(masked, cluster))
    if len(whole) > 1:  # a thousand or three decimals
        equal = [numeral for numeral in whole if numeral.value == wanted]
        decimals = 3 if precision == 3 else 0
        return equal or [numeral for numeral in whole if len(numeral.fraction) == decimals]
    if whole or wanted is None:
        return whole
    cuts = [i for i in range(1, len(cluster)) if masked.text[cluster[i][0] - 1] in _SPACES]
    edges = [0, *cuts, len(cluster)]
    windows = [cluster[a:b] for n, a in enumerate(edges) for b in edges[n + 1 :]]
    return [numeral for window in windows for numeral in _interpretations(masked, window) if numeral.value == wanted]


def _interpretations(masked: Masked, runs: _Cluster) -> Iterator[Numeral]:
    texts = [masked.text[a:b] for a, b in runs]
    joints = [(end, start) for (_, end), (start, _) in itertools.pairwise(runs)]
    start, end = runs[0][0], runs[-1][1]
    for fraction in (False, True)[: len(runs)]:
        groups = joints[:-1] if fraction else joints
        integers = texts[:-1] if fraction else texts
        shape = _grouping(masked, integers, groups)
        if shape is None:
            continue
        group, indian = shape
        mark = masked.between(*joints[-1]) if fraction else ""
        if fraction and not _is_mark(masked.text[slice(*joints[-1])], group, texts[-1]):
            continue
        yield Numeral(start, end, "".join(integers), texts[-1] if fraction else "", group, indian, mark)


def _is_mark(joint: str, group: str, fraction: str) -> bool:
    char = joint.replace(TAG, "")
    if not char:  # 1,299<sup>99</sup>
        return len(fraction) == 2
    return char in ".,·" and char != group


def _grouping(masked: Masked, integers: list[str], joints: list[tuple[int, int]]) -> tuple[str, bool] | None:
    """(group source, Indian) of the integer part; None when these runs are not one integer."""
    if not joints:
        return ("", False) if integers[0] == "0" or integers[0][0] != "0" else None
    sources = {masked.between(*joint) for joint in joints}
    char = masked.text[slice(*joints[0])]
    if len(sources) > 1 or len(char) != 1 or char not in _GROUPS or integers[0][0] == "0" or len(integers[-1]) != 3:
        return None
    inner = {len(run) for run in integers[1:-1]}
    if inner <= {3} and len(integers[0]) <= 3:
        return sources.pop(), False
    return (sources.pop(), True) if inner == {2} and len(integers[0]) <= 2 else None
