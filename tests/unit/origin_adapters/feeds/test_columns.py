from __future__ import annotations

import io

import pytest

from origin_adapters.feeds.columns import ColumnMap, column_map, read_csv, read_ndjson
from origin_adapters.feeds.item import BadItem, FeedBroken, Item

COLUMNS = {
    "Art-Nr": "key",
    "Preis": "prices.amount",
    "UVP": "prices.list_amount",
    "Lager": "inventory.quantity",
    "Marken": "products.tags",
    "Stand": "updated",
}
CSV = "Art-Nr;Preis;UVP;Lager;Marken;Stand\n"
MAP = column_map(COLUMNS, "EUR")


def csv(text: str, columns: ColumnMap = MAP) -> list[Item | BadItem]:
    return list(read_csv(io.BytesIO((CSV + text).encode()), columns))


def ndjson(text: str, columns: ColumnMap = MAP) -> list[Item | BadItem]:
    return list(read_ndjson(io.BytesIO(text.encode()), columns))


def test_cells_become_the_fields_they_are_mapped_to() -> None:
    assert csv("A-1;1.299,00;1.499,00;7;sale|new;2026-11-21T02:00:00Z\n") == [
        Item(
            2,
            "A-1",
            {
                "prices": {"amount": "1299.00", "currency": "EUR", "list_amount": "1499.00"},
                "inventory": {"quantity": 7},
                "products": {"tags": ["sale", "new"]},
            },
            updated_ms=1_795_226_400_000,
        )
    ]


def test_an_empty_cell_says_none_and_a_table_of_empty_cells_says_nothing() -> None:
    (made,) = csv("A-1;19,99;;;;\n")
    assert isinstance(made, Item)
    assert made.patches == {"prices": {"amount": "19.99", "currency": "EUR", "list_amount": None}}


def test_a_stated_currency_is_its_own_column_s_or_the_price_s() -> None:
    columns = column_map({"id": "key", "p": "prices.amount", "c": "prices.currency"}, "EUR")
    (one,) = ndjson('{"id": "A", "p": "5", "c": "chf"}', columns)
    (other,) = csv("A-1;19.99 USD;;;;\n")
    assert isinstance(one, Item)
    assert isinstance(other, Item)
    assert (one.patches["prices"]["currency"], other.patches["prices"]["currency"]) == ("CHF", "USD")


@pytest.mark.parametrize(
    "row",
    [";1;;;;", "A;cheap;;;;", "A;1.299;;;;", "A;;5;;;", "A;5;;lots;;", "A;5;;;;;;x", "A;;;;;2026-11-21T02:00:00Z"],
    ids=["no key", "no price", "a doubtful price", "only a was-price", "no number", "too many cells", "nothing stated"],
)
def test_one_bad_row_is_told_with_its_line_and_the_next_is_read(row: str) -> None:
    bad, good = csv(f"{row}\nB;5;;;;\n")
    assert isinstance(bad, BadItem)
    assert (bad.line, "; " in bad.reason) == (2, True)
    assert isinstance(good, Item)


def test_a_row_that_is_not_utf8_is_bad() -> None:
    found = list(read_csv(io.BytesIO(CSV.encode() + b"A\xe4;5;;;;\nB;5;;;;\n"), MAP))
    assert [type(item) for item in found] == [BadItem, Item]


def test_members_of_members_are_named_with_dots_and_numbers_stay_exact() -> None:
    columns = column_map({"sku": "key", "offer.price": "prices.amount", "a.b": "inventory.quantity"}, "EUR")
    (made,) = ndjson('{"sku": 17, "offer": {"price": 19.90}, "a.b": 3}\n', columns)
    assert isinstance(made, Item)
    assert (made.key, made.patches["prices"]["amount"], made.patches["inventory"]) == ("17", "19.90", {"quantity": 3})


def test_lists_and_truth_values_of_json_are_taken() -> None:
    columns = column_map({"id": "key", "t": "products.tags", "d": "products.discontinued"})
    (made,) = ndjson('{"id": "A", "t": ["x", "y"], "d": true}', columns)
    assert isinstance(made, Item)
    assert made.patches["products"] == {"tags": ["x", "y"], "discontinued": True}


def test_bad_lines_of_json_are_told_with_their_line() -> None:
    good = '{"Art-Nr": "A", "Preis": "5"}'
    found = ndjson(f'{good}\n\n{{"Art-Nr":\n[]\n{{"Art-Nr": {{"x": 1}}}}\n{good}\n')
    assert [(item.line, isinstance(item, Item)) for item in found] == [
        (1, True),
        (3, False),
        (4, False),
        (5, False),
        (6, True),
    ]


@pytest.mark.parametrize("text", ["", "\n\n", "<html>", "x" * 2_000_000], ids=["empty", "blank", "html", "one line"])
def test_what_is_no_ndjson_at_all_is_broken(text: str) -> None:
    with pytest.raises(FeedBroken):
        ndjson(text)


@pytest.mark.parametrize("text", ["", "Preis\n1\n", CSV], ids=["empty", "no key column", "no rows"])
def test_what_is_no_csv_of_these_columns_is_broken(text: str) -> None:
    with pytest.raises(FeedBroken):
        list(read_csv(io.BytesIO(text.encode()), MAP))


@pytest.mark.parametrize(
    "columns",
    [
        {},
        {"p": "prices.amount"},
        {"a": "key", "b": "sku", "p": "prices.amount"},
        {"a": "key"},
        {"a": "key", "p": "amount"},
        {"a": "key", "p": "prices.amount", "q": "prices.amount"},
        {"a": "key", "p": ".amount"},
    ],
)
def test_a_map_that_makes_no_sense_says_what_to_write(columns: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="; "):
        column_map(columns)
