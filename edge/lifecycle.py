"""Running background work for exactly as long as a block of code."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any


@asynccontextmanager
async def running(**bodies: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Run each body as a named task while the ``async with`` block runs, then cancel and await them all.

    A body that raises cancels the block at once and the error leaves it as an ExceptionGroup, so no component can
    die unnoticed. A body that returns is simply done. Enter and leave from the same task.
    """
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(body, name=name) for name, body in bodies.items()]
        yield
        for task in tasks:
            task.cancel()


class Spawner:
    """Short-lived background tasks (a refresh, a report) that end with their owner.

    ``start`` keeps the reference the event loop does not keep. A task's exception goes to the loop's exception handler.
    """

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._tasks)

    def start(self, body: Coroutine[Any, Any, None], *, name: str) -> None:
        """Run ``body`` in the running loop until it ends or :meth:`aclose` is called."""
        task = asyncio.get_running_loop().create_task(body, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    async def aclose(self) -> None:
        """Cancel what still runs and wait for it."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if task.cancelled():
            return
        error = task.exception()
        if error is not None:
            task.get_loop().call_exception_handler(
                {"message": f"background task {task.get_name()} failed", "exception": error, "task": task}
            )
