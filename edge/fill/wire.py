"""aiohttp's side of a connection to an origin, with two things that HTTP asks for and it lacks.

Interim responses are heard instead of skipped, and what an origin sends behind the end of a response does not make the
response itself unreadable. Both rest on names of aiohttp that are not public; tests hold them.
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

import aiohttp
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import Connection
from aiohttp.http import RawResponseMessage
from aiohttp.streams import StreamReader

from edge.fill.octets import text
from edge.model import Pairs, fields
from edge.policy.forward import interim_fields

Interim = Callable[[int, Pairs], None]
"""Told of an interim response, with its end-to-end fields, before the final one is there."""

hearing: ContextVar[Interim | None] = ContextVar("hearing", default=None)
"""Who hears the interim responses of the request that this task sends."""

_MOST = 8
"""Interim responses passed on for one request. More are no progress but a flood."""


class Line(ResponseHandler):
    """One connection."""

    _interim: Interim | None = None
    _passed = 0
    _asked = False
    """A response is under way, or due."""

    def hears(self, interim: Interim | None) -> None:
        """From now on interim responses are for this one."""
        self._interim, self._passed = interim, 0

    def data_received(self, data: bytes) -> None:
        """Read heads on their own, since an error behind a body would take with it what stands before it.

        Octets that follow a complete response are no response (RFC 9112 §6.3): they end the connection, that is all.
        """
        if data and not self._asked and not self._upgraded and self.transport is not None:
            self.transport.close()
            return
        while data.startswith(b"HTTP/"):
            head, end, data = data.partition(b"\r\n\r\n")
            super().data_received(head + end)
            if not data:
                return
        super().data_received(data)  # nothing at all is aiohttp's way to have its parser go on

    def set_response_params(self, **params: Any) -> None:
        """A request is about to be sent."""
        self._asked = True
        super().set_response_params(**params)

    def feed_data(self, data: tuple[RawResponseMessage, StreamReader], size: int = 0) -> None:
        """A message has begun. With the end of the final one nothing more is due."""
        super().feed_data(data, size)
        if data[0].code >= 200:
            data[1].on_eof(self._ended)

    def _ended(self) -> None:
        self._asked = False

    async def read(self) -> tuple[RawResponseMessage, StreamReader]:
        """The next message, an interim one passed on first."""
        message, payload = await super().read()
        if 102 <= message.code <= 199 and self._interim is not None and self._passed < _MOST:
            self._passed += 1
            pairs = tuple((text(name), text(value)) for name, value in message.raw_headers)
            self._interim(message.code, interim_fields(fields(pairs)))
        return message, payload


class Response(aiohttp.ClientResponse):
    """A response that begins with whatever interim ones come before it."""

    async def start(self, connection: Connection) -> Response:
        """See aiohttp."""
        line = connection.protocol
        if not isinstance(line, Line):
            raise TypeError("connections of origins are made by Connector")
        line.hears(hearing.get())
        try:
            await super().start(connection)
        finally:
            line.hears(None)
        return self


class Connector(aiohttp.TCPConnector):
    """Makes connections whose protocol is :class:`Line`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._factory = functools.partial(_line, self._loop)


def _line(loop: asyncio.AbstractEventLoop) -> ResponseHandler:
    return Line(loop)
