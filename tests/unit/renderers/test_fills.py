"""What a fill names, and what is wrong with one that cannot be used."""

from __future__ import annotations

import pytest

from renderers.fills import Direct, FillError, Site, compile_fill


def test_a_fill_knows_its_tables_and_where_they_show() -> None:
    fill = compile_fill("<b>{{ prices.amount | money }}</b> {{ products.name }}{% if promotions %}!{% endif %}")
    assert fill.tables == ("prices", "products", "promotions")
    assert fill.sites == (Site("money", "prices", "amount"), Site("text", "products", "name"))
    assert not fill.visitor
    assert not fill.place
    assert fill.direct is None


@pytest.mark.parametrize(
    ("source", "site", "direct"),
    [
        ("{{ prices.amount | money }}", Site("money", "prices", "amount"), Direct("", "")),
        ("<b>{{ prices.amount }}</b>", Site("plain", "prices", "amount"), Direct("<b>", "</b>")),
        ("{{ inventory | stock }}", Site("stock", "inventory", None), Direct("", "")),
        ("{{ inventory.quantity }}", Site("plain", "inventory", "quantity"), Direct("", "")),
        ("{{ inventory.availability }}", Site("availability", "inventory", "availability"), Direct("", "")),
        ("{{ ratings.stars | number }} of 5", Site("number", "ratings", "stars"), Direct("", " of 5")),
        ("{{ products.name }}", Site("text", "products", "name"), Direct("", "")),
        ("{{ prices.amount | money | upper }}", Site("money", "prices", "amount"), None),
        ("{{ (prices.amount * 2) | money }}", Site("money", None, None), None),
        ("{% set x = 1 %}{{ prices.amount | money }}", Site("money", "prices", "amount"), None),
        ("{{ place.distance | number }}", Site("number", None, None), None),
    ],
)
def test_a_fill_of_one_value_needs_no_template(source: str, site: Site, direct: Direct | None) -> None:
    fill = compile_fill(source)
    assert fill.sites == (site,)
    assert fill.direct == direct


def test_a_visitor_s_fill_names_no_table() -> None:
    fill = compile_fill('{{ visitor.csrf("csrftoken") }}')
    assert (fill.visitor, fill.tables, fill.readable) == (True, (), False)
    assert compile_fill("{{ place.city }}").place


@pytest.mark.parametrize(
    ("source", "line", "says"),
    [
        ("", 1, "names no table"),
        ("just text", 1, "names no table"),
        ("{{ range(10) }}", 1, "range is not available"),
        ("{{ lipsum() }}", 1, "lipsum is not available"),
        ("a\n{{ prices.amount | float }}", 2, "money"),
        ("{{ prices.amount | shape(0) }}", 1, "the filters are"),
        ("{{ prices.amount | random }}", 1, "the filters are"),
        ("\n{{ prices.amout }}", 2, "amount, currency, list_amount"),
        ("{{ prices.amout | money }}", 1, "no field amout"),
        ("{{ prices.amount", 1, "write an expression"),
        ("\n\n{% if %}{% endif %}", 3, "write an expression"),
        ("{% include 'x' %}{{ prices.amount }}", 1, "include"),
        ("{% macro m() %}{% endmacro %}{{ prices.amount }}", 1, "macro"),
        ("{% autoescape false %}{{ products.name }}{% endautoescape %}", 1, "autoescape"),
        ("{% filter upper %}{{ products.name }}{% endfilter %}", 1, "filter"),
        ("{{ prices.amount | money('EUR') }}", 1, "takes no arguments"),
        ("{{ visitor.csrf('a') }}{{ prices.amount }}", 1, "a slot of its own"),
    ],
)
def test_a_fill_that_cannot_be_used_says_where_and_what_to_write(source: str, line: int, says: str) -> None:
    with pytest.raises(FillError) as caught:
        compile_fill(source)
    assert caught.value.line == line
    assert says in caught.value.message
    assert str(caught.value) == caught.value.message


def test_a_fill_is_compiled_once() -> None:
    assert compile_fill("{{ prices.amount }}") is compile_fill("{{ prices.amount }}")
