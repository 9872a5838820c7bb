"""The fields in which an origin's own address matters, on the way there and back (RFC 9110 §10.2.2, §15.4).

Origins name themselves by the address the node reaches them at: in Location, in cookies' Domain, and some in every link
of every page. To a visitor all of that has to be the host she named, or she leaves the node, or is shown an address
that is nobody's business.
"""

from __future__ import annotations

import re

import msgspec

from edge.model import Fields, Pairs
from edge.policy.addresses import Naming, own_address, replaced
from edge.policy.key import is_static

_LEADING = frozenset({"content-location", "link", "location", "refresh"})
"""Fields that lead a visitor somewhere. An internal address in them never leaves the node."""
_NAMING = frozenset({"access-control-allow-origin", "content-security-policy", "content-security-policy-report-only"})
"""Fields that have to name the same hosts as the links of the page."""
_OF_THE_BYTES = frozenset(
    {"accept-ranges", "content-digest", "content-encoding", "content-length", "content-md5", "digest", "repr-digest"}
)
"""Untrue once the body is another."""
_OF_THE_PAGE = frozenset({"origin", "referer"})
"""Request fields that name the page a request was made from."""
_TEXT = re.compile(
    r"text/(?!event-stream)|application/(?:(?:[\w.-]+\+)?(?:xml|json)|(?:x-|ecma|java)+script|manifest\+json|x-ndjson)\b"
    r"|image/svg\+xml",
    re.IGNORECASE,
)
"""Not event streams: an event must not wait for the bytes after it."""
_TEXT_FILES = (".css", ".js", ".map", ".mjs", ".svg", ".webmanifest")
_DECODABLE = frozenset({"", "identity", "gzip", "x-gzip"})


class Translation(msgspec.Struct, frozen=True, kw_only=True):
    """One exchange's addresses: the origin's own and the visitor's."""

    naming: Naming
    target: str
    """Path and query asked for."""
    own_host: bool = False
    """The origin is sent its own host as Host."""
    bodies: bool = False
    """Addresses are replaced in bodies too, and in the fields that go with them."""

    def changes_body(self, received: Fields) -> bool:
        """The body of a response with these fields is text in which addresses are to be replaced."""
        if not self.bodies or _TEXT.match(received.get("Content-Type", "").strip()) is None:
            return False
        return received.get("Content-Encoding", "").strip().lower() in _DECODABLE

    def asked(self, pairs: Pairs) -> Pairs:
        """The fields of a request as the origin gets them.

        An origin that sees its own host takes a form for forged unless the page it stands in has that host too (Django
        compares Origin and Referer with Host), so a page of the visitor's host becomes one of the origin's. Bodies that
        will be read are asked for without coding, and whole: ranges count the origin's bytes.
        """
        if self.own_host:
            pairs = tuple((name, self._page(name.lower(), value)) for name, value in pairs)
        if not self.bodies:
            return pairs
        left_out = {"accept-encoding"} if self._is_no_text() else {"accept-encoding", "if-range", "range"}
        return (*(pair for pair in pairs if pair[0].lower() not in left_out), ("Accept-Encoding", "identity"))

    def answered(self, pairs: Pairs, *, changed: bool) -> Pairs:
        """The fields of a response as visitors get them. ``changed``: see :meth:`changes_body`."""
        return tuple(
            (name, self._field(name.lower(), value))
            for name, value in pairs
            if not (changed and name.lower() in _OF_THE_BYTES)
        )

    def _page(self, name: str, value: str) -> str:
        ours = self.naming.base
        rest = value[len(ours) :]
        if name not in _OF_THE_PAGE or not value.lower().startswith(ours) or rest[:1] not in ("", "/", "?"):
            return value
        scheme, _, address = self.naming.url.partition("://")
        return f"{scheme}://{address.partition('/')[0]}{rest}"

    def _is_no_text(self) -> bool:
        path = self.target.partition("?")[0]
        return is_static(path) and not path.lower().endswith(_TEXT_FILES)

    def _field(self, name: str, value: str) -> str:
        if name == "location":
            return self._location(value)
        if name in _LEADING or (self.bodies and name in _NAMING):
            return replaced(value, self.naming)
        return self._cookie(value) if name == "set-cookie" else value

    def _location(self, value: str) -> str:
        """An origin that wants its visitors on ``https`` must not lead them back to ``http`` for ever."""
        leads_to = replaced(value, self.naming)
        scheme = value.partition(":")[0].lower()
        if leads_to == self.naming.base + self.target and scheme in ("http", "https"):
            return scheme + leads_to[len(self.naming.scheme) :]
        return leads_to

    def _cookie(self, line: str) -> str:
        """Without a Domain that is the origin's own: browsers would refuse it; the host alone is what was meant."""
        cookie, *attributes = line.split(";")
        return ";".join([cookie, *(part for part in attributes if not self._is_own_domain(part))])

    def _is_own_domain(self, part: str) -> bool:
        name, _, domain = part.partition("=")
        domain = domain.strip().lower().removeprefix(".")
        if name.strip().lower() != "domain" or domain not in own_address(self.naming.url).names:
            return False
        visited = re.sub(r":\d*\Z", "", self.naming.host)
        return visited != domain and not visited.endswith(f".{domain}")
