"""What inspect asks a shop for: the page twice, a few other products, its sitemap, and the page under another host."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urljoin, urlsplit

from edge.fill.origin import OriginClient
from edge.inspect.gathered import Gathered, Hosting, Sitemap, self_urls
from edge.inspect.visit import Visit
from edge.inspect.visiting import Stranger, Unvisitable
from renderers.inspect.addresses import PERHAPS, authority, identity, likeness, numbered, same_origin
from renderers.inspect.facts import Facts, looks_like_product, offers, read_facts
from renderers.inspect.layout import links
from renderers.inspect.neighbours import listing_links, locations, own_address, product_links, sitemaps
from renderers.inspect.sample import read_sample, text_of
from renderers.locate import Unreadable

_SAMPLES = 5
"""Product pages that a proposal is proven on, the one asked about included."""
_MOST_TRIED = 12
_MOST_LISTINGS = 4
_EDGE_PORTS = (8080, 8081)


async def gather(client: OriginClient, url: str) -> Gathered:
    """Visit the shop. Raises Unvisitable when the page is not a product page that can be looked at."""
    first = await Stranger(client, url).visit(url)
    own = read_page(first)
    second = await Stranger(client, url).visit(first.url)
    if not looks_like_product(own):
        raise Unvisitable(_no_product(own))
    search = _Search(client, own)
    await search.run()
    remarks = [] if search.found else ["no other product page was found, so nothing is proven on a second one"]
    return Gathered(
        first=first,
        second=second,
        own=own,
        others=tuple(search.found),
        addresses=tuple(search.addresses),
        sitemap=search.sitemap,
        hosting=await _hosting(client, first),
        remarks=tuple(remarks),
    )


def read_page(visit: Visit) -> Facts:
    """One visited page, read. Raises Unvisitable when it is no page."""
    if visit.status != 200:
        remedy = "open a product in a browser and inspect its address"
        raise Unvisitable(f"{visit.url} answers {visit.status}; {remedy}")
    if not visit.is_html:
        raise Unvisitable(
            f"{visit.url} is {visit.content_type or 'of no stated type'}, not HTML; inspect a product page"
        )
    try:
        return read_facts(read_sample(visit.url, visit.body, visit.content_type))
    except Unreadable as exc:
        raise Unvisitable(f"{visit.url}: {exc}") from exc


def _no_product(own: Facts) -> str:
    """What was looked for, and what to inspect instead."""
    if own.claims.product:
        found = (
            "it says that it is about a product, but states no price: neither in JSON-LD, microdata, meta tags nor as "
            "an amount with a currency in its text; if scripts write the price, the edge cannot put it there"
        )
    else:
        found = (
            "it does not look like a product page: neither JSON-LD nor microdata says Product, no og:type does, and "
            "beside its heading (h1) stands no amount of money"
        )
    products = [url for url in offers(own, own.amounts) if url != own.sample.url][:3]
    remedy = f"; products on it: {' '.join(products)}" if products else "; inspect the address of one product"
    return f"{own.sample.url}: {found}{remedy}"


class _Search:
    """Looks for other products' pages, politely: one request at a time, and no more than it takes."""

    def __init__(self, client: OriginClient, own: Facts) -> None:
        self._client = client
        self._own = own
        self._tried = {own.sample.url}
        self._budget = _MOST_TRIED
        self.found: list[Facts] = []
        self.addresses = [url for _, url in links(own.sample)]
        self.sitemap: Sitemap | None = None

    async def run(self) -> None:
        """Fill ``found``."""
        listed = await self._read_sitemaps()
        await self._try(product_links(self._own))
        await self._try(listed)
        for url in listing_links(self._own.sample)[:_MOST_LISTINGS]:
            if self._enough:
                break
            page = await self._page(url)
            if page is not None:
                self.addresses += [link for _, link in links(page.sample)]
                ranked = ((likeness(self._own.sample.url, link), link) for _, link in links(page.sample))
                alike = sorted((-score, link) for score, link in ranked if score >= PERHAPS)
                await self._try(link for _, link in alike)
        if not self.found:
            await self._try(numbered(self._own.sample.url))

    @property
    def _enough(self) -> bool:
        return len(self.found) >= _SAMPLES - 1 or self._budget <= 0

    async def _try(self, urls: Iterable[str]) -> None:
        for url in urls:
            if self._enough:
                return
            if url not in self._tried:
                self._tried.add(url)
                self._budget -= 1
                page = await self._page(url)
                if page is not None and self._is_another(page):
                    self.found.append(page)

    def _is_another(self, page: Facts) -> bool:
        self._tried.add(page.sample.url)
        return looks_like_product(page) and not any(_same(page, one) for one in (self._own, *self.found))

    async def _page(self, url: str) -> Facts | None:
        try:
            return read_page(await Stranger(self._client, url).visit(url))
        except Unvisitable:
            return None

    async def _read_sitemaps(self) -> list[str]:
        """Addresses like the product's in the shop's sitemaps."""
        base = self._own.sample.url
        robots = await self._document(urljoin(base, "/robots.txt"))
        named = [own_address(base, one) for one in sitemaps(robots)] or [urljoin(base, "/sitemap.xml")]
        for url in named[:2]:
            written = locations(await self._document(url))
            inner = [own_address(base, one) for one in written if urlsplit(one).path.endswith(".xml")]
            for deeper in sorted(inner, key=lambda one: "product" not in one)[:2]:
                written += locations(await self._document(deeper))
            pages = [(own_address(base, one), one) for one in written]
            self.addresses += [page for page, _ in pages]
            alike = [(page, one) for page, one in pages if likeness(base, page) >= PERHAPS]
            if alike:
                foreign = any(authority(one) not in {"", authority(base)} for _, one in alike)
                self.sitemap = Sitemap(urlsplit(url).path, len(alike), foreign)
                return [page for page, _ in alike]
        return []

    async def _document(self, url: str) -> bytes:
        try:
            visit = await Stranger(self._client, url).visit(url)
        except Unvisitable:
            return b""
        return visit.body if visit.status == 200 else b""


def _same(page: Facts, other: Facts) -> bool:
    """Whether two pages are about one product: shops reach one by many addresses."""
    names = [text_of(one.layout.title) for one in (page, other) if one.layout.title is not None]
    return identity(page.sample.url) == identity(other.sample.url) or (
        len(names) == 2 and names[0] == names[1] and page.price == other.price
    )


async def _hosting(client: OriginClient, first: Visit) -> Hosting:
    """Ask for the page as an edge on another port would, and see whose links it has."""
    own = authority(first.url)
    name = own.rpartition(":")[0] if own.rpartition(":")[2].isdigit() else own
    other = next(host for port in _EDGE_PORTS if (host := f"{name}:{port}") != own)
    try:
        visit = await Stranger(client, first.url).visit(first.url, host=other)
    except Unvisitable:
        return Hosting.REFUSES
    if 300 <= visit.status < 400:
        onward = visit.fields.get("Location", "")
        return Hosting.REDIRECTS if same_origin(first.url, onward) else Hosting.REFUSES
    if visit.status != 200:
        return Hosting.REFUSES
    if self_urls(first.body, own) == 0:
        return Hosting.NO_LINKS
    return Hosting.IGNORES if self_urls(visit.body, own) else Hosting.FOLLOWS
