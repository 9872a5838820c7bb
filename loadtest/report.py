"""What a load test found: samples in, a table and the one line people quote out. Pure."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

PRODUCT = "product"
"""Request name of product pages in ``shop.py``."""

_SHOWN_FAILURES = 5


class Sample(msgspec.Struct, frozen=True):
    """One request as the visitor's side saw it."""

    name: str
    ms: float
    """From sending the request to the last byte of the body."""
    error: str | None = None
    """Why it failed; None when it did not."""


class NoSamplesError(ValueError):
    """A load test without a single good product page: nothing can be said."""


def read_samples(path: Path) -> list[Sample]:
    """The samples ``shop.py`` wrote, one JSON object a line. A missing file holds none."""
    if not path.exists():
        return []
    return [msgspec.json.decode(line, type=Sample) for line in path.read_bytes().splitlines() if line]


def failures(samples: Iterable[Sample]) -> list[Sample]:
    """Samples of requests that failed."""
    return [sample for sample in samples if sample.error is not None]


def median_ms(samples: Iterable[Sample], name: str) -> float:
    """Median response time of the good requests of that name. Raises NoSamplesError."""
    times = [sample.ms for sample in samples if sample.name == name and sample.error is None]
    if not times:
        raise NoSamplesError(f"no good {name} request was measured")
    return statistics.median(times)


def table(title: str, samples: Sequence[Sample]) -> str:
    """Requests, failures, median and 95th percentile per request name, as text, with the first failures below."""
    lines = [f"{title:<16}{'requests':>10}{'failed':>8}{'median ms':>12}{'95 % ms':>10}"]
    for name in sorted({sample.name for sample in samples}):
        mine = [sample for sample in samples if sample.name == name]
        times = sorted(sample.ms for sample in mine if sample.error is None) or [math.nan]
        high = times[max(0, math.ceil(len(times) * 0.95) - 1)]
        lines.append(
            f"  {name:<14}{len(mine):>10}{len(failures(mine)):>8}{statistics.median(times):>12.1f}{high:>10.1f}"
        )
    lines += [f"  failed: {sample.name}: {sample.error}" for sample in failures(samples)[:_SHOWN_FAILURES]]
    return "\n".join(lines)


def headline(direct: Iterable[Sample], edge: Iterable[Sample]) -> str:
    """``median product page: direct X ms, edge Y ms, -Z %``. Raises NoSamplesError."""
    direct_ms, edge_ms = median_ms(direct, PRODUCT), median_ms(edge, PRODUCT)
    change = (edge_ms / direct_ms - 1) * 100
    return f"median product page: direct {direct_ms:.1f} ms, edge {edge_ms:.1f} ms, {change:+.1f} %"
