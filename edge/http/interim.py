"""Interim responses (RFC 9110 §15.2) on their way to the visitor, before there is a response to send."""

from __future__ import annotations

from http import HTTPStatus

from aiohttp import web

from edge.fill.wire import Interim
from edge.model import Pairs

_FORBIDDEN = frozenset("\r\n\0")


def interim_to(request: web.BaseRequest) -> Interim:
    """Passes interim responses on to the visitor. Not to one who speaks HTTP/1.0, where there are none."""

    def pass_on(status: int, pairs: Pairs) -> None:
        if request.version >= (1, 1) and request.transport is not None and not request.transport.is_closing():
            request.transport.write(interim_head(status, pairs))

    return pass_on


def interim_head(status: int, pairs: Pairs) -> bytes:
    """The octets of an interim response. A field that no line can hold is left out."""
    phrase = HTTPStatus(status).phrase if status in set(HTTPStatus) else "Interim"
    lines = [f"{name}: {value}" for name, value in pairs if not _FORBIDDEN & {*name, *value}]
    return "\r\n".join((f"HTTP/1.1 {status} {phrase}", *lines, "", "")).encode("utf-8", "surrogateescape")
