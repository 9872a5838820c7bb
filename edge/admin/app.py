"""The admin API as one aiohttp application. Its own port, loopback by default."""

from __future__ import annotations

import asyncio
from typing import NamedTuple

from aiohttp import web

from edge.admin import bulk, changes, feeds_api, node_api, tables_api
from edge.admin.auth import ACCESS, Access, audited, authenticated, same_site
from edge.admin.parts import PARTS, AdminParts
from edge.admin.problem import Handler, problems

_BODY_BYTES = 2**20
"""Largest body that is read whole; a bulk upload is streamed and knows its own limit."""


class Route(NamedTuple):
    """One call of the API."""

    method: str
    path: str
    handler: Handler
    access: Access


ROUTES = (
    Route("GET", "/healthz", node_api.healthz, "loopback"),
    Route("GET", "/readyz", node_api.readyz, "loopback"),
    Route("GET", "/metrics", node_api.metrics, "loopback"),
    Route("GET", "/openapi.json", node_api.openapi, "open"),
    Route("GET", "/status", node_api.status, "any"),
    Route("GET", "/explain", node_api.explain, "explain"),
    Route("POST", "/refresh", node_api.refresh, "purge"),
    Route("GET", "/feeds", feeds_api.list_feeds, "any"),
    Route("POST", "/feeds/{feed}/read", feeds_api.read_feed, "tables:write"),
    Route("GET", "/tables", tables_api.list_tables, "tables:read"),
    Route("GET", "/tables/{table}", tables_api.list_rows, "tables:read"),
    Route("POST", "/tables/{table}", bulk.import_rows, "tables:write"),
    Route("GET", "/tables/{table}/changes", changes.stream_changes, "tables:read"),
    Route("GET", "/tables/{table}/{key}", tables_api.get_row, "tables:read"),
    Route("PUT", "/tables/{table}/{key}", tables_api.put_row, "tables:write"),
    Route("PATCH", "/tables/{table}/{key}", tables_api.patch_row, "tables:write"),
    Route("DELETE", "/tables/{table}/{key}", tables_api.delete_row, "tables:write"),
)
"""Every call, in the order of matching. ``edge.admin.openapi`` describes the same ones."""


def make_app(parts: AdminParts) -> web.Application:
    """The application over a running node's parts. It owns none of them."""
    # Problems are answered twice: inside the audit, so that a refused write has its status on record, and outside it.
    middlewares = [problems, same_site, audited, problems, authenticated]
    app = web.Application(middlewares=middlewares, client_max_size=_BODY_BYTES)
    app[PARTS] = parts
    app[ACCESS] = {(route.method, route.path): route.access for route in ROUTES}
    app[changes.STOPPING] = asyncio.Event()
    app.on_shutdown.append(_end_streams)
    for route in ROUTES:
        app.router.add_route(route.method, route.path, route.handler)
    return app


async def _end_streams(app: web.Application) -> None:
    app[changes.STOPPING].set()
