"""Is an origin up? Judged by what fills meet and by probes; told to every worker through the page store."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable

import msgspec

from edge.clock import monotonic_s
from edge.config.schema import Origin
from edge.errors import OriginError, StoreError
from edge.fill.origin import OriginClient
from edge.policy.breaker import Breaker, BreakerPolicy, Phase, after_failure, after_success, ask

logger = logging.getLogger("vitrine.fill")

_REOPEN_S = 1.0
_REOPEN_MAX_S = 30.0
"""An origin that is down is probed after 1 s, 1 s, 2 s, 4 s ... and at least so often."""
_CHECKS_FAILED = 3
"""Active checks that have to fail in a row: one alone is often a restart or a lost packet."""

Publish = Callable[[str, bool], Awaitable[None]]
"""(origin's name, up): tell the workers."""


class Times(msgspec.Struct, frozen=True):
    """Where time and chance come from."""

    monotonic_s: Callable[[], float] = monotonic_s
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    jitter: Callable[[], float] = random.random
    """Between 0 and 1."""


_POLICY = BreakerPolicy()
_TIMES = Times()


class OriginHealth:
    """One breaker per origin, its probes, and the news of its changes.

    Run :meth:`run` in the background: while a breaker is open workers answer from the store and no fill comes by, so
    only a probe finds that the origin is back. ``publish`` is awaited at each change; its StoreError is logged.
    """

    def __init__(
        self,
        origins: tuple[Origin, ...],
        client: OriginClient,
        publish: Publish,
        *,
        policy: BreakerPolicy = _POLICY,
        times: Times = _TIMES,
    ) -> None:
        self._client = client
        self._publish = publish
        self._policy = policy
        self._times = times
        self._watches = {origin.name: _Watch(origin) for origin in origins}

    def __repr__(self) -> str:
        states = ", ".join(f"{name} {watch.breaker.phase.value}" for name, watch in self._watches.items())
        return f"<OriginHealth {states}>"

    def up(self, origin: str) -> bool:
        """Whether the origin may be asked freely."""
        return self._watches[origin].breaker.phase is Phase.CLOSED

    def permit(self, origin: str) -> bool:
        """Ask before each request. Granted while the origin is down, that request is the probe: report how it went."""
        watch = self._watches[origin]
        permission = ask(watch.breaker, self._policy, now=self._times.monotonic_s())
        watch.breaker = permission.breaker
        return permission.granted

    def retry_after_s(self, origin: str) -> int:
        """Whole seconds until it makes sense to ask again, at least 1."""
        return max(1, round(self._watches[origin].breaker.retry_at - self._times.monotonic_s() + 0.5))

    async def answered(self, origin: str, status: int, *, key: str) -> None:
        """A response came. One key that fails over and over tells of that page, not of the origin: it counts once."""
        if status < 500:
            await self._succeeded(self._watches[origin])
            return
        watch = self._watches[origin]
        if watch.failing_key != key or watch.breaker.phase is not Phase.CLOSED:
            watch.failing_key = key
            await self._failed(watch, certain=False)

    async def failed(self, origin: str, *, certain: bool = True) -> None:
        """No response came. ``certain``: nobody is there, or nobody in time; else one connection ended early."""
        await self._failed(self._watches[origin], certain=certain)

    async def run(self) -> None:
        """Probe until cancelled. At the start every origin counts as up; what workers were told before is replaced."""
        async with asyncio.TaskGroup() as group:
            for watch in self._watches.values():
                await self._tell(watch)
                group.create_task(self._watch(watch), name=f"health of {watch.origin.name}")

    async def _watch(self, watch: _Watch) -> None:
        while True:
            if watch.origin.health is not None:
                await self._times.sleep(float(watch.origin.health.interval))
            else:
                await watch.stirred.wait()
                if watch.breaker.phase is not Phase.CLOSED:
                    await self._times.sleep(max(0.0, watch.breaker.retry_at - self._times.monotonic_s()))
            await self._probe(watch)

    async def _probe(self, watch: _Watch) -> None:
        """Ask for the configured path, or for the home page, of which any answer below 500 will do.

        Not with HEAD: origins have been seen to send the body all the same.
        """
        check = watch.origin.health
        path = check.path if check is not None else "/"
        try:
            async with self._client.exchange(watch.origin.name, "GET", path, _probe_fields(watch.origin)) as response:
                well = response.status < (400 if check is not None else 500)
        except OriginError as exc:
            logger.info("origin %s is still down: %s", watch.origin.name, exc.detail)
            well = False
        if well:
            watch.checks_failed = 0
            if watch.stirred.is_set():
                await self._change(watch, Breaker(window_started_at=self._times.monotonic_s()))
        elif watch.stirred.is_set():
            await self._reopen(watch)
        else:
            watch.checks_failed += 1
            if watch.checks_failed >= _CHECKS_FAILED:
                await self._reopen(watch)

    async def _succeeded(self, watch: _Watch) -> None:
        watch.failing_key = None
        await self._change(watch, after_success(watch.breaker, self._policy, now=self._times.monotonic_s()))

    async def _failed(self, watch: _Watch, *, certain: bool) -> None:
        """Count a failure. Where it would take the origin down and is not certain to be the origin's, a probe decides.

        Five pages with errors are five broken pages while the probe is answered well.
        """
        now = self._times.monotonic_s()
        breaker = after_failure(watch.breaker, self._policy, now=now, reopen_after_s=self._reopen_after_s(watch))
        if watch.breaker.phase is Phase.CLOSED and breaker.phase is Phase.OPEN and not certain:
            watch.stirred.set()
        else:
            await self._change(watch, breaker)

    async def _reopen(self, watch: _Watch) -> None:
        retry_at = self._times.monotonic_s() + self._reopen_after_s(watch)
        await self._change(watch, Breaker(phase=Phase.OPEN, retry_at=retry_at, reopened=watch.breaker.reopened + 1))

    def _reopen_after_s(self, watch: _Watch) -> float:
        limit_s = min(_REOPEN_MAX_S, _REOPEN_S * 2.0 ** min(watch.breaker.reopened, 10))
        return limit_s * (0.5 + self._times.jitter() / 2)

    async def _change(self, watch: _Watch, breaker: Breaker) -> None:
        was_up = watch.breaker.phase is Phase.CLOSED
        watch.breaker = breaker
        is_up = breaker.phase is Phase.CLOSED
        if is_up and breaker.failures_in_row == 0:
            watch.stirred.clear()
        if was_up == is_up:
            return
        if is_up:
            logger.warning("origin %s is up again", watch.origin.name)
        else:
            watch.stirred.set()
            logger.error("origin %s is down; serving what is stored", watch.origin.name)
        await self._tell(watch)

    async def _tell(self, watch: _Watch) -> None:
        try:
            await self._publish(watch.origin.name, watch.breaker.phase is Phase.CLOSED)
        except StoreError as exc:
            # Workers then learn of the outage from their own fills, one timeout each.
            logger.error("workers were not told about origin %s: %s", watch.origin.name, exc)  # noqa: TRY400


class _Watch:
    """What is known of one origin."""

    def __init__(self, origin: Origin) -> None:
        self.origin = origin
        self.breaker = Breaker()
        self.stirred = asyncio.Event()
        """Down, or in doubt: to be probed at once."""
        self.checks_failed = 0
        self.failing_key: str | None = None


def _probe_fields(origin: Origin) -> tuple[tuple[str, str], ...]:
    """Origins with several sites answer nobody without a name."""
    host = (("Host", origin.hosts[0]),) if origin.hosts else ()
    return (*host, ("User-Agent", "vitrine-health"), ("Accept", "*/*"))
