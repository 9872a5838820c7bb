"""Where in the store the response to a request lies, or would lie."""

from __future__ import annotations

from typing import NamedTuple

from edge.fill.protocol import FillRequest
from edge.model import CacheKey
from edge.policy.vary import vary_suffix
from edge.store.pages import Entry, PageView, Primary
from renderers.page import Page


class Place(NamedTuple):
    """One variant's place."""

    key: CacheKey
    """With what Vary adds."""
    names: tuple[str, ...]
    """Request fields that select among variants."""
    primary: Primary | None
    """The resource this is a variant of; None when its responses do not vary."""


class Copy(NamedTuple):
    """What the store holds for a request."""

    entry: Entry
    page: Page | None
    """None when the entry is not a page."""
    memory: bytes | None
    """What the publish gate remembers of successors refused."""


def place(request: FillRequest, names: tuple[str, ...]) -> Place:
    """The place of a response that varies on ``names``."""
    if not names:
        return Place(CacheKey(request.key), (), None)
    key = CacheKey(request.key + vary_suffix(names, request.fields))
    return Place(key, names, Primary(CacheKey(request.key).digest, request.key, names))


def known_place(view: PageView, request: FillRequest) -> Place:
    """The place of the response, by what is known of its Vary."""
    return place(request, view.lookup_vary(CacheKey(request.key).digest) or ())


def stored_copy(view: PageView, where: Place) -> Copy | None:
    """What the store holds there; None when nothing, or nothing readable."""
    digest = where.key.digest
    entry = view.lookup(digest, where.key.text)
    if entry is None:
        return None
    page = view.page(digest, entry)
    return None if entry.page and page is None else Copy(entry, page, view.held(digest))
