"""A feed's bytes as its parser reads them: unpacked on the way, bounded, and given up at once when asked to."""

from __future__ import annotations

import gzip
import io
import threading
import zlib
from typing import BinaryIO, cast

from edge.feeds.fetch import Unread

_GZIP_MAGIC = b"\x1f\x8b"
_WRAPPINGS = 2
"""A ``.xml.gz`` sent with ``Content-Encoding: gzip`` is packed twice."""


class GivenUp(Exception):
    """The node stops, and nobody waits for the rest."""


def unpacked(file: BinaryIO, *, limit_bytes: int, stop: threading.Event) -> BinaryIO:
    """``file`` from its start, without gzip, whatever it was named and sent as.

    Reading raises Unread beyond ``limit_bytes`` (kilobytes of gzip can be gigabytes of zeros) and where the gzip is
    damaged or breaks off, and GivenUp once ``stop`` is set.
    """
    plain = file
    for _ in range(_WRAPPINGS):
        plain.seek(0)
        packed = _read(plain, 2) == _GZIP_MAGIC
        plain.seek(0)
        if not packed:
            break
        plain = cast(BinaryIO, gzip.GzipFile(fileobj=plain, mode="rb"))
    return io.BufferedReader(_Bounded(plain, limit_bytes, stop), 2**16)


def _read(file: BinaryIO, size: int) -> bytes:
    try:
        return file.read(size)
    except (EOFError, zlib.error, gzip.BadGzipFile) as exc:
        raise Unread(f"its gzip is damaged: {exc}; it is asked for again later", retry=True) from exc


class _Bounded(io.RawIOBase):
    def __init__(self, file: BinaryIO, limit_bytes: int, stop: threading.Event) -> None:
        self._file = file
        self._limit_bytes = limit_bytes
        self._stop = stop
        self._furthest = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # the one type BufferedReader passes
        if self._stop.is_set():
            raise GivenUp
        piece = _read(self._file, len(buffer))
        self._furthest = max(self._furthest, self._file.tell())
        if self._furthest > self._limit_bytes:
            raise Unread(f"it is larger than {self._limit_bytes} bytes; raise its max_size if that is right")
        buffer[: len(piece)] = piece
        return len(piece)
