"""Work that blocks, in a thread that never outlives whoever asked for it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from functools import partial
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


async def in_thread(body: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What ``body`` returns, run in another thread. Cancelled, it waits for the thread's end first.

    So files and databases that ``body`` uses are not closed under it, as they would be with ``asyncio.to_thread``.
    """
    return await _finished(partial(body, *args, **kwargs), None)


async def in_thread_until(stop: threading.Event, body: Callable[[], T]) -> T:
    """Like :func:`in_thread`; ``stop`` is set when it is cancelled, so that ``body`` can end early."""
    return await _finished(body, stop)


async def _finished(body: Callable[[], T], stop: threading.Event | None) -> T:
    future = asyncio.get_running_loop().run_in_executor(None, body)
    try:
        return await asyncio.shield(future)
    except asyncio.CancelledError:
        if stop is not None:
            stop.set()
        await asyncio.wait([future])
        if not future.cancelled():
            future.exception()  # Nobody is left to hear of it.
        raise
