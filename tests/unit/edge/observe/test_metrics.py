"""Numbers of several processes as one scrape shows them."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from edge.lifecycle import running
from edge.observe.counters import Counters
from edge.observe.metrics import Metrics, bury, flushing, opened, prepare, render

WORKER = """
import sys
from pathlib import Path
from edge.observe.counters import Counters
from edge.observe.metrics import opened

counters = Counters()
with opened(Path(sys.argv[1])) as metrics:
    counters.requests["hit", "product", "2xx"] += 5
    counters.request_seconds.observe(("hit",), 0.0004)
    counters.origin_up["shop",] = 1
    metrics.flush(counters)
    print("flushed", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    prepare(tmp_path / "metrics")
    return tmp_path / "metrics"


@pytest.fixture
def metrics(directory: Path) -> Iterator[Metrics]:
    with opened(directory) as metrics:
        yield metrics


@pytest.fixture
def worker(directory: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that has flushed five requests, 0.4 ms once, and ``origin_up``."""
    command = [sys.executable, "-c", WORKER, str(directory)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "flushed\n"
        yield process
        process.kill()


def scrape(directory: Path) -> dict[tuple[str, ...], float]:
    """Samples by (name, label values in order of their names)."""
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(render(directory).decode())
        for sample in family.samples
    }


def test_a_flush_shows_what_was_counted_and_starts_anew(directory: Path, metrics: Metrics) -> None:
    counters = Counters()
    counters.requests["hit", "product", "2xx"] += 2
    metrics.flush(counters)
    assert not counters.requests
    counters.requests["hit", "product", "2xx"] += 3
    counters.requests["pass", "", "5xx"] += 1
    metrics.flush(counters)
    metrics.flush(counters)
    shown = scrape(directory)
    assert shown["vitrine_requests_total", "product", "2xx", "hit"] == 5
    assert shown["vitrine_requests_total", "", "5xx", "pass"] == 1


def test_counts_without_labels_are_shown_before_anything_happened(directory: Path, metrics: Metrics) -> None:
    metrics.flush(Counters())
    assert scrape(directory) == {("vitrine_records_dropped_total",): 0}


def test_durations_are_shown_as_cumulative_buckets_count_and_sum(directory: Path, metrics: Metrics) -> None:
    counters = Counters()
    for seconds in (0.0001, 0.0004, 0.3, 60.0):
        counters.request_seconds.observe(("hit",), seconds)
        metrics.flush(counters)
    shown = scrape(directory)
    bucket = "vitrine_request_duration_seconds_bucket"
    assert [shown[bucket, le, "hit"] for le in ("0.0002", "0.0005", "0.25", "0.5", "30.0", "+Inf")] == [
        1,
        2,
        2,
        3,
        3,
        4,
    ]
    assert shown["vitrine_request_duration_seconds_count", "hit"] == 4
    assert shown["vitrine_request_duration_seconds_sum", "hit"] == pytest.approx(60.3005)


def test_every_metric_reaches_the_scrape_with_its_type(directory: Path, metrics: Metrics) -> None:
    counters = Counters()
    for tally in counters.tallies:
        tally[tuple(f"a {label}" for label in tally.family.labels)] += 1
    for level in counters.levels:
        level[tuple(f"a {label}" for label in level.family.labels)] = 7
    for spread in counters.spreads:
        spread.observe(tuple(f"a {label}" for label in spread.family.labels), 0.1)
    metrics.flush(counters)
    kinds = {family.name: family.type for family in text_string_to_metric_families(render(directory).decode())}
    assert kinds == (
        {tally.family.name: "counter" for tally in counters.tallies}
        | {level.family.name: "gauge" for level in counters.levels}
        | {spread.family.name: "histogram" for spread in counters.spreads}
    )


def test_processes_add_up(directory: Path, metrics: Metrics, worker: subprocess.Popen[str]) -> None:
    counters = Counters()
    counters.requests["hit", "product", "2xx"] += 2
    counters.request_seconds.observe(("hit",), 0.0004)
    metrics.flush(counters)
    shown = scrape(directory)
    assert shown["vitrine_requests_total", "product", "2xx", "hit"] == 7
    assert shown["vitrine_request_duration_seconds_count", "hit"] == 2


def test_a_gauge_is_what_the_living_process_that_spoke_last_says(
    directory: Path, metrics: Metrics, worker: subprocess.Popen[str]
) -> None:
    assert scrape(directory)["vitrine_origin_up", "shop"] == 1
    counters = Counters()
    counters.origin_up["shop",] = 0
    metrics.flush(counters)
    assert scrape(directory)["vitrine_origin_up", "shop"] == 0
    bury(directory, os.getpid())
    assert scrape(directory)["vitrine_origin_up", "shop"] == 1


def test_a_killed_process_keeps_its_counts_and_leaves_neither_gauge_nor_file(
    directory: Path, worker: subprocess.Popen[str]
) -> None:
    before = scrape(directory)
    worker.send_signal(signal.SIGKILL)
    worker.wait(timeout=10)
    bury(directory, worker.pid)
    after = scrape(directory)
    assert before.pop(("vitrine_origin_up", "shop")) == 1
    assert after == before
    assert sorted(path.name for path in directory.glob("*.db")) == ["counter_dead.db", "histogram_dead.db"]
    bury(directory, worker.pid)
    assert scrape(directory) == after


def test_the_dead_add_up_in_one_file_of_each_kind(directory: Path) -> None:
    for process in ("1", "2", "3"):
        counters = Counters()
        counters.requests["hit", "product", "2xx"] += 1
        counters.request_seconds.observe(("hit",), 0.0004)
        with opened(directory, process=process) as metrics:
            metrics.flush(counters)
        bury(directory, process)
    shown = scrape(directory)
    assert shown["vitrine_requests_total", "product", "2xx", "hit"] == 3
    assert shown["vitrine_request_duration_seconds_bucket", "0.0005", "hit"] == 3
    assert shown["vitrine_request_duration_seconds_sum", "hit"] == pytest.approx(0.0012)
    assert len(list(directory.glob("*.db"))) == 2


def test_no_scrape_ever_sees_a_count_fall_or_doubled_while_processes_are_buried(directory: Path) -> None:
    def live_and_die(process: str) -> None:
        counters = Counters()
        counters.fills["stored",] += 1
        with opened(directory, process=process) as metrics:
            metrics.flush(counters)
        bury(directory, process)

    def live_and_die_each() -> None:
        for process in range(lives):
            live_and_die(str(process))

    lives = 60
    seen: list[float] = []
    with ThreadPoolExecutor(1) as supervisor:
        ended = supervisor.submit(live_and_die_each)
        while not ended.done():
            seen.append(scrape(directory).get(("vitrine_fills_total", "stored"), 0))
        ended.result()
    assert len(set(seen)) > 2
    assert seen == sorted(seen)
    assert max(seen) <= lives
    assert scrape(directory)["vitrine_fills_total", "stored"] == lives


def test_two_nodes_in_one_process_keep_their_numbers_apart(tmp_path: Path) -> None:
    for node, count in (("one", 1), ("two", 2)):
        prepare(tmp_path / node)
        counters = Counters()
        counters.fills["stored",] += count
        with opened(tmp_path / node) as metrics:
            metrics.flush(counters)
    assert scrape(tmp_path / "one")["vitrine_fills_total", "stored"] == 1
    assert scrape(tmp_path / "two")["vitrine_fills_total", "stored"] == 2


def test_a_process_id_used_again_goes_on_from_what_is_there(directory: Path) -> None:
    for _ in range(2):
        counters = Counters()
        counters.fills["stored",] += 1
        with opened(directory, process="7") as metrics:
            metrics.flush(counters)
    assert scrape(directory)["vitrine_fills_total", "stored"] == 2


def test_preparing_forgets_an_earlier_run(directory: Path) -> None:
    counters = Counters()
    counters.fills["stored",] += 1
    with opened(directory) as metrics:
        metrics.flush(counters)
    prepare(directory)
    assert render(directory) == b""


def test_a_missing_directory_is_an_error_and_not_an_empty_scrape(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        render(tmp_path / "nowhere")


async def test_flushing_writes_at_each_interval_and_once_more_when_cancelled(directory: Path, metrics: Metrics) -> None:
    counters = Counters()
    async with asyncio.timeout(10):
        async with running(flushing=flushing(metrics, counters, interval_s=0.001)):
            counters.fills["stored",] += 1
            while counters.fills:  # noqa: ASYNC110 - a flush has no one to tell
                await asyncio.sleep(0)
            assert scrape(directory)["vitrine_fills_total", "stored"] == 1
        async with running(flushing=flushing(metrics, counters, interval_s=3600)):
            await asyncio.sleep(0)
            counters.fills["stored",] += 1
    assert scrape(directory)["vitrine_fills_total", "stored"] == 2


async def test_what_cannot_be_written_stays_counted_until_it_can(tmp_path: Path) -> None:
    directory, counters = tmp_path / "later", Counters()
    counters.fills["stored",] += 1
    async with asyncio.timeout(10):
        with opened(directory) as metrics:
            with pytest.raises(FileNotFoundError):
                metrics.flush(counters)
            async with running(flushing=flushing(metrics, counters, interval_s=0.001)):
                prepare(directory)
                counters.fills["stored",] += 1
                while counters.fills:  # noqa: ASYNC110 - a flush has no one to tell
                    await asyncio.sleep(0)
    assert scrape(directory)["vitrine_fills_total", "stored"] == 2
