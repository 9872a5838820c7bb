"""Who may use the admin API: Host, Origin and bearer token, checked before any handler runs."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Literal
from urllib.parse import urlsplit

from aiohttp import web

from edge import clock
from edge.admin.audit import AuditLine
from edge.admin.parts import PARTS
from edge.admin.problem import ApiProblem, Handler, problem_response
from edge.admin.tokens import recognise
from edge.config.schema import Scope, Token
from edge.errors import StoreError

Access = Scope | Literal["open", "loopback", "any"]
"""Who may call a route: a token with the scope (or ``all``), any token, loopback without one, or everyone."""

ACCESS = web.AppKey("access", Mapping[tuple[str, str], Access])
"""By (method, canonical path) of every route."""

TOKEN = web.RequestKey("token", Token)
DID = web.RequestKey("did", dict[str, object])
"""What a handler changed, for the audit line."""

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_OF_PROXIES = ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP")
_CHALLENGE = 'Bearer realm="vitrine"'


@web.middleware
async def same_site(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse what a stranger's web page could make a browser on this machine send.

    A page can point a name of its own at 127.0.0.1 (DNS rebinding), so the Host must be one of ours; and a browser
    names the page a write comes from in Origin (RFC 6454 §7), which must be this API itself.
    """
    host = _host_name(request.host)
    if not is_loopback(host) and host not in request.app[PARTS].hosts:
        detail = f"this API is not called {request.host!r}"
        raise ApiProblem(403, detail, "address it as 127.0.0.1, localhost or the host that listen.admin names")
    origin = request.headers.get("Origin")
    if request.method not in _SAFE and origin is not None and urlsplit(origin).netloc.lower() != request.host.lower():
        raise ApiProblem(
            403, f"a page of {origin} may not write here", "send the request from a program, without Origin"
        )
    return await handler(request)


@web.middleware
async def authenticated(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let a request through to its handler if its token has the scope the route asks for."""
    access = _access(request)
    token = _token(request)
    if token is not None:
        request[TOKEN] = token
    if access == "open" or (access == "loopback" and _from_this_machine(request)):
        return await handler(request)
    if token is None:
        sent = "Authorization" in request.headers
        detail = "this token is not known here" if sent else "this call needs a token"
        remedy = "send Authorization: Bearer TOKEN; the node keeps one in DATA/admin.token"
        challenge = {"WWW-Authenticate": _CHALLENGE + (', error="invalid_token"' if sent else "")}
        return problem_response(401, {"detail": detail, "remedy": remedy}, challenge)
    if access not in ("any", "loopback", *token.scopes) and "all" not in token.scopes:
        remedy = f"use a token with the scope {access!r}"
        raise ApiProblem(403, f"the token {token.name!r} has no scope {access!r}", remedy, scope=access)
    return await handler(request)


@web.middleware
async def audited(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Write one line for every write a known token asked for, refused ones included, before it is answered."""
    response = await handler(request)
    token = request.get(TOKEN)
    if request.method in _SAFE or token is None:
        return response
    line = AuditLine(
        at_ms=clock.now_ms(),
        who=token.name,
        client=request.remote or "",
        method=request.method,
        path=request.path_qs,
        status=response.status,
        did=request.get(DID, {}),
    )
    try:
        await request.app[PARTS].audit.append(line)
    except StoreError as exc:
        detail = f"the write was answered {response.status}, but its audit line was not kept: {exc}"
        raise ApiProblem(507, detail, "free room on the disk of the data directory, then repeat the write") from exc
    return response


def is_loopback(host: str) -> bool:
    """Whether a host name or address without port is this machine's own."""
    if host.rstrip(".") == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def _from_this_machine(request: web.Request) -> bool:
    """Whether the caller is on this machine: a proxy here that passes somebody else's request on names her in it."""
    return is_loopback(request.remote or "") and not any(name in request.headers for name in _OF_PROXIES)


def _access(request: web.Request) -> Access:
    """What the route asks for; what is no route is refused by its handler and needs no token for that."""
    resource = request.match_info.route.resource
    if resource is None:
        return "open"
    method = "GET" if request.method == "HEAD" else request.method
    return request.app[ACCESS].get((method, resource.canonical), "open")


def _token(request: web.Request) -> Token | None:
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return None
    return recognise(secret.strip(), request.app[PARTS].tokens)


def _host_name(host: str) -> str:
    """A Host field without its port and brackets, in lower case."""
    name = host.lower()
    if name.startswith("["):
        return name[1:].partition("]")[0]
    return name.partition(":")[0]
