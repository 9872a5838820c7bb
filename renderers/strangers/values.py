"""What goes into a comparison of two strangers' pages, and what comes out of it."""

from __future__ import annotations

import enum
from collections.abc import Mapping

import msgspec

from renderers.page import SlotSpec


class Kind(enum.Enum):
    """What a difference between two strangers' pages is. Whatever is not certain is OTHER."""

    TOKEN = "token"  # noqa: S105 - the word, not one
    """A visitor's own secret: a cookie's value, a token of a form, a nonce. Needs a visitor slot or a relay."""
    NOISE = "noise"
    """Nobody's: generated ids, times, comments, blank space, the same blocks in another order. Stored as first seen."""
    OTHER = "other"
    """Anything else: it may be somebody's. The page is not stored until a slot or a freeze covers it."""


class Range(msgspec.Struct, frozen=True, order=True):
    """Bytes ``start`` to ``end`` of a page written as UTF-8 (``renderers.locate.Document.source``)."""

    start: int
    end: int


class Covered(msgspec.Struct, frozen=True):
    """Bytes that a declared slot fills, so that what the origin put there is not shown."""

    at: Range
    visitor: bool = False
    """A visitor slot: even a token is covered. In any other slot a token or personal data still counts."""


class View(msgspec.Struct, frozen=True, kw_only=True):
    """One stranger's copy of the page."""

    body: bytes
    """Without content coding."""
    charset: str = "utf-8"
    """Python codec (``renderers.charsets.decode_charset``)."""
    cookies: Mapping[str, str] = {}
    """Name to value, as sent, of every cookie this stranger holds: Set-Cookie of this response and what it sent."""
    covered: tuple[Covered, ...] = ()
    """See :func:`renderers.compare.covered_by`."""


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One place where the two pages differ. Where places nest, the inner one speaks for its bytes."""

    kind: Kind
    where: str
    """Target in the configuration's syntax: the differing value, else the smallest element around it. It resolves in
    the first page, or, for what only the second one has, in that. ``css:script...`` (code that is no JSON) and
    ``css:html`` are good for ``freeze`` only."""
    first: str
    """What the first page says there, shortened to one line."""
    second: str
    why: str
    """A sentence."""
    first_at: Range
    second_at: Range
    name: str | None = None
    """What the page calls the value: the ``name`` of an input or meta, an attribute, a JSON member."""
    cookie: str | None = None
    """Name of the cookie whose value this is, masks (Django), or holds somewhere inside."""
    personal: bool = False
    """Personal data (greeting, e-mail address, order number): always refuses, whatever is frozen."""
    slot: SlotSpec | None = None
    """TOKEN: the visitor slot that covers the value whole; its ``visitor.csrf`` names ``cookie``, or ``name`` where no
    cookie is known. None when no slot can: a part of a longer value, JavaScript that is no JSON, a comment, a nonce."""
    proposal: str
    """TOML for the page kind, ready to paste: ``freeze = [...]``, a ``[[pages.slots]]`` table, or a comment that says
    what to do in the shop when storing would leak."""


class Comparison(msgspec.Struct, frozen=True):
    """Every difference between two pages, in the order of the first page. Empty when they agree outside slots."""

    differences: tuple[Difference, ...]

    def of(self, kind: Kind) -> tuple[Difference, ...]:
        """The differences of one kind."""
        return tuple(difference for difference in self.differences if difference.kind is kind)

    @property
    def refuses(self) -> bool:
        """Whether something differs that may be somebody's: the page must not be stored as it is."""
        return any(difference.kind is Kind.OTHER for difference in self.differences)

    @property
    def proposals(self) -> tuple[str, ...]:
        """Each proposal once, those for tokens first, then for what refuses; none for noise."""
        ordered = (*self.of(Kind.TOKEN), *self.of(Kind.OTHER))
        return tuple(dict.fromkeys(difference.proposal for difference in ordered))


class Finding(msgspec.Struct, frozen=True):
    """Personal data on a page that nobody has signed in to."""

    text: str
    """What the page says, shortened to one line."""
    why: str
    """A sentence."""
