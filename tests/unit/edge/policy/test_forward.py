from __future__ import annotations

from typing import NamedTuple

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.model import Pairs, RequestFacts, fields
from edge.policy.forward import (
    HOP_BY_HOP,
    POISONOUS,
    Hop,
    end_to_end,
    page_request_fields,
    relay_request_fields,
    relay_response_fields,
)
from edge.policy.key import KeyRule
from edge.policy.syntax import combined, split_list

STRANGER = Hop(peer="203.0.113.9", trusted=False)
PROXY = Hop(peer="10.0.0.1", trusted=True)
FACTS = RequestFacts(
    method="GET", scheme="https", host="shop.example", path="/", query=None, fields=fields(), client="192.0.2.1"
)


def sent(pairs: Pairs, hop: Hop = STRANGER, method: str = "GET") -> list[tuple[str, str]]:
    facts = msgspec.structs.replace(FACTS, method=method, fields=fields(pairs))
    return list(relay_request_fields(facts, hop, host="shop.example"))


WRITTEN = [
    ("X-Forwarded-For", "203.0.113.9"),
    ("X-Forwarded-Host", "shop.example"),
    ("X-Forwarded-Proto", "https"),
    ("Forwarded", 'for=203.0.113.9;host="shop.example";proto=https'),
    ("Surrogate-Capability", 'vitrine="Surrogate/1.0"'),
    ("Via", "1.1 vitrine"),
]


def test_a_relayed_request_keeps_its_fields_in_order_and_gets_ours() -> None:
    pairs = (("Host", "x"), ("Cookie", "a=1"), ("ACCEPT", "*/*"), ("Cookie", "b=2"))
    assert sent(pairs) == [
        ("Host", "shop.example"),
        ("Cookie", "a=1"),
        ("ACCEPT", "*/*"),
        ("Cookie", "b=2"),
        *WRITTEN,
    ]


def test_no_origin_sees_the_nodes_own_cookies() -> None:
    pairs = (("Cookie", "a=1; vt_own=1; b=2"), ("cookie", "vt_id=abc"), ("Cookie", "vt_own=1"))
    assert sent(pairs) == [("Host", "shop.example"), ("Cookie", "a=1; b=2"), *WRITTEN]


def test_a_trusted_proxys_chain_goes_on() -> None:
    pairs = (
        *(("X-Forwarded-For", "192.0.2.1"), ("Forwarded", "for=192.0.2.1")),
        *(("Via", "1.0 cdn"), ("Surrogate-Capability", 'cdn="Surrogate/1.0"')),
    )
    assert sent(pairs, PROXY)[1:] == [
        ("X-Forwarded-For", "192.0.2.1, 10.0.0.1"),
        ("X-Forwarded-Host", "shop.example"),
        ("X-Forwarded-Proto", "https"),
        ("Forwarded", 'for=192.0.2.1, for=10.0.0.1;host="shop.example";proto=https'),
        ("Surrogate-Capability", 'cdn="Surrogate/1.0", vitrine="Surrogate/1.0"'),
        ("Via", "1.0 cdn, 1.1 vitrine"),
    ]


def test_a_strangers_chain_starts_anew() -> None:
    pairs = (
        *(("X-Forwarded-For", "1.1.1.1"), ("Forwarded", "for=1.1.1.1"), ("X-Forwarded-Proto", "ftp")),
        ("Surrogate-Capability", 'x="ESI/1.0"'),
    )
    assert sent(pairs) == [("Host", "shop.example"), *WRITTEN]


@pytest.mark.parametrize(("peer", "node"), [("2001:db8::1", '"[2001:db8::1]"'), ("", "unknown")])
def test_a_peer_is_written_as_rfc_7239_6_asks(peer: str, node: str) -> None:
    written = dict(sent((), Hop(peer=peer, trusted=False)))
    assert written["Forwarded"] == f'for={node};host="shop.example";proto=https'


def test_a_host_cannot_add_to_forwarded() -> None:
    facts = msgspec.structs.replace(FACTS, host='a";for=1.1.1.1;x="')
    written = dict(relay_request_fields(facts, STRANGER, host="shop.example"))
    assert written["Forwarded"] == r'for=203.0.113.9;host="a\";for=1.1.1.1;x=\"";proto=https'
    assert len(split_list(written["Forwarded"])) == 1


class Case(NamedTuple):
    id: str
    name: str
    kept: bool
    hop: Hop = STRANGER
    method: str = "GET"


