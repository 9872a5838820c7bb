"""Puts the shop together and serves it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler

from loadtest.storefront.browsing import add_browsing
from loadtest.storefront.catalogue import build_catalogue
from loadtest.storefront.conduct import Conduct
from loadtest.storefront.control import CONDUCT, add_control, conduct_middleware
from loadtest.storefront.ledger import Ledger, open_ledger
from loadtest.storefront.merchant import add_merchant
from loadtest.storefront.publishing import add_publishing
from loadtest.storefront.rendering import CATALOGUE, LEDGER, TEMPLATES, environment, not_found
from loadtest.storefront.shopping import add_shopping

DEFAULT_DELAY_S = 0.35
DEFAULT_SIGMA = 0.35
_DRAIN_S = 1.0


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """How one shop is run."""

    data: Path
    """Directory of the shop's own database; made when missing."""
    host: str = "127.0.0.1"
    port: int = 0
    """0 takes a free port."""
    delay_s: float = DEFAULT_DELAY_S
    """Median response time of pages, in seconds."""
    sigma: float = DEFAULT_SIGMA
    """Width of the response time's tail; see Conduct."""
    seed: int | None = None
    """Makes the response times repeat; None: different ones each run."""


class Storefront(msgspec.Struct, frozen=True):
    """A shop that is being served."""

    url: str
    """Base address without a slash at its end."""
    conduct: Conduct
    ledger: Ledger


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[Storefront]:
    """Serve the shop for as long as the block runs. Raises OSError when the port is taken."""
    catalogue = build_catalogue()
    conduct = Conduct(median_s=settings.delay_s, sigma=settings.sigma, seed=settings.seed)
    with open_ledger(settings.data, {product.sku: product.opening for product in catalogue.products}) as ledger:
        app = web.Application(middlewares=[conduct_middleware, _missing_page])
        app[CATALOGUE], app[LEDGER], app[TEMPLATES], app[CONDUCT] = catalogue, ledger, environment(catalogue), conduct
        for add in (add_browsing, add_shopping, add_merchant, add_publishing, add_control):
            add(app)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=_DRAIN_S)
        await runner.setup()
        try:
            await web.TCPSite(runner, settings.host, settings.port).start()
            port = runner.addresses[0][1]
            yield Storefront(url=f"http://{settings.host}:{port}", conduct=conduct, ledger=ledger)
        finally:
            await runner.cleanup()


@web.middleware
async def _missing_page(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Visitors who follow a dead link get the shop's own page."""
    try:
        return await handler(request)
    except web.HTTPNotFound:
        if request.match_info.http_exception is None:
            raise
        return not_found(request)
