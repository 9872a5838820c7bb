"""A fragment from rows: what is missing, what cannot be printed, and that no value leaves its sink."""

from __future__ import annotations

import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from renderers.amounts import learn_money
from renderers.faults import Missing, Unprintable
from renderers.fills import compile_fill
from renderers.formats import pack
from renderers.fragments import Read, read
from renderers.page import Learnt, Sink, Values
from renderers.printing import MAX_FRAGMENT, Scope, enriched, fragment, pad

BARE = Learnt()


def dollars() -> bytes:
    form = learn_money("$1,299.00")
    assert not isinstance(form, str)
    return pack(form)


MONEY = Learnt(0, (("money", dollars()),))


def show(source: str, scope: Scope, *, sink: Sink = Sink.HTML, learnt: Learnt = BARE) -> str:
    return fragment(compile_fill(source), sink, learnt, scope)


def rows(**tables: Values | None) -> Scope:
    return Scope(tables)


class Csrf:
    def csrf(self, name: str) -> str:
        return f"<{name}>"


@pytest.mark.parametrize(
    ("source", "scope", "want"),
    [
        ("{{ products.name }}", rows(products={"name": "a<b>&'"}), "a&lt;b&gt;&amp;&#39;"),
        ("<i>{{ products.name }}</i>", rows(products={"name": "a"}), "<i>a</i>"),
        ("{{ promotions.html }}", rows(promotions={"html": "<b>now</b>"}), "<b>now</b>"),
        ("{{ promotions.label }}", rows(promotions={"label": "<b>"}), "&lt;b&gt;"),
        ("{% if promotions %}{{ promotions.html }}{% endif %}", rows(promotions={"html": "<b>"}), "<b>"),
        ("{{ products.name ~ promotions.html }}", rows(products={"name": "<"}, promotions={"html": "<b>"}), "&lt;<b>"),
        ("{% set x %}{{ products.name }}{% endset %}{{ x }}", rows(products={"name": "<"}), "&lt;"),
        ("{{ products.name | upper }}", rows(products={"name": "a<"}), "A&lt;"),
        ("{{ products.discontinued }}", rows(products={"discontinued": True}), "true"),
        ("{{ prices.amount + 1 }}", rows(prices={"amount": "19.90"}), "20.90"),
        ("{{ (prices.amount * 0.125) | round(2) }}", rows(prices={"amount": "0.20"}), "0.03"),
        ("{{ 10 // prices.amount }} {{ 7 % 4 }}", rows(prices={"amount": "3"}), "3 3"),
        ("{{ prices.amount ~ ' EUR' }}", rows(prices={"amount": "19.90"}), "19.90 EUR"),
        (
            "{{ 'x' if prices.list_amount > prices.amount else 'y' }}",
            rows(prices={"amount": "9", "list_amount": "10"}),
            "x",
        ),
        ("{% if prices.list_amount %}a{% else %}b{% endif %}", rows(prices={"amount": "9"}), "b"),
        ("{% if promotions.label %}a{% else %}b{% endif %}{{ products.name }}", rows(products={"name": "n"}), "bn"),
        ("{{ prices.list_amount | default('none') }}", rows(prices={"amount": "9"}), "none"),
        (
            "{% for t in products.tags %}{{ loop.cycle('a', 'b') }}{{ t }}{% endfor %}",
            rows(products={"tags": ["x", "<"]}),
            "axb&lt;",
        ),
        ("{{ shelves.items }}{{ shelves['values'] }}", rows(shelves={"items": "i", "values": "v"}), "iv"),
        ("{{ shelves.at.row }}", rows(shelves={"at": {"row": "5"}}), "5"),
        ("{{ visitor.csrf('t') }}", Scope({}, None, Csrf()), "&lt;t&gt;"),
        ("{{ place.country }}", Scope({}, {"country": "DE"}), "DE"),
        ("{% if place %}a{% else %}b{% endif %}", Scope({}), "b"),
    ],
)
def test_a_fragment_in_an_element(source: str, scope: Scope, want: str) -> None:
    assert show(source, scope) == want


