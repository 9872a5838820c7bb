"""Opening the two LMDB environments of a node: ``tables`` (durable) and ``pages`` (disposable).

Any process may be first: whoever opens an environment creates what is missing, under a short file lock. Only the one
process that writes an environment checks the whole file, and only it sets damaged ``pages`` aside. LMDB forbids opening
one environment twice in a process, so roles that share a process share what was opened for writing. Open after fork.
"""

from __future__ import annotations

import fcntl
import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import lmdb
from lmdb.verify import VerifyError, verify

from edge import clock
from edge.errors import StoreCorrupt, StoreError
from edge.store.table_records import damaged_rows
from edge.store.translate import translate

logger = logging.getLogger("vitrine.store")

TABLES_MAP_BYTES = 64 << 30
"""Sparse: address space, not disk. Tables are bounded by the disk."""

_SMALLEST_MAP_BYTES = 1 << 20
_READERS = 1024
"""Read transactions at once, over all processes. Only the first process to open an environment can set it."""
_WAIT_S = 20.0
_CHECK_S = 600.0
"""How long the writer's check of a whole file may keep others waiting: four seconds for a million rows, and more from a
slow disk."""
_POLL_S = 0.02
_LEAK = "neither reachable nor in the freeDB"
"""The one finding that harms nothing: pages lost for good, as after a crash at an unlucky moment."""

TABLE_DATABASES = (b"rows", b"changes", b"dirty", b"meta")
PAGE_DATABASES = (b"entries", b"chunks", b"vary", b"ledger", b"order", b"meta", b"origins", b"vocabulary", b"held")


@dataclass(frozen=True, slots=True)
class Layout:
    """What an environment is made of. Every process must open it with the same layout."""

    databases: tuple[bytes, ...]
    map_bytes: int
    metasync: bool
    """True: a commit is on disk when it returns. False: a power cut may undo the last one, and damages nothing."""


def tables_layout(map_bytes: int = TABLES_MAP_BYTES) -> Layout:
    """The layout of ``tables``: every commit durable."""
    return Layout(TABLE_DATABASES, map_bytes, metasync=True)


