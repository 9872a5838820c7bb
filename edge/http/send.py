"""Turning a stored copy into a response: fields, validators, coding (RFC 9110 §8, §13; RFC 9111 §4)."""

from __future__ import annotations

import msgspec
from aiohttp import web
from multidict import CIMultiDict, CIMultiDictProxy

from edge import clock
from edge.assemble.assembler import Assembler, StoredPage
from edge.assemble.holdings import Moment, Place
from edge.http.copies import Copy
from edge.http.csrf import Tokens
from edge.http.partial import part_of_part, part_of_whole, ranged
from edge.http.visit import Visit
from edge.policy.cache_status import CacheStatus, serialise
from edge.policy.conditional import modification_date, not_modified
from edge.policy.encoding import IDENTITY, negotiate
from edge.policy.forward import PSEUDONYM

_REPLACED_ON_PAGES = frozenset(
    {
        *("accept-ranges", "age", "cache-control", "cdn-cache-control", "content-encoding", "content-length"),
        *("content-md5", "digest", "etag", "expires", "last-modified", "pragma", "set-cookie", "surrogate-control"),
        *("transfer-encoding", "vary", "via"),
    }
)
"""Fields that describe the origin's bytes or its wishes for them; a filled page has its own."""

_PRIVATE = "private, no-cache"
"""Kept by the browser and asked for again each time; never no-store, which breaks its back button."""
_REPLACED = frozenset({"age", "content-length", "via"})
_OF_IDENTITY = ("Content-MD5", "Content-Digest", "Digest")
"""Fields that describe the body without its coding."""
_KEPT_ON_304 = frozenset(
    {
        *("cache-control", "content-location", "date", "etag", "expires", "vary", "last-modified"),
        *("age", "cache-status", "server", "server-timing", "set-cookie", "via"),
    }
)
"""Fields a 304 carries (RFC 9110 §15.4.5), and ours besides."""


class Delivery(msgspec.Struct, frozen=True):
    """What to say about sending a copy."""

    status: CacheStatus
    place: Place | None = None
    private: bool = False
    """For this visitor only, although the copy is everybody's: she has a basket, and the origin is down."""


class Sender:
    """Makes responses of stored copies. One per worker."""

    def __init__(self, assembler: Assembler, browser_cache: dict[str, str], *, keyed_cookies: bool = False) -> None:
        self._assembler = assembler
        self._browser_cache = browser_cache
        """Cache-Control for browsers by page kind."""
        self._vary = "Accept-Encoding, Cookie" if keyed_cookies else "Accept-Encoding"
        """Of pages: a browser's copy is no answer any more once a cookie that chooses among them has changed."""

    def response(self, visit: Visit, copy: Copy, delivery: Delivery) -> tuple[web.Response, bool]:
        """The answer, and whether the page asks for a refresh (its product's availability flipped)."""
        now_ms = clock.now_ms()
        visit.age_s = copy.entry.lifetime.age(now_ms // 1000)
        parted = visit.facts.method == "GET" and ranged(visit.facts.fields, copy)
        coding = IDENTITY if parted else negotiate(visit.facts.fields.get("Accept-Encoding"), ("gzip",))
        wants_refresh = False
        if copy.page is not None:
            tokens = Tokens(visit.facts, copy.entry.cookies)
            moment = Moment(now_ms, delivery.place)
            assembled = self._assembler.assemble(copy.page, moment, gzip=coding == "gzip", visitor=tokens)
            visit.rows, wants_refresh, body = assembled.rows, assembled.wants_refresh, assembled.body
            fields = self._page_fields(copy, copy.page, assembled.etag, coding)
            for cookie in tokens.set_cookies():
                fields.add("Set-Cookie", cookie)
        else:
            fields, body, coding = _plain(copy, coding)
        if delivery.private:
            fields["Cache-Control"] = _PRIVATE
        visit.encoding = coding
        finish(visit, fields, delivery.status)
        return _answer(visit, copy, fields, body), wants_refresh

    def _page_fields(self, copy: Copy, page: StoredPage, etag: str, coding: str) -> CIMultiDict[str]:
        kept = [(name, value) for name, value in copy.entry.headers if name.lower() not in _REPLACED_ON_PAGES]
        fields = CIMultiDict(kept)
        # A page with somebody's token in it is nobody else's, whatever is configured for its kind.
        configured = None if page.personal else self._browser_cache.get(copy.entry.kind or "")
        fields["Cache-Control"] = configured or _PRIVATE
        fields["ETag"] = etag
        fields["Vary"] = self._vary
        if coding != "identity":
            fields["Content-Encoding"] = coding
        return fields


def _plain(copy: Copy, coding: str) -> tuple[CIMultiDict[str], bytes, str]:
    fields = CIMultiDict((name, value) for name, value in copy.entry.headers if name.lower() not in _REPLACED)
    if copy.gzipped is None:
        return fields, copy.body, fields.get("Content-Encoding", "identity")
    if "accept-encoding" not in ", ".join(fields.getall("Vary", ())).lower():
        fields.add("Vary", "Accept-Encoding")
    if coding != "gzip":
        return fields, copy.body, "identity"
    fields["Content-Encoding"] = "gzip"
    for name in _OF_IDENTITY:
        fields.popall(name, None)
    etag = fields.get("ETag")
    if etag is not None and not etag.startswith("W/"):
        fields["ETag"] = f"W/{etag}"  # another representation than the one the origin's strong tag names (§8.8.3.3)
    return fields, copy.gzipped, "gzip"


def finish(visit: Visit, fields: CIMultiDict[str], status: CacheStatus) -> None:
    """Add the fields every response of this node has: Cache-Status, Via, Server-Timing, and Age for a stored one."""
    visit.cache_status = status
    if visit.age_s is not None:
        fields["Age"] = str(visit.age_s)
    earlier = ", ".join(fields.popall("Cache-Status", ())) or None
    fields["Cache-Status"] = serialise(status, earlier=earlier)
    if "Via" not in fields:
        fields["Via"] = f"1.1 {PSEUDONYM}"
    fields.add("Server-Timing", f"edge;dur={visit.elapsed_ms:.2f}")
    fields.setdefault("Server", PSEUDONYM)


def _answer(visit: Visit, copy: Copy, fields: CIMultiDict[str], body: bytes) -> web.Response:
    """304, 206, 416 or the whole: preconditions come before ranges (§13.2.2)."""
    request, status = visit.facts.fields, copy.entry.status
    if status == 200 and not_modified(request, etag=fields.get("ETag"), last_modified=_modified(copy, fields)):
        kept = CIMultiDict((name, value) for name, value in fields.items() if name.lower() in _KEPT_ON_304)
        return web.Response(status=304, headers=kept)
    if visit.facts.method == "GET" and ranged(request, copy):
        partial = part_of_whole(request, fields, body) if status == 200 else part_of_part(request, fields, copy)
        if partial is not None:
            return web.Response(status=partial.status, headers=partial.headers, body=partial.body)
    return web.Response(status=status, headers=fields, body=body)


def _modified(copy: Copy, fields: CIMultiDict[str]) -> str | None:
    """A page changes with its rows, of which no date of the origin's knows."""
    return None if copy.page is not None else modification_date(CIMultiDictProxy(fields))
