"""A log within its bounds, whole lines only."""

from __future__ import annotations

import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.observe.rotating import RotatingFile


def lines(*texts: str) -> list[bytes]:
    return [f"{text}\n".encode() for text in texts]


def files(directory: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in sorted(directory.iterdir())}


def test_lines_are_appended_also_to_what_an_earlier_run_left(tmp_path: Path) -> None:
    for text in ("one", "two"):
        file = RotatingFile(tmp_path / "deep" / "log", max_bytes=100, keep=1)
        assert file.append(lines(text)) == 1
        file.close()
    assert files(tmp_path / "deep") == {"log": "one\ntwo\n"}


def test_a_full_file_moves_up_and_the_oldest_goes(tmp_path: Path) -> None:
    file = RotatingFile(tmp_path / "log", max_bytes=8, keep=2)
    assert file.append(lines("aaa", "bbb", "ccc", "ddd", "eee", "fff", "ggg")) == 7
    assert files(tmp_path) == {"log": "ggg\n", "log.1": "eee\nfff\n", "log.2": "ccc\nddd\n"}
    file.close()


def test_keeping_none_starts_the_file_anew(tmp_path: Path) -> None:
    file = RotatingFile(tmp_path / "log", max_bytes=8, keep=0)
    file.append(lines("aaa", "bbb", "ccc"))
    assert files(tmp_path) == {"log": "ccc\n"}
    file.close()


def test_a_line_longer_than_a_file_gets_one_to_itself(tmp_path: Path) -> None:
    file = RotatingFile(tmp_path / "log", max_bytes=8, keep=3)
    assert file.append(lines("a", "b" * 50, "c")) == 3
    assert files(tmp_path) == {"log": "c\n", "log.1": "b" * 50 + "\n", "log.2": "a\n"}
    file.close()


def test_the_size_of_an_earlier_run_counts(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("aaa\nbbb\n")
    file = RotatingFile(tmp_path / "log", max_bytes=10, keep=1)
    file.append(lines("ccc"))
    assert files(tmp_path) == {"log": "ccc\n", "log.1": "aaa\nbbb\n"}
    file.close()


def test_a_line_torn_by_a_crash_is_ended_before_the_next(tmp_path: Path) -> None:
    (tmp_path / "log").write_text('{"ts":1}\n{"ts":')
    file = RotatingFile(tmp_path / "log", max_bytes=100, keep=1)
    file.append(lines("next"))
    assert files(tmp_path) == {"log": '{"ts":1}\n{"ts":\nnext\n'}
    file.close()


@given(texts=st.lists(st.text("ab", max_size=12), max_size=30), max_bytes=st.integers(13, 60), cut=st.integers(0, 30))
def test_no_line_is_lost_torn_or_reordered_and_no_file_grows_too_long(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], max_bytes: int, cut: int
) -> None:
    directory = tmp_path_factory.mktemp("logs")
    file = RotatingFile(directory / "log", max_bytes=max_bytes, keep=100)
    assert file.append(lines(*texts[:cut])) + file.append(lines(*texts[cut:])) == len(texts)
    file.close()
    newest_last = sorted(directory.iterdir(), key=lambda path: -int(path.suffix[1:] or 0))
    assert b"".join(path.read_bytes() for path in newest_last) == b"".join(lines(*texts))
    assert all(path.stat().st_size <= max_bytes for path in newest_last)


def test_a_full_disk_loses_lines_says_so_and_goes_on_when_there_is_room(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.symlink_to("/dev/full")
    file = RotatingFile(path, max_bytes=100, keep=1)
    assert file.append(lines("lost")) == 0
    assert file.fault == f"{path}: No space left on device"
    file.close()
    path.unlink()
    assert file.append(lines("kept")) == 1
    assert file.fault is None
    assert files(tmp_path) == {"log": "kept\n"}
    file.close()


@contextmanager
def sixteen_byte_files() -> Iterator[None]:
    """No file of this process may grow past 16 bytes: a write that crosses that is short, the next one fails.

    Only around the write itself: the test runner writes files too.
    """
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (16, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, handler)


def test_a_write_cut_short_leaves_no_torn_line(tmp_path: Path) -> None:
    file = RotatingFile(tmp_path / "log", max_bytes=100, keep=1)
    assert file.append(lines("one")) == 1
    with sixteen_byte_files():
        written = file.append(lines("a line of twenty five bytes"))
    assert written == 0
    assert file.fault == f"{tmp_path / 'log'}: File too large"
    assert file.append(lines("two")) == 1
    assert files(tmp_path) == {"log": "one\ntwo\n"}
    file.close()
