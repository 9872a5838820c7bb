"""Child processes that are waited for and ended."""

from __future__ import annotations

import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from loadtest.processes import NotReadyError, free_port, running, storefront


def test_the_shop_answers_inside_the_block_and_is_gone_after_it(tmp_path: Path) -> None:
    with storefront(tmp_path, delay="0") as url, urllib.request.urlopen(f"{url}/healthz", timeout=5) as response:
        assert response.read() == b"ok\n"
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(f"{url}/healthz", timeout=5)


def test_a_process_that_ends_early_is_reported_with_its_last_words(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "print('no such thing'); raise SystemExit(3)"]
    url = f"http://127.0.0.1:{free_port()}/"
    with (
        pytest.raises(NotReadyError, match=r"status 3\nno such thing"),
        running(command, log=tmp_path / "log", ready_url=url),
    ):
        pytest.fail("the block must not be entered")


def test_a_failing_block_still_ends_the_process(tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", str(port)]
    held: list[subprocess.Popen[bytes]] = []

    def fail_inside() -> None:
        with running(command, log=tmp_path / "log", ready_url=f"http://127.0.0.1:{port}/") as process:
            held.append(process)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_inside()
    assert held[0].poll() is not None
