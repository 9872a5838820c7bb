from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.model import Pairs, fields
from edge.policy.proxies import TrustedProxies, Visitor, client_address, visitor

OURS = TrustedProxies(["10.0.0.0/8", "fd00::/8"])
NOBODY = TrustedProxies()
PROXY = "10.0.0.1"
STRANGER = "203.0.113.9"


class ClientCase(NamedTuple):
    id: str
    peer: str
    pairs: Pairs
    want: str


def xff(*values: str) -> Pairs:
    return tuple(("X-Forwarded-For", value) for value in values)


def forwarded(value: str) -> Pairs:
    return (("Forwarded", value),)


CLIENTS = [
    ClientCase("a stranger is not believed", STRANGER, xff("192.0.2.1"), STRANGER),
    ClientCase("a trusted proxy is", PROXY, xff("192.0.2.1"), "192.0.2.1"),
    ClientCase("nothing stated", PROXY, (), PROXY),
    ClientCase("the rightmost that is not ours", PROXY, xff("198.51.100.1, 192.0.2.1"), "192.0.2.1"),
    ClientCase("our proxies are looked through", PROXY, xff("192.0.2.1, 10.1.1.1, 10.2.2.2"), "192.0.2.1"),
    ClientCase("behind ours, a forged one is not believed", PROXY, xff("1.1.1.1, 192.0.2.1, 10.1.1.1"), "192.0.2.1"),
    ClientCase("all of them ours: the farthest", PROXY, xff("10.9.9.9, 10.1.1.1"), "10.9.9.9"),
    ClientCase("several lines are one list", PROXY, xff("198.51.100.1", "192.0.2.1"), "192.0.2.1"),
    ClientCase("garbage ends the chain", PROXY, xff("192.0.2.1, nonsense, 10.1.1.1"), "10.1.1.1"),
    ClientCase("an address with port", PROXY, xff("192.0.2.1:4711"), "192.0.2.1"),
    ClientCase("IPv6", PROXY, xff("2001:db8::1"), "2001:db8::1"),
    ClientCase("IPv6 in brackets with port", PROXY, xff("[2001:DB8::1]:4711"), "2001:db8::1"),
    ClientCase("a proxy reached over IPv6", "fd00::5", xff("192.0.2.1"), "192.0.2.1"),
    ClientCase("IPv4 in IPv6's clothes", "::ffff:10.0.0.1", xff("192.0.2.1"), "192.0.2.1"),
    ClientCase("RFC 7239 §4 for", PROXY, forwarded("for=192.0.2.1;proto=https"), "192.0.2.1"),
    ClientCase("RFC 7239 §4 names ignore case", PROXY, forwarded("For=192.0.2.1"), "192.0.2.1"),
    ClientCase("RFC 7239 §6 quoted IPv6 with port", PROXY, forwarded('for="[2001:db8::1]:80"'), "2001:db8::1"),
    ClientCase("RFC 7239 §6.2 unknown", PROXY, forwarded("for=192.0.2.1, for=unknown"), PROXY),
    ClientCase("RFC 7239 §6.3 an obfuscated name", PROXY, forwarded("for=_hidden"), PROXY),
    ClientCase("RFC 7239 §4 a hop without for", PROXY, forwarded("for=192.0.2.1, proto=https"), PROXY),
    ClientCase("both fields agree", PROXY, (*xff("192.0.2.1"), *forwarded("for=192.0.2.1")), "192.0.2.1"),
    ClientCase("they disagree: one is forged", PROXY, (*xff("192.0.2.1"), *forwarded("for=1.1.1.1")), PROXY),
]


@pytest.mark.parametrize("case", CLIENTS, ids=[c.id for c in CLIENTS])
def test_client_address(case: ClientCase) -> None:
    assert client_address(fields(case.pairs), peer=case.peer, trusted=OURS) == case.want


class VisitorCase(NamedTuple):
    id: str
    peer: str
    pairs: Pairs
    want: Visitor


HOST = ("Host", "Edge.Internal:8080")

VISITORS = [
    VisitorCase("nothing stated", PROXY, (HOST,), Visitor(PROXY, "http", "edge.internal:8080")),
    VisitorCase("scheme and host of our proxy", PROXY,
                (HOST, ("X-Forwarded-Proto", "HTTPS"), ("X-Forwarded-Host", "Shop.Example")),
                Visitor(PROXY, "https", "shop.example")),
    VisitorCase("not of a stranger", STRANGER,
                (HOST, ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "evil.example")),
                Visitor(STRANGER, "http", "edge.internal:8080")),
    VisitorCase("the last our proxy wrote", PROXY,
                (HOST, ("X-Forwarded-Proto", "http, https"), ("X-Forwarded-Host", "evil.example, shop.example")),
                Visitor(PROXY, "https", "shop.example")),
    VisitorCase("RFC 7239 §5 of the last hop", PROXY,
                (HOST, *forwarded('host=evil.example, host="shop.example:8443";proto=https')),
                Visitor(PROXY, "https", "shop.example:8443")),
    VisitorCase("a scheme that is none", PROXY, (HOST, ("X-Forwarded-Proto", "javascript")),
                Visitor(PROXY, "http", "edge.internal:8080")),
    VisitorCase("no Host", STRANGER, (), Visitor(STRANGER, "http", "")),
]  # fmt: skip


@pytest.mark.parametrize("case", VISITORS, ids=[c.id for c in VISITORS])
def test_visitor(case: VisitorCase) -> None:
    assert visitor(fields(case.pairs), peer=case.peer, scheme="http", trusted=OURS) == case.want


@pytest.mark.parametrize("address", ["", "unix", "10.0.0", "10.0.0.256", "not an address"])
def test_what_is_no_address_is_not_trusted(address: str) -> None:
    assert address not in OURS
    assert address not in TrustedProxies(["0.0.0.0/0", "::/0"])


def test_a_wrong_network_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"10\.0\.0\.0/99"):
        TrustedProxies(["10.0.0.0/99"])


@given(st.text(), st.text(), st.text(), st.text())
def test_no_text_makes_it_raise(addresses: str, elements: str, proto: str, host: str) -> None:
    request = fields(
        {"X-Forwarded-For": addresses, "Forwarded": elements, "X-Forwarded-Proto": proto, "X-Forwarded-Host": host}
    )
    assert visitor(request, peer=PROXY, scheme="http", trusted=OURS).scheme in {"http", "https"}


chains = st.lists(st.ip_addresses().map(str), max_size=4).map(", ".join)


@given(chains, chains)
def test_without_trusted_proxies_the_client_is_the_peer(addresses: str, elements: str) -> None:
    request = fields({"X-Forwarded-For": addresses, "Forwarded": elements})
    assert client_address(request, peer=STRANGER, trusted=NOBODY) == STRANGER


@given(chains)
def test_what_a_client_writes_before_our_proxy_never_matters(forged: str) -> None:
    request = fields({"X-Forwarded-For": f"{forged}, {STRANGER}"})
    assert client_address(request, peer=PROXY, trusted=OURS) == STRANGER
