"""Child processes of a measurement: start, wait until they answer, end them by their own id. Loopback only."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

_START_LIMIT_S = 30.0
_STOP_LIMIT_S = 10.0
_POLL_S = 0.05
ROOT = Path(__file__).parents[1]


class NotReadyError(RuntimeError):
    """A process ended, or said nothing useful, before it was ready. The message ends with what it last wrote."""


def free_port() -> int:
    """A loopback TCP port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(command: Sequence[str], *, log: Path, ready_url: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command until the block ends; enter the block once ``ready_url`` answers 200.

    Output goes to ``log``. The process gets SIGTERM at the end, and SIGKILL ten seconds later. Raises NotReadyError.
    """
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - our own command
            command, stdout=output, stderr=subprocess.STDOUT, cwd=ROOT, env=environment()
        )
    try:
        _wait(process, ready_url, log)
        yield process
    finally:
        _end(process)


@contextmanager
def storefront(scratch: Path, *, delay: str) -> Iterator[str]:
    """Run the demo shop; gives its base URL."""
    url = f"http://127.0.0.1:{free_port()}"
    command = [
        *(sys.executable, "-m", "loadtest.storefront", "--port", url.rpartition(":")[2]),
        *("--delay", delay, "--data", str(scratch / "shop")),
    ]
    with running(command, log=scratch / "shop.log", ready_url=f"{url}/healthz"):
        yield url


@contextmanager
def edge(scratch: Path, *, config: Path, origin: str) -> Iterator[str]:
    """Run an edge in front of ``origin``; gives its base URL."""
    listen, admin = f"127.0.0.1:{free_port()}", f"127.0.0.1:{free_port()}"
    command = [
        *(str(Path(sys.executable).with_name("vitrine")), "serve", "--config", str(config), "--origin", origin),
        *("--listen", listen, "--admin", admin, "--data", str(scratch / "edge")),
    ]
    with running(command, log=scratch / "edge.log", ready_url=f"http://{admin}/readyz"):
        yield f"http://{listen}"


def environment() -> dict[str, str]:
    """This process's environment without proxies: everything measured here is on this machine."""
    proxies = {"http_proxy", "https_proxy", "all_proxy"}
    return {name: value for name, value in os.environ.items() if name.lower() not in proxies}


def _wait(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + _START_LIMIT_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise NotReadyError(f"{process.args!r} ended with status {process.returncode}\n{_tail(log)}")
        try:
            with opener.open(url, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(_POLL_S)
    raise NotReadyError(f"{process.args!r} was not ready within {_START_LIMIT_S:g} s\n{_tail(log)}")


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-15:])


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(_STOP_LIMIT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
