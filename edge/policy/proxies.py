"""Who is asking: how far the fields that proxies add may be believed (RFC 7239 and the X-Forwarded-* it replaces)."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import msgspec

from edge.model import Fields
from edge.policy.syntax import OWS, combined, split_list, unquoted

_SCHEMES = frozenset({"http", "https"})


class TrustedProxies:
    """The networks whose forwarding fields are believed. Raises ValueError for what is no network."""

    def __init__(self, networks: Iterable[str] = ()) -> None:
        self._networks: tuple[IPv4Network | IPv6Network, ...] = tuple(ip_network(network) for network in networks)

    def __contains__(self, address: str) -> bool:
        if not self._networks:
            return False
        parsed = _address(address)
        return parsed is not None and any(parsed in network for network in self._networks)


class Visitor(msgspec.Struct, frozen=True):
    """The far end of the connection, trusted proxies looked through."""

    client: str
    """Address without port."""
    scheme: str
    host: str
    """In lower case, port included when one was sent."""


def visitor(fields: Fields, *, peer: str, scheme: str, trusted: TrustedProxies) -> Visitor:
    """Who sent the request that arrived from ``peer`` over ``scheme``.

    Scheme and host are the last our own proxy wrote; without a trusted proxy they are the connection's and Host's.
    """
    host = fields.get("Host", "").strip(OWS).lower()
    if peer not in trusted:
        return Visitor(peer, scheme, host)
    nearest = (_forwarded(fields) or [{}])[-1]
    stated_scheme = (_last(fields, "X-Forwarded-Proto") or nearest.get("proto", "")).lower()
    stated_host = (_last(fields, "X-Forwarded-Host") or nearest.get("host", "")).lower()
    return Visitor(
        client_address(fields, peer=peer, trusted=trusted),
        stated_scheme if stated_scheme in _SCHEMES else scheme,
        stated_host or host,
    )


def client_address(fields: Fields, *, peer: str, trusted: TrustedProxies) -> str:
    """The nearest address that is not a trusted proxy's: each hop is believed only about the one before it.

    A proxy writes X-Forwarded-For or Forwarded and relays the other as its client sent it. When both are there and
    disagree, neither is believed and the answer is the proxy itself.
    """
    if peer not in trusted:
        return peer
    chains = []
    if "X-Forwarded-For" in fields:
        chains.append([_bare(hop) for hop in split_list(combined(fields, "X-Forwarded-For") or "")])
    if "Forwarded" in fields:
        chains.append([_bare(element.get("for", "")) for element in _forwarded(fields)])
    found = {_nearest_untrusted(chain, peer, trusted) for chain in chains}
    return found.pop() if len(found) == 1 else peer


def _nearest_untrusted(chain: list[str | None], peer: str, trusted: TrustedProxies) -> str:
    address = peer
    for hop in reversed(chain):
        if hop is None:
            break  # "unknown", an obfuscated name or garbage: the last address known for sure is all there is
        address = hop
        if hop not in trusted:
            break
    return address


def _forwarded(fields: Fields) -> list[dict[str, str]]:
    """Forwarded as one mapping per hop, names in lower case (RFC 7239 §4)."""
    hops = []
    for element in split_list(combined(fields, "Forwarded") or ""):
        pairs = (pair.partition("=") for pair in element.split(";"))
        hops.append({name.strip(OWS).lower(): unquoted(value.strip(OWS)) for name, _, value in pairs})
    return hops


def _last(fields: Fields, name: str) -> str:
    return (split_list(combined(fields, name) or "") or [""])[-1]


def _bare(node: str) -> str | None:
    """The address of a node without brackets and port (RFC 7239 §6); None when it is no address."""
    if node.startswith("["):
        node = node[1:].partition("]")[0]
    elif node.count(":") == 1:
        node = node.partition(":")[0]
    parsed = _address(node)
    return None if parsed is None else str(parsed)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """IPv4 in IPv6's clothes (``::ffff:10.0.0.1``) is IPv4: that is how a dual-stack socket names its peers."""
    try:
        parsed = ip_address(text)
    except ValueError:
        return None
    return parsed.ipv4_mapped or parsed if isinstance(parsed, IPv6Address) else parsed
