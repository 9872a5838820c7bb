"""Validators: conditional requests answered and asked, 304 merged into what is stored (RFC 9110 §13, RFC 9111 §4.3)."""

from __future__ import annotations

import re
from functools import lru_cache

from edge.model import Fields, Pairs
from edge.policy.dates import parse_http_date
from edge.policy.forward import end_to_end
from edge.policy.syntax import OWS, combined

_ETAG_LIST = re.compile(r'[ \t,]*((?:W/)?"[\x21\x23-\x7e\x80-\U0010ffff]*")[ \t]*(?=,|$)')

_NOT_MERGED = frozenset(
    {
        "content-encoding",
        "content-length",
        "content-range",
        "content-type",
        "set-cookie",
        "set-cookie2",
        "vary",
    }
)
"""Fields of a 304 that leave the stored ones alone: they belong to the stored body, to its cache key or to somebody."""

ANY = "*"


@lru_cache(maxsize=1024)
def parse_etags(value: str) -> tuple[str, ...]:
    """The entity tags of If-None-Match or If-Match as written (``W/"x"``, ``"x"``); ``("*",)`` for any (§13.1.2).

    Tags may hold commas. Reading ends at the first thing that is no tag; what came before counts.
    """
    if value.strip(OWS) == ANY:
        return (ANY,)
    tags: list[str] = []
    match = _ETAG_LIST.match(value)
    while match:
        tags.append(match[1])
        match = _ETAG_LIST.match(value, match.end())
    return tuple(tags)


def weak_match(one: str, other: str) -> bool:
    """Weak comparison (§8.8.3.2): the opaque tags are equal, weak or not."""
    return one.removeprefix("W/") == other.removeprefix("W/")


def strong_match(one: str, other: str) -> bool:
    """Strong comparison (§8.8.3.2): equal, and neither is weak."""
    return one == other and not one.startswith("W/")


def not_modified(request: Fields, *, etag: str | None, last_modified: str | None) -> bool:
    """A GET or HEAD that would be answered 200 with these validators is answered 304 (§13.2.2).

    If-None-Match alone decides when it is there; If-Modified-Since only counts without it, and only if it is one valid
    date. None for a validator the response does not have.
    """
    asked = combined(request, "If-None-Match")
    if asked is not None:
        tags = parse_etags(asked)
        return tags == (ANY,) or (etag is not None and any(weak_match(tag, etag) for tag in tags))
    dates = request.getall("If-Modified-Since", ())
    if len(dates) != 1 or last_modified is None:
        return False
    if dates[0] == last_modified:
        return parse_http_date(last_modified) is not None
    since, modified_at = parse_http_date(dates[0]), parse_http_date(last_modified)
    return since is not None and modified_at is not None and modified_at <= since


def revalidation_fields(stored: Fields) -> Pairs:
    """The conditions that ask the origin whether the stored response still holds (RFC 9111 §4.3.1).

    Both validators, since origins have been seen to know only one. Empty when the response has none.
    """
    fields: list[tuple[str, str]] = []
    etag = stored.get("ETag", "").strip(OWS)
    if len(parse_etags(etag)) == 1 and etag != ANY:
        fields.append(("If-None-Match", etag))
    last_modified = stored.get("Last-Modified", "")
    if parse_http_date(last_modified) is not None:
        fields.append(("If-Modified-Since", last_modified))
    return tuple(fields)


def confirms(stored: Fields, update: Fields) -> bool:
    """The fields of a 304 are about the stored response (RFC 9111 §4.3.4).

    A strong validator in it has to be the stored one; a weak one or none leaves the one response that was asked about.
    """
    etag = update.get("ETag")
    if etag is None or etag.startswith("W/"):
        return True
    return weak_match(etag, stored.get("ETag", etag))


def merged(stored: Pairs, update: Fields) -> Pairs:
    """The stored fields with those of a 304 in place of their namesakes (RFC 9111 §3.2).

    What comes out is judged like a response just received, its Age included: pass it through ``storability.admit``
    with the stored status, and through ``storability.stored_fields``.
    """
    fresh = [(name, value) for name, value in end_to_end(update) if name.lower() not in _NOT_MERGED]
    replaced = {name.lower() for name, _ in fresh}
    return (*((name, value) for name, value in stored if name.lower() not in replaced), *fresh)
