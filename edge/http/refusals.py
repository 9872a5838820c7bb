"""Answers of the node's own: honest about what failed, small, and never stored by anybody."""

from __future__ import annotations

from html import escape

from aiohttp import web
from multidict import CIMultiDict

from edge.errors import Blame, EdgeError, OriginError, RequestError
from edge.fill.answers import failure_name
from edge.http.send import finish
from edge.http.visit import Visit
from edge.policy.cache_status import CacheStatus, Fwd
from edge.policy.forward import PSEUDONYM

_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>body{{font:1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:15vh auto;padding:0 1.5rem;color:#222}}
h1{{font-size:1.4rem}}p{{color:#555}}</style>
<h1>{title}</h1><p>{text}</p></html>
"""
_RETRY_AFTER_S = 5

_WORDS = {
    400: ("This request cannot be read", "The address or a header field is malformed."),
    404: ("Nothing here", "There is no such page."),
    421: ("This site is not served here", "The address names a host that this server does not answer for."),
    500: ("Something went wrong here", "The fault is ours and has been recorded. Please try again."),
    502: ("The shop did not answer properly", "Please try again in a moment."),
    503: ("The shop is taking a short break", "Please try again in a moment."),
    504: ("The shop is taking too long", "Please try again in a moment."),
    507: ("There is no room left", "The fault is ours and has been recorded. Please try again."),
}


def _page(status: int) -> tuple[CIMultiDict[str], str]:
    title, text = _WORDS.get(status, _WORDS[500])
    fields = CIMultiDict({"Cache-Control": "no-store", "Content-Type": "text/html; charset=utf-8"})
    return fields, _PAGE.format(title=escape(title), text=escape(text))


def _answer(visit: Visit, code: int, status: CacheStatus, retry_after_s: int | None = None) -> web.Response:
    fields, text = _page(code)
    if retry_after_s is not None:
        fields["Retry-After"] = str(retry_after_s)
    finish(visit, fields, status)
    return web.Response(status=code, headers=fields, body=text.encode())


def bad_request(exc: RequestError) -> web.Response:
    """For a request so malformed that there is no visit to speak of."""
    fields, text = _page(exc.response_status)
    fields["Cache-Status"] = f"{PSEUDONYM}; detail=malformed"
    fields["Server"] = PSEUDONYM
    response = web.Response(status=exc.response_status, headers=fields, body=text.encode())
    response.force_close()
    return response


def nothing_here(visit: Visit) -> web.Response:
    """404 for an unknown path below the node's own prefix, which is never relayed."""
    return _answer(visit, 404, CacheStatus(detail="own-path"))


def not_cached(visit: Visit) -> web.Response:
    """504 for ``only-if-cached`` without a usable copy (RFC 9111 §5.2.1.7)."""
    return _answer(visit, 504, CacheStatus(detail="only-if-cached"))


def origin_failed(visit: Visit, code: int, reason: str, retry_after_s: int | None) -> web.Response:
    """The origin failed and nothing stored may be sent."""
    return _answer(visit, code, CacheStatus(fwd=Fwd.MISS, detail=reason), retry_after_s or _RETRY_AFTER_S)


def failure(visit: Visit, exc: EdgeError) -> web.Response:
    """Any expected failure as an answer."""
    if isinstance(exc, RequestError):
        visit.notes = (*visit.notes, str(exc))
        answer = _answer(visit, exc.response_status, CacheStatus(detail="request"))
        answer.force_close()  # what is left of its body is not worth reading
        return answer
    visit.notes = (*visit.notes, str(exc))
    if isinstance(exc, OriginError):  # its text names addresses that are nobody's business
        return origin_failed(visit, exc.status, failure_name(exc), None)
    retry = None if exc.blame is Blame.CLIENT else _RETRY_AFTER_S
    return _answer(visit, exc.status, CacheStatus(detail=type(exc).__name__), retry)


def bug(visit: Visit) -> web.Response:
    """500 for what nobody expected; the traceback is in the log."""
    return _answer(visit, 500, CacheStatus(detail="bug"))
