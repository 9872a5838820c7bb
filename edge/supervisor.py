"""The parent process: owns the sockets and the data lock, keeps one child per role slot alive, drains and reloads.

It serves nothing itself and imports no store, so there is little that can take it down. A replaced child inherits the
same listening socket: connections wait in its queue, none is reset.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Callable
from contextlib import suppress

import msgspec

from edge import clock
from edge.config.schema import Address, Config
from edge.errors import ConfigError
from edge.lifecycle import running
from edge.observe import metrics, processes
from edge.sockets import address_of, bind, bind_unix
from edge.spawning import Slot, StartFailed, spawn, stop
from edge.store.datalock import DataLock

logger = logging.getLogger("vitrine")

_BACKOFF_S = (0.0, 0.1, 0.5, 2.0, 5.0)
_SETTLED_S = 10.0
"""A child that lived this long did not crash at start: its back-off begins anew."""
_REPORT_AGAIN_S = 1.0


class Supervisor:
    """Runs a node until SIGTERM or SIGINT. ``reload_config`` is called on SIGHUP; it raises ConfigError."""

    def __init__(self, config: Config, reload_config: Callable[[], Config]) -> None:
        self._config = config
        self._reload_config = reload_config
        self._slots: list[Slot] = []
        self._stopping = asyncio.Event()
        self._reload = asyncio.Event()
        self._run_dir = config.node.data / "run"
        self._behind = False
        """The last report could not be written."""
        self._pause = asyncio.Lock()
        """Held while children are replaced on purpose, so that the guards do not replace them too."""

    async def run(self, on_ready: Callable[[str, str], None]) -> None:
        """Start everything, call ``on_ready(public address, admin address)``, return after a drain.

        Raises ConfigError (a port in use), StoreError (data locked), StartFailed (a role cannot start).
        """
        self._run_dir.mkdir(parents=True, exist_ok=True)
        with DataLock(self._config.node.data):
            processes.forget(self._run_dir)
            metrics.prepare(self._run_dir / "metrics")
            self._bind()
            self._install_signals()
            try:
                await asyncio.gather(*(spawn(slot, self._config) for slot in self._slots))
                self._report()
                on_ready(*self._publish_addresses())
                await self._guard_until_stopped()
            finally:
                await self._stop_all()
                processes.forget(self._run_dir)

    def _bind(self) -> None:
        listen = self._config.listen
        admin = bind(listen.admin, reuse_port=False)
        self._slots = [Slot("agent", 0, admin), Slot("filler", 0, bind_unix(self._run_dir / "filler.sock"))]
        address = listen.http
        for number in range(self._config.node.workers):
            sock = bind(address, reuse_port=True)
            address = Address(f"{address.rpartition(':')[0]}:{sock.getsockname()[1]}")
            self._slots.append(Slot("worker", number, sock))

    def _report(self) -> None:
        try:
            processes.write(self._run_dir, [slot.report() for slot in self._slots])
        except OSError as exc:  # a full disk takes nobody down
            if not self._behind:
                logger.warning("status and readyz are behind: %s", exc)
            self._behind = True
        else:
            self._behind = False

    async def _catch_up(self) -> None:
        """Report again what could not be written, as after a full disk."""
        while True:
            await asyncio.sleep(_REPORT_AGAIN_S)
            if self._behind:
                self._report()

    def _publish_addresses(self) -> tuple[str, str]:
        public, admin = address_of(self._slots[2].sock), address_of(self._slots[0].sock)
        (self._run_dir / "admin.addr").write_text(admin)
        (self._run_dir / "http.addr").write_text(public)
        return public, admin

    def _install_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stopping.set)
        loop.add_signal_handler(signal.SIGHUP, self._reload.set)

    async def _guard_until_stopped(self) -> None:
        guards = {f"guard-{slot.role}-{slot.number}": self._guard(slot) for slot in self._slots}
        async with running(reloads=self._reloads(), reports=self._catch_up(), **guards):
            await self._stopping.wait()

    async def _guard(self, slot: Slot) -> None:
        """Replace the slot's child whenever it ends by itself."""
        while True:
            process = slot.process
            if process is not None:
                await process.wait()
            async with self._pause:
                if slot.process is not process:
                    continue
            self._bury(process)
            settled = clock.monotonic_s() - slot.started_at > _SETTLED_S
            slot.crashes = 1 if settled else slot.crashes + 1
            delay_s = _BACKOFF_S[min(slot.crashes - 1, len(_BACKOFF_S) - 1)]
            logger.error("%s %d ended (%s); replacing it in %.1f s", slot.role, slot.number, _how(process), delay_s)
            await asyncio.sleep(delay_s)
            async with self._pause:
                try:
                    await spawn(slot, self._config)
                except StartFailed as exc:
                    logger.error("%s", exc)  # noqa: TRY400 - the child printed its own traceback
                self._report()

    def _bury(self, process: asyncio.subprocess.Process | None) -> None:
        self._report()
        if process is not None:
            try:
                metrics.bury(self._run_dir / "metrics", process.pid)
            except OSError as exc:
                logger.warning("the metrics of process %d stay in files of their own: %s", process.pid, exc)

    async def _reloads(self) -> None:
        while True:
            await self._reload.wait()
            self._reload.clear()
            try:
                config = self._reload_config()
            except (ConfigError, OSError) as exc:
                logger.error("reload refused, the running configuration stays:\n%s", exc)  # noqa: TRY400
                continue
            async with self._pause:
                await self._replace_all(config)

    async def _replace_all(self, config: Config) -> None:
        """Every child with the new configuration, or every child with the one that ran."""
        if config.listen != self._config.listen or config.node != self._config.node:
            logger.warning("changes of [listen] and [node] take effect at the next start, not on a reload")
        config = msgspec.structs.replace(config, listen=self._config.listen, node=self._config.node)
        replaced: list[Slot] = []
        try:
            for slot in self._slots:
                replaced.append(slot)
                await self._replace(slot, config)
        except StartFailed as exc:
            logger.error("reload given up, the running configuration comes back: %s", exc)  # noqa: TRY400
            for slot in replaced:
                with suppress(StartFailed):  # then its guard goes on trying
                    await self._replace(slot, self._config)
        else:
            self._config = config
            logger.info("reloaded")

    async def _replace(self, slot: Slot, config: Config) -> None:
        """Filler and agent leave first (one writer each); a worker only once its successor serves. Raises StartFailed.

        A worker whose successor does not come up stays.
        """
        old, started_at = slot.process, slot.started_at
        if slot.role != "worker":
            await stop(old)
        try:
            await spawn(slot, config)
        except StartFailed:
            self._bury(slot.process)
            if old is not None and old.returncode is None:
                slot.process, slot.started_at, slot.ready = old, started_at, True
            raise
        await stop(old)
        self._bury(old)

    async def _stop_all(self) -> None:
        workers = [slot for slot in self._slots if slot.role == "worker"]
        rest = [slot for slot in self._slots if slot.role != "worker"]
        await asyncio.gather(*(stop(slot.process, at_once=not slot.ready) for slot in workers))
        await asyncio.gather(*(stop(slot.process, at_once=not slot.ready) for slot in rest))
        for slot in self._slots:
            slot.sock.close()


def _how(process: asyncio.subprocess.Process | None) -> str:
    code = process.returncode if process else None
    if code is None:
        return "never started"
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit status {code}"
