"""Every failure the node expects, as a type. Anything else is a bug and surfaces as a 500 with a traceback.

EdgeError
├── ConfigError              refuse to start, or keep the running configuration on a reload
├── RequestError             4xx; the client sent something no site here can answer
├── RowError                 4xx; a table row is not acceptable
├── OriginError              502; blame the origin
│   ├── OriginTimeout        504
│   ├── OriginUnavailable    503; refused, reset, unhealthy, breaker open
│   └── OriginProtocolError  502; what it sent is not HTTP we can forward
└── StoreError               serve without the store, alarm
    ├── StoreFull            507; stop admitting, start evicting
    └── StoreCorrupt         set the file aside (pages) or refuse to start (tables)
"""

from __future__ import annotations

import enum
from typing import ClassVar


class Blame(enum.Enum):
    """Whose fault a failure is. Decides the metric label and who is paged."""

    CLIENT = "client"
    ORIGIN = "origin"
    EDGE = "edge"


class EdgeError(Exception):
    """Base class. Subclasses set the three class attributes; instances only add detail."""

    blame: ClassVar[Blame] = Blame.EDGE
    retryable: ClassVar[bool] = False
    status: ClassVar[int] = 500
    """HTTP status sent when no stored copy can be served instead."""


class Problem(EdgeError):
    """Base of failures whose text is written for the person who caused them: what is wrong, where, what to do."""


class ConfigError(Problem):
    """The configuration is wrong. ``problems`` holds every fault as ``file:line: what is wrong; what to write``."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class RequestError(EdgeError):
    """The request cannot be answered. ``status`` is set per instance (400, 421, ...)."""

    blame = Blame.CLIENT

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.response_status = status


class RowError(Problem):
    """A row or key is not acceptable: the message says which field, why, and what to write."""

    blame = Blame.CLIENT
    status = 400


class OriginError(EdgeError):
    """The origin failed. ``origin`` is its configured name."""

    blame = Blame.ORIGIN
    status = 502

    def __init__(self, origin: str, detail: str) -> None:
        super().__init__(f"origin {origin!r}: {detail}")
        self.origin = origin
        self.detail = detail


class OriginTimeout(OriginError):
    """The origin was too slow in one phase (connect, first byte, body)."""

    retryable = True
    status = 504

    def __init__(self, origin: str, *, phase: str, limit_s: float) -> None:
        super().__init__(origin, f"{phase} took longer than {limit_s:g} s")
        self.phase = phase


class OriginUnavailable(OriginError):
    """Refused, reset before an answer, unresolvable, or the breaker is open."""

    retryable = True
    status = 503


class OriginProtocolError(OriginError):
    """The origin's bytes are not a response we may forward."""


class StoreError(EdgeError):
    """LMDB failed."""

    status = 503


class StoreFull(StoreError):
    """The memory map or the disk has no room left."""

    status = 507


class StoreCorrupt(StoreError):
    """A stored record or file does not decode. Never retried: the bytes will not improve."""
