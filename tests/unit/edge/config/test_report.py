from __future__ import annotations

import pytest

from edge.config.report import Report, suggestion


def test_problems_come_in_the_order_of_lines_other_files_after() -> None:
    report = Report("vitrine.toml", {("b",): 7, ("a",): 3})
    report.add(("b", "c"), "one")
    report.add_at("templates/x.j2", 2, "two")
    report.add(("a",), "three")
    report.add(("a",), "three")
    assert report.problems == ("vitrine.toml:3: three", "vitrine.toml:7: one", "templates/x.j2:2: two")


def test_only_the_value_itself_is_blamed() -> None:
    report = Report("vitrine.toml")
    report.add(("a", "b"), "wrong")
    assert (report.blames(("a", "b")), report.blames(("a",))) == (True, False)


@pytest.mark.parametrize(
    ("word", "known", "want"),
    [
        ("prises", ["prices", "products"], "did you mean 'prices'?"),
        ("xyz", ["prices", "labels"], "known are labels, prices"),
        ("xyz", [], "known are none"),
    ],
)
def test_suggestion(word: str, known: list[str], want: str) -> None:
    assert suggestion(word, known) == want
