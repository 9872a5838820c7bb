"""Control endpoints under ``/_control/``, and the middleware that makes the shop slow, broken or counted.

They answer loopback only, and not what a proxy relays: an edge in front must not hand them to the world.
"""

from __future__ import annotations

import asyncio
import ipaddress
import json

from aiohttp import web
from aiohttp.typedefs import Handler

from loadtest.storefront.conduct import Conduct, Outage

CONDUCT: web.AppKey[Conduct] = web.AppKey("conduct", Conduct)

_PREFIX = "/_control/"
_UNDELAYED = ("/static/", "/img/", "/healthz", "/favicon.svg", "/robots.txt")
_RELAYED = ("Via", "Forwarded", "X-Forwarded-For")
_SLOWEST_S = 60.0
_WIDEST_SIGMA = 3.0


@web.middleware
async def conduct_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Count the request, let an outage have it, or delay a page as the shop's response time says."""
    if request.path.startswith(_PREFIX):
        return await handler(request)
    conduct = request.app[CONDUCT]
    conduct.count(request.path)
    if conduct.outage is not Outage.NONE:
        return await _broken(request, conduct)
    if not request.path.startswith(_UNDELAYED) and (delay_s := conduct.next_delay_s()) > 0:
        await asyncio.sleep(delay_s)
        if conduct.outage is not Outage.NONE:
            return await _broken(request, conduct)
    return await handler(request)


def add_control(app: web.Application) -> None:
    """Route the control endpoints."""
    app.router.add_get("/_control/stats", _stats)
    app.router.add_delete("/_control/stats", _reset)
    app.router.add_get("/_control/delay", _delay)
    app.router.add_put("/_control/delay", _set_delay)
    app.router.add_get("/_control/outage", _outage)
    app.router.add_put("/_control/outage", _set_outage)


async def _broken(request: web.Request, conduct: Conduct) -> web.StreamResponse:
    if conduct.outage is Outage.ERROR:
        return web.Response(status=503, text="Service Unavailable\n", headers={"Retry-After": "5"})
    if conduct.outage is Outage.HANG:
        await conduct.outage_over()
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=503)


async def _stats(request: web.Request) -> web.Response:
    _allow(request)
    requests = request.app[CONDUCT].requests
    return web.json_response({"total": requests.total(), "requests": dict(sorted(requests.items()))})


async def _reset(request: web.Request) -> web.Response:
    _allow(request)
    request.app[CONDUCT].requests.clear()
    return web.Response(status=204)


async def _delay(request: web.Request) -> web.Response:
    _allow(request)
    conduct = request.app[CONDUCT]
    return web.json_response({"median_ms": conduct.median_s * 1000, "sigma": conduct.sigma})


async def _set_delay(request: web.Request) -> web.Response:
    _allow(request)
    wanted, conduct = await _object(request), request.app[CONDUCT]
    median_ms = wanted.get("median_ms", conduct.median_s * 1000)
    sigma = wanted.get("sigma", conduct.sigma)
    if not _within(median_ms, _SLOWEST_S * 1000) or not _within(sigma, _WIDEST_SIGMA):
        raise _refusal("write median_ms from 0 to 60000 and sigma from 0 to 3")
    conduct.median_s, conduct.sigma = float(str(median_ms)) / 1000, float(str(sigma))
    return await _delay(request)


async def _outage(request: web.Request) -> web.Response:
    _allow(request)
    return web.json_response({"mode": request.app[CONDUCT].outage.value})


async def _set_outage(request: web.Request) -> web.Response:
    _allow(request)
    wanted = await _object(request)
    try:
        outage = Outage(wanted.get("mode"))
    except ValueError as exc:
        raise _refusal("write mode as one of " + ", ".join(kind.value for kind in Outage)) from exc
    request.app[CONDUCT].outage = outage
    return await _outage(request)


def _allow(request: web.Request) -> None:
    """Refuse with 403 what does not come from this machine directly."""
    remote = ipaddress.ip_address(request.remote or "0.0.0.0")  # noqa: S104 - an address compared, not bound
    if not remote.is_loopback or any(name in request.headers for name in _RELAYED):
        raise web.HTTPForbidden(text="control endpoints answer only requests made directly on this machine\n")


async def _object(request: web.Request) -> dict[str, object]:
    try:
        value = json.loads(await request.text())
    except ValueError as exc:
        raise _refusal(f"the body is not JSON: {exc}") from exc
    if not isinstance(value, dict):
        raise _refusal("the body is not a JSON object")
    return value


def _within(value: object, most: float) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= most


def _refusal(reason: str) -> web.HTTPBadRequest:
    return web.HTTPBadRequest(text=f"{reason}\n")
