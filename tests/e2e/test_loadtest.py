"""Visitors at the demo shop: direct, at a broken shop, and through an edge."""

from __future__ import annotations

import json
import re
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from loadtest.processes import NotReadyError, storefront
from loadtest.report import failures
from loadtest.run import Plan, main, measure

PLAN = Plan(rounds=1, seconds=3, users=12, pause_s=0.05)


def control(shop: str, endpoint: str, value: dict[str, object]) -> None:
    request = urllib.request.Request(f"{shop}/_control/{endpoint}", json.dumps(value).encode(), method="PUT")
    with urllib.request.urlopen(request, timeout=5) as response:
        assert response.status == 200


def requests_seen(shop: str) -> int:
    with urllib.request.urlopen(f"{shop}/_control/stats", timeout=5) as response:
        return int(json.load(response)["total"])


def test_visitors_see_every_kind_of_page_and_fill_baskets(tmp_path: Path) -> None:
    with storefront(tmp_path, delay="0") as shop:
        samples = measure(PLAN, shop, tmp_path / "samples", seed=1)
    assert {sample.name for sample in samples} == {"home", "category", "search", "product", "basket add"}
    assert failures(samples) == []
    assert min(sample.ms for sample in samples) > 0


def test_pages_of_a_shop_that_breaks_are_failures(tmp_path: Path) -> None:
    with storefront(tmp_path, delay="0") as shop, ThreadPoolExecutor(1) as pool:
        measuring = pool.submit(measure, PLAN, shop, tmp_path / "samples", seed=1)
        while not requests_seen(shop) > 20:
            pass
        control(shop, "outage", {"mode": "error"})
        samples = measuring.result()
    failed = failures(samples)
    assert 0 < len(failed) < len(samples)
    assert {re.sub(r".*\b(503)\b.*", r"\1", str(sample.error), flags=re.DOTALL) for sample in failed} == {"503"}


def test_a_shop_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with storefront(tmp_path, delay="0") as shop:
        pass
    with pytest.raises(NotReadyError, match=r"cannot read .*/sitemap.xml"):
        measure(PLAN, shop, tmp_path / "samples", seed=1)


@pytest.mark.slow
def test_the_comparison_ends_with_the_line_people_quote(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--quick", "--rounds", "1", "--seconds", "5"]) == 0
    line = capsys.readouterr().out.splitlines()[-1]
    found = re.fullmatch(r"median product page: direct (\d+\.\d) ms, edge (\d+\.\d) ms, -(\d+\.\d) %", line)
    assert found is not None, line
    assert float(found[3]) >= 95
