"""How the shop behaves on the wire, as tests and demonstrations want it: how slow, how broken, and how often asked."""

from __future__ import annotations

import asyncio
import enum
import random
import re
from collections import Counter

_TAIL_LIMIT = 8.0
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s)")
_MOST_PATHS = 20_000


class Outage(enum.Enum):
    """What happens to every request but those of the control endpoints."""

    NONE = "none"
    ERROR = "error"
    """Answer 503."""
    DROP = "drop"
    """Close the connection without an answer."""
    HANG = "hang"
    """Accept, and say nothing until the outage ends; then close the connection."""


class Conduct:
    """Response time, outage and request counts. Used from one event loop."""

    def __init__(self, *, median_s: float, sigma: float, seed: int | None = None) -> None:
        self.median_s = median_s
        """Half of all pages take longer than this many seconds. 0 switches the delay off."""
        self.sigma = sigma
        """Width of the tail: the logarithm of the response time is normal with this standard deviation."""
        self.requests: Counter[str] = Counter()
        """How often each path was asked for, the control endpoints' own left out."""
        self._random = random.Random(seed)
        self._outage = Outage.NONE
        self._over = asyncio.Event()
        self._over.set()

    @property
    def outage(self) -> Outage:
        """The current outage."""
        return self._outage

    @outage.setter
    def outage(self, outage: Outage) -> None:
        self._over.set()
        self._outage = outage
        if outage is not Outage.NONE:
            self._over = asyncio.Event()

    async def outage_over(self) -> None:
        """Wait until the outage that runs now has ended or changed its kind."""
        await self._over.wait()

    def count(self, path: str) -> None:
        """Note one request. Past a bound, paths never seen before are counted under ``(other)``."""
        known = path in self.requests or len(self.requests) < _MOST_PATHS
        self.requests[path if known else "(other)"] += 1

    def next_delay_s(self) -> float:
        """How long the next page takes, in seconds: log-normal around the median, at most eight times as long."""
        if self.median_s == 0:
            return 0.0
        return self.median_s * min(self._random.lognormvariate(0.0, self.sigma), _TAIL_LIMIT)


def parse_duration_s(text: str) -> float:
    """Seconds from ``350ms`` or ``1.5s`` or ``0``. Raises ValueError."""
    if text == "0":
        return 0.0
    found = _DURATION.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is not a duration; write 350ms or 1.5s")
    return float(found[1]) * (0.001 if found[2] == "ms" else 1.0)
