"""What a slot's bytes say, and that whatever was read prints them again."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renderers.fragments import Missing, Read, Scope, Unprintable, compile_fill, fragment, read
from renderers.page import Sink, Values

PRICE = "{{ prices.amount | money }}"
LIST = "{% if prices.list_amount %}<s>{{ prices.list_amount | money }}</s> {% endif %}{{ prices.amount | money }}"
BUY = "{% if inventory.availability == 'InStock' %}Buy{% else %}Gone{% endif %}"
OFF = "{{ (prices.amount * 0.8) | round(2) | money }}"
ONLY_5: dict[str, Values | None] = {"prices": {"amount": "5"}}


class Case(NamedTuple):
    id: str
    source: str
    raw: str
    values: dict[str, Values]
    prints: list[tuple[dict[str, Values | None], str | type[Exception]]]
    sink: Sink = Sink.HTML
    known: dict[str, Values] = {}  # noqa: RUF012 (never written)
    quote: str | None = None


READ = [
    Case(
        "a price", PRICE, "$1,299.00", {"prices": {"amount": "1299"}}, [(ONLY_5, "$5.00"), ({"prices": None}, Missing)]
    ),
    Case("white space is kept", PRICE, "\n  $5.50\n", {"prices": {"amount": "5.5"}}, [(ONLY_5, "\n  $5.00\n")]),
    Case(
        "text of the fill around it",
        f"<b>{PRICE}</b> net",
        "<b>$5.50</b> net",
        {"prices": {"amount": "5.5"}},
        [(ONLY_5, "<b>$5.00</b> net")],
    ),
    Case(
        "the number another slot stated",
        PRICE,
        "$80.00 (was $100.00)",
        {"prices": {"amount": "80"}},
        [(ONLY_5, "$5.00 (was $100.00)")],
        known={"prices": {"amount": "80"}},
    ),
    Case(
        "a lone number that contradicts it is read",
        PRICE,
        "$80.00",
        {"prices": {"amount": "80"}},
        [],
        known={"prices": {"amount": "70"}},
    ),
    Case(
        "decimals by the currency another slot stated",
        PRICE,
        "1.299",
        {"prices": {"amount": "1.299"}},
        [(ONLY_5, "5.000")],
        known={"prices": {"currency": "KWD"}},
    ),
    Case(
        "a JSON number",
        "{{ prices.amount }}",
        "19.90",
        {"prices": {"amount": "19.9"}},
        [(ONLY_5, "5.00"), ({"prices": {"amount": "free"}}, Unprintable)],
        Sink.JSON_NUMBER,
    ),
    Case(
        "money in a JSON number has no groups",
        PRICE,
        "19.90",
        {"prices": {"amount": "19.9"}},
        [({"prices": {"amount": "1299"}}, "1299.00")],
        Sink.JSON_NUMBER,
    ),
    Case(
        "a JSON null states nothing",
        "{{ prices.list_amount }}",
        "null",
        {},
        [(ONLY_5, Missing), ({"prices": {"list_amount": "6.5"}}, "6.5")],
        Sink.JSON_LITERAL,
    ),
    Case(
        "a JSON truth value",
        "{{ products.discontinued }}",
        "true",
        {"products": {"discontinued": True}},
        [({"products": {"discontinued": False}}, "false")],
        Sink.JSON_LITERAL,
    ),
    Case(
        "PHP's JSON",
        "{{ inventory.availability }}",
        r"https:\/\/schema.org\/InStock",
        {"inventory": {"availability": "InStock"}},
        [({"inventory": {"availability": "SoldOut"}}, r"https:\/\/schema.org\/SoldOut")],
        Sink.JSON_STRING,
    ),
    Case(
        "money in a JSON string",
        PRICE,
        r"1.299,00\u00a0\u20ac",
        {"prices": {"amount": "1299"}},
        [(ONLY_5, r"5,00\u00a0\u20ac")],
        Sink.JSON_STRING,
    ),
    Case(
        "money in an attribute",
        PRICE,
        "&#8364; 5.50",
        {"prices": {"amount": "5.5"}},
        [(ONLY_5, "&#8364; 5.00")],
        Sink.ATTRIBUTE,
        quote='"',
    ),
    Case(
        "an unquoted attribute",
        "{{ prices.amount }}",
        "19.90",
        {"prices": {"amount": "19.9"}},
        [(ONLY_5, "5.00")],
        Sink.ATTRIBUTE,
        quote="",
    ),
    Case(
        "a name with references",
        "{{ products.name }}",
        "Tom &amp; Jerry&#x27;s",
        {"products": {"name": "Tom & Jerry's"}},
        [({"products": {"name": "'<"}}, "&#x27;&lt;")],
    ),
    Case(
        "an attribute's quotes",
        "{{ products.name }}",
        "Tom's",
        {"products": {"name": "Tom's"}},
        [({"products": {"name": "'\""}}, "'&quot;")],
        Sink.ATTRIBUTE,
        quote='"',
    ),
    Case(
        "a quantity",
        "{{ inventory.quantity }}",
        "13",
        {"inventory": {"quantity": 13}},
        [({"inventory": {"quantity": 0}}, "0")],
    ),
    Case(
        "a currency",
        "{{ prices.currency }}",
        "EUR",
        {"prices": {"currency": "EUR"}},
        [({"prices": {"currency": "USD"}}, "USD")],
        Sink.JSON_STRING,
    ),
    Case(
        "a declared table's field",
        "{{ ratings.stars | number }} of 5",
        "4.5 of 5",
        {"ratings": {"stars": "4.5"}},
        [({"ratings": {"stars": "4"}}, "4.0 of 5")],
    ),
    Case(
        "stock by the row",
        "{{ inventory | stock }}",
        "Only 3 left",
        {"inventory": {"quantity": 3}},
        [({"inventory": {"quantity": 2}}, "Only 2 left"), ({"inventory": {"quantity": 0}}, Missing)],
    ),
    Case("stock by the quantity", "{{ inventory.quantity | stock }}", "Sold out", {"inventory": {"quantity": 0}}, []),
    Case(
        "stock by the name",
        "{{ inventory.availability | stock }}",
        "Sold out",
        {"inventory": {"availability": "OutOfStock"}},
        [],
    ),
    Case(
        "words add nothing to a name that is known",
        "{{ inventory | stock }}",
        "Sold out",
        {},
        [({"inventory": {"quantity": 0}}, "Sold out")],
        known={"inventory": {"availability": "Discontinued"}},
    ),
    Case(
        "availability by the row",
        "{{ inventory | availability }}",
        "in_stock",
        {"inventory": {"availability": "InStock"}},
        [({"inventory": {"availability": "PreOrder"}}, "preorder")],
    ),
    Case("an empty slot states nothing", "<s>{{ prices.list_amount | money }}</s>", " ", {}, [(ONLY_5, Missing)]),
    Case(
        "an empty attribute",
        "{{ products.brand }}",
        "",
        {},
        [({"products": {"brand": "a'b"}}, "a&#39;b")],
        Sink.ATTRIBUTE,
        quote='"',
    ),
    Case(
        "two unknown prices",
        f"{PRICE} <s>{{{{ prices.list_amount | money }}}}</s>",
        "$19.99 <s>$25.00</s>",
        {"prices": {"amount": "19.99", "list_amount": "25"}},
        [(ONLY_5, Missing)],
    ),
    Case(
        "a list price that is there",
        LIST,
        "<s>$25.00</s> $19.99",
        {"prices": {"amount": "19.99", "list_amount": "25"}},
        [(ONLY_5, "$5.00")],
    ),
    Case(
        "a list price that is not",
        LIST,
        "$19.99",
        {"prices": {"amount": "19.99"}},
        [(ONLY_5, "$5.00"), ({"prices": {"amount": "5", "list_amount": "6"}}, "<s>$6.00</s> $5.00")],
    ),
    Case(
        "a condition that is known",
        BUY,
        "Buy",
        {},
        [({"inventory": {"availability": "SoldOut"}}, "Gone")],
        known={"inventory": {"availability": "InStock"}},
    ),
    Case(
        "a condition on a derived availability",
        BUY,
        "Gone",
        {},
        [],
        known={"inventory": {"quantity": 0, "availability": "OutOfStock"}},
    ),
    Case(
        "amounts compare as numbers",
        "{% if prices.list_amount > prices.amount %}Sale{% endif %}",
        "Sale",
        {},
        [],
        known={"prices": {"amount": "9.99", "list_amount": "19.99"}},
    ),
    Case(
        "a computed amount whose parts are known",
        OFF,
        "$15.99",
        {},
        [({"prices": {"amount": "100"}}, "$80.00")],
        known={"prices": {"amount": "19.99"}},
    ),
    Case(
        "one value twice",
        "{% set x = prices.amount | money %}{{ x }} / {{ x }}",
        "$5.50 / $5.50",
        {"prices": {"amount": "5.5"}},
        [(ONLY_5, "$5.00 / $5.00")],
    ),
    Case(
        "a promotion we do not have",
        "{% if promotions %}{{ promotions.html }}{% endif %}",
        " <i>theirs</i>",
        {},
        [({"promotions": None}, Missing), ({"promotions": {"html": "<b>ours</b>"}}, " <b>ours</b>")],
    ),
    Case(
        "a promotion beside a price",
        "{% if promotions %}{{ promotions.label }} {% endif %}" + PRICE,
        "$5.50",
        {"prices": {"amount": "5.5"}},
        [({**ONLY_5, "promotions": {"label": "Sale"}}, "Sale $5.00"), ({**ONLY_5, "promotions": None}, "$5.00")],
    ),
    Case("a token", "{{ visitor.csrf('t') }}", "abc123", {}, [({}, Missing)], Sink.ATTRIBUTE, quote='"'),
    Case(
        "markup under a promotion's slot",
        "{{ promotions.label }}",
        "<b>a</b>",
        {},
        [({"promotions": {"label": "<"}}, "&lt;")],
    ),
]


@pytest.mark.parametrize("case", READ, ids=[case.id for case in READ])
def test_a_slot_is_read_and_printed(case: Case) -> None:
    fill = compile_fill(case.source)
    got = read(fill, case.sink, case.raw, case.known, quote=case.quote)
    assert isinstance(got, Read), got
    assert got.values == case.values
    for rows, want in case.prints:
        if isinstance(want, str):
            assert fragment(fill, case.sink, got.learnt, Scope(rows)) == want
        else:
            with pytest.raises(want):
                fragment(fill, case.sink, got.learnt, Scope(rows))


class No(NamedTuple):
    id: str
    source: str
    raw: str
    reason: str
    sink: Sink = Sink.HTML
    known: dict[str, Values] = {}  # noqa: RUF012 (never written)


REFUSED = [
    No("no number", PRICE, "on request", "no number"),
    No("several numbers", PRICE, "$80.00 (was $100.00)", "add a slot that states the value alone"),
    No("other digits", PRICE, "١٢٣", "Arabic-indic digits"),
    No("other text around", f"<b>{PRICE}</b>", "<i>$5.00</i>", "write the text around the value as the page has it"),
    No("a price for people without a filter", "{{ prices.amount }}", "$5.00", "write `| money`"),
    No("markup in a text", "{{ products.name }}", "<b>Tom</b>", "innermost element"),
    No("mixed spellings", "{{ products.name }}", "&#39;&#x27;", "mixes spellings"),
    No("mixed spellings in a string", "{{ products.name }}", r"a\/b/c", "leave it to the origin", Sink.JSON_STRING),
    No("not JSON", PRICE, "$5", "leave it to the origin", Sink.JSON_NUMBER),
    No("a currency sign for a code", "{{ prices.currency }}", "€", "prices.currency"),
    No("a code in lower case", "{{ prices.currency }}", "eur", "printing what was read gives 'EUR'"),
    No("a URL for a bare name", "{{ inventory.availability }}", "yes", "schema.org"),
    No("words for neither state", "{{ inventory | stock }}", "Coming home", "offers/availability"),
    No("a condition on what nobody states", BUY, "Buy", "add slots that show each of them alone"),
    No(
        "a condition that contradicts the page",
        BUY,
        "Gone",
        "prints 'Buy' where the page has 'Gone'",
        known={"inventory": {"availability": "InStock"}},
    ),
    No("a computed amount of unknown parts", OFF, "$15.99", "no slot of the page states"),
    No(
        "a computed amount that is not there",
        OFF,
        "$15.00",
        "printing what was read gives",
        known={"prices": {"amount": "19.99"}},
    ),
    No(
        "two texts of unknown length",
        "{{ products.brand }} {{ products.name }}",
        "Acme Blue Shirt",
        "where it ends is a guess",
    ),
    No(
        "a place decides",
        "{% if place.country == 'DE' %}" + PRICE + "{% endif %}",
        "$5.00",
        "no slot of the page states",
    ),
    No("too long", PRICE, "$5" + "0" * 70_000, "longer than"),
    No(
        "nothing where another slot has the value",
        "{{ products.brand }}",
        "",
        "gives 'Acme' where the page has ''",
        known={"products": {"brand": "Acme"}},
    ),
    No("broken characters", PRICE, "$5\udce9", "charset"),
    No("a count of 16 digits", "{{ inventory | stock }}", "1234567890123456 left", "not one of the sentences"),
]


@pytest.mark.parametrize("case", REFUSED, ids=[case.id for case in REFUSED])
def test_what_cannot_be_read_is_refused_with_a_reason(case: No) -> None:
    reason = read(compile_fill(case.source), case.sink, case.raw, case.known)
    assert isinstance(reason, str), reason
    assert case.reason in reason
    assert len(reason) < 400


def test_the_vocabulary_teaches_what_the_page_does_not_show() -> None:
    fill = compile_fill("{{ inventory | stock }}")
    other = read(fill, Sink.HTML, "Out of stock", {})
    assert isinstance(other, Read)
    got = read(fill, Sink.HTML, "Only 3 left", {}, vocabulary=other.learnt.formats)
    assert isinstance(got, Read)
    assert fragment(fill, Sink.HTML, got.learnt, Scope({"inventory": {"quantity": 0}})) == "Out of stock"
    assert fragment(fill, Sink.HTML, got.learnt, Scope({"inventory": {"quantity": 3}})) == "Only 3 left"


def test_the_vocabulary_fills_an_empty_slot() -> None:
    fill = compile_fill("{{ prices.list_amount | money }}")
    other = read(fill, Sink.HTML, "$1,299.00", {})
    assert isinstance(other, Read)
    got = read(fill, Sink.HTML, "", {}, vocabulary=other.learnt.formats)
    assert isinstance(got, Read)
    assert fragment(fill, Sink.HTML, got.learnt, Scope({"prices": {"list_amount": "25"}})) == "$25.00"


FILLS = [
    PRICE,
    "{{ prices.amount }}",
    LIST,
    f"<b>{PRICE}</b>",
    "{{ inventory | stock }}",
    "{{ products.name }}",
    OFF,
    BUY,
    "{{ ratings.stars | number }}",
    "{{ inventory.availability }}",
    "{{ products.name }} {{ prices.amount | money }}",
]
KNOWN: list[dict[str, Values]] = [
    {},
    {"prices": {"amount": "19.99"}, "inventory": {"availability": "InStock"}, "products": {"name": "Shirt"}},
    {"prices": {"amount": "5", "list_amount": "6"}, "inventory": {"quantity": 3}},
]
RAW = st.lists(
    st.sampled_from(
        [
            "$",
            "5",
            "1,299.00",
            "19.99",
            "<b>",
            "</b>",
            "<s>",
            "</s>",
            " ",
            "\n",
            "€",
            "&nbsp;",
            "&amp;",
            "&#39;",
            "'",
            '"',
            "Only ",
            " left",
            "InStock",
            "Shirt",
            "Buy",
            "Gone",
            "-",
            "\\u20ac",
            "\\/",
            "1.299",
            "–",
            "null",
            "true",
        ]
    ),
    max_size=6,
).map("".join)


@given(st.sampled_from(FILLS), st.sampled_from(Sink), RAW, st.sampled_from(KNOWN))
def test_whatever_was_read_prints_the_page_s_bytes(source: str, sink: Sink, raw: str, known: dict[str, Values]) -> None:
    fill = compile_fill(source)
    got = read(fill, sink, raw, known)
    if isinstance(got, str):
        return
    rows = {table: {**known.get(table, {}), **got.values.get(table, {})} for table in fill.tables}
    try:
        assert fragment(fill, sink, got.learnt, Scope(rows)) == raw
    except Missing:
        assert fill.direct
