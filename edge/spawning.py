"""One place for a child process: starting what fills it, and stopping it."""

from __future__ import annotations

import asyncio
import os
import socket
import sys

from edge import clock
from edge.child import Role, Settings, send_settings
from edge.config.schema import Config
from edge.errors import EdgeError
from edge.observe import processes

READY_LIMIT_S = 630.0
"""Checking millions of rows takes minutes; a child that cannot start says so itself, at once."""
DRAIN_LIMIT_S = 30.0


class StartFailed(EdgeError):
    """A child ended before it served; it has printed why."""


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


async def spawn(slot: Slot, config: Config) -> None:
    """Start a child in ``slot`` and wait until it serves. Raises StartFailed."""
    ready_read, ready_write = os.pipe()
    os.set_blocking(ready_read, False)
    fd = slot.sock.fileno()
    try:
        try:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "edge", stdin=asyncio.subprocess.PIPE, pass_fds=(fd, ready_write)
            )
        finally:
            os.close(ready_write)
        slot.process, slot.started_at, slot.ready = process, clock.monotonic_s(), False
        settings = Settings(role=slot.role, slot=slot.number, config=config, socket_fd=fd, ready_fd=ready_write)
        if process.stdin is not None:
            process.stdin.write(send_settings(settings))
        async with asyncio.timeout(READY_LIMIT_S):
            if await _read_byte(ready_read) != b"R":
                raise StartFailed(f"{slot.role} {slot.number} ended before it was ready; its own message is above")
        slot.ready = True
    except TimeoutError as exc:
        await stop(slot.process, at_once=True)
        raise StartFailed(f"{slot.role} {slot.number} was not ready after {READY_LIMIT_S:g} s") from exc
    except OSError as exc:
        raise StartFailed(f"{slot.role} {slot.number} cannot be started: {exc.strerror or exc}") from exc
    finally:
        os.close(ready_read)


async def _read_byte(fd: int) -> bytes:
    loop = asyncio.get_running_loop()
    readable = asyncio.Event()
    loop.add_reader(fd, readable.set)
    try:
        await readable.wait()
        return os.read(fd, 1)
    finally:
        loop.remove_reader(fd)


async def stop(process: asyncio.subprocess.Process | None, *, at_once: bool = False) -> None:
    """Ask a child to drain, and kill it after the limit; ``at_once`` for one that never served."""
    if process is None or process.returncode is not None:
        return
    if at_once:
        process.kill()
    else:
        process.terminate()
    try:
        async with asyncio.timeout(DRAIN_LIMIT_S):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
