"""A small synchronous client of the admin API."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

from edge.cli.output import Failure

_TIMEOUT_S = 60.0
IMPORT_TIMEOUT_S = 1800.0
"""A bulk import is answered when its last row is durable."""


class Answer(NamedTuple):
    """What the node said."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes

    @property
    def document(self) -> dict[str, object]:
        """The body as a JSON object; empty when it is none."""
        with suppress(ValueError):
            value = json.loads(self.body)
            if isinstance(value, dict):
                return value
        return {}


class Request(NamedTuple):
    """One call."""

    method: str
    path: str
    """Percent-encoded, without the query."""
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = {}
    body: bytes | Iterable[bytes] | None = None
    timeout_s: float = _TIMEOUT_S


class Client:
    """Calls one node. Every method raises Failure: the node is not there, or says why not."""

    def __init__(self, base_url: str, token: str | None) -> None:
        self.base_url = base_url
        self.token = token

    def call(self, request: Request) -> Answer:
        """The node's answer, read whole."""
        with self._response(request) as response:
            return Answer(response.status, _headers(response), response.read())

    def get(self, path: str, query: tuple[tuple[str, str], ...] = ()) -> Answer:
        """The answer to a plain GET."""
        return self.call(Request("GET", path, query))

    def lines(self, request: Request) -> Iterator[str]:
        """The lines of an answer that may never end. Ends when the node closes it."""
        with self._response(request) as response:
            while line := response.readline():
                yield line.decode().rstrip("\r\n")

    @contextmanager
    def _response(self, request: Request) -> Iterator[HTTPResponse]:
        connection = self._connection(request.timeout_s)
        try:
            response = self._exchange(connection, request)
            if response.status >= 400:
                raise _refusal(Answer(response.status, _headers(response), response.read()), self.token)
            yield response
        except (OSError, HTTPException) as exc:
            reason = getattr(exc, "strerror", None) or str(exc) or type(exc).__name__
            remedy = "start it with vitrine serve, or say where it is with --admin URL or --data DIR"
            raise Unreachable(f"no node answers at {self.base_url} ({reason})", remedy) from exc
        finally:
            connection.close()

    def _connection(self, timeout_s: float) -> HTTPConnection:
        parts = urlsplit(self.base_url)
        host = parts.hostname or ""
        if parts.scheme == "https":
            return HTTPSConnection(host, parts.port, timeout=timeout_s, context=ssl.create_default_context())
        return HTTPConnection(host, parts.port, timeout=timeout_s)

    def _exchange(self, connection: HTTPConnection, request: Request) -> HTTPResponse:
        headers = {"Accept": "application/json, */*", **request.headers}
        if self.token is not None:
            headers["Authorization"] = f"Bearer {self.token}"
        target = f"{request.path}?{urlencode(request.query)}" if request.query else request.path
        try:
            connection.request(request.method, target, body=request.body, headers=headers)
        except (BrokenPipeError, ConnectionResetError):
            # It may have answered before the body was sent whole: a wrong token, no such table.
            if connection.sock is None:
                raise
        return connection.getresponse()


class Unreachable(Failure):
    """Nothing answers there."""


class Missing(Failure):
    """There is no such row, table or call."""


def _headers(response: HTTPResponse) -> dict[str, str]:
    return {name.lower(): value for name, value in response.getheaders()}


def _refusal(answer: Answer, token: str | None) -> Failure:
    """A problem document (RFC 9457) as a failure."""
    problem = answer.document
    detail = str(problem.get("detail") or f"the node answered {answer.status}")
    remedy = str(problem.get("remedy") or "")
    if answer.status == 401 and token is None:
        remedy = "say where the node keeps its files with --data DIR, or set VITRINE_TOKEN"
    kind = Missing if answer.status == 404 else Failure
    return kind(detail, remedy, tuple(_bad_rows(problem)))


def _bad_rows(problem: Mapping[str, object]) -> Iterator[str]:
    errors = problem.get("errors")
    shown = errors if isinstance(errors, list) else []
    for error in shown:
        where = " ".join(str(error[name]) for name in ("key", "field") if error.get(name))
        what = f"{where}: {error.get('detail')}" if where else str(error.get("detail"))
        yield f"line {error.get('line')}: {what}; {error.get('remedy')}"
    bad = problem.get("bad")
    if isinstance(bad, int) and bad > len(shown):
        yield f"and {bad - len(shown)} more"
