"""Request collapsing: concurrent requests for one cache key share one fetch (RFC 9111 §4, RFC 9211 §2.6)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

from edge.errors import EdgeError
from edge.lifecycle import Spawner

T = TypeVar("T")


class FetchAbandoned(EdgeError):
    """The fetch ended without a result: it was cancelled, or it failed in a way nobody expected."""

    retryable = True
    status = 503


class Flight(Generic[T]):
    """One fetch under way and what it came to."""

    def __init__(self) -> None:
        self._result: asyncio.Future[T] = asyncio.get_running_loop().create_future()

    @property
    def landed(self) -> bool:
        """The result is known."""
        return self._result.done()

    def land(self, result: T) -> None:
        """Tell everybody the result; the first word counts. The fetch may go on, for the caller it streams to."""
        if not self._result.done():
            self._result.set_result(result)

    def abandon(self) -> None:
        """Tell everybody that there will be no result, if there is none yet."""
        if not self._result.done():
            self._result.set_exception(FetchAbandoned("the fetch ended without a result"))
            self._result.exception()  # Every caller may have left; then nobody else would look.

    async def wait(self, *, limit_s: float | None) -> T:
        """The result. Raises TimeoutError after ``limit_s``, FetchAbandoned when there is none to come.

        A caller that is cancelled, or gives up, leaves the fetch running for the rest and for the store.
        """
        async with asyncio.timeout(limit_s):
            return await asyncio.shield(self._result)


class Collapser(Generic[T]):
    """Runs at most one fetch per key at a time, within one event loop."""

    def __init__(self, tasks: Spawner) -> None:
        self._tasks = tasks
        self._flights: dict[str, Flight[T]] = {}

    def __len__(self) -> int:
        return len(self._flights)

    def __repr__(self) -> str:
        return f"<Collapser {len(self._flights)} under way>"

    def join(self, key: str, fetch: Callable[[Flight[T]], Coroutine[Any, Any, None]]) -> tuple[Flight[T], bool]:
        """The flight for ``key`` and whether it was already under way. If not, ``fetch`` starts and has to land it.

        Who comes after the landing starts a new flight: the result may be that there is nothing to share.
        """
        flight = self._flights.get(key)
        if flight is not None and not flight.landed:
            return flight, True
        flight = self._flights[key] = Flight()
        self._tasks.start(self._fly(key, flight, fetch), name=f"fetch {key}")
        return flight, False

    async def _fly(self, key: str, flight: Flight[T], fetch: Callable[[Flight[T]], Coroutine[Any, Any, None]]) -> None:
        try:
            await fetch(flight)
        finally:
            flight.abandon()
            if self._flights.get(key) is flight:
                del self._flights[key]
