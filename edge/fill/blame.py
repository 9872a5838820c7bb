"""What went wrong at an origin, in the node's own words."""

from __future__ import annotations

import aiohttp

from edge.config.schema import Origin
from edge.errors import OriginError, OriginProtocolError, OriginTimeout, OriginUnavailable


class NoAnswer(OriginUnavailable):
    """The connection ended before a byte of the answer. On a kept connection that is no sign of trouble."""


def blame(origin: Origin, error: aiohttp.ClientError | TimeoutError) -> OriginError:
    """The OriginError for what aiohttp raised before the response's header section was complete."""
    if isinstance(error, TimeoutError):
        return _too_slow(origin, error)
    if isinstance(error, aiohttp.ClientConnectorError):
        return OriginUnavailable(origin.name, f"no connection: {error.os_error.strerror or error.os_error}")
    if isinstance(error, aiohttp.ClientOSError):
        return NoAnswer(origin.name, f"connection lost: {error.strerror or error}")
    if isinstance(error, aiohttp.ServerDisconnectedError) and isinstance(error.message, str):
        # Otherwise ``message`` is the part of an answer that had arrived.
        return NoAnswer(origin.name, "closed the connection without an answer")
    if isinstance(error, aiohttp.ClientResponseError):
        said = (error.message.strip().splitlines() or ["unreadable"])[0]
        return OriginProtocolError(origin.name, f"not a response: {said}")
    return OriginProtocolError(origin.name, f"broke off while answering: {error}")


def blame_body(origin: Origin, error: aiohttp.ClientError) -> OriginError:
    """The OriginError for what aiohttp raised in the middle of a response's body."""
    if isinstance(error, TimeoutError):
        return OriginTimeout(origin.name, phase="the next byte of the body", limit_s=float(origin.first_byte_timeout))
    return OriginProtocolError(origin.name, "the body broke off before its end")


def _too_slow(origin: Origin, error: TimeoutError) -> OriginTimeout:
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return OriginTimeout(origin.name, phase="connecting", limit_s=float(origin.connect_timeout))
    return OriginTimeout(origin.name, phase="answering", limit_s=float(origin.first_byte_timeout))
