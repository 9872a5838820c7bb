"""Whole bodies, for what has to be seen before it may be shown."""

from __future__ import annotations

import asyncio
import gzip
import zlib

from edge.errors import EdgeError, OriginProtocolError, OriginTimeout
from edge.fill.exchange import OriginResponse
from edge.model import fields
from edge.policy.syntax import combined

_GZIP = frozenset({"gzip", "x-gzip"})
_EITHER_WRAPPING = zlib.MAX_WBITS | 16
_COMPRESSIBLE = ("text/", "application/javascript", "application/json", "application/xml", "image/svg+xml")
_WORTH_BYTES = 512
"""Below it gzip's own bytes and the packet's size leave nothing to gain."""


class Unstorable(EdgeError):
    """The body cannot be stored; ``reason`` is a word for Cache-Status."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


async def whole_body(response: OriginResponse, *, origin: str, limit_bytes: int, limit_s: float) -> bytes:
    """The body without its content coding.

    Raises Unstorable when it is larger than ``limit_bytes`` or in a coding nobody asked for, OriginTimeout when it has
    not arrived within ``limit_s`` (an origin may send a byte now and then for ever), and what the exchange raises.
    """
    coding = (combined(fields(response.pairs), "Content-Encoding") or "identity").strip().lower()
    if coding not in _GZIP and coding != "identity":
        raise Unstorable("content-encoding")
    gather = _Gather(limit_bytes, inflate=coding in _GZIP)
    try:
        async with asyncio.timeout(limit_s):
            async for piece in response.body():
                gather.add(piece)
    except TimeoutError as exc:
        raise OriginTimeout(origin, phase="the whole body", limit_s=limit_s) from exc
    except zlib.error as exc:
        raise OriginProtocolError(origin, f"the body is not the gzip it is said to be: {exc}") from exc
    if not gather.complete:
        raise OriginProtocolError(origin, "the gzip body ends before its end")
    return gather.body


async def gzipped(body: bytes, content_type: str) -> bytes | None:
    """The body as one gzip member, made on another thread; None when it is not worth it."""
    if len(body) < _WORTH_BYTES or not content_type.strip().lower().startswith(_COMPRESSIBLE):
        return None
    packed = await asyncio.to_thread(gzip.compress, body, 6, mtime=0)
    return packed if len(packed) < len(body) else None


class _Gather:
    """Pieces put together, inflated on the way and never beyond the limit: 8 MiB of zeros fit in 8 KiB of gzip."""

    def __init__(self, limit_bytes: int, *, inflate: bool) -> None:
        self._limit_bytes = limit_bytes
        self._inflate = zlib.decompressobj(_EITHER_WRAPPING) if inflate else None
        self._pieces: list[bytes] = []
        self._length = 0
        self._begun = False

    @property
    def body(self) -> bytes:
        return b"".join(self._pieces)

    @property
    def complete(self) -> bool:
        return self._inflate is None or self._inflate.eof or not self._begun

    def add(self, piece: bytes) -> None:
        """Raises Unstorable beyond the limit."""
        self._begun = True
        if self._inflate is None:
            self._take(piece)
            return
        while piece and not self._inflate.eof:
            self._take(self._inflate.decompress(piece, self._limit_bytes - self._length + 1))
            piece = self._inflate.unconsumed_tail

    def _take(self, plain: bytes) -> None:
        self._length += len(plain)
        if self._length > self._limit_bytes:
            raise Unstorable("max-object")
        self._pieces.append(plain)
