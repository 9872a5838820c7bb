"""Which fields travel on, and which the node writes itself, in both directions (RFC 9110 §7.6)."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from edge.model import Fields, Pairs, RequestFacts
from edge.policy.cookies import without_our_cookies
from edge.policy.key import KeyRule, canonical_host, keyed_cookies, keyed_language
from edge.policy.syntax import combined, split_list
from edge.policy.targeted import CAPABILITY

PSEUDONYM = "vitrine"
"""Our name in Via (§7.6.3)."""

HOP_BY_HOP = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authentication-info",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
"""Fields about one connection only (§7.6.1), in lower case."""

POISONOUS = frozenset(
    {
        "cf-connecting-ip",
        "client-ip",
        "fastly-client-ip",
        "front-end-https",
        "proxy",  # becomes HTTP_PROXY in CGI (httpoxy)
        "true-client-ip",
        "x-client-ip",
        "x-cluster-client-ip",
        "x-forwarder-for",
        "x-host",
        "x-http-destinationurl",
        "x-http-host-override",
        "x-matched-path",
        "x-now-route-matches",
        "x-original-forwarded-for",
        "x-original-host",
        "x-original-uri",
        "x-original-url",
        "x-real-ip",
        "x-rewrite-url",
        "x-scheme",
        "x-script-name",
        "x-url-scheme",
    }
)
"""Fields frameworks believe over the request itself. From anyone but a trusted proxy they are an attack."""

_POISONOUS_PREFIXES = ("x-forwarded-", "x-middleware-", "x-invoke-", "x-envoy-")
_METHOD_OVERRIDES = frozenset({"x-http-method", "x-http-method-override", "x-method-override"})
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_WRITTEN_ANEW = frozenset(
    {
        *("expect", "forwarded", "host", "surrogate-capability", "via"),
        *("x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"),
    }
)

_OF_RANGES = frozenset({"if-range", "range"})

_PAGE_ACCEPT = "text/html,application/xhtml+xml,*/*;q=0.8"


class Hop(msgspec.Struct, frozen=True, kw_only=True):
    """The connection a request arrived on."""

    peer: str
    """Address without port."""
    trusted: bool
    """The peer is one of the trusted proxies."""


def end_to_end(fields: Fields) -> list[tuple[str, str]]:
    """The fields meant for the far end: without hop-by-hop ones and those Connection lists (§7.6.1)."""
    dropped = HOP_BY_HOP
    listed = combined(fields, "Connection")
    if listed is not None:
        dropped = dropped | {name.lower() for name in split_list(listed)}
    # Servers hand names over as a subclass of str, which no encoder of the wire to the filler knows.
    return [(str(name), value) for name, value in fields.items() if name.lower() not in dropped]


def relay_request_fields(facts: RequestFacts, hop: Hop, *, host: str) -> Pairs:
    """The fields of a relayed request: the client's own, and ours in place of any it made up.

    ``host`` is what the origin is to see as Host. X-Forwarded-For and Forwarded start anew unless a trusted proxy sent
    them; Expect is answered by this node. Cookies of ours are nobody else's.
    """
    kept = (
        (name, without_our_cookies(value) if name.lower() == "cookie" else value)
        for name, value in end_to_end(facts.fields)
        if not _dropped(name.lower().replace("_", "-"), facts.method, hop)
    )
    theirs = ((name, value) for name, value in kept if value is not None)
    return (("Host", host), *theirs, *_forwarding(facts, hop), ("Via", via(facts.fields)))


def without_range(pairs: Pairs) -> Pairs:
    """The fields of a request for the whole of what they ask a part of (§14.2)."""
    return tuple((name, value) for name, value in pairs if name.lower() not in _OF_RANGES)


def page_request_fields(facts: RequestFacts, rule: KeyRule, *, host: str, user_agent: str) -> Pairs:
    """The fields of a fill on a page kind. What is not part of the cache key is the same for every visitor.

    ``host`` is what the origin is to see as Host: its own name, or :func:`~edge.policy.key.canonical_host` of the
    request's.
    """
    fields = [
        ("Host", host),
        ("User-Agent", user_agent),
        ("Accept", _PAGE_ACCEPT),
        ("Accept-Encoding", "gzip"),
        ("X-Forwarded-Host", canonical_host(facts.host, facts.scheme)),
        ("X-Forwarded-Proto", facts.scheme),
        ("Surrogate-Capability", CAPABILITY),
        ("Via", f"1.1 {PSEUDONYM}"),
    ]
    if rule.language and (language := keyed_language(facts.fields)):
        fields.append(("Accept-Language", language))
    if cookies := keyed_cookies(facts.fields, rule.cookies):
        fields.append(("Cookie", "; ".join(f"{name}={value}" for name, value in cookies)))
    return tuple(fields)


def relay_response_fields(fields: Fields) -> Pairs:
    """The fields of an origin's response that go to the client, Via appended."""
    kept = ((name, value) for name, value in end_to_end(fields) if name.lower() != "via")
    return (*kept, ("Via", via(fields)))


def interim_fields(fields: Fields) -> Pairs:
    """The fields of an interim response that go to the client (§15.2); it has no content, and so no length."""
    return tuple((name, value) for name, value in end_to_end(fields) if name.lower() != "content-length")


def via(fields: Fields) -> str:
    """The value of Via with this node as the last member (§7.6.3). Origins and clients both speak 1.1 to us."""
    earlier = combined(fields, "Via")
    return f"{earlier}, 1.1 {PSEUDONYM}" if earlier else f"1.1 {PSEUDONYM}"


def _dropped(name: str, method: str, hop: Hop) -> bool:
    """``name`` is in lower case, underscores as hyphens: CGI gives both to the application under one name.

    A method override is somebody's API on a POST, and poison on a request whose response may be stored.
    """
    if name in _WRITTEN_ANEW or name in HOP_BY_HOP:
        return True
    if hop.trusted:
        return False
    if name in _METHOD_OVERRIDES:
        return method in _SAFE_METHODS
    return name in POISONOUS or name.startswith(_POISONOUS_PREFIXES)


def _forwarding(facts: RequestFacts, hop: Hop) -> Iterable[tuple[str, str]]:
    """X-Forwarded-* and Forwarded (RFC 7239 §4) for the origin; the chain goes on only behind a trusted proxy.

    So does Surrogate-Capability, which tells the origin that Surrogate-Control is heard.
    """
    addresses = combined(facts.fields, "X-Forwarded-For") if hop.trusted else None
    elements = combined(facts.fields, "Forwarded") if hop.trusted else None
    node = f'"[{hop.peer}]"' if ":" in hop.peer else hop.peer or "unknown"
    element = f"for={node};host={_quoted(facts.host)};proto={facts.scheme}"
    yield "X-Forwarded-For", f"{addresses}, {hop.peer}" if addresses else hop.peer
    yield "X-Forwarded-Host", facts.host
    yield "X-Forwarded-Proto", facts.scheme
    yield "Forwarded", f"{elements}, {element}" if elements else element
    capabilities = combined(facts.fields, "Surrogate-Capability") if hop.trusted else None
    yield "Surrogate-Capability", f"{capabilities}, {CAPABILITY}" if capabilities else CAPABILITY


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
