"""Asking for a feed: only if it changed, at most so many bytes, never of another host."""

from __future__ import annotations

import asyncio
from typing import BinaryIO, NamedTuple
from urllib.parse import urljoin

from edge.clock import now_ms, now_s
from edge.errors import Blame, EdgeError, OriginTimeout, StoreFull
from edge.feeds.dating import modified_s, source_time_ms
from edge.feeds.sources import Source, host_name, target_of
from edge.feeds.state import Validators
from edge.fill.exchange import OriginResponse
from edge.fill.origin import OriginClient
from edge.model import Fields, Ms, fields
from edge.policy.pace import rest_s

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 5
_BODY_LIMIT_S = 900.0
"""For the whole of a feed; a source that is silent is given up sooner."""


class Unread(EdgeError):
    """The feed was not read, and everything stays as it was. The text says why; what to do.

    ``retry``: asking again soon may help. ``rest_s``: how long the source asks to be left alone.
    """

    blame = Blame.ORIGIN

    def __init__(self, detail: str, *, retry: bool = False, rest_s: float | None = None) -> None:
        super().__init__(detail)
        self.retry = retry
        self.rest_s = rest_s


class Asking(NamedTuple):
    """What is asked for."""

    known: Validators
    """Of the feed read last; an older one is refused."""
    conditional: bool
    """Only if it changed since."""
    limit_bytes: int


class Answer(NamedTuple):
    """A feed that arrived whole, in the file it was written to."""

    validators: Validators
    asked_at_ms: Ms
    source_ms: Ms
    """When the source came to say this."""


async def fetch(client: OriginClient, where: Source, asking: Asking, file: BinaryIO) -> Answer | None:
    """Ask for the feed and write it to ``file``; None when it is still the one that is known.

    Raises Unread, and OriginError when the source cannot be reached or breaks off.
    """
    target = where.target
    for _ in range(_MOST_REDIRECTS + 1):
        asked_at_ms = now_ms()
        sent = (*where.fields, *(asking.known.conditions if asking.conditional else ()))
        async with client.exchange(where.origin.name, "GET", target, sent) as response:
            answer = fields(response.pairs)
            if response.status in _REDIRECTS:
                target = redirected(where, target, answer.get("Location", ""))
                continue
            if response.status == 304 and asking.conditional:
                return None
            check_status(response.status, answer)
            _check_order(answer, asking.known)
            await _spool(response, where, file, asking.limit_bytes)
            validators = Validators(answer.get("ETag"), answer.get("Last-Modified"), modified_s(answer))
            return Answer(validators, asked_at_ms, source_time_ms(answer, asked_at_ms=asked_at_ms))
    raise Unread(f"it redirects more than {_MOST_REDIRECTS} times; write the address it leads to as url")


def redirected(where: Source, target: str, location: str) -> str:
    """The target a redirect leads to on the same host. Raises Unread for any other: a feed chooses no hosts to ask.

    Only path and query are taken from it; who is connected to stands in the configuration.
    """
    scheme = where.origin.url.partition("://")[0]
    url = ""
    try:
        url = urljoin(f"{scheme}://{where.hosts[0]}{target}", location)
        same = url.partition("://")[0].lower() == scheme and host_name(url) in where.hosts
    except ValueError:
        same = False
    if not location or not same:
        remedy = 'write that as url, or headers = {X-Forwarded-Proto = "https"} if the shop asks for TLS in front of it'
        raise Unread(f"it redirects to {location or 'nowhere'!r}, another host or scheme; {remedy}")
    return target_of(url)


def check_status(status: int, answer: Fields) -> None:
    """Raises Unread for anything but 200, saying whether to ask again soon and how long to wait first."""
    if status == 200:
        return
    rest = rest_s(status, answer.get("Retry-After"), now=now_s())
    remedy = "it is asked again later" if status >= 500 or rest is not None else "write the url that answers 200"
    raise Unread(f"it answers {status}; {remedy}", retry=status >= 500, rest_s=rest)


def _check_order(answer: Fields, known: Validators) -> None:
    """A cache, or another server of the shop, may still have an older one."""
    modified = modified_s(answer)
    if known.modified_s is not None and modified is not None and modified < known.modified_s:
        raise Unread(
            f"it is of {answer['Last-Modified']}, older than the one read before; "
            "if it was put back on purpose, read it by hand",
            retry=True,
        )


async def _spool(response: OriginResponse, where: Source, file: BinaryIO, limit_bytes: int) -> None:
    length = 0
    try:
        async with asyncio.timeout(_BODY_LIMIT_S):
            async for piece in response.body():
                length += len(piece)
                if length > limit_bytes:
                    raise Unread(f"it is larger than {limit_bytes} bytes; raise its max_size if that is right")
                await asyncio.to_thread(file.write, piece)
        file.flush()
    except OSError as exc:
        if not isinstance(exc, TimeoutError):
            raise StoreFull(f"no room for the feed: {exc.strerror}") from exc
        raise OriginTimeout(where.origin.name, phase="the whole feed", limit_s=_BODY_LIMIT_S) from exc
