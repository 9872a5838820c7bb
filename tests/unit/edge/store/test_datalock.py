from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from edge.errors import StoreError
from edge.store.datalock import DataInUse, DataLock

HOLD = """
import sys
from pathlib import Path
from edge.store.datalock import DataLock
with DataLock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_holder_is_told_who_holds_the_data(tmp_path: Path) -> None:
    with DataLock(tmp_path), pytest.raises(DataInUse, match=rf"in use by process {os.getpid()}; stop it") as caught:
        DataLock(tmp_path).__enter__()
    assert caught.value.pid == os.getpid()


def test_the_lock_is_free_once_left(tmp_path: Path) -> None:
    for _ in range(2):
        with DataLock(tmp_path):
            assert (tmp_path / "lock").read_text() == f"{os.getpid()}\n"


def test_the_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(DataInUse, match=f"process {holder.pid};"):
            DataLock(tmp_path).__enter__()
        holder.kill()
    with DataLock(tmp_path):
        pass


def test_the_directory_is_made(tmp_path: Path) -> None:
    with DataLock(tmp_path / "a" / "b"):
        assert (tmp_path / "a" / "b" / "lock").exists()


def test_a_file_in_the_directory_s_place_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(StoreError, match=r"cannot use .*data for data"):
        DataLock(tmp_path / "data").__enter__()
