from __future__ import annotations

import io

import pytest

from origin_adapters.feeds import Item, column_map, read

COLUMNS = column_map({"id": "key", "price": "prices.amount"})


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("google-merchant", "id\tprice\nA\t5 EUR\n"),
        ("csv", "id,price\nA,5 EUR\n"),
        ("ndjson", '{"id": "A", "price": "5 EUR"}\n'),
    ],
)
def test_every_format_says_the_same_of_a_product(form: str, text: str) -> None:
    columns = None if form == "google-merchant" else COLUMNS
    (made,) = read(form, io.BytesIO(text.encode()), columns, None)
    assert isinstance(made, Item)
    assert (made.key, made.patches["prices"]["amount"], made.patches["prices"]["currency"]) == ("A", "5", "EUR")
