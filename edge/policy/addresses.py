"""Finding an origin's own address in what it sends, and putting in its place the one a visitor named.

Found is what follows two slashes, however they are written: ``http://127.0.0.1:9000/a``, ``//127.0.0.1:9000``, JSON's
``http:\\/\\/127.0.0.1:9000``. Percent-encoded addresses, as in the value of a parameter, are the origin's own data.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

import msgspec

_SLASH = rb"(?:\\{0,4}/|\\{1,4}u002f|&#x2f;|&#47;)"
"""As HTML, JSON, JSON inside JSON and careful template engines write it; in lower case."""
_HEAD = re.compile(rb"(?:(https?|wss?):|(?<!:))(" + _SLASH * 2 + rb")\Z")
_HEAD_BYTES = len(b"https:") + 2 * len(rb"\\\\u002f")
_NO_MORE_HOST = rb"(?![a-z0-9_-]|\.[a-z0-9]|:[0-9]|@)"
_PEEK_BYTES = 2
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_PORTS = {"http": 80, "https": 443}
_SECURE = {b"http": False, b"https": True, b"ws": False, b"wss": True}
_WITH_SECURITY = {b"http": b"https", b"ws": b"wss", b"https": b"http", b"wss": b"ws"}


class OwnAddress(NamedTuple):
    """An origin's own address, ready to be found. On loopback every name of the machine itself counts."""

    names: tuple[str, ...]
    """Hosts without port, in lower case, addresses of IPv6 in brackets."""
    secure: bool
    exact: re.Pattern[bytes]
    """Host and port, in lower case."""
    lenient: re.Pattern[bytes]
    """The port may be missing: a server behind another does not always know its own."""
    tail_bytes: int
    """What has to be seen to know whether an address stands at a place."""


class Naming(msgspec.Struct, frozen=True, kw_only=True):
    """What one origin's own address becomes for one visitor."""

    url: str
    """Of the origin."""
    scheme: str
    """``http`` or ``https``, of the visitor's request."""
    host: str
    """As the visitor named it, without a default port: a host the node has checked, or empty when there was none."""

    @property
    def base(self) -> str:
        """Scheme and host, as URLs begin."""
        return f"{self.scheme}://{self.host}"

    def replacement(self, scheme: bytes | None, slashes: bytes) -> bytes:
        """What stands for ``scheme:slashes`` and the origin's host; ``scheme`` in lower case, None when there is none.

        The origin's scheme becomes the visitor's. Another one was meant: an origin that is asked over ``http`` and says
        ``https`` wants its visitors there.
        """
        if not self.host:
            return b""
        if scheme is None:
            return slashes + self.host.encode()
        own_secure, visitor_secure = own_address(self.url).secure, self.scheme == "https"
        if own_secure is _SECURE[scheme] and own_secure is not visitor_secure:
            scheme = _WITH_SECURITY[scheme]
        return scheme + b":" + slashes + self.host.encode()


class Replacer:
    """Replaces an origin's own address in a text that arrives in pieces. The pieces make no difference.

    Held back are never more bytes than one address takes. ``lenient``: see :class:`OwnAddress`.
    """

    def __init__(self, naming: Naming, *, lenient: bool = False) -> None:
        own = own_address(naming.url)
        self._naming = naming
        self._address = own.lenient if lenient else own.exact
        self._tail_bytes = own.tail_bytes
        self._held = b""
        self._judged = 0
        """Bytes at the beginning of what is held in which no host is to be looked for any more."""

    def feed(self, piece: bytes) -> bytes:
        """What can be said so far, after one more piece."""
        self._held += piece
        decided = len(self._held) - self._tail_bytes
        return self._take(decided, decided - _HEAD_BYTES)

    def finish(self) -> bytes:
        """The rest."""
        return self._take(len(self._held), len(self._held))

    def _take(self, decided: int, end: int) -> bytes:
        """What is held up to ``end`` at least, with every address replaced whose host begins up to ``decided``.

        What is left begins before the head of any later one, and so does the byte that head is judged by.
        """
        held, lowered = self._held, self._held.lower()
        position = 0
        taken: list[bytes] = []
        for found in self._address.finditer(lowered, self._judged):
            if found.start() > decided:
                break
            head = _HEAD.search(lowered, max(position, found.start() - _HEAD_BYTES), found.start())
            if head is not None:
                taken += held[position : head.start()], self._naming.replacement(head[1], held[slice(*head.span(2))])
                position = found.end()
        upto = max(position, end)
        taken.append(held[position:upto])
        self._held, self._judged = held[upto:], max(0, decided + 1, position) - upto
        return b"".join(taken)


def replaced(text: str, naming: Naming) -> str:
    """A field value with every address of the origin's own replaced, its port or none after it."""
    replacer = Replacer(naming, lenient=True)
    done = replacer.feed(text.encode("utf-8", "surrogateescape")) + replacer.finish()
    return done.decode("utf-8", "surrogateescape")


@lru_cache(maxsize=64)
def own_address(url: str) -> OwnAddress:
    """The address of an origin with this URL."""
    parts = urlsplit(url.lower())
    name = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
    names = _LOOPBACK if name in _LOOPBACK else (name,)
    host = b"|".join(re.escape(name.encode()) for name in names)
    host = b"(?:" + host + b")" if len(names) > 1 else host  # a plain literal is searched for much faster
    port = parts.port or _PORTS[parts.scheme]
    plain = port == _PORTS[parts.scheme]
    written = rb"(?::(?:80|443))?" if plain else rb":%d" % port
    return OwnAddress(
        names=names,
        secure=parts.scheme == "https",
        exact=re.compile(host + written + _NO_MORE_HOST),
        lenient=re.compile(host + (written if plain else b"(?:" + written + b")?") + _NO_MORE_HOST),
        tail_bytes=max(map(len, names)) + len(":65535") + _PEEK_BYTES,
    )
