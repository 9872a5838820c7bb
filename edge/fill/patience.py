"""How long to wait for an origin that has been sent a request, and perhaps a body that takes its time to arrive."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable
from types import TracebackType


class Patience:
    """A timeout that runs only while the origin is to act.

    Without a body it runs from the start. With :meth:`meter` it stands still while the visitor uploads, and starts anew
    each time the origin has a piece to take in and when the whole body has been taken. Raises TimeoutError, like
    ``asyncio.timeout``.
    """

    def __init__(self, limit_s: float) -> None:
        self._limit_s = limit_s
        self._timeout = asyncio.timeout(limit_s)
        self._over = False
        self.body_error: BaseException | None = None
        """What the metered body itself raised: the visitor's doing, not the origin's."""

    async def __aenter__(self) -> None:
        await self._timeout.__aenter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over = True
        await self._timeout.__aexit__(kind, error, trace)

    async def meter(self, body: AsyncIterable[bytes]) -> AsyncGenerator[bytes, None]:
        """The same pieces, each given to the origin under the limit."""
        self._origin_acts(yes=False)
        try:
            async for piece in body:
                self._origin_acts(yes=True)
                yield piece
                self._origin_acts(yes=False)
        except Exception as exc:  # aiohttp turns it into a connection error
            self.body_error = exc
            raise
        self._origin_acts(yes=True)

    def _origin_acts(self, *, yes: bool) -> None:
        if not self._over and not self._timeout.expired():
            self._timeout.reschedule(asyncio.get_running_loop().time() + self._limit_s if yes else None)
