"""Validators: conditional requests answered and asked, 304 merged into what is stored (RFC 9110 §13, RFC 9111 §4.3)."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache

from edge.model import Fields, Pairs
from edge.policy.dates import parse_http_date
from edge.policy.forward import end_to_end
from edge.policy.syntax import OWS, combined, delta_seconds

_ETAG_LIST = re.compile(r'[ \t,]*((?:W/)?"[\x21\x23-\x7e\x80-\U0010ffff]*")[ \t]*(?=,|$)')

_NOT_MERGED = frozenset(
    {
        *("content-digest", "content-encoding", "content-length", "content-md5", "content-range", "digest"),
        *("repr-digest", "set-cookie", "vary"),
    }
)
"""Fields of an update that leave the stored ones alone (RFC 9111 §3.2): they prove or describe the stored bytes, select
them, or are somebody's. That a name begins with Content- is no reason."""

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


def modification_date(stored: Fields) -> str | None:
    """What If-Modified-Since is compared with: Last-Modified, of a stored response without one its Date (§4.3.2).

    For a response sent as the origin sent it: one that is filled changes without either.
    """
    return stored.get("Last-Modified", stored.get("Date"))


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


def agrees(stored: Fields, length: int, head: Fields) -> bool:
    """A 200 to HEAD is about the stored response, of ``length`` bytes (RFC 9111 §4.3.5); else that one is outdated."""
    stated = delta_seconds(head.get("Content-Length", ""))
    if stated is not None and stated != length:
        return False
    return all(head.get(name) in {None, stored.get(name)} for name in ("ETag", "Last-Modified"))


def merged(stored: Pairs, update: Fields, *, kept: Collection[str] = ()) -> Pairs:
    """The stored fields with those of a 304, or of a 200 to HEAD, in place of their namesakes (RFC 9111 §3.2).

    ``kept`` names further fields, in lower case, that stay as stored: what the stored body was read by, if it is not
    kept as it came. What comes out is judged like a response just received, its Age included: pass it through
    ``storability.admit`` with the stored status, and through ``storability.stored_fields``.
    """
    left_alone = _NOT_MERGED.union(kept)
    fresh = [(name, value) for name, value in end_to_end(update) if name.lower() not in left_alone]
    replaced = {name.lower() for name, _ in fresh}
    return (*((name, value) for name, value in stored if name.lower() not in replaced), *fresh)
