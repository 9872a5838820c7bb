"""The parent process: owns the sockets and the data lock, keeps one child per role slot alive, drains and reloads.

It serves nothing itself and imports no store, so there is little that can take it down. A replaced child inherits the
same listening socket: connections wait in its queue, none is reset.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec

from edge import clock
from edge.child import Role, Settings, send_settings
from edge.config.schema import Address, Config
from edge.errors import ConfigError, EdgeError
from edge.lifecycle import running
from edge.observe import metrics, processes
from edge.store.datalock import DataLock

logger = logging.getLogger("vitrine")

READY_LIMIT_S = 30.0
DRAIN_LIMIT_S = 30.0
_BACKOFF_S = (0.0, 0.1, 0.5, 2.0, 5.0)
_SETTLED_S = 10.0
"""A child that lived this long did not crash at start: its back-off begins anew."""


class StartFailed(EdgeError):
    """A child ended before it served; it has printed why."""


def bind(address: Address, *, reuse_port: bool) -> socket.socket:
    """A listening TCP socket. Raises ConfigError that names the address and what to do."""
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if reuse_port:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        sock.bind((address.host, address.port))
        sock.listen(4096)
    except OSError as exc:
        sock.close()
        raise ConfigError((f"cannot listen on {address}: {exc.strerror}; free the port or choose another",)) from exc
    return sock


def _bind_unix(path: Path) -> socket.socket:
    path.unlink(missing_ok=True)
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    sock.bind(os.fspath(path))
    path.chmod(0o600)
    sock.listen(4096)
    return sock


def address_of(sock: socket.socket) -> str:
    """``HOST:PORT`` a client on this machine would dial."""
    host, port = sock.getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


class Slot:
    """One place for a child: its role, its socket, the process that fills it now."""

    def __init__(self, role: Role, number: int, sock: socket.socket) -> None:
        self.role: Role = role
        self.number = number
        self.sock = sock
        self.process: asyncio.subprocess.Process | None = None
        self.ready = False
        self.started_at = 0.0
        self.crashes = 0

    def report(self) -> processes.Child:
        """The slot as ``status`` shows it."""
        serves = self.ready and self.process is not None and self.process.returncode is None
        pid = self.process.pid if self.process is not None and serves else None
        return processes.Child(self.role, self.number, pid, self.crashes)

    def __repr__(self) -> str:
        pid = self.process.pid if self.process else None
        return f"<{self.role} {self.number} pid={pid} crashes={self.crashes}>"


async def spawn(slot: Slot, config: Config) -> asyncio.subprocess.Process:
    """Start a child in ``slot`` and wait until it serves. Raises StartFailed."""
    ready_read, ready_write = os.pipe()
    fd = slot.sock.fileno()
    try:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "edge", stdin=asyncio.subprocess.PIPE, pass_fds=(fd, ready_write)
        )
    finally:
        os.set_blocking(ready_read, False)
    os.close(ready_write)
    settings = Settings(role=slot.role, slot=slot.number, config=config, socket_fd=fd, ready_fd=ready_write)
    if process.stdin is None:
        raise StartFailed("no pipe to the child")
    process.stdin.write(send_settings(settings))
    slot.process, slot.started_at, slot.ready = process, clock.monotonic_s(), False
    try:
        async with asyncio.timeout(READY_LIMIT_S):
            if await _read_byte(ready_read) != b"R":
                raise StartFailed(f"{slot.role} {slot.number} ended before it was ready; its own message is above")
            slot.ready = True
    except TimeoutError as exc:
        process.kill()
        raise StartFailed(f"{slot.role} {slot.number} was not ready after {READY_LIMIT_S:g} s") from exc
    finally:
        os.close(ready_read)
    return process


async def _read_byte(fd: int) -> bytes:
    loop = asyncio.get_running_loop()
    readable = asyncio.Event()
    loop.add_reader(fd, readable.set)
    try:
        await readable.wait()
        return os.read(fd, 1)
    finally:
        loop.remove_reader(fd)


async def stop(process: asyncio.subprocess.Process | None) -> None:
    """Ask a child to drain; kill it after the limit."""
    if process is None or process.returncode is not None:
        return
    process.terminate()
    try:
        async with asyncio.timeout(DRAIN_LIMIT_S):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


class Supervisor:
    """Runs a node until SIGTERM or SIGINT. ``reload_config`` is called on SIGHUP; it raises ConfigError."""

    def __init__(self, config: Config, reload_config: Callable[[], Config]) -> None:
        self._config = config
        self._reload_config = reload_config
        self._slots: list[Slot] = []
        self._stopping = asyncio.Event()
        self._reload = asyncio.Event()
        self._run_dir = config.node.data / "run"
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
        self._slots = [Slot("agent", 0, admin), Slot("filler", 0, _bind_unix(self._run_dir / "filler.sock"))]
        address = listen.http
        for number in range(self._config.node.workers):
            sock = bind(address, reuse_port=True)
            address = Address(f"{address.rpartition(':')[0]}:{sock.getsockname()[1]}")
            self._slots.append(Slot("worker", number, sock))

    def _report(self) -> None:
        processes.write(self._run_dir, [slot.report() for slot in self._slots])

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
        async with running(reloads=self._reloads(), **guards):
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
            metrics.bury(self._run_dir / "metrics", process.pid)

    async def _reloads(self) -> None:
        while True:
            await self._reload.wait()
            self._reload.clear()
            try:
                config = self._reload_config()
            except ConfigError as exc:
                logger.error("reload refused, the running configuration stays:\n%s", exc)  # noqa: TRY400
                continue
            async with self._pause:
                await self._replace_all(config)
            logger.info("reloaded")

    async def _replace_all(self, config: Config) -> None:
        """Filler and agent in sequence (one writer each); workers only leave once their successor serves."""
        if config.listen != self._config.listen or config.node != self._config.node:
            logger.warning("changes of [listen] and [node] take effect at the next start, not on a reload")
        config = msgspec.structs.replace(config, listen=self._config.listen, node=self._config.node)
        for slot in self._slots:
            old = slot.process
            if slot.role == "worker":
                await spawn(slot, config)
                await stop(old)
            else:
                await stop(old)
                await spawn(slot, config)
            self._bury(old)
        self._config = config

    async def _stop_all(self) -> None:
        workers = [slot for slot in self._slots if slot.role == "worker"]
        rest = [slot for slot in self._slots if slot.role != "worker"]
        await asyncio.gather(*(stop(slot.process) for slot in workers))
        await asyncio.gather(*(stop(slot.process) for slot in rest))
        for slot in self._slots:
            slot.sock.close()


def _how(process: asyncio.subprocess.Process | None) -> str:
    code = process.returncode if process else None
    if code is None:
        return "never started"
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit status {code}"
