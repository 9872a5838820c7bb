"""A body on its way from an origin, with the origin's own address replaced in it."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from edge.policy.addresses import Naming, Replacer

_GZIP_OR_ZLIB = zlib.MAX_WBITS | 32
_PIECE_BYTES = 64 * 1024
"""Of inflated text at a time: a small piece of gzip may hold a thousand times its size."""


class TranslatedBody:
    """Takes the body as it arrives, inflates it if it is gzip, and gives it as visitors get it."""

    def __init__(self, naming: Naming, *, gzip: bool) -> None:
        self._replacer = Replacer(naming)
        self._inflate = zlib.decompressobj(_GZIP_OR_ZLIB) if gzip else None
        self._begun = False

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """What one more piece gives. Raises zlib.error for what is not the gzip it is said to be."""
        for plain in self._plain(piece):
            if done := self._replacer.feed(plain):
                yield done

    def finish(self) -> bytes:
        """The rest. Raises zlib.error when the gzip ends before its end."""
        if self._inflate is not None and self._begun and not self._inflate.eof:
            raise zlib.error("it ends before its end")
        return self._replacer.finish()

    def _plain(self, piece: bytes) -> Iterator[bytes]:
        if self._inflate is None:
            yield piece
            return
        self._begun = self._begun or bool(piece)
        while piece and not self._inflate.eof:
            yield self._inflate.decompress(piece, _PIECE_BYTES)
            piece = self._inflate.unconsumed_tail
