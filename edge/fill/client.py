"""A worker's side of the filler's socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import TracebackType

import aiohttp
import msgspec

from edge.errors import EdgeError
from edge.fill.protocol import FRAME, FillAnswer, FillRequest, FillResult, Outcome, decode_answer, encode
from edge.fill.wire import Interim

_SILENCE_S = 3.0
"""The filler sends something at least once a second; after so long without, it is taken for dead."""
_ANSWER_BYTES = 2**20
_BROKEN = (aiohttp.ClientError, asyncio.IncompleteReadError, OSError, TimeoutError, msgspec.MsgspecError)


class FillerUnavailable(EdgeError):
    """The filler is dead, restarting or stuck: serve what is stored, or relay uncollapsed."""

    retryable = True
    status = 503


class FillerClient:
    """Asks the filler of this node. Open it with ``async with`` in the loop that uses it."""

    def __init__(self, socket_path: Path, *, silence_s: float = _SILENCE_S) -> None:
        self._socket_path = socket_path
        self._silence_s = silence_s

    async def __aenter__(self) -> FillerClient:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.UnixConnector(path=str(self._socket_path), limit=0),
            timeout=aiohttp.ClientTimeout(total=None, connect=self._silence_s),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    @asynccontextmanager
    async def fill(self, request: FillRequest, interim: Interim | None = None) -> AsyncIterator[FillResult]:
        """See :class:`edge.fill.protocol.Fills`. Raises FillerUnavailable within seconds when the filler is dead."""
        response = await self._post("/fill", encode(request))
        try:
            yield Remote(await self._answer(response, interim), response)
        finally:
            response.close()

    async def refresh(self, request: FillRequest) -> bool:
        """See :class:`edge.fill.protocol.Fills`. Raises FillerUnavailable."""
        response = await self._post("/refresh", encode(request))
        response.release()
        return response.status == 202

    async def touch(self, digests: tuple[bytes, ...]) -> None:
        """See :class:`edge.fill.protocol.Fills`. Raises FillerUnavailable."""
        response = await self._post("/touch", encode(digests))
        response.release()

    async def invalidate(self, digests: tuple[bytes, ...]) -> None:
        """See :class:`edge.fill.protocol.Fills`. Raises FillerUnavailable."""
        response = await self._post("/invalidate", encode(digests))
        response.release()
        if response.status != 204:
            raise FillerUnavailable(f"the filler answered {response.status}")

    async def _post(self, path: str, body: bytes) -> aiohttp.ClientResponse:
        try:
            try:
                return await self._send(path, body)
            except aiohttp.ClientConnectorError:
                raise
            except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError):
                # A kept connection to a filler that has since been replaced. Asking twice does no harm.
                return await self._send(path, body)
        except _BROKEN as exc:
            raise FillerUnavailable(f"the filler does not answer: {exc!r}") from exc

    async def _send(self, path: str, body: bytes) -> aiohttp.ClientResponse:
        async with asyncio.timeout(self._silence_s):
            return await self._session.post(f"http://filler{path}", data=body)

    async def _answer(self, response: aiohttp.ClientResponse, interim: Interim | None) -> FillAnswer:
        if response.status != 200:
            raise FillerUnavailable(f"the filler answered {response.status}")
        try:
            while True:
                async with asyncio.timeout(self._silence_s):
                    (length,) = FRAME.unpack(await response.content.readexactly(FRAME.size))
                    if length > _ANSWER_BYTES:
                        raise FillerUnavailable(f"the filler's answer claims {length} bytes")
                    answer = decode_answer(await response.content.readexactly(length)) if length else None
                if answer is not None and answer.outcome is not Outcome.INTERIM:
                    return answer
                if answer is not None and interim is not None:
                    interim(answer.status, answer.pairs)
        except _BROKEN as exc:
            raise FillerUnavailable(f"the filler went away: {exc!r}") from exc


class Remote:
    """A FillResult that comes over the socket."""

    def __init__(self, answer: FillAnswer, response: aiohttp.ClientResponse) -> None:
        self.answer = answer
        self._response = response

    async def body(self) -> AsyncGenerator[bytes, None]:
        """The rest of the filler's answer. Raises FillerUnavailable when it breaks off, whoever broke it off."""
        try:
            async for piece in self._response.content.iter_any():
                yield piece
        except aiohttp.ClientError as exc:
            raise FillerUnavailable("the body broke off") from exc
