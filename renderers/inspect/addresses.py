"""The addresses of a shop's pages: which links look like other products, and what pattern covers product pages."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple
from urllib.parse import parse_qsl, urldefrag, urljoin, urlsplit

_NUMBER = re.compile(r"[0-9]+")
_TAIL = re.compile(r"(.+?)([_-](?:p-?|i)?)([0-9]+)(\.[a-z]+)?")
_NOT_PAGES = re.compile(
    r"\.(?:css|js|json|xml|png|jpe?g|gif|svg|webp|avif|ico|pdf|zip|txt|woff2?|mp4)$"
    r"|(?:^|/)(?:cart|basket|checkout|account|accounts|customer|login|logout|register|wishlist|compare|search|"
    r"admin|wp-admin|wp-login\.php|contact|privacy|terms|about|reviews?)(?:/|$|\.)",
    re.IGNORECASE,
)
_ACTIONS = re.compile(
    r"add[-_]?to|remove|delete|logout|currency|language|sort|orderby|filter|^replytocom$|action", re.I
)
_IDENTIFIERS = re.compile(r"(?:^|_|-)(?:id|pid|sku|product|item|products_id|id_product)$|^p$", re.IGNORECASE)
_ROUTES = frozenset({"route", "controller", "main_page", "page", "action", "option", "view", "task"})
"""Query parameters that say which kind of page it is, in shops that have one script for all."""

SURE = 5
"""Likeness from which a link is taken for another page of the same kind."""
PERHAPS = 3
"""Likeness of a link that needs a price beside it to be taken for one: all pages of some shops stand side by side."""


class Address(NamedTuple):
    """One URL of the shop, taken apart."""

    path: str
    segments: tuple[str, ...]
    extension: str
    """Of the last segment, with its dot; "/" when the path ends in a slash."""
    query: tuple[tuple[str, str], ...]

    @property
    def target(self) -> str:
        """Path and query as a request has them."""
        return self.path + ("?" + "&".join(f"{name}={value}" for name, value in self.query) if self.query else "")


def address(url: str) -> Address:
    """The parts of a URL or a target."""
    parts = urlsplit(url)
    path = parts.path or "/"
    segments = tuple(segment for segment in path.split("/") if segment)
    last = segments[-1] if segments else ""
    dot = last.rfind(".")
    extension = "/" if path.endswith("/") and segments else last[dot:] if dot > 0 else ""
    return Address(path, segments, extension, tuple(parse_qsl(parts.query, keep_blank_values=True)))


def authority(url: str) -> str:
    """Host and port of a URL in lower case; empty when it has none."""
    try:
        return urlsplit(url).netloc.rpartition("@")[2].lower()
    except ValueError:
        return ""


def same_origin(base: str, href: str, aliases: Collection[str] = ()) -> str | None:
    """The absolute URL that ``href`` on the page ``base`` leads to, without fragment; None when it leaves the origin.

    ``aliases``: authorities that stand for the origin. What is asked for is asked of ``base``'s own.
    """
    try:
        url = urldefrag(urljoin(base, href.strip())).url
        parts, own = urlsplit(url), urlsplit(base)
    except ValueError:
        return None
    if authority(url) in aliases and parts.scheme in {"http", "https"}:
        return parts._replace(scheme=own.scheme, netloc=own.netloc).geturl()
    return url if (parts.scheme, authority(url)) == (own.scheme, authority(base)) else None


def likeness(own: str, other: str) -> int:
    """How much the address ``other`` looks like another page of the kind of ``own``; 0 when it does not.

    Shops write the addresses of one kind in one way: as deep, in the same folder, with the same ending.
    """
    one, two = address(own), address(other)
    if two.target == one.target or _is_action(two):
        return 0
    routed = dict(one.query)
    if any(name in _ROUTES and dict(two.query).get(name) != value for name, value in one.query):
        return 0
    if any(_IDENTIFIERS.search(name) for name in routed) and one.path == two.path:
        return 8 if _other_identifier(one, two) else 0
    if one.path == two.path or two.path.startswith(one.path.rstrip("/") + "/") or _NOT_PAGES.search(two.path):
        return 0
    return _shape(one, two)


def _shape(one: Address, two: Address) -> int:
    if len(one.segments) != len(two.segments) or not two.segments:
        return 0
    folders = one.segments[:-1] == two.segments[:-1]
    score = 2 + 2 * folders * (len(one.segments) > 1) + (one.extension == two.extension)
    score += one.extension not in {"", "/"} and one.extension == two.extension
    tails = _TAIL.fullmatch(one.segments[-1]), _TAIL.fullmatch(two.segments[-1])
    if tails[0] is not None:
        score += 3 if tails[1] is not None and tails[1][2] == tails[0][2] else -2
    return max(score, 0)


def _other_identifier(one: Address, two: Address) -> bool:
    values, others = dict(one.query), dict(two.query)
    return any(
        _IDENTIFIERS.search(name) and name in others and others[name] not in {"", value}
        for name, value in values.items()
    )


def _is_action(where: Address) -> bool:
    return any(_ACTIONS.search(name) for name, _ in where.query)


def identity(url: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """What is the same in all addresses of one page: without parameters that only say how one came there."""
    own = address(url)
    telling = tuple(sorted(pair for pair in own.query if pair[0] in _ROUTES or _IDENTIFIERS.search(pair[0])))
    return own.path, telling


def numbered(url: str) -> list[str]:
    """Addresses with the neighbouring numbers, for shops whose pages lead to no other product."""
    own = address(url)
    parts = urlsplit(url)
    for name, value in own.query:
        if _IDENTIFIERS.search(name) and value.isdecimal():
            query = parts.query
            pairs = ((f"{name}={value}", f"{name}={number}") for number in _beside(int(value)))
            return [parts._replace(query=query.replace(old, new)).geturl() for old, new in pairs]
    tail = _TAIL.fullmatch(own.segments[-1]) if own.segments and not own.query else None
    if tail is None:
        return []
    stem, joint, value, extension = tail[1], tail[2], tail[3], tail[4] or ""
    head = own.path.rstrip("/").rpartition("/")[0]
    slash = "/" if own.extension == "/" else ""
    return [
        parts._replace(path=f"{head}/{stem}{joint}{number}{extension}{slash}").geturl()
        for number in _beside(int(value))
    ]


def _beside(number: int) -> list[int]:
    return [other for other in (number + 1, number - 1, number + 2, number + 3) if other > 0]


class Pattern(NamedTuple):
    """What to write as ``match``, and what it cannot do."""

    match: tuple[str, ...]
    others: tuple[str, ...]
    """Patterns of pages that ``match`` covers though they are no products; a page kind before it has to take them."""
    remark: str | None


def pattern(products: Sequence[str], links: Iterable[str]) -> Pattern:
    """The pattern that covers the product pages. ``links``: other addresses of the shop, to see what else it covers."""
    known = [address(url) for url in products]
    own = known[0]
    if any(_IDENTIFIERS.search(name) for name, _ in own.query) and len({one.path for one in known}) == 1:
        return _by_query(own)
    if len(own.segments) == 1 and own.extension in {"", "/"}:
        return _listed(known)
    folders = tuple(dict.fromkeys(one.segments[:-1] for one in known))
    if len(folders) > 1 and own.extension in {"", "/"} and not _shared(known):
        return _by_folder(known, folders)
    match = _folder(known) + _last(known)
    return Pattern((match,), _covered(match, known, list(links)), _remark(known, match))


def _by_folder(known: Sequence[Address], folders: Sequence[tuple[str, ...]]) -> Pattern:
    last = _last(known)
    remark = (
        "product pages stand in folders of many names, where no pattern tells them from other pages; the folders found "
        "are named one by one, so name the others too"
    )
    return Pattern(tuple(f"/{'/'.join(folder)}/{last}" for folder in folders), (), remark)


def _by_query(own: Address) -> Pattern:
    conditions = [
        f"{name}={value}" if name in _ROUTES else name
        for name, value in own.query
        if name in _ROUTES or _IDENTIFIERS.search(name)
    ]
    return Pattern((f"{own.path}?{'&'.join(conditions)}",), (), None)


def _listed(known: Sequence[Address]) -> Pattern:
    paths = tuple(dict.fromkeys(one.path for one in known))
    remark = (
        "product pages stand at the top of the site, where no pattern tells them from the basket; the pages found are "
        "named one by one, so name new products here too, or let the shop put products below a folder"
    )
    return Pattern(paths, (), remark)


def _shared(known: Sequence[Address]) -> tuple[str, ...]:
    """The folders that all addresses begin with."""
    shared: list[str] = []
    for column in zip(*(one.segments[:-1] for one in known), strict=False):
        if len(set(column)) > 1:
            break
        shared.append(column[0])
    return tuple(shared)


def _folder(known: Sequence[Address]) -> str:
    shared = _shared(known)
    deeper = any(len(one.segments) - 1 > len(shared) for one in known)
    return "/" + "".join(f"{segment}/" for segment in shared) + ("*/" if deeper else "")


def _last(known: Sequence[Address]) -> str:
    lasts = [one.segments[-1] for one in known]
    tails = [_TAIL.fullmatch(last) for last in lasts]
    extensions = {one.extension for one in known}
    extension = extensions.pop() if len(extensions) == 1 else ""
    joints = {tail[2] for tail in tails if tail is not None}
    if len(joints) == 1 and all(tails):
        return f"*{joints.pop()}*{extension}"
    return f"*{extension}" if extension != "/" else "*"


def _covered(match: str, known: Sequence[Address], links: Sequence[str]) -> tuple[str, ...]:
    """Other pages below the products' own pattern: Oscar's /catalogue/category/, a product's reviews."""
    glob = re.compile(re.escape(match).replace(r"\*", ".*"))
    depth = {len(one.segments) for one in known}
    folder = len([segment for segment in _folder(known).split("/") if segment])
    products = tuple(one.path.rstrip("/") + "/" for one in known)
    found: dict[str, None] = {}
    for one in map(address, links):
        if glob.fullmatch(one.path) and len(one.segments) not in depth:
            if one.path.startswith(products):
                found[f"{match}*/" if match.endswith("/") else f"{match}/*"] = None
            elif len(one.segments) > folder + 1:
                found["/" + "/".join(one.segments[: folder + 1]) + "/*"] = None
    return tuple(found)


def _remark(known: Sequence[Address], match: str) -> str | None:
    if len(known) == 1:
        return f"only one product page was found, so {match} is a guess from a single address"
    if match.startswith("/*"):
        return f"{match} also covers pages that are no products; they are stored for the page kind's ttl as well"
    return None
