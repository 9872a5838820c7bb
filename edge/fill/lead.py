"""The caller a fetch was started for: the one who may be sent the response while it arrives."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

from edge.fill.collapse import FetchAbandoned
from edge.fill.pipe import Pipe
from edge.fill.protocol import FillAnswer, Outcome
from edge.fill.wire import Interim

STREAM_BYTES = 256 * 1024
"""How far the origin may be ahead of a visitor whose response is not stored."""


class Lead:
    """What the fetch tells its first caller. Also that caller's side of it: a FillResult once answered."""

    def __init__(self, interim: Interim | None = None) -> None:
        self.interim = interim
        """Told of interim responses, on the caller's behalf."""
        self.pipe = Pipe(limit_bytes=STREAM_BYTES)
        self._answer: asyncio.Future[FillAnswer] = asyncio.get_running_loop().create_future()

    @property
    def listens(self) -> bool:
        """The caller is still there to be sent a body."""
        return not self.pipe.abandoned

    @property
    def answered(self) -> bool:
        """The caller has been told."""
        return self._answer.done()

    @property
    def answer(self) -> FillAnswer:
        """What the caller was told; only once it was."""
        return self._answer.result()

    def tell(self, answer: FillAnswer) -> None:
        """The first word counts: who is being sent a response learns nothing else."""
        if not self._answer.done():
            self._answer.set_result(answer)

    def end(self) -> None:
        """The fetch is over. Whoever waits in vain is told so."""
        if not self._answer.done():
            self._answer.set_exception(FetchAbandoned("the fetch ended without a result"))
            self._answer.exception()  # The caller may have left; then nobody else would look.
        self.pipe.end(FetchAbandoned("the fetch ended in the middle of the body"))

    async def wait(self) -> FillAnswer:
        """The answer. Raises FetchAbandoned. Cancelling the wait changes nothing for the fetch."""
        return await asyncio.shield(self._answer)

    async def body(self) -> AsyncGenerator[bytes, None]:
        """The response's body when the answer is to stream it, else nothing."""
        if self.answer.outcome is Outcome.STREAM:
            async for piece in self.pipe.read():
                yield piece
