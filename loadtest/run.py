"""Measures the demo shop direct and through the edge, in turn: ``python -m loadtest.run [--quick]``.

Everything runs on this machine: the shop, the edge, the visitors. The edge starts empty and is warmed from the sitemap
first, as one does before a campaign; the rounds then alternate, so that whatever else the machine does hits both.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec

from loadtest.processes import ROOT, NotReadyError, edge, environment, storefront
from loadtest.report import NoSamplesError, Sample, failures, headline, read_samples, table

_CONFIG = ROOT / "loadtest" / "storefront" / "vitrine.toml"
_START_AND_STOP_S = 60
_WARMERS = 48
_LOCATION = re.compile(rb"<loc>([^<]+)</loc>")


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """How much to measure."""

    rounds: int
    """Each round measures direct once and the edge once."""
    seconds: int
    """Length of one measurement."""
    users: int
    pause_s: float
    """Mean pause of a visitor between two pages."""


FULL = Plan(rounds=3, seconds=40, users=60, pause_s=2.0)
QUICK = Plan(rounds=2, seconds=7, users=24, pause_s=0.8)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a table per side and the headline. Exit status 1 when a request failed or nothing was measured."""
    options = _parser().parse_args(arguments)
    plan = _plan(options)
    with tempfile.TemporaryDirectory(prefix="loadtest-") as name:
        scratch = Path(name)
        try:
            with (
                storefront(scratch, delay=options.delay) as shop_url,
                edge(scratch, config=options.config, origin=shop_url) as edge_url,
            ):
                _say(f"warmed {warm(edge_url)} pages through the edge")
                direct, through = compare(plan, shop_url, edge_url, scratch)
        except NotReadyError as exc:
            print(f"loadtest: {exc}", file=sys.stderr)
            return 1
    return conclude(direct, through)


def compare(plan: Plan, direct_url: str, edge_url: str, scratch: Path) -> tuple[list[Sample], list[Sample]]:
    """Measure both sides in turn; gives the samples of all rounds by side."""
    direct: list[Sample] = []
    through: list[Sample] = []
    for number in range(1, plan.rounds + 1):
        for title, url, samples in (("direct", direct_url, direct), ("edge", edge_url, through)):
            _say(f"round {number} of {plan.rounds}: {title}, {plan.users} visitors, {plan.seconds} s")
            samples += measure(plan, url, scratch / f"{title}-{number}.ndjson", seed=number)
    return direct, through


def measure(plan: Plan, url: str, samples: Path, *, seed: int) -> list[Sample]:
    """Send visitors to one base URL for a while. Raises NotReadyError when Locust itself breaks."""
    command = [
        *(sys.executable, "-m", "locust", "-f", str(ROOT / "loadtest" / "shop.py"), "--host", url, "--headless"),
        *("--users", str(plan.users), "--spawn-rate", str(plan.users), "--run-time", f"{plan.seconds}s"),
        *("--samples", str(samples), "--pause", str(plan.pause_s), "--seed", str(seed)),
        *("--only-summary", "--loglevel", "WARNING", "--exit-code-on-error", "0"),
    ]
    done = subprocess.run(  # noqa: S603 - our own command
        command,
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=plan.seconds + _START_AND_STOP_S,
        check=False,
    )
    if done.returncode != 0:
        raise NotReadyError(f"locust ended with status {done.returncode}\n{done.stderr[-2000:]}")
    return read_samples(samples)


def warm(url: str) -> int:
    """Ask for every page of the sitemap once, and say how many answered. Raises OSError when there is no sitemap."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def fetch(address: str) -> bool:
        try:
            with opener.open(address, timeout=20) as response:
                response.read()
        except OSError:
            return False
        return True

    with opener.open(f"{url}/sitemap.xml", timeout=20) as response:
        addresses = [location.decode() for location in _LOCATION.findall(response.read())]
    with ThreadPoolExecutor(_WARMERS) as pool:
        return sum(pool.map(fetch, addresses))


def conclude(direct: list[Sample], through: list[Sample]) -> int:
    """Print what was found; gives the exit status."""
    print(table("direct", direct))
    print(table("edge", through))
    failed = failures([*direct, *through])
    try:
        line = headline(direct, through)
    except NoSamplesError as exc:
        print(f"loadtest: {exc}", file=sys.stderr)
        return 1
    if failed:
        print(f"loadtest: {len(failed)} requests failed", file=sys.stderr)
    print(line, flush=True)
    return 1 if failed else 0


def _plan(options: argparse.Namespace) -> Plan:
    base = QUICK if options.quick else FULL
    given = {name: getattr(options, name) for name in ("rounds", "seconds", "users") if getattr(options, name)}
    return msgspec.structs.replace(base, **given)


def _say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m loadtest.run", description="The demo shop, direct and through the edge."
    )
    parser.add_argument("--quick", action="store_true", help="about 40 seconds in all")
    parser.add_argument("--rounds", type=_some)
    parser.add_argument("--seconds", type=_some, help="length of one measurement")
    parser.add_argument("--users", type=_some, help="visitors at a time")
    parser.add_argument("--delay", default="350ms", help="the shop's median response time")
    parser.add_argument("--config", type=Path, default=_CONFIG, help="the edge's configuration")
    return parser


def _some(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("write a whole number of at least 1")
    return number


if __name__ == "__main__":
    sys.exit(main())
