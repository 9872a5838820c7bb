"""From two copies to the differences that a person, or the gate, is told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from renderers.strangers.changes import Change, Spot
from renderers.strangers.classify import Judge
from renderers.strangers.copies import Copy
from renderers.strangers.in_slots import in_slots
from renderers.strangers.personal import visible_lines
from renderers.strangers.propose import Proposer
from renderers.strangers.values import Comparison, Difference, Kind, Range, View
from renderers.strangers.verdicts import Verdict, noise, other
from renderers.strangers.walk import changes
from renderers.strangers.where import WHOLE_PAGE, Frozen, Locator, Where

_EXCERPT_CHARS = 120
_EXCERPT_BYTES = 2_000
_MAX_OTHERS = 100
"""Past so many the page does not get better by naming more; the rest is one difference over the whole page."""
_MAX_CHANGES = 20_000

Places = tuple[Range, Range]


def report(first: Copy, second: Copy, freeze: Sequence[str], *, swapped: bool) -> Comparison:
    """Every difference between two copies. ``swapped``: the second one is what the caller calls the first.

    Raises TargetError.
    """
    return _Report((first, second), swapped=swapped).write(freeze)


def incomparable(first: View, second: View, why: str) -> Comparison:
    """The comparison of pages that cannot be aligned."""
    places = Range(0, len(first.body)), Range(0, len(second.body))
    texts = _excerpt(first.body), _excerpt(second.body)
    proposal = Proposer().proposal(other(why), Where(WHOLE_PAGE), None)
    return Comparison((_difference(other(why), Where(WHOLE_PAGE), places, texts, proposal),))


class _Report:
    def __init__(self, copies: tuple[Copy, Copy], *, swapped: bool) -> None:
        self._copies = copies
        self._swapped = swapped
        self._locators = Locator(copies[0], copies[1]), Locator(copies[1], copies[0])
        self._proposer = Proposer()

    def write(self, freeze: Sequence[str]) -> Comparison:
        found = changes(self._copies[0].outline, self._copies[1].outline)
        if len(found) > _MAX_CHANGES:
            return Comparison((self._rest(f"the pages differ in {len(found):,} places"),))
        judge = Judge(*self._copies)
        judge.learn(found)
        ice = tuple(Frozen(place for at in freeze for place in locator.ranges(at)) for locator in self._locators)
        judged = [(change, self._thawed(change, judge.judge(change), ice)) for change in found]
        differences = [*self._told(judged), *self._covered()]
        differences.sort(key=lambda difference: (difference.first_at, difference.second_at))
        return Comparison(tuple(differences))

    def _told(self, judged: Sequence[tuple[Change, Verdict]]) -> Iterator[Difference]:
        others = 0
        for change, verdict in sorted(
            judged, key=lambda item: (item[1].kind is not Kind.TOKEN, item[0].at, item[0].other_at)
        ):
            others += verdict.kind is Kind.OTHER
            if others <= _MAX_OTHERS or verdict.kind is not Kind.OTHER or verdict.personal:
                yield self._one(change, verdict)
        if others > _MAX_OTHERS:
            yield self._rest(f"{others - _MAX_OTHERS} more differences of which nothing is known")

    def _one(self, change: Change, verdict: Verdict) -> Difference:
        places = self._places(change)
        unique = verdict.kind is Kind.OTHER or (verdict.kind is Kind.TOKEN and change.spot is Spot.TEXT)
        where = self._where(change, places, unique=unique)
        slot = self._proposer.slot(change, verdict, where)
        texts = self._excerpt(0, places[0], change.spot), self._excerpt(1, places[1], change.spot)
        difference = _difference(verdict, where, places, texts, self._proposer.proposal(verdict, where, slot))
        return self._turned(msgspec.structs.replace(difference, slot=slot, name=(change.label or change.name) or None))

    def _places(self, change: Change) -> Places:
        return self._copies[0].at(*change.at), self._copies[1].at(*change.other_at)

    def _where(self, change: Change, places: Places, *, unique: bool) -> Where:
        """The target in the caller's first page; in the other one, when only that has the value."""
        nodes, values = (change.node, change.other), (change.first, change.second)
        sides = (1, 0) if self._swapped else (0, 1)
        for side in sides if values[sides[0]] else sides[::-1]:
            where = self._locators[side].target((nodes[side], nodes[1 - side]), change, places[side], unique=unique)
            if where is not None:
                return where
        return Where(WHOLE_PAGE)

    def _thawed(self, change: Change, verdict: Verdict, ice: tuple[Frozen, ...]) -> Verdict:
        """The verdict, given what the page kind freezes."""
        if verdict.kind is not Kind.OTHER or verdict.personal or verdict.cookie is not None or not any(ice):
            return verdict
        places = self._places(change)
        inside = (ice[side].holds(places[side], self._copies[side].source) for side in (0, 1))
        return noise(f"frozen: {verdict.why}") if all(inside) else verdict

    def _covered(self) -> Iterator[Difference]:
        for found in in_slots(*self._copies):
            yield self._plain(found.verdict, (found.place, found.other_place))

    def _rest(self, why: str) -> Difference:
        return self._plain(other(why), (Range(0, len(self._copies[0].source)), Range(0, len(self._copies[1].source))))

    def _plain(self, verdict: Verdict, places: Places) -> Difference:
        """A difference that no target leads to."""
        where = Where(WHOLE_PAGE)
        texts = self._excerpt(0, places[0]), self._excerpt(1, places[1])
        return self._turned(_difference(verdict, where, places, texts, self._proposer.proposal(verdict, where, None)))

    def _excerpt(self, side: int, place: Range, spot: Spot | None = None) -> str:
        raw = self._copies[side].source[place.start : min(place.end, place.start + _EXCERPT_BYTES)]
        return _excerpt(raw, visible=spot in {Spot.TEXT, Spot.BLOCK, Spot.ORDER})

    def _turned(self, difference: Difference) -> Difference:
        """The difference with its sides as the caller has them."""
        if not self._swapped:
            return difference
        first, second = difference.second, difference.first
        return msgspec.structs.replace(
            difference, first=first, second=second, first_at=difference.second_at, second_at=difference.first_at
        )


def _difference(verdict: Verdict, where: Where, places: Places, texts: tuple[str, str], proposal: str) -> Difference:
    return Difference(
        kind=verdict.kind,
        where=where.at,
        first=texts[0],
        second=texts[1],
        why=verdict.why,
        first_at=places[0],
        second_at=places[1],
        cookie=verdict.cookie,
        personal=verdict.personal,
        proposal=proposal,
    )


def _excerpt(raw: bytes, *, visible: bool = False) -> str:
    """One line of a piece: what shows of it, else its source."""
    shown = " ".join(visible_lines(raw)) if visible else ""
    line = shown or " ".join(raw[:_EXCERPT_BYTES].decode("utf-8", "replace").split())
    return line if len(line) <= _EXCERPT_CHARS else line[: _EXCERPT_CHARS - 1] + "…"
