"""Feeds over HTTP: how each is, and reading one now."""

from __future__ import annotations

import msgspec
from aiohttp import web

from edge.admin.auth import DID
from edge.admin.parts import PARTS, Document


async def list_feeds(request: web.Request) -> web.Response:
    """``GET /feeds``: every feed of the configuration, with what its last reading came to."""
    return _json({"feeds": request.app[PARTS].feeds()})


async def read_feed(request: web.Request) -> web.Response:
    """``POST /feeds/{feed}/read``: read one whole, changed or not; answers how it is then."""
    document = await request.app[PARTS].read_feed(request.match_info["feed"])
    request[DID] = {name: document.get(name) for name in ("state", "items", "rows_changed")}
    return _json(document)


def _json(document: Document) -> web.Response:
    return web.Response(body=msgspec.json.encode(document), content_type="application/json")
