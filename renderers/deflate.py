"""Segments compressed once, stitched with fragments into one valid gzip member (RFC 1951, RFC 1952).

A deflate stream is a run of blocks. Each segment becomes blocks of its own that end on a byte boundary (zlib's full
flush), each fragment becomes a stored block, so a response is a header, a join and a trailer. The member's CRC is
combined from the parts' (:mod:`renderers.crc`): no segment byte is touched when a page is sent. The result is one
member on purpose: browsers stop after the first of several.

Two things are not done, and must not be:

- **No segment uses another as its dictionary.** All segments of a page are static, so the text before a cut looks like
  a fine preset window. But deflate refers back by distance in the *output*, and between two segments stands a fragment
  whose length changes with its row: every distance that crosses it would be wrong as soon as a price gains a digit.
  The price is size: every segment starts with an empty window. It is small where slots stand together, as on product
  pages, and at worst some 25 % for six slots spread evenly over 60 KB (``tests/bench`` prints it).
- **Raw fragments are never compressed.** A fragment may hold a visitor's token. Stored blocks next to blocks that
  cannot refer to them give a response whose length depends on the token's length only, so there is no compression
  oracle (BREACH, CVE-2013-3587). A large fragment without secrets (a promotion's banner) is pressed once per row
  version by the caller and passed as :class:`Pressed`.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence

from renderers.crc import shifts
from renderers.page import Pressed

__all__ = ["Pressed", "press", "stitch"]

_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"
"""RFC 1952 section 2.3: deflate, no flags, no time (bytes depend on content only), best compression, unknown system."""
_LAST_BLOCK = b"\x03\x00"
"""An empty final block with fixed codes (RFC 1951 section 3.2.6)."""
_STORED_MAX = 65535
_SINGLE_BLOCK = struct.Struct("<BHH").pack
_TRAILER = struct.Struct("<2sII").pack


def press(data: bytes, level: int = 9) -> Pressed:
    """Deflate a segment, or store it where that is not longer (a handful of bytes, pictures in data URLs).

    ``level`` is zlib's, 0 to 9. One stream over the whole segment: its 32 KiB window makes any size fit, and zlib
    starts a new block by itself where the statistics change. Level 9 takes up to 100 ms for each MiB of HTML: work for
    the filler's process pool, not for a loop.
    """
    deflater = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS, zlib.DEF_MEM_LEVEL + 1)
    deflated = deflater.compress(data) + deflater.flush(zlib.Z_FULL_FLUSH)
    stored = _stored(data)
    return Pressed(deflated if len(deflated) < len(stored) else stored, zlib.crc32(data), len(data))


def stitch(parts: Sequence[Pressed | bytes]) -> bytes:
    """One gzip member whose content is the parts in order; ``bytes`` (fragments) go in as stored blocks.

    Costs about 1 us plus 0.5 us a part and one copy of the compressed bytes, whatever the page's size.
    """
    pieces = [_HEADER]
    crc = size = 0
    for part in parts:
        if isinstance(part, bytes):
            length = len(part)
            if length <= _STORED_MAX:
                pieces.append(_SINGLE_BLOCK(0, length, length ^ 0xFFFF))
                pieces.append(part)
            else:
                pieces.append(_stored(part))
            crc = zlib.crc32(part, crc)
        else:
            length = part.length
            pieces.append(part.deflate)
            if crc:  # the CRC of nothing stays zero wherever it is moved
                for t0, t1, t2, t3 in shifts(length):
                    crc = t0[crc & 255] ^ t1[crc >> 8 & 255] ^ t2[crc >> 16 & 255] ^ t3[crc >> 24]
            crc ^= part.crc
        size += length
    pieces.append(_TRAILER(_LAST_BLOCK, crc, size & 0xFFFFFFFF))
    return b"".join(pieces)


def _stored(data: bytes) -> bytes:
    """``data`` as stored blocks (RFC 1951 section 3.2.4): 5 bytes of overhead for each 65535."""
    blocks = []
    for start in range(0, len(data), _STORED_MAX):
        block = data[start : start + _STORED_MAX]
        blocks.append(_SINGLE_BLOCK(0, len(block), len(block) ^ 0xFFFF))
        blocks.append(block)
    return b"".join(blocks)
