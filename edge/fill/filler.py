"""The filler: every cacheable miss and every refresh goes through here, so that the origin is asked once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from types import TracebackType

import msgspec

from edge.errors import StoreError
from edge.fill.asking import alone, unshareable
from edge.fill.collapse import Collapser, FetchAbandoned, Flight
from edge.fill.fetch import fetch
from edge.fill.filling import Filling, FillParts, Landing
from edge.fill.lead import Lead
from edge.fill.place import Place, known_place, place, stored_copy
from edge.fill.plain import usable
from edge.fill.protocol import FillAnswer, FillRequest, FillResult, Outcome
from edge.fill.wire import Interim
from edge.lifecycle import Spawner

logger = logging.getLogger("vitrine.fill")

_TRIES = 3
"""A first fetch may show what the response varies on, a second one may be for yet another variant."""
_MEASURE_S = 1.0


class Told:
    """A FillResult without a body."""

    def __init__(self, answer: FillAnswer) -> None:
        self.answer = answer

    async def body(self) -> AsyncGenerator[bytes, None]:
        """Nothing."""
        return
        yield b""


class Filler:
    """Fills for everybody, collapsed. Use it with ``async with``, and run :meth:`run` in the background meanwhile."""

    def __init__(self, parts: FillParts) -> None:
        self._parts = parts
        self._tasks = Spawner()
        self._flights: Collapser[Landing] = Collapser(self._tasks)
        self._refreshing = 0

    def __repr__(self) -> str:
        return f"<Filler {len(self._tasks)} fetches, {self._refreshing} of them refreshes>"

    async def __aenter__(self) -> Filler:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._tasks.aclose()

    async def run(self) -> None:
        """Watch the origins, and measure the store once a second, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._parts.health.run(), name="origin health")
            group.create_task(self._measure(), name="store measures")

    @asynccontextmanager
    async def fill(self, request: FillRequest, interim: Interim | None = None) -> AsyncIterator[FillResult]:
        """See :class:`edge.fill.protocol.Fills`. In the background, and yet awaited, is how an operator asks."""
        known = self._known(request, by_operator=request.background)
        if known is not None:
            yield Told(known)
            return
        if alone(request):
            async with self._alone(request, Lead(interim)) as result:
                yield result
            return
        for _ in range(_TRIES):
            lead = None if request.background else Lead(interim)
            flight, collapsed = self._join(request, lead)
            if lead is not None and not collapsed:
                async with _leading(lead) as result:
                    yield result
                return
            answer = await self._shared(request, flight)
            if answer is not None:
                yield Told(msgspec.structs.replace(answer, collapsed=collapsed))
                return
        yield Told(FillAnswer(outcome=Outcome.PASS, reason="vary"))

    async def refresh(self, request: FillRequest) -> bool:
        """See :class:`edge.fill.protocol.Fills`."""
        if self._known(request) is not None:
            return True
        if self._refreshing >= self._parts.rules.max_refreshes:
            return False
        self._join(request, None)
        return True

    async def touch(self, digests: tuple[bytes, ...]) -> None:
        """See :class:`edge.fill.protocol.Fills`."""
        await self._parts.store.touch(digests)

    async def invalidate(self, digests: tuple[bytes, ...]) -> None:
        """See :class:`edge.fill.protocol.Fills`."""
        await self._parts.store.outdate(digests)

    def _known(self, request: FillRequest, *, by_operator: bool = False) -> FillAnswer | None:
        """The answer when there is no need to ask the origin. An operator who asks wants to know how it is now."""
        parts = self._parts
        if request.origin not in parts.rules.keys:
            return FillAnswer(outcome=Outcome.PASS, reason="unknown-origin")
        personal = unshareable(request, parts.rules)
        if personal is not None:
            return FillAnswer(outcome=Outcome.PASS, reason=personal)
        if by_operator or alone(request):
            return None
        unshared = parts.recent.unshared(request.key)
        if unshared is not None:
            return FillAnswer(outcome=Outcome.PASS, reason=f"hit-for-miss:{unshared}")
        return parts.recent.paused(request.key)

    @asynccontextmanager
    async def _alone(self, request: FillRequest, lead: Lead) -> AsyncIterator[FillResult]:
        filling = Filling(self._parts, request, Flight(), lead)
        self._tasks.start(fetch(filling), name=f"fetch {request.key} for one")
        async with _leading(lead) as result:
            yield result

    def _join(self, request: FillRequest, lead: Lead | None) -> tuple[Flight[Landing], bool]:
        flight, collapsed = self._flights.join(
            self._flight_key(request), lambda flight: self._fetch(Filling(self._parts, request, flight, lead))
        )
        if lead is None and not collapsed:
            self._refreshing += 1
        return flight, collapsed

    async def _fetch(self, filling: Filling) -> None:
        try:
            await fetch(filling)
        finally:
            if filling.lead is None:
                self._refreshing -= 1

    def _flight_key(self, request: FillRequest) -> str:
        """One flight per variant, as far as is known; an operator's --accept must not join a fetch without it."""
        try:
            with self._parts.reader.view() as view:
                text = known_place(view, request).key.text
        except StoreError:  # then nothing is stored, and the fetch will say so
            text = request.key
        return f"{text}\naccept" if request.accept else text

    async def _shared(self, request: FillRequest, flight: Flight[Landing]) -> FillAnswer | None:
        """The answer of a fetch that others wait for too; None when what it stored is not for this request."""
        try:
            landing = await flight.wait(limit_s=self._parts.rules.wait_limit_s)
        except TimeoutError:
            return FillAnswer(outcome=Outcome.PASS, reason="collapse-timeout")
        except FetchAbandoned:
            return FillAnswer(outcome=Outcome.PASS, reason="fetch-abandoned")
        where = landing.where
        if where is not None and place(request, where.names).key != where.key:
            return None
        if where is not None and request.kind is None and not self._serves(request, where):
            return FillAnswer(outcome=Outcome.PASS, reason="stale-on-arrival")
        return landing.answer

    def _serves(self, request: FillRequest, where: Place) -> bool:
        """What was stored for somebody may be sent to this caller too, without asking again (RFC 9111 §4)."""
        try:
            with self._parts.reader.view() as view:
                copy = stored_copy(view, where)
        except StoreError:
            return False
        return copy is not None and usable(request, copy, now=self._parts.now_ms() // 1000)

    async def _measure(self) -> None:
        parts = self._parts
        while True:
            try:
                with parts.reader.view() as view:
                    usage = view.usage()
            except StoreError as exc:
                logger.error("the store cannot be measured: %s", exc)  # noqa: TRY400 - the next second will tell
            else:
                parts.counters.store_bytes[()] = usage.used_bytes
                parts.counters.store_entries[()] = usage.entries
            for origin in parts.rules.keys:
                parts.counters.origin_up[origin,] = float(parts.health.up(origin))
            await asyncio.sleep(_MEASURE_S)


@asynccontextmanager
async def _leading(lead: Lead) -> AsyncIterator[FillResult]:
    """The first caller's side of his fetch. When he leaves, the fetch goes on without him."""
    try:
        try:
            await lead.wait()
        except FetchAbandoned:
            yield Told(FillAnswer(outcome=Outcome.PASS, reason="fetch-abandoned"))
        else:
            yield lead
    finally:
        lead.pipe.abandon()
