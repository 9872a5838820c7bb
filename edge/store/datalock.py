"""One node per data directory: an advisory lock that ends with the process that holds it, however that process ends."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Self

from edge.errors import StoreError


class DataInUse(StoreError):
    """Another process holds the data directory. ``pid`` is that process, None when it did not get to say."""

    def __init__(self, path: Path, pid: int | None) -> None:
        holder = f"process {pid}" if pid is not None else "another process"
        super().__init__(f"{path} is in use by {holder}; stop it, or choose another data directory with --data")
        self.pid = pid


class DataLock:
    """Holds ``directory/lock`` between ``__enter__`` and ``__exit__``. The file stays: removing it would be a race."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._fd: int | None = None

    def __enter__(self) -> Self:
        """Take the lock at once. Raises DataInUse, or StoreError when the directory cannot be made or written."""
        path = self._directory / "lock"
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
            fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as exc:
            raise StoreError(f"cannot use {self._directory} for data: {exc.strerror}") from exc
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(fd, 32, 0).strip()
            os.close(fd)
            raise DataInUse(self._directory, int(holder) if holder.isdigit() else None) from None
        os.ftruncate(fd, 0)
        os.pwrite(fd, f"{os.getpid()}\n".encode(), 0)
        self._fd = fd
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None
