"""A stranger's visit to a shop: his own cookies, redirects within the shop, and nothing anywhere else.

Only the origin the operator named is ever spoken to. Where a page leads elsewhere, that is said and not followed.
"""

from __future__ import annotations

from urllib.parse import urlsplit

import msgspec

from edge.config.schema import Duration, Origin
from edge.errors import OriginError, OriginTimeout, OriginUnavailable, Problem, RequestError
from edge.fill.bodies import Unstorable, whole_body
from edge.fill.origin import OriginClient
from edge.inspect.visit import Visit
from edge.model import fields
from edge.policy.set_cookie import SetCookie, cookies_set
from renderers.inspect.addresses import authority, same_origin

_NAME = "shop"
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 5
_LIMIT_BYTES = 8 * 2**20
_LIMIT_S = 30.0
_ASKED = (
    ("User-Agent", "Mozilla/5.0 (compatible; Vitrine inspect)"),
    ("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
    ("Accept-Encoding", "gzip"),
)


class Unvisitable(Problem):
    """The page cannot be looked at. The message says what was found and what to do."""


def shop_at(url: str) -> Origin:
    """The origin of a page's URL. Raises Unvisitable."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise Unvisitable(f"{url!r} is not the URL of a page; write one such as http://127.0.0.1:9000/product/cup")
    if parts.username or parts.password:
        raise Unvisitable("a URL with a password in it is not inspected; leave it out")
    address = f"{parts.scheme}://{authority(url)}"
    return Origin(name=_NAME, url=address, connect_timeout=Duration(3), first_byte_timeout=Duration(20))


class Stranger:
    """Somebody the shop has never seen, or, with a Cookie header of his own, somebody it has."""

    def __init__(self, client: OriginClient, base: str, *, cookie: str = "") -> None:
        self._client = client
        self._base = base
        self.cookies: dict[str, str] = {}
        for part in cookie.split(";"):
            name, equals, value = part.partition("=")
            if equals and name.strip():
                self.cookies[name.strip()] = value.strip()

    async def visit(self, url: str, *, host: str | None = None) -> Visit:
        """Fetch a page of the shop, following redirects that stay in it. Raises Unvisitable.

        ``host``: the Host to send instead of the shop's own; then no redirect is followed.
        """
        gathered: list[SetCookie] = []
        for _ in range(_MOST_REDIRECTS + 1):
            visit = await self._ask(url, host)
            gathered += visit.cookies_set
            onward = visit.fields.get("Location") if visit.status in _REDIRECTS else None
            if onward is None or host is not None:
                return msgspec.structs.replace(visit, cookies_set=tuple(gathered))
            inside = same_origin(url, onward)
            if inside is None:
                raise Unvisitable(f"{url} redirects to {onward}, another origin; inspect that one if it is yours")
            url = inside
        raise Unvisitable(f"{url} redirects more than {_MOST_REDIRECTS} times; inspect where it ends in a browser")

    async def _ask(self, url: str, host: str | None) -> Visit:
        parts = urlsplit(url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        asked = [("Host", host or authority(self._base)), *_ASKED]
        if self.cookies:
            asked.append(("Cookie", "; ".join(f"{name}={value}" for name, value in self.cookies.items())))
        try:
            async with self._client.exchange(_NAME, "GET", target, tuple(asked)) as response:
                body = await whole_body(response, origin=_NAME, limit_bytes=_LIMIT_BYTES, limit_s=_LIMIT_S)
                status, pairs = response.status, response.pairs
        except Unstorable as exc:
            raise Unvisitable(f"{url}: the body is {_WHY.get(exc.reason, exc.reason)}") from exc
        except (OriginError, RequestError) as exc:
            raise Unvisitable(_explained(url, exc)) from exc
        changes = cookies_set(fields(pairs).getall("Set-Cookie", ()))
        self.cookies |= {cookie.name: cookie.value for cookie in changes}
        return Visit(url=url, status=status, pairs=pairs, body=body, cookies=dict(self.cookies), cookies_set=changes)


_WHY = {
    "max-object": f"larger than {_LIMIT_BYTES // 2**20} MiB; a product page should be far smaller",
    "content-encoding": "in a content coding nobody asked for; have the shop send gzip or none",
}


def _explained(url: str, exc: OriginError | RequestError) -> str:
    shop = f"{urlsplit(url).scheme}://{authority(url)}"
    match exc:
        case OriginTimeout():
            return f"{shop} is too slow: {exc.detail}; try again when it is not under load"
        case OriginUnavailable():
            return f"nothing answers at {shop} ({exc.detail}); start the shop, or correct the URL"
        case OriginError():
            return f"{url}: {exc.detail}"
        case _:
            return f"{url}: {exc}"
