from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.policy.encoding import accept_encoding_class, negotiate

BOTH = ("br", "gzip")


class Case(NamedTuple):
    id: str
    accept: str | None
    offered: tuple[str, ...]
    want: str


CASES = [
    Case("§12.5.3 the coding asked for", "gzip", ("gzip",), "gzip"),
    Case("§12.5.3 names ignore case", "GZip", ("gzip",), "gzip"),
    Case("§8.4.1.3 x-gzip is gzip", "x-gzip", ("gzip",), "gzip"),
    Case("§12.5.3 no field: nothing it can surely decode", None, ("gzip",), "identity"),
    Case("§12.5.3 an empty field: identity", "", ("gzip",), "identity"),
    Case("a coding not offered", "zstd", ("gzip",), "identity"),
    Case("§12.4.2 q=0 is not acceptable", "gzip;q=0", ("gzip",), "identity"),
    Case("§12.4.2 q=0.000 is not acceptable", "gzip;q=0.000", ("gzip",), "identity"),
    Case("§12.4.2 the least weight is one", "gzip;q=0.001", ("gzip",), "gzip"),
    Case("§12.4.2 space around the weight", "gzip ; q=0.5", ("gzip",), "gzip"),
    Case("§12.4.2 Q as well as q", "gzip;Q=0", ("gzip",), "identity"),
    Case("the higher weight wins", "br;q=0.5, gzip;q=0.8", BOTH, "gzip"),
    Case("our order decides a tie", "gzip, br", BOTH, "br"),
    Case("§12.5.3 a star is any other", "*", BOTH, "br"),
    Case("§12.5.3 a star is not what is named", "br;q=0, *", BOTH, "gzip"),
    Case("§12.5.3 a star of weight 0", "*;q=0, gzip", BOTH, "gzip"),
    Case("identity preferred over gzip", "gzip;q=0.5, identity", ("gzip",), "identity"),
    Case("identity refused, gzip allowed", "identity;q=0, gzip;q=0.1", ("gzip",), "gzip"),
    Case("everything refused is served plain", "identity;q=0, *;q=0", ("gzip",), "identity"),
    Case("a weight above 1 is malformed", "gzip;q=2", ("gzip",), "identity"),
    Case("a weight of four decimals is malformed", "gzip;q=0.1234", ("gzip",), "identity"),
    Case("a weight that is a word is malformed", "gzip;q=high", ("gzip",), "identity"),
    Case("nan is no weight", "gzip;q=nan", ("gzip",), "identity"),
    Case("other parameters mean nothing", "gzip;level=9", ("gzip",), "gzip"),
    Case("the first of two counts", "gzip;q=0, gzip", ("gzip",), "identity"),
    Case("nothing offered", "gzip", (), "identity"),
]


@pytest.mark.parametrize("case", CASES, ids=[c.id for c in CASES])
def test_negotiate(case: Case) -> None:
    assert negotiate(case.accept, case.offered) == case.want


@pytest.mark.parametrize(
    ("accept", "want"),
    [
        ("gzip, deflate, br, zstd", "br, gzip"),
        ("br,gzip", "br, gzip"),
        ("gzip", "gzip"),
        ("br;q=0.9, gzip;q=0", "br"),
        ("*", "br, gzip"),
        ("zstd", "identity"),
        ("", "identity"),
        (None, "identity"),
    ],
)
def test_clients_that_decode_the_same_share_a_class(accept: str | None, want: str) -> None:
    assert accept_encoding_class(accept) == want


weights = st.dictionaries(st.sampled_from(["gzip", "br", "zstd", "identity", "*"]), st.integers(0, 1000))


def written(given_weights: dict[str, int]) -> str:
    return ",".join(f"{coding};q={weight / 1000:.3f}" for coding, weight in given_weights.items())


@given(weights)
def test_what_a_class_asks_the_origin_for_suits_each_of_its_clients(given_weights: dict[str, int]) -> None:
    shared = accept_encoding_class(written(given_weights))
    acceptable = {coding for coding in BOTH if given_weights.get(coding, given_weights.get("*", 0)) > 0}
    assert set(shared.split(", ")) == (acceptable or {"identity"})
    assert accept_encoding_class(shared) == shared


@given(weights)
def test_a_coding_of_weight_0_is_never_sent(given_weights: dict[str, int]) -> None:
    got = negotiate(written(given_weights), BOTH)
    assert got == "identity" or given_weights.get(got, given_weights.get("*", 0)) > 0


@given(st.text())
def test_no_text_makes_them_raise(text: str) -> None:
    assert negotiate(text, BOTH) in {"br", "gzip", "identity"}
    assert accept_encoding_class(text) in {"br, gzip", "br", "gzip", "identity"}
