"""What `make conformance` makes of a run of the suite."""

from __future__ import annotations

from tests.conformance.score import APART, Count, Known, Listed, counts, explained_in_vain, lost, unexplained, verdicts

TESTS = (
    Listed("fresh", "freshness", "optimal", "Fresh"),
    Listed("stale", "freshness", "required", "Stale", ("fresh",)),
    Listed("older", "freshness", "required", "Older", ("stale",)),
    Listed("plain", "freshness", "required", "Plain"),
    Listed("curious", "freshness", "check", "Curious"),
    Listed("elder", APART, "required", "Elder"),
)


def test_the_suite_says_true_or_what_went_wrong() -> None:
    assert verdicts({"a": True, "b": ["Assertion", "not cached"], "c": False}) == {
        "a": "pass",
        "b": "Assertion: not cached",
        "c": "failed",
    }


def test_a_test_counts_among_its_kind_and_again_if_all_it_depends_on_passed() -> None:
    found = {"fresh": "failed", "stale": "pass", "older": "pass", "plain": "pass", "curious": "pass", "elder": "pass"}
    totals = counts(TESTS, found)
    assert totals["required"] == Count(passed=3, tests=3, with_dependencies=1), "what depends on what depends on it too"
    assert totals["optimal"] == Count(0, 1, 0)
    assert totals["check"] == Count(1, 1, 1)
    assert totals[f"{APART} required"] == Count(1, 1, 1)


def test_what_passed_and_does_not_any_more_is_lost_also_when_it_was_not_run() -> None:
    before = {"a": "pass", "b": "pass", "c": "Assertion", "d": "pass"}
    assert lost(before, {"a": "pass", "b": "Setup: x", "c": "failed"}) == ["b: Setup: x", "d: not run"]


def test_what_is_not_passed_needs_a_reason() -> None:
    found = {test.id: "pass" for test in TESTS} | {"plain": "failed", "curious": "failed"}
    reasons = (Known("it is so", ("plain",)),)
    assert unexplained(TESTS, found, reasons) == ["curious (check): failed; Curious"]
    assert unexplained(TESTS, {}, ())[0] == "fresh (optimal): not run; Fresh"


def test_a_reason_for_what_passes_or_does_not_exist_is_one_too_many() -> None:
    found = {"plain": "failed", "stale": "pass"}
    reasons = (Known("it is so", ("plain", "stale", "ghost")),)
    assert explained_in_vain(found, reasons) == ["stale: pass", "ghost: no such test"]
