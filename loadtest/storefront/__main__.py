"""Runs the demo shop: ``python -m loadtest.storefront --port 9000 --delay 350ms --data DIR``."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import uvloop

from loadtest.storefront.application import DEFAULT_DELAY_S, DEFAULT_SIGMA, Settings, serving
from loadtest.storefront.conduct import parse_duration_s


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM or Ctrl-C. Exit status 1 when the port is taken."""
    options = _parser().parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="storefront-") as scratch:
        settings = Settings(
            data=options.data or Path(scratch),
            host=options.host,
            port=options.port,
            delay_s=options.delay,
            sigma=options.tail,
            seed=options.seed,
        )
        try:
            uvloop.run(_serve(settings))
        except OSError as exc:
            print(f"storefront: cannot serve on {settings.host}:{settings.port}: {exc}", file=sys.stderr)
            return 1
    return 0


async def _serve(settings: Settings) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with serving(settings) as shop:
        print(f"storefront ready {shop.url}", flush=True)
        await stop.wait()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m loadtest.storefront", description="The demo shop.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=9000, help="0 takes a free one and prints it")
    parser.add_argument("--delay", type=_duration, default=DEFAULT_DELAY_S, help="median response time (default 350ms)")
    parser.add_argument("--tail", type=float, default=DEFAULT_SIGMA, help="sigma of the log-normal tail (default 0.35)")
    parser.add_argument("--data", type=Path, default=None, help="directory of the shop's database (default: temporary)")
    parser.add_argument("--seed", type=int, default=None, help="makes the response times repeat")
    return parser


def _duration(text: str) -> float:
    try:
        return parse_duration_s(text)
    except ValueError as exc:
        raise argparse.ArgumentTypeError(str(exc)) from exc


if __name__ == "__main__":
    sys.exit(main())
