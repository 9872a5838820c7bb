"""Each field says what it takes, and a refusal says what to write."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renderers import fields
from renderers.fields import Check, RowProblem, instant_ms


class Taken(NamedTuple):
    check: Check
    value: object
    kept: object


TAKEN = [
    Taken(fields.amount, "19.90", "19.90"),
    Taken(fields.amount, 5, "5"),
    Taken(fields.amount, "0", "0"),
    Taken(fields.amount, "0.000001", "0.000001"),
    Taken(fields.currency, "eur", "EUR"),
    Taken(fields.integer, 12, 12),
    Taken(fields.integer, "-3", -3),
    Taken(fields.boolean, "TRUE", True),
    Taken(fields.availability, "https://schema.org/InStock", "InStock"),
    Taken(fields.availability, "out_of_stock", "OutOfStock"),
    Taken(fields.instant, "2026-12-01T00:00:00+01:00", "2026-12-01T00:00:00+01:00"),
    Taken(fields.country, "de", "DE"),
    Taken(fields.region, "de-by", "DE-BY"),
    Taken(fields.url, "/p/1?a=b&c=d", "/p/1?a=b&c=d"),
    Taken(fields.url, "https://cdn.example/1.jpg", "https://cdn.example/1.jpg"),
    Taken(fields.number_between(-90, 90), "52.5", 52.5),
    Taken(fields.number_between(-90, 90), -90, -90.0),
    Taken(fields.markup, '<b class="x" onclick="a()">now</b><script>x</script>', '<b class="x">now</b>'),
    Taken(fields.markup, '<a href="javascript:x">y</a>', '<a rel="noopener noreferrer">y</a>'),
    Taken(fields.markup, '<iframe srcdoc="x"></iframe><p style="x">a</p>', "<p>a</p>"),
]


@pytest.mark.parametrize("case", TAKEN, ids=[f"{case.value!r}" for case in TAKEN])
def test_a_good_value_is_kept_in_its_canonical_form(case: Taken) -> None:
    assert case.check("f", case.value) == case.kept
    assert case.check("f", case.kept) == case.kept


class Refused(NamedTuple):
    check: Check
    value: object
    remedy: str


REFUSED = [
    Refused(fields.amount, 19.99, 'write "19.99" in quotes'),
    Refused(fields.amount, "1,299.00", '"1299.00"'),
    Refused(fields.amount, "-1", '"0" or more'),
    Refused(fields.amount, "1e3", '"1299.00"'),
    Refused(fields.amount, "+5", '"1299.00"'),
    Refused(fields.amount, "05", '"1299.00"'),
    Refused(fields.amount, "٥", '"1299.00"'),
    Refused(fields.amount, "1.1234567", "6 decimals"),
    Refused(fields.amount, True, '"19.99"'),
    Refused(fields.amount, None, '"19.99"'),
    Refused(fields.currency, "EURO", '"EUR"'),
    Refused(fields.currency, "€", '"EUR"'),
    Refused(fields.integer, 1.5, "digits only"),
    Refused(fields.integer, "1_0", "digits only"),
    Refused(fields.integer, True, "digits only"),
    Refused(fields.integer, 10**16, "digits only"),
    Refused(fields.boolean, "yes", "true or false"),
    Refused(fields.text, 5, "in quotes"),
    Refused(fields.text, "a\x00", "remove it"),
    Refused(fields.text, "x" * 70_000, "65536 at most"),
    Refused(fields.url, "javascript:alert(1)", 'one "/"'),
    Refused(fields.url, "//evil.example", 'one "/"'),
    Refused(fields.url, "/\\evil.example", 'one "/"'),
    Refused(fields.availability, "plenty", "InStock"),
    Refused(fields.instant, "2026-12-01T00:00:00", "offset or Z"),
    Refused(fields.instant, "2026-12-01", "offset or Z"),
    Refused(fields.instant, 1_700_000_000, "offset or Z"),
    Refused(fields.country, "UK", '"GB"'),
    Refused(fields.country, "Germany", '"DE"'),
    Refused(fields.region, "Bavaria", '"DE-BY"'),
    Refused(fields.number_between(-90, 90), 90.1, "from -90 to 90"),
    Refused(fields.number_between(-90, 90), float("nan"), "from -90 to 90"),
    Refused(fields.listing(fields.text), [], "[..., ...]"),
    Refused(fields.listing(fields.text), "a", "[..., ...]"),
    Refused(fields.anything, 1.5, 'write "1.5" in quotes'),
    Refused(fields.anything, 10**16, "in quotes"),
    Refused(fields.anything, b"x", "lists and objects"),
]


@pytest.mark.parametrize("case", REFUSED, ids=[f"{case.value!r:.40}" for case in REFUSED])
def test_a_bad_value_is_refused_with_field_reason_and_remedy(case: Refused) -> None:
    with pytest.raises(RowProblem) as caught:
        case.check("prices.f", case.value)
    problem = caught.value
    assert problem.field == "prices.f"
    assert case.remedy in problem.remedy
    assert str(problem) == f"prices.f: {problem.reason}; {problem.remedy}"
    assert len(str(problem)) < 300


def test_a_list_names_the_item_at_fault() -> None:
    with pytest.raises(RowProblem) as caught:
        fields.listing(fields.country)("countries", ["DE", "UK"])
    assert caught.value.field == "countries[1]"


def test_a_declared_table_s_row_may_nest() -> None:
    value = {"a": [1, "x", {"b": None, "c": True}]}
    assert fields.anything("", value) == value
    with pytest.raises(RowProblem) as caught:
        fields.anything("", {"a": [1, {"b": 1.5}]})
    assert caught.value.field == "a[1].b"


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T01:00:00+01:00", 0),
        ("1969-12-31T23:59:59.500Z", -500),
        ("2026-12-01T00:00:00.1239Z", 1796083200123),
        ("2026-12-01T00:00:00", None),
        ("soon", None),
    ],
)
def test_instants_are_unix_milliseconds(text: str, ms: int | None) -> None:
    assert instant_ms(text) == ms


@given(st.text("<>abc/='\" :&;#!-onclkjavscriptyemg", max_size=60))
def test_markup_once_cleaned_stays(text: str) -> None:
    clean = fields.markup("html", text)
    assert fields.markup("html", clean) == clean
