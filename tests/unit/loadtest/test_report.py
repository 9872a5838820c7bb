"""From samples to the line people quote."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from loadtest.report import NoSamplesError, Sample, failures, headline, median_ms, read_samples, table

DIRECT = [Sample("product", ms) for ms in (300.0, 352.4, 900.0)] + [Sample("home", 5.0)]
EDGE = [Sample("product", ms) for ms in (2.0, 2.1, 400.0)]


def test_the_headline_has_its_exact_form() -> None:
    assert headline(DIRECT, EDGE) == "median product page: direct 352.4 ms, edge 2.1 ms, -99.4 %"


def test_a_slower_edge_is_not_hidden() -> None:
    assert headline(EDGE, DIRECT).endswith(", +16681.0 %")


def test_failed_requests_do_not_count_as_quick_ones() -> None:
    assert median_ms([*DIRECT, Sample("product", 0.1, "refused")], "product") == 352.4


@pytest.mark.parametrize("samples", [[], [Sample("home", 3.0)], [Sample("product", 3.0, "HTTP 500")]])
def test_without_a_good_product_page_nothing_is_said(samples: list[Sample]) -> None:
    with pytest.raises(NoSamplesError):
        headline(DIRECT, samples)


def test_the_table_counts_requests_and_failures_by_name() -> None:
    text = table("edge", [*DIRECT, Sample("product", 1.0, "HTTP 503")])
    assert re.search(r"home +1 +0 +5\.0 +5\.0", text)
    assert re.search(r"product +4 +1 +352\.4 +900\.0", text)
    assert "failed: product: HTTP 503" in text


def test_the_table_shows_a_name_whose_requests_all_failed() -> None:
    assert re.search(r"search +1 +1 +nan", table("edge", [Sample("search", 1.0, "HTTP 503")]))


def test_samples_are_read_back_from_their_file(tmp_path: Path) -> None:
    file = tmp_path / "samples.ndjson"
    file.write_text('{"name":"product","ms":1.5,"error":null}\n{"name":"home","ms":2,"error":"x"}\n')
    assert read_samples(file) == [Sample("product", 1.5), Sample("home", 2.0, "x")]
    assert failures(read_samples(file)) == [Sample("home", 2.0, "x")]
    assert read_samples(tmp_path / "none") == []
