"""The node itself over HTTP: health, metrics, status, explanations, refreshes."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from urllib.parse import urlsplit

import msgspec
from aiohttp import web

from edge.admin.auth import DID
from edge.admin.openapi import DOCUMENT
from edge.admin.parts import PARTS, Document, ExplainQuery
from edge.admin.problem import ApiProblem
from edge.model import Pairs

_METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"


async def healthz(_request: web.Request) -> web.Response:
    """``GET /healthz``: this process answers."""
    return web.json_response({"status": "ok"})


async def readyz(request: web.Request) -> web.Response:
    """``GET /readyz``: 503 with the reasons while the node should get no traffic."""
    reasons = await request.app[PARTS].ready()
    if reasons:
        raise ApiProblem(503, "not ready: " + ", ".join(reasons), "wait, then ask again", reasons=reasons)
    return web.json_response({"status": "ready"})


async def metrics(request: web.Request) -> web.Response:
    """``GET /metrics``: Prometheus text exposition format of all processes together."""
    text = await asyncio.to_thread(request.app[PARTS].metrics)
    return web.Response(body=text, headers={"Content-Type": _METRICS_TYPE})


async def openapi(_request: web.Request) -> web.Response:
    """``GET /openapi.json``: this API, described."""
    return _json(DOCUMENT)


async def status(request: web.Request) -> web.Response:
    """``GET /status``: node, workers, filler, store, origins."""
    return _json(await request.app[PARTS].status())


async def explain(request: web.Request) -> web.Response:
    """``GET /explain``: the whole decision about one request, hop by hop."""
    return _json(await request.app[PARTS].explain(_explain_query(request)))


async def refresh(request: web.Request) -> web.Response:
    """``POST /refresh``: fetch a page again now; ``accept`` admits it whatever the publish gate says."""
    body = await _refresh_body(request)
    _check_url(body.url)
    request[DID] = {"url": body.url, "accept": body.accept}
    return _json(await request.app[PARTS].refresh(body.url, body.accept))


class RefreshBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of ``POST /refresh``."""

    url: str
    accept: bool = False


async def _refresh_body(request: web.Request) -> RefreshBody:
    try:
        return msgspec.json.decode(await request.read(), type=RefreshBody)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as exc:
        raise ApiProblem(
            400, f"the body is not as expected: {exc}", 'send {"url": "https://shop.example/p/1"}'
        ) from exc


def _explain_query(request: web.Request) -> ExplainQuery:
    query = request.query
    url = query.get("url", "")
    _check_url(url)
    country = query.get("country")
    if country is not None and not (len(country) == 2 and country.isascii() and country.isalpha()):
        raise ApiProblem(400, f"country is {country!r}", "write two letters, such as DE", field="country")
    return ExplainQuery(
        url=url,
        headers=_headers(query.getall("header", [])),
        ip=query.get("ip"),
        country=country.upper() if country else None,
        at_ms=_instant_ms(query["at"]) if "at" in query else None,
    )


def _check_url(url: str) -> None:
    try:
        parts = urlsplit(url)
        usable = url.startswith("/") or (parts.scheme in ("http", "https") and bool(parts.netloc))
    except ValueError:  # such as //[
        usable = False
    if not usable:
        raise ApiProblem(400, f"url is {url!r}", "write a URL such as https://shop.example/product/1", field="url")


def _headers(lines: list[str]) -> Pairs:
    pairs = []
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not name.strip():
            raise ApiProblem(400, f"header is {line!r}", "write it as NAME: VALUE", field="header")
        pairs.append((name.strip(), value.strip()))
    return tuple(pairs)


def _instant_ms(text: str) -> int:
    """ISO 8601 or epoch seconds; a time without a zone is UTC."""
    try:
        if text.replace(".", "", 1).isdigit():
            return round(float(text) * 1000)
        at = datetime.fromisoformat(text)
        return round((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1000)
    except (ValueError, OverflowError):
        raise ApiProblem(400, f"at is {text[:80]!r}", "write a time such as 2026-12-01T00:00:00Z", field="at") from None


def _json(document: Document) -> web.Response:
    return web.Response(body=msgspec.json.encode(document), content_type="application/json")
