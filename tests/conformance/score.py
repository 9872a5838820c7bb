"""What a run of the suite comes to: counts, what was lost since the committed result, what nobody has explained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

Kind = Literal["required", "optimal", "check"]
"""What HTTP requires of a cache, what a good one does besides, and what the suite only wants to know."""

APART = "surrogate-control"
"""The group the suite runs but does not count among its tests: Surrogate-Control was never a standard."""

Verdicts = Mapping[str, str]
"""By test: ``pass``, or why not."""


class Listed(msgspec.Struct, frozen=True):
    """One test of the suite."""

    id: str
    group: str
    kind: Kind
    name: str
    depends_on: tuple[str, ...] = ()


class Count(msgspec.Struct, frozen=True):
    """Passed of so many."""

    passed: int
    tests: int
    with_dependencies: int
    """Passed, and all the tests it depends on passed too."""

    def __str__(self) -> str:
        return f"{self.passed}/{self.tests}, {self.with_dependencies} with all they depend on"


class Known(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One reason in ``known.toml``, and the tests that are not passed because of it."""

    because: str
    tests: tuple[str, ...]


def verdicts(raw: Mapping[str, bool | list[str]]) -> dict[str, str]:
    """The suite's own results, in which a passed test is true and any other a kind of failure with its message."""
    return {test: "pass" if result is True else _said(result) for test, result in raw.items()}


def counts(tests: Sequence[Listed], found: Verdicts) -> dict[str, Count]:
    """Counts by kind, and those of the group that stands apart."""
    by_id = {test.id: test for test in tests}
    groups: dict[str, list[Listed]] = {
        kind: [test for test in tests if test.kind == kind and test.group != APART] for kind in _KINDS
    }
    groups |= {
        f"{APART} {kind}": [test for test in tests if test.kind == kind and test.group == APART] for kind in _KINDS
    }
    return {
        title: Count(
            passed=sum(found.get(test.id) == "pass" for test in members),
            tests=len(members),
            with_dependencies=sum(_holds(test.id, by_id, found) for test in members),
        )
        for title, members in groups.items()
    }


def lost(before: Verdicts, found: Verdicts) -> list[str]:
    """Tests that passed in the committed result and do not any more, with what the suite says of each."""
    gone = (test for test, verdict in before.items() if verdict == "pass" and found.get(test) != "pass")
    return [f"{test}: {found.get(test, 'not run')}" for test in sorted(gone)]


def unexplained(tests: Sequence[Listed], found: Verdicts, known: Sequence[Known]) -> list[str]:
    """Tests that are not passed and for which ``known`` gives no reason."""
    explained = {test for reason in known for test in reason.tests}
    missing = (test for test in tests if found.get(test.id) != "pass" and test.id not in explained)
    return [f"{test.id} ({test.kind}): {found.get(test.id, 'not run')}; {test.name}" for test in missing]


def explained_in_vain(found: Verdicts, known: Sequence[Known]) -> list[str]:
    """Tests with a reason that pass, or that the suite does not have."""
    named = (test for reason in known for test in reason.tests)
    return [f"{test}: {found.get(test, 'no such test')}" for test in named if found.get(test, "pass") == "pass"]


_KINDS: tuple[Kind, ...] = ("required", "optimal", "check")


def _said(result: bool | list[str]) -> str:
    return ": ".join(result) if isinstance(result, list) else "failed"


def _holds(test: str, by_id: Mapping[str, Listed], found: Verdicts) -> bool:
    return found.get(test) == "pass" and all(_holds(other, by_id, found) for other in by_id[test].depends_on)
