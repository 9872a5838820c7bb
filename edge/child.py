"""A child process: ``python -m edge`` with its settings on standard input.

Standard input doubles as the lifeline: it stays open as long as the supervisor lives, and its end (a supervisor killed
with SIGKILL included) makes the child drain and leave, so no orphan ever holds the data directory or a port.
"""

from __future__ import annotations

import asyncio
import logging
import os
import pickle
import signal
import socket
import struct
import sys
from collections.abc import Awaitable, Callable
from typing import BinaryIO, Literal

import msgspec

from edge.config.schema import Config
from edge.errors import EdgeError

logger = logging.getLogger("vitrine")

Role = Literal["worker", "filler", "agent"]
_LENGTH = struct.Struct(">I")


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What one child is to be. Sockets are inherited file descriptors, owned by the supervisor."""

    role: Role
    slot: int
    config: Config
    socket_fd: int
    """The listening socket: public port, filler's Unix socket, or admin port, by role."""
    ready_fd: int
    """One byte is written here when the child serves."""


class Body(msgspec.Struct, frozen=True):
    """What a role's coroutine is given."""

    settings: Settings
    sock: socket.socket
    ready: Callable[[], None]
    stop: asyncio.Event
    """Set once: drain and return."""


def send_settings(settings: Settings) -> bytes:
    """The bytes the supervisor writes to the child's standard input."""
    blob = pickle.dumps(settings)
    return _LENGTH.pack(len(blob)) + blob


def receive_settings(stream: BinaryIO) -> Settings:
    """Read what :func:`send_settings` wrote. Raises EOFError when the supervisor is already gone."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError("no settings")
    blob = stream.read(_LENGTH.unpack(head)[0])
    settings = pickle.loads(blob)  # noqa: S301 - written by our own parent on a private pipe
    if not isinstance(settings, Settings):
        raise TypeError("settings of another version")
    return settings


async def _live(settings: Settings, role: Callable[[Body], Awaitable[None]]) -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    loop.add_signal_handler(signal.SIGHUP, lambda: None)  # the terminal's; reloads are the supervisor's business
    os.set_blocking(sys.stdin.fileno(), False)

    def lifeline() -> None:
        if os.read(sys.stdin.fileno(), 64) == b"":
            loop.remove_reader(sys.stdin.fileno())
            stop.set()

    loop.add_reader(sys.stdin.fileno(), lifeline)

    def ready() -> None:
        os.write(settings.ready_fd, b"R")
        os.close(settings.ready_fd)

    sock = socket.socket(fileno=settings.socket_fd)
    sock.setblocking(False)
    await role(Body(settings, sock, ready, stop))


def main() -> int:
    """Run one role until told to stop. Exit status 0 after a drain, 1 after a failure that was logged."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(process)d %(message)s")
    settings = receive_settings(sys.stdin.buffer)
    import uvloop  # noqa: PLC0415 - after the settings, so that a broken wheel is reported by the child that needs it

    from edge import node  # noqa: PLC0415 - heavy imports belong to the child, not to whoever imports Settings

    roles = {"worker": node.run_worker, "filler": node.run_filler, "agent": node.run_agent}
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_live(settings, roles[settings.role]))
    except EdgeError as exc:
        logger.error("%s %d cannot go on: %s", settings.role, settings.slot, exc)  # noqa: TRY400 - says what to do
        return 1
    except Exception:
        logger.exception("%s %d failed", settings.role, settings.slot)
        return 1
    return 0
