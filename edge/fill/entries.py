"""Entries for the store, made of responses."""

from __future__ import annotations

import hashlib
import logging

import msgspec

from edge.errors import StoreError, StoreFull
from edge.fill.bodies import gzipped
from edge.fill.exchange import OriginResponse
from edge.fill.filling import Filling
from edge.fill.leak_gate import Fit
from edge.fill.octets import encodable
from edge.fill.place import Place
from edge.model import Fields, Lifetime, Pairs, VisitorCookie, fields
from edge.policy.storability import stored_fields
from edge.policy.vary import selecting_fields, variant
from edge.store.pages import Content, Entry, PageContent, PlainContent
from renderers.page import Page

logger = logging.getLogger("vitrine.fill")

_NEW_EACH_TIME = frozenset({"date", "expires", "server-timing", "x-request-id", "x-response-time", "x-runtime"})
"""Fields that differ between two responses that are the same."""
_OF_THE_CODING = frozenset({"content-encoding", "content-length", "content-md5", "digest", "content-digest"})
"""Untrue once the body is decoded."""


def bounded(lifetime: Lifetime, max_grace_s: int) -> Lifetime:
    """The lifetime with no more grace than the operator allows an origin to state."""
    return msgspec.structs.replace(
        lifetime, grace=min(lifetime.grace, max_grace_s), error_grace=min(lifetime.error_grace, max_grace_s)
    )


def variant_names(response: Fields, *, stripped: bool) -> tuple[str, ...]:
    """The request fields the response varies on; it must not be ``Vary: *``.

    What has a content coding varies on Accept-Encoding even when it does not say so, as many servers forget.
    ``stripped``: the visitor's cookies never reached the origin.
    """
    names = set(selecting_fields(response) or ())
    if "Content-Encoding" in response:
        names.add("accept-encoding")
    if stripped:
        names.discard("cookie")
    return tuple(sorted(names))


def decoded_pairs(pairs: Pairs) -> Pairs:
    """The fields of a response whose content coding was undone."""
    return tuple((name, value) for name, value in pairs if name.lower() not in _OF_THE_CODING)


async def store_plain(
    filling: Filling, response: OriginResponse, where: Place, lifetime: Lifetime, body: bytes
) -> None:
    """Store a body as it is and tell everybody how that went. ``response`` still has its own fields."""
    headers = stored_fields(fields(response.pairs))
    if filling.request.kind is not None:  # such bodies were decoded
        headers = decoded_pairs(headers)
    kept = fields(headers)
    whole = response.status != 206  # ranges count the bytes of what the origin sent
    packed = None if "Content-Encoding" in kept or not whole else await gzipped(body, kept.get("Content-Type", ""))
    entry = _entry(filling, where, lifetime, Facts(response.status, headers, len(body), body))
    await _put(filling, response, where, (entry, PlainContent(body, packed)))


async def store_page(
    filling: Filling, response: OriginResponse, where: Place, lifetime: Lifetime, finished: Finished
) -> None:
    """Store a page and tell everybody how that went."""
    page, fit = finished.page, finished.fit
    headers = decoded_pairs(stored_fields(fields(response.pairs)))
    headers = tuple(pair for pair in headers if pair[0].lower() not in fit.dropped)
    # The page itself, not only its bytes: what it is cut into and when its values changed decide what is sent.
    facts = Facts(200, headers, finished.length, msgspec.msgpack.encode(page), page=True, cookies=fit.cookies)
    entry = _entry(filling, where, lifetime, facts)
    notes = (*finished.notes, *(f"slot {refused.slot}: {refused.reason}" for refused in page.refused))
    await _put(filling, response, where, (entry, PageContent(page, fit.cut.pressed)), notes)


class Finished(msgspec.Struct, frozen=True):
    """A page that was cut, and dated by what was stored before."""

    page: Page
    fit: Fit
    length: int
    """Bytes of the body."""
    notes: tuple[str, ...]
    """Sentences for the operator."""


class Facts(msgspec.Struct, frozen=True):
    """What an entry says of its response."""

    status: int
    headers: Pairs
    length: int
    identity: bytes
    """What makes two contents the same."""
    page: bool = False
    cookies: tuple[VisitorCookie, ...] = ()


def _entry(filling: Filling, where: Place, lifetime: Lifetime, facts: Facts) -> Entry:
    request = filling.request
    digest = hashlib.blake2b(facts.identity, digest_size=8)
    headers = encodable(facts.headers)
    lasting = [pair for pair in headers if pair[0].lower() not in _NEW_EACH_TIME]
    selecting = (*where.names, "range") if facts.status == 206 else where.names
    digest.update(msgspec.msgpack.encode((facts.status, lasting)))
    return Entry(
        key=where.key.text,
        origin=request.origin,
        kind=request.kind,
        status=facts.status,
        headers=headers,
        lifetime=lifetime,
        fetched_at_ms=filling.asked_at_ms,
        body_length=facts.length,
        version=digest.digest(),
        vary=variant(selecting, request.fields),
        page=facts.page,
        cookies=facts.cookies,
        gate=filling.gate,
    )


async def _put(
    filling: Filling,
    response: OriginResponse,
    where: Place,
    record: tuple[Entry, Content],
    notes: tuple[str, ...] = (),
) -> None:
    entry, content = record
    try:
        await filling.parts.store.put(where.key.digest, entry, content, primary=where.primary)
    except StoreError as exc:
        logger.error("not stored: %s: %s", where.key.text, exc)  # noqa: TRY400 - serving goes on without the store
        reason = "store-full" if isinstance(exc, StoreFull) else "store-error"
        filling.passed(reason, origin_ms=response.waited_ms)
    else:
        filling.stored(response, where, notes=notes)