@pytest.mark.parametrize(
    ("source", "scope"),
    [
        ("{{ prices.amount }}", rows(prices=None)),
        ("{{ prices.amount }}", rows()),
        ("{{ prices.list_amount }}", rows(prices={"amount": "5"})),
        ("{{ prices.amount | money }}", rows(prices={"amount": "5"})),
        ("{% if prices.list_amount %}a{% endif %}", rows(prices=None)),
        ("{{ prices.list_amount + 1 }}", rows(prices={"amount": "5"})),
        ("{% if promotions %}{% endif %}", rows(promotions=None)),
        ("{% if promotions %}a{% else %}b{% endif %}", rows()),
        ("{{ promotions.label }}", rows(promotions={"html": "x"})),
        ("{{ visitor.csrf('t') }}", rows()),
        ("{{ place.country }}", rows()),
        ("{{ place.city }}", Scope({}, {"country": "DE"})),
        ("{{ 'a' if prices.list_amount }}", rows(prices={"amount": "5"})),
        ("{{ inventory.availability }}", rows(inventory={"availability": "InStock"})),
    ],
)
def test_what_is_not_there_keeps_the_origin_s_bytes(source: str, scope: Scope) -> None:
    with pytest.raises(Missing):
        show(source, scope)


@pytest.mark.parametrize(
    ("source", "scope", "sink"),
    [
        ("{{ prices.amount }}", rows(prices={"amount": "free"}), Sink.HTML),
        ("{{ products.tags }}", rows(products={"tags": ["a"]}), Sink.HTML),
        ("{{ products.tags | upper ~ products }}", rows(products={"tags": []}), Sink.JSON_NUMBER),
        ("{{ products.name }}", rows(products={"name": "x"}), Sink.JSON_NUMBER),
        ("{{ products.name }}", rows(products={"name": "x"}), Sink.JSON_LITERAL),
        ("{{ products.name }}", rows(products={"name": ""}), Sink.ATTRIBUTE),
        ("{{ products.name }}", rows(products={"name": "a\x00"}), Sink.HTML),
        ("{{ products.name }}", rows(products={"name": "x" * (MAX_FRAGMENT + 1)}), Sink.HTML),
        (
            "{% for a in products.tags %}{{ products.name }}{% endfor %}",
            rows(products={"tags": ["a"] * 99, "name": "x" * 1000}),
            Sink.HTML,
        ),
        ("{{ products.name * 1000000000 }}", rows(products={"name": "x"}), Sink.HTML),
        ("{{ prices.amount ** 1000000000 }}", rows(prices={"amount": "9"}), Sink.HTML),
        ("{{ '%999999999d' % prices.amount }}", rows(prices={"amount": "9"}), Sink.HTML),
        ("{{ prices.amount / 0 }}", rows(prices={"amount": "9"}), Sink.HTML),
        ("{{ prices.amount + 'x' }}", rows(prices={"amount": "9"}), Sink.HTML),
        ("{{ prices.amount | round(9) }}", rows(prices={"amount": "9"}), Sink.HTML),
        ("{{ products.name.upper() }}", rows(products={"name": "x"}), Sink.HTML),
        ("{{ products.name.__class__ }}", rows(products={"name": "x"}), Sink.HTML),
        (
            "{{ ratings.stars }}",
            rows(ratings={"stars": 1.5}),
            Sink.HTML,
        ),
    ],
)
def test_what_cannot_be_printed_shows_nowhere(source: str, scope: Scope, sink: Sink) -> None:
    with pytest.raises((Unprintable, Missing)) as caught:
        show(source, scope, sink=sink)
    assert caught.type is (Missing if "__class__" in source else Unprintable)


@pytest.mark.parametrize(
    ("sink", "source", "want"),
    [
        (Sink.ATTRIBUTE, "Add {{ products.name }} & more", "Add&#32;&quot;a&quot;&#32;&amp;&#32;more"),
        (Sink.JSON_STRING, 'Add {{ products.name }} "</b>"', 'Add \\"a\\" \\"\\u003c/b>\\"'),
    ],
)
def test_in_attributes_and_strings_the_whole_fill_is_text(sink: Sink, source: str, want: str) -> None:
    assert show(source, rows(products={"name": '"a"'}), sink=sink) == want


