"""What the comparison concludes from its samples."""

from __future__ import annotations

import pytest

from loadtest.report import Sample
from loadtest.run import conclude

GOOD = [Sample("product", 350.0)]


def test_the_last_line_is_the_headline(capsys: pytest.CaptureFixture[str]) -> None:
    assert conclude(GOOD, [Sample("product", 3.5)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "median product page: direct 350.0 ms, edge 3.5 ms, -99.0 %"


def test_one_failed_request_fails_the_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert conclude(GOOD, [Sample("product", 3.5), Sample("basket add", 9.0, "HTTP 403")]) == 1
    said = capsys.readouterr()
    assert "1 requests failed" in said.err
    assert said.out.splitlines()[-1].startswith("median product page: ")


def test_nothing_measured_fails_the_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert conclude(GOOD, []) == 1
    assert "median product page" not in capsys.readouterr().out
