"""A response on its way to the first caller while it is kept."""

from __future__ import annotations

from edge.fill.lead import Lead


class Onward:
    """Passes pieces on as they come, and completes the response when it is told to: once the response is stored.

    So whoever asks after having been answered finds what was kept. What completes a response is its last octet where
    its length is declared, and its end where it is not.
    """

    def __init__(self, lead: Lead | None, declared_length: int | None) -> None:
        self._lead = lead
        self._left = declared_length
        self._held: list[bytes] = []

    async def write(self, piece: bytes) -> None:
        """Pass a piece on, unless it is the last."""
        if self._lead is None:
            return
        if self._left is not None:
            self._left -= len(piece)
            if self._left <= 0:
                self._held.append(piece)
                return
        await self._lead.pipe.write(piece)

    async def complete(self) -> None:
        """The response has ended, and all is done that was to be done before the caller knows."""
        if self._lead is not None:
            for piece in self._held:
                await self._lead.pipe.write(piece)
            self._lead.pipe.end()
