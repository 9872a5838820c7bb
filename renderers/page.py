"""A page as segments and slots: the values every renderer and the node's assembly pass around.

``segments[0] slots[0] segments[1] ... segments[n]`` is the page. Everything here is decided when the page is stored;
a hit only fills slots and joins bytes. All structs are MessagePack arrays in the store: append fields, never reorder.
"""

from __future__ import annotations

import enum
import hashlib

import msgspec

Values = dict[str, object]
"""Fields of one table row as its template sees them: str, int, bool, list or dict; amounts are decimal strings."""


class Sink(enum.Enum):
    """Where on the page a value stands; decides how it is escaped."""

    HTML = "html"
    """Inside an element: text and markup."""
    ATTRIBUTE = "attribute"
    """Inside a double-quoted, single-quoted or unquoted attribute value."""
    JSON_STRING = "json-string"
    """Between the quotes of a JSON string inside a script element."""
    JSON_NUMBER = "json-number"
    JSON_LITERAL = "json-literal"
    """true, false or null in place."""


class Learnt(msgspec.Struct, frozen=True, array_like=True):
    """How this shop writes one slot, learnt from its own bytes so that printing what was read gives them back."""

    style: int = 0
    """Which of the sink's spellings the origin uses (``\\/``, ``\\u20ac``, ``&#39;``, quote kind, ...)."""
    formats: tuple[tuple[str, bytes], ...] = ()
    """(filter name, encoded format) for each formatting filter of the fill, in order of use."""


class SlotSpec(msgspec.Struct, frozen=True, kw_only=True):
    """One ``[[pages.slots]]`` table of the configuration, templates already read in."""

    name: str
    at: str
    fill: str
    """jinja2 source."""
    each: str | None = None
    sku: str | None = None
    all: bool = False


class KindSpec(msgspec.Struct, frozen=True, kw_only=True):
    """What the renderers need of one ``[[pages]]`` table."""

    name: str
    sku: str | None = None
    """json-ld:PATH | css:SELECTOR[@ATTR] | path:REGEX | meta:NAME; None: the page has no product of its own."""
    slots: tuple[SlotSpec, ...] = ()
    currency: str | None = None
    """ISO 4217 code when the page does not say it; None: read from the page."""
    freeze: tuple[str, ...] = ()
    """Targets where two strangers' pages may differ: stored as first seen."""

    @property
    def digest(self) -> bytes:
        """8 bytes; a stored page compiled under another digest is refreshed."""
        return hashlib.blake2b(msgspec.msgpack.encode(self), digest_size=8).digest()


class Slot(msgspec.Struct, frozen=True, array_like=True):
    """A hole in the page and everything needed to fill it without looking at the configuration."""

    name: str
    fill: str
    sink: Sink
    sku: str | None
    origin: bytes
    """What the origin put there, in the page's charset. Sent whenever the fill has nothing better."""
    learnt: Learnt = Learnt()
    tables: tuple[str, ...] = ()
    """Tables the fill names, sorted; empty for a visitor slot."""
    visitor: bool = False
    """The fill uses ``visitor``: stitched per visitor, never in a shared memo."""


class Reading(msgspec.Struct, frozen=True, array_like=True):
    """What the origin's bytes say about one row, and since when.

    ``changed_at_ms`` is the fetch at which the origin was last seen to change to a value the row did not have; 0 when
    it never was. A row whose version is not later than this does not overrule the page (design, law 5).
    """

    table: str
    sku: str
    values: Values
    changed_at_ms: int = 0


class Refused(msgspec.Struct, frozen=True, array_like=True):
    """Why a slot, or a whole table on this page, keeps the origin's bytes. Shown by inspect, explain and the log."""

    slot: str
    reason: str
    """A sentence: what was found, and what to write instead."""


class Page(msgspec.Struct, frozen=True, array_like=True):
    """An HTML response cut once. ``len(segments) == len(slots) + 1``."""

    segments: tuple[bytes, ...]
    slots: tuple[Slot, ...]
    readings: tuple[Reading, ...]
    charset: str
    sku: str | None
    currencies: tuple[str, ...]
    """ISO 4217 codes a row may have to be printed here; empty when the page gives no hint at all."""
    spec_digest: bytes
    refused: tuple[Refused, ...] = ()
    """Slots that keep the origin's bytes on this page, and why."""

    def __post_init__(self) -> None:
        if len(self.segments) != len(self.slots) + 1:
            raise ValueError(f"{len(self.slots)} slots need {len(self.slots) + 1} segments, got {len(self.segments)}")


class Pressed(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A segment deflated in isolation (:mod:`renderers.deflate`): may stand anywhere in a stream, next to anything."""

    deflate: bytes
    """Complete non-final deflate blocks without zlib or gzip wrapping, ended on a byte boundary."""
    crc: int
    """CRC-32 of the segment."""
    length: int
    """Bytes of the segment before compression."""


class Compiled(msgspec.Struct, frozen=True):
    """Result of cutting one response."""

    page: Page
    refused: tuple[Refused, ...] = ()
    absent: tuple[str, ...] = ()
    """Slots whose target is not on this page at all; not a fault (a product without a list price)."""


def origin_bytes(page: Page) -> bytes:
    """The origin's own page, byte for byte."""
    parts = [page.segments[0]]
    for slot, segment in zip(page.slots, page.segments[1:], strict=True):
        parts.append(slot.origin)
        parts.append(segment)
    return b"".join(parts)