FIELDS = [
    Case("an ordinary field", "X-Requested-With", True),
    Case("§7.6.1 hop-by-hop", "Keep-Alive", False),
    Case("§7.6.1 hop-by-hop from a trusted proxy", "Keep-Alive", False, PROXY),
    Case("§10.1.1 Expect is answered here", "Expect", False),
    Case("hop-by-hop with an underscore", "Transfer_Encoding", False),
    Case("poison", "X-Original-URL", False),
    Case("poison in any case", "x-original-url", False),
    Case("poison with an underscore, as CGI reads it", "X_Original_URL", False),
    Case("poison from a trusted proxy is its word", "X-Original-URL", True, PROXY),
    Case("a forwarding field we do not write", "X-Forwarded-Port", False),
    Case("a forwarding field nobody has thought of", "X-Forwarded-Whatever", False),
    Case("a forwarding field of a trusted proxy", "X-Forwarded-Port", True, PROXY),
    Case("a forwarding field we write", "X_Forwarded_Host", False, PROXY),
    Case("Next.js' own", "x-middleware-subrequest", False),
    Case("a method override on GET", "X-HTTP-Method-Override", False),
    Case("a method override on HEAD", "X-HTTP-Method", False, STRANGER, "HEAD"),
    Case("a method override on POST is an API", "X-HTTP-Method-Override", True, STRANGER, "POST"),
    Case("Authorization", "Authorization", True),
]


@pytest.mark.parametrize("case", FIELDS, ids=[c.id for c in FIELDS])
def test_a_field_reaches_the_origin_or_not(case: Case) -> None:
    got = sent(((case.name, "marker"),), case.hop, case.method)
    assert ((case.name, "marker") in got) is case.kept
    assert case.kept or "marker" not in {value for _, value in got}


def test_a_client_cannot_use_connection_to_remove_what_we_add() -> None:
    assert sent((("Connection", "Host, X-Forwarded-For, Forwarded, Via"),)) == [("Host", "shop.example"), *WRITTEN]


def test_a_page_is_asked_for_with_nothing_of_the_visitors_but_what_is_declared() -> None:
    visited = fields(
        (
            ("Cookie", "currency=EUR; sessionid=secret"),
            ("Authorization", "Basic x"),
            ("Accept-Language", "de, en"),
            ("User-Agent", "visitor"),
            ("Accept", "image/png"),
            ("X-Custom", "1"),
        )
    )
    facts = msgspec.structs.replace(FACTS, host="shop.example:443", fields=visited)
    plain = {
        "Host": "shop.example",
        "User-Agent": "node",
        "Accept": "text/html,application/xhtml+xml,*/*;q=0.8",
        "Accept-Encoding": "gzip",
        "X-Forwarded-Host": "shop.example",
        "X-Forwarded-Proto": "https",
        "Surrogate-Capability": 'vitrine="Surrogate/1.0"',
        "Via": "1.1 vitrine",
    }
    rule = KeyRule(origin="shop")
    assert dict(page_request_fields(facts, rule, host="shop.example", user_agent="node")) == plain
    rule = KeyRule(origin="shop", cookies=("currency",), language=True)
    declared = {"Accept-Language": "de,en", "Cookie": "currency=EUR"}
    assert dict(page_request_fields(facts, rule, host="shop.example", user_agent="node")) == plain | declared


def test_a_response_keeps_its_fields_and_gets_our_via() -> None:
    response = fields(
        (
            ("Set-Cookie", "a=1"),
            ("set-cookie", "b=2"),
            ("Transfer-Encoding", "chunked"),
            ("Via", "1.1 a"),
            ("via", "1.1 b"),
            ("Connection", "close, X-Hop"),
            ("X-Hop", "1"),
        )
    )
    assert relay_response_fields(response) == (
        ("Set-Cookie", "a=1"),
        ("set-cookie", "b=2"),
        ("Via", "1.1 a, 1.1 b, 1.1 vitrine"),
    )


names = st.sampled_from([*sorted(HOP_BY_HOP), "x-a", "x-b", "Cookie", "TE", "Keep-Alive", "X-A", "host"])
messages = st.lists(
    st.tuples(names, st.text(max_size=5))
    | st.tuples(st.sampled_from(["Connection", "connection"]), st.lists(names | st.text(max_size=5)).map(", ".join)),
    max_size=8,
).map(tuple)


@given(messages, st.sampled_from([STRANGER, PROXY]))
def test_nothing_hop_by_hop_is_ever_forwarded(pairs: Pairs, hop: Hop) -> None:
    listed = {name.lower() for name in split_list(combined(fields(pairs), "Connection") or "")}
    ours = {name.lower() for name, _ in WRITTEN} | {"host"}
    facts = msgspec.structs.replace(FACTS, fields=fields(pairs))
    for got in (
        end_to_end(fields(pairs)),
        relay_response_fields(fields(pairs)),
        relay_request_fields(facts, hop, host="shop.example"),
    ):
        left = {name.lower() for name, _ in got}
        assert not left & HOP_BY_HOP
        assert left & listed <= ours


@given(st.lists(st.tuples(st.sampled_from(sorted(POISONOUS)), st.text()), max_size=5).map(tuple))
def test_a_strangers_poison_leaves_no_trace(pairs: Pairs) -> None:
    assert sent(pairs) == sent(())
