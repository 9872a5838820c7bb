"""A URL somebody names to the admin API as the request a worker would see."""

from __future__ import annotations

from urllib.parse import urlsplit

from edge.config.schema import Config
from edge.model import Pairs, RequestFacts, fields

HERE = "127.0.0.1"
"""The client of a request nobody sent."""


def usual_host(config: Config) -> str:
    """The Host visitors most likely send, for URLs that are a path only."""
    named = next((host for origin in config.origins for host in origin.hosts), None)
    return named or str(config.listen.http).lower()


def asked_facts(url: str, *, host: str, headers: Pairs = (), client: str | None = None) -> RequestFacts:
    """The facts of a GET for ``url``. ``host`` is taken when neither the URL nor the headers name one."""
    parts, sent = urlsplit(url), fields(headers)
    return RequestFacts(
        method="GET",
        scheme=parts.scheme or "http",
        host=(parts.netloc.rpartition("@")[2] or sent.get("Host", host)).lower(),
        path=parts.path or "/",
        query=parts.query or None,
        fields=sent,
        client=client or HERE,
    )