def test_a_promotion_s_markup_is_text_outside_elements() -> None:
    scope = rows(promotions={"html": "<b>"})
    assert show("{{ promotions.html }}", scope, sink=Sink.ATTRIBUTE) == "&lt;b&gt;"
    assert json.loads(f'"{show("{{ promotions.html }}", scope, sink=Sink.JSON_STRING)}"') == "<b>"


def test_white_space_around_is_the_origin_s() -> None:
    learnt = Learnt(0, (("money", dollars()), *pad("\n  ", " ")))
    assert show("\n\n{{ prices.amount | money }}\n", rows(prices={"amount": "5"}), learnt=learnt) == "\n  $5.00 "


def test_an_amount_nobody_taught_is_written_plainly() -> None:
    assert show("{{ prices.amount }}", rows(prices={"amount": "5.50"}), sink=Sink.JSON_LITERAL) == "5.5"


def test_what_was_not_learnt_is_taken_from_the_slot_s_other_formats_and_the_vocabulary() -> None:
    two = Learnt(3, (("money", dollars()), ("money", b""), *pad(" ", "")))
    assert enriched(two, ()) == Learnt(3, (("money", dollars()), ("money", dollars()), *pad(" ", "")))
    assert enriched(Learnt(0, (("money", b""),)), [("stock", b"?"), ("money", dollars())]) == MONEY
    assert enriched(MONEY, ()) == MONEY


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1)
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    TEXT,
    st.lists(TEXT),
    st.decimals(places=2, allow_nan=False, allow_infinity=False).map(str),
    st.sampled_from(["InStock", "OutOfStock", "1e5", "-0.00", "007"]),
)
DIRECT = [
    "{{ prices.amount | money }}",
    "{{ prices.amount }}",
    " <b>{{ prices.amount | number }}</b>\n",
    "{{ inventory.quantity }}",
    "{{ inventory | stock }}",
    "{{ inventory.availability }}",
    "{{ products.name }} & co",
    "{{ promotions.html }}",
    "{{ promotions.label }}",
    "{{ ratings.stars }}",
]
SAMPLES = {"money": "$1,299.00", "number": "12.5", "stock": "Only 3 left", "availability": "in_stock", "plain": "19.90"}


@given(st.sampled_from(DIRECT), st.sampled_from(Sink), VALUES, st.booleans())
def test_a_direct_fill_prints_as_its_template_does(source: str, sink: Sink, value: object, whole: bool) -> None:
    fill = compile_fill(source)
    assert fill.direct is not None
    site = fill.sites[0]
    sample = SAMPLES.get(site.kind)
    learnt = BARE
    if sample is not None:
        taught = read(compile_fill(source[source.index("{{") : source.index("}}") + 2]), Sink.HTML, sample, {})
        assert isinstance(taught, Read), taught
        learnt = taught.learnt
    values: Values = {"quantity": 3} if site.field is None else {}
    if value is not None and site.field is not None:
        values[site.field] = value
    scope = Scope({site.table or "": values if whole or value is not None else None})

    def outcome(*, direct: bool) -> str | type[Exception]:
        try:
            return fragment(fill if direct else dataclasses.replace(fill, direct=None), sink, learnt, scope)
        except (Missing, Unprintable) as exc:
            return type(exc)

    assert outcome(direct=True) == outcome(direct=False)


@given(TEXT)
def test_no_name_leaves_its_element(name: str) -> None:
    source = show("<i>{{ products.name }}</i>", rows(products={"name": name}))
    node = LexborHTMLParser(f"<p>{source}</p>").css_first("p i")
    assert node is not None
    assert node.text() == name
    assert [child.tag for child in LexborHTMLParser(f"<p>{source}</p>").css("p *")] == ["i"]


@given(TEXT)
def test_no_name_leaves_its_string(name: str) -> None:
    source = show("a {{ products.name }} b", rows(products={"name": name}), sink=Sink.JSON_STRING)
    assert json.loads(f'"{source}"') == f"a {name} b"
    assert "</" not in source
