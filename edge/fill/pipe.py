"""A body on its way from the fetch that reads it to the one caller who is sent it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator


class Pipe:
    """Bytes in order between two tasks of one loop, one writing and one reading.

    The writer waits while more than ``limit_bytes`` lie in the pipe. A reader who leaves is no reason to stop: writing
    into an abandoned pipe is allowed and does nothing.
    """

    def __init__(self, *, limit_bytes: int) -> None:
        self.limit_bytes = limit_bytes
        """May be changed between two writes."""
        self.abandoned = False
        self._pieces: deque[bytes] = deque()
        self._held_bytes = 0
        self._ended = False
        self._error: Exception | None = None
        self._readable = asyncio.Event()
        self._writable = asyncio.Event()

    async def write(self, piece: bytes) -> None:
        """Add a piece and wait until there is room for the next."""
        if self.abandoned:
            return
        self._pieces.append(piece)
        self._held_bytes += len(piece)
        self._readable.set()
        while self._held_bytes > self.limit_bytes and not self.abandoned:
            self._writable.clear()
            await self._writable.wait()

    def end(self, error: Exception | None = None) -> None:
        """Nothing follows. The reader gets what was written before and then ``error``, if there is one."""
        if not self._ended:
            self._ended, self._error = True, error
            self._readable.set()

    async def read(self) -> AsyncGenerator[bytes, None]:
        """The pieces as they come. Closing the generator abandons the pipe."""
        try:
            while True:
                while self._pieces:
                    piece = self._pieces.popleft()
                    self._held_bytes -= len(piece)
                    self._writable.set()
                    yield piece
                if self._ended:
                    break
                self._readable.clear()
                await self._readable.wait()
        finally:
            self.abandon()
        if self._error is not None:
            raise self._error

    def abandon(self) -> None:
        """Nobody reads any more."""
        self.abandoned = True
        self._pieces.clear()
        self._held_bytes = 0
        self._writable.set()