def pages_layout(size_bytes: int) -> Layout:
    """The layout of ``pages`` for a store of ``size_bytes``: half as much again, because freed room comes in pieces."""
    return Layout(PAGE_DATABASES, max(size_bytes * 3 // 2, _SMALLEST_MAP_BYTES), metasync=False)


def open_tables(path: Path, *, map_bytes: int = TABLES_MAP_BYTES) -> lmdb.Environment:
    """Open ``tables`` for the process that writes it, having checked every page and row of it.

    Raises StoreCorrupt, which says how to restore, and StoreFull.
    """
    layout = tables_layout(map_bytes)
    with _opening(path):
        try:
            env = _open_checked(path, layout)
            _check_rows(env)
        except StoreCorrupt as exc:
            raise StoreCorrupt(
                f"the tables in {path} are damaged: {exc}. Nothing was changed. To restore: stop the node, move {path} "
                f"away, and either put a copy of that folder in its place, or start without it and load what "
                f"`vitrine tables export TABLE` wrote before with `vitrine tables import TABLE FILE`."
            ) from exc
    return env


def open_pages(path: Path, size_bytes: int) -> lmdb.Environment:
    """Open ``pages`` for the process that writes it; a damaged one is set aside and begun anew. Raises StoreFull."""
    layout = pages_layout(size_bytes)
    with _opening(path):
        try:
            return _open_checked(path, layout)
        except StoreCorrupt as exc:
            aside = set_aside(path)
            logger.error("the pages in %s are damaged and were set aside as %s: %s", path, aside, exc)  # noqa: TRY400
            return _open_checked(path, layout)


def open_reader(path: Path, layout: Layout, *, wait_s: float = _WAIT_S) -> lmdb.Environment:
    """Open an environment read-only, created empty if no process has yet.

    While it is damaged this waits for its writer to set it aside; blocks for ``wait_s``, then raises StoreCorrupt.
    """
    until = clock.monotonic_s() + wait_s
    while True:
        try:
            with _opening(path):
                return _open_complete(path, layout)
        except StoreCorrupt:
            if clock.monotonic_s() > until:
                raise
            time.sleep(_POLL_S)


def set_aside(path: Path) -> Path:
    """Rename a damaged environment, so that an empty one can take its place. Returns the new name.

    Processes that have it open keep reading what was set aside until they look again (``PageReader.replaced``).
    """
    aside = path.with_name(f"{path.name}.damaged-{clock.now_ms()}")
    path.rename(aside)
    return aside


def reader_check(env: lmdb.Environment) -> int:
    """Free the reader slots of dead processes, which would keep old pages from being reused. Returns how many."""
    try:
        return env.reader_check()
    except lmdb.Error as exc:
        raise translate(exc) from exc


@contextmanager
def _opening(path: Path) -> Iterator[None]:
    """Hold the file lock under which an environment is created, checked or set aside. Raises StoreError in the end."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fd = os.open(path.with_name(f"{path.name}.opening"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as exc:
        raise StoreError(f"cannot use {path.parent} for data: {exc.strerror}") from exc
    until = clock.monotonic_s() + _CHECK_S
    try:
        while not _locked(fd):
            if clock.monotonic_s() > until:
                raise StoreError(f"another process has been opening {path} for more than {_CHECK_S:g} s")
            time.sleep(_POLL_S)
        yield
    finally:
        os.close(fd)


def _locked(fd: int) -> bool:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _open_checked(path: Path, layout: Layout) -> lmdb.Environment:
    """Open for writing after checking the file, with writes of other processes held off meanwhile."""
    env = _open(path, layout, readonly=False)
    try:
        with env.begin(write=True):
            _check(path)
        for name in layout.databases:
            env.open_db(name)
        env.reader_check()
    except lmdb.Error as exc:
        env.close()
        raise translate(exc) from exc
    except StoreError:
        env.close()
        raise
    return env


def _check(path: Path) -> None:
    """Raises StoreCorrupt. LMDB itself trusts its file and would crash on much of what this finds."""
    try:
        found = [problem for problem in verify(path) if _LEAK not in problem]  # type: ignore[no-untyped-call]
    except VerifyError as exc:
        raise StoreCorrupt(str(exc)) from exc
    if found:
        raise StoreCorrupt(f"{len(found)} faults, the first is: {found[0]}")


def _check_rows(env: lmdb.Environment) -> None:
    if damaged := damaged_rows(env):
        env.close()
        raise StoreCorrupt(f"{len(damaged)} rows do not decode, the first is row {' '.join(damaged[0])}")


def _open_complete(path: Path, layout: Layout) -> lmdb.Environment:
    """Open read-only; create the environment and its databases first if need be."""
    data = path / "data.mdb"
    if not data.exists() or data.stat().st_size == 0:  # a file cut down to nothing is as good as none
        _create(path, layout)
    env = _open(path, layout, readonly=True)
    try:
        if not _has_databases(env, layout):
            env.close()
            _create(path, layout)
            env = _open(path, layout, readonly=True)
            _has_databases(env, layout)
    except lmdb.Error as exc:
        env.close()
        raise translate(exc) from exc
    return env


def _has_databases(env: lmdb.Environment, layout: Layout) -> bool:
    try:
        for name in layout.databases:
            env.open_db(name, create=False)
    except lmdb.NotFoundError:
        return False
    return True


def _create(path: Path, layout: Layout) -> None:
    env = _open(path, layout, readonly=False)
    try:
        for name in layout.databases:
            env.open_db(name)
    except lmdb.Error as exc:
        raise translate(exc) from exc
    finally:
        env.close()


def _open(path: Path, layout: Layout, *, readonly: bool) -> lmdb.Environment:
    try:
        path.mkdir(parents=True, exist_ok=True)
        env = lmdb.open(
            os.fspath(path),
            map_size=layout.map_bytes,
            readonly=readonly,
            metasync=layout.metasync,
            readahead=False,
            meminit=False,
            max_readers=_READERS,
            max_dbs=len(layout.databases),
            max_spare_txns=1,
        )
        _refuse_short(env, path / "data.mdb")
    except lmdb.Error as exc:
        raise translate(exc) from exc
    except OSError as exc:
        raise StoreError(f"cannot use {path} for data: {exc.strerror}") from exc
    return env


def _refuse_short(env: lmdb.Environment, data: Path) -> None:
    """Raises StoreCorrupt for a file cut short: reading past its end through the map would kill the process."""
    needed_bytes = (env.info()["last_pgno"] + 1) * env.stat()["psize"]
    if data.stat().st_size < needed_bytes:
        env.close()
        raise StoreCorrupt(f"{data} ends before byte {needed_bytes}")
