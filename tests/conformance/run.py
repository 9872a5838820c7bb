"""Runs the public HTTP cache suite against the node and compares: ``python -m tests.conformance.run``.

The node is the plain product: ``vitrine serve`` with ``vitrine.toml`` beside this file, before the suite's own origin.
Exit status 1 when a test is lost that passed in ``results.json``, when one is not passed that ``known.toml`` does not
explain, or one passes that it explains. ``--write`` replaces ``results.json``; ``--only ID`` shows one test in full.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec

from loadtest.processes import NotReadyError, edge, environment, free_port, running
from tests.conformance.score import Known, Listed, counts, explained_in_vain, lost, unexplained, verdicts

_HERE = Path(__file__).parent
_SUITE = _HERE / "node_modules" / "http-cache-tests"
_RESULTS = _HERE / "results.json"
_KNOWN = _HERE / "known.toml"
_LIMIT_S = 300


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, print, compare; gives the exit status."""
    parser = argparse.ArgumentParser(prog="conformance", description="The public HTTP cache suite against the node.")
    parser.add_argument("--write", action="store_true", help="replace results.json by what this run found")
    parser.add_argument("--only", metavar="ID", help="run one test and show every request and response of it")
    options = parser.parse_args(arguments)
    try:
        output = _run(options.only or "")
    except NotReadyError as exc:
        print(f"conformance: {exc}", file=sys.stderr)
        return 1
    if options.only:
        print(output)
        return 0
    return conclude(output, write=options.write)


def conclude(output: str, *, write: bool) -> int:
    """Compare the suite's JSON with what is committed beside this file."""
    tests = msgspec.json.decode(_node("suite.mjs", folder=_HERE), type=tuple[Listed, ...])
    found = verdicts(msgspec.json.decode(output, type=dict[str, bool | list[str]]))
    known = msgspec.toml.decode(_KNOWN.read_text(), type=dict[str, tuple[Known, ...]]).get("not_passed", ())
    before = msgspec.json.decode(_RESULTS.read_text(), type=dict[str, str]) if _RESULTS.exists() else {}
    for title, count in counts(tests, found).items():
        print(f"{title:30} {count}")
    if write:
        passes = {test: verdict.partition(":")[0] for test, verdict in sorted(found.items())}
        _RESULTS.write_bytes(msgspec.json.format(msgspec.json.encode(passes)) + b"\n")
    faults = {
        "passed before and does not now": lost(before, found),
        "not passed, and known.toml gives no reason": unexplained(tests, found, known),
        "explained in known.toml, but passed or not in the suite": explained_in_vain(found, known),
    }
    for title, lines in faults.items():
        if lines:
            print(f"\n{title}:", *lines, sep="\n  ")
    return int(any(faults.values()))


def _run(only: str) -> str:
    """What the suite's client prints. Raises NotReadyError."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="conformance-") as name:
        scratch = Path(name)
        settings = {
            "npm_config_protocol": "http",
            "npm_config_port": str(port),
            "npm_config_pidfile": str(scratch / "pid"),
        }
        origin = f"http://localhost:{port}"
        command = [
            "env",
            f"--chdir={_SUITE}",
            *(f"{name}={value}" for name, value in settings.items()),
            "node",
            "server/server.mjs",
        ]
        with (
            running(command, log=scratch / "origin.log", ready_url=f"{origin}/package.json"),
            edge(scratch, config=_HERE / "vitrine.toml", origin=origin) as url,
        ):
            return _node("cli.mjs", folder=_SUITE, npm_config_base=url, npm_package_config_id=only)


def _node(script: str, *, folder: Path, **settings: str) -> str:
    done = subprocess.run(
        ["node", "--no-warnings", script],
        cwd=folder,
        env=environment() | settings,
        capture_output=True,
        text=True,
        timeout=_LIMIT_S,
        check=False,
    )
    if done.returncode != 0 or not done.stdout:
        raise NotReadyError(f"{script} ended with status {done.returncode}\n{done.stderr[-2000:]}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
