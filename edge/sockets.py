"""The listening sockets the supervisor owns: they outlive every child that serves on them."""

from __future__ import annotations

import os
import socket
from pathlib import Path

from edge.config.schema import Address
from edge.errors import ConfigError


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


def bind_unix(path: Path) -> socket.socket:
    """A listening Unix socket that only this user may speak to, in place of whatever an earlier run left."""
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
