"""Tokens of the admin API: how the node's own is minted, and how one that was sent is recognised."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Iterable
from pathlib import Path

from edge.config.schema import Token
from edge.errors import ConfigError

MINTED_NAME = "admin.token"


def mint(path: Path) -> Token:
    """The node's own token with every scope, kept in ``path`` for the commands on this machine (mode 0600).

    A token that is already there stays, so that a restart disturbs no script. Raises ConfigError.
    """
    try:
        secret = _read(path) or _write(path, secrets.token_urlsafe(32))
    except OSError as exc:
        raise ConfigError(
            (f"{path}: the admin token cannot be kept ({exc.strerror}); make its folder writable",)
        ) from exc
    return Token(name=MINTED_NAME, hash=token_hash(secret), scopes=("all",))


def token_hash(secret: str) -> str:
    """What the configuration keeps of a token. Tokens are long and random, so one round of SHA-256 is enough."""
    return "sha256:" + hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()


def recognise(secret: str, tokens: Iterable[Token]) -> Token | None:
    """The token whose secret this is. Takes the same time whichever, if any, it is."""
    sent = token_hash(secret)
    found = None
    for token in tokens:
        if hmac.compare_digest(token.hash, sent):
            found = token
    return found


def _read(path: Path) -> str:
    """The token kept there, empty when there is none; nobody else may read it from now on."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return ""
    with os.fdopen(fd, encoding="ascii", errors="replace") as file:
        os.fchmod(fd, 0o600)
        return file.read().strip()


def _write(path: Path, secret: str) -> str:
    """Keep the token whole or not at all: written beside, then renamed."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    fd = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(fd, "w", encoding="ascii") as file:
        file.write(secret + "\n")
        file.flush()
        os.fsync(fd)
    beside.replace(path)
    return secret
