"""One writer thread per LMDB environment: writes that arrive together are committed together (group commit).

LMDB allows one write transaction at a time and its commit waits for the disk, so neither belongs on an event loop.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Generic, Self, TypeVar

import lmdb

from edge.errors import StoreError
from edge.store.translate import translate

T = TypeVar("T")

_BATCH = 256
"""Most writes in one commit; bounds how long the first of them waits."""


class _Job(Generic[T]):
    """One queued write: its function and the future its caller awaits."""

    def __init__(self, write: Callable[[lmdb.Transaction[bytes]], T]) -> None:
        self.write = write
        self.future: Future[T] = Future()
        self._result: T

    def perform(self, env: lmdb.Environment, txn: lmdb.Transaction[bytes]) -> bool:
        """Run inside a child transaction, so that a failure undoes this write alone. Returns whether it succeeded."""
        try:
            with env.begin(parent=txn, write=True) as child:
                self._result = self.write(child)
        except lmdb.Error as exc:
            self.fail(exc, directory=env.path())
        except Exception as exc:  # noqa: BLE001 - the thread's boundary: it is the awaiting caller's to handle
            self.future.set_exception(exc)
        else:
            return True
        return False

    def succeed(self) -> None:
        self.future.set_result(self._result)

    def fail(self, exc: lmdb.Error, *, directory: str) -> None:
        error = translate(exc, directory=directory)
        error.__cause__ = exc
        self.future.set_exception(error)


class Writer:
    """Runs write functions on its own thread between ``__enter__`` and ``__exit__``, which commits what is queued.

    The environment must outlive the writer, and no other thread of this process may begin a write transaction.
    """

    def __init__(self, env: lmdb.Environment, *, name: str) -> None:
        self._env = env
        self._queue: SimpleQueue[_Job[object] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._work, name=f"{name} writer", daemon=True)
        self._closed = False

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        self._closed = True
        self._queue.put(None)
        self._thread.join()

    async def run(self, write: Callable[[lmdb.Transaction[bytes]], T]) -> T:
        """Return ``write(transaction)`` once it is committed, and for ``tables`` on disk.

        ``write`` runs on the writer thread and may run twice, so it must keep nothing outside the transaction. What it
        raises reaches the caller and undoes this write only. Raises StoreFull when map or disk have no room.
        Cancelling before it began drops it; after that it is committed all the same.
        """
        if self._closed:
            raise StoreError("the store is closing")
        job = _Job(write)
        self._queue.put(job)  # type: ignore[arg-type]  # the queue forgets T; each future remembers its own
        return await asyncio.wrap_future(job.future)

    def _work(self) -> None:
        ended = False
        while not ended:
            batch: list[_Job[object]] = []
            job = self._queue.get()
            while job is not None:
                if job.future.set_running_or_notify_cancel():
                    batch.append(job)
                if len(batch) == _BATCH:
                    break
                try:
                    job = self._queue.get_nowait()
                except Empty:
                    break
            ended = job is None
            if batch:
                self._commit(batch)

    def _commit(self, batch: Sequence[_Job[object]]) -> None:
        performed: list[_Job[object]] = []
        try:
            with self._env.begin(write=True) as txn:
                performed.extend(job for job in batch if job.perform(self._env, txn))
        except lmdb.Error as exc:
            waiting = [job for job in batch if not job.future.done()]
            if len(waiting) == 1:
                waiting[0].fail(exc, directory=self._env.path())
                return
            for job in waiting:  # the whole does not fit; each alone may
                self._commit([job])
            return
        for job in performed:
            job.succeed()
