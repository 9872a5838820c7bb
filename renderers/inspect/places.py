"""Every place on a page where the price, the list price or the stock of its product stands, and what fills it there."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from selectolax.lexbor import LexborNode

from renderers.availability import availability_name
from renderers.inspect.claims import is_list_price, product_values
from renderers.inspect.facts import Facts
from renderers.inspect.money import PRICE_WORDS, as_amount, named_amount, signed_amount
from renderers.inspect.sample import ancestors, attribute, elements, naming, shown, text_of, texts, words
from renderers.inspect.scripts import Number, Script, Value, pointer_text
from renderers.masked import TAG, mask
from renderers.numerals import canonical
from renderers.stock import learn_stock, state_in_words


class Field(enum.Enum):
    """What stands in a place. The value is the word for slot names and reports."""

    PRICE = "price"
    LIST_PRICE = "list-price"
    AVAILABILITY = "availability"
    STOCK = "stock"
    QUANTITY = "quantity"
    REGULAR = "regular-price"
    """What the product costs without a reduction: the list price while there is one, else the price."""


class Form(enum.Enum):
    """How it stands there. The value is the word for slot names and reports."""

    TEXT = "text"
    META = "meta"
    MICRODATA = "microdata"
    ATTRIBUTE = "attribute"
    JSON_LD = "json-ld"
    STATE = "state"


class Place(NamedTuple):
    """One place."""

    field: Field
    form: Form
    node: LexborNode
    inside: str
    """"" for the element's content, ``@name`` for an attribute, ``#/pointer`` in the JSON of a script."""
    raw: str
    """What stands there, for people."""
    fill: str

    @property
    def spot(self) -> tuple[int, str]:
        """Identifies the place on its page."""
        return self.node.mem_id, self.inside


MONEY = "{{ prices.%s | money }}"
PLAIN = "{{ prices.%s }}"
_COLUMN = {Field.PRICE: "amount", Field.LIST_PRICE: "list_amount"}
_REGULAR = "{{ (prices.list_amount or prices.amount) | %s }}"
_REGULAR_WORDS = frozenset({"regular", "original", "base", "full", "undiscounted"})
_NOT_VALUES = frozenset(words("class id style href src srcset alt width height d action for sizes type rel target"))
_ELSEWHERE = frozenset(
    words(
        "related recommendations recommended upsell upsells crosssell crosssells similar basket cart minicart history "
        "shipping tax taxes discount savings facets filters"
    )
)
"""Members of state that hold other amounts than the product's own."""
_COUNTS = frozenset(words("quantity qty stock inventory available"))
_SURE_COUNTS = re.compile(
    r"stock_?(?:quantity|level|count|qty)|inventory_?(?:quantity|level|count)|quantity_?available"
)
_STOCK_NAMES = frozenset(words("stock availability available inventory lager verfügbarkeit instock outofstock"))
_INLINE = frozenset({"span", "p", "div", "strong", "b", "em", "small", "i", "li", "dd"})
_NO_STATEMENT = frozenset(
    {"a", "button", "label", "h1", "h2", "h3", "h4", "nav", "select", "option", "legend", "summary"}
)
_PLAINLY = re.compile(
    r"(?:in|out of) stock|sold out|auf lager|ausverkauft|vorrätig|en stock|rupture|épuisé|agotado|esaurito"
    r"|op voorraad|uitverkocht|i lager|på lager|skladem|в наличии"
)
"""What says nothing but whether one can have it."""
_PLAINLY_CHARS = 30
_MOST_CHARS = 60


def places(facts: Facts) -> tuple[Place, ...]:
    """Every place of the page's own product, in the order text, attributes, scripts."""
    found = [*_shown_amounts(facts), *_attributes(facts), *_in_scripts(facts), *_stock_lines(facts)]
    unique: dict[tuple[int, str], Place] = {}
    for place in found:
        unique.setdefault(place.spot, place)
    return tuple(unique.values())


def _fields_of(facts: Facts, amount: str | None) -> Field | None:
    if amount is None:
        return None
    return {facts.price: Field.PRICE, facts.list_price: Field.LIST_PRICE}.get(amount)


def _shown_amounts(facts: Facts) -> Iterator[Place]:
    for amount in facts.own_amounts:
        field = _fields_of(facts, amount.value)
        if field is not None and not (field is Field.PRICE and amount.node.tag in {"del", "s", "strike"}):
            fill = MONEY % _COLUMN[field]
            yield Place(field, Form.TEXT, amount.node, "", shown(amount.node.text()), fill)


def _attributes(facts: Facts) -> Iterator[Place]:
    for node in elements(facts.sample.tree):
        if not any(node.attributes.values()) or not facts.layout.own(node):
            continue
        form = Form.META if node.tag == "meta" else Form.ATTRIBUTE
        if "itemprop" in node.attributes:
            form = Form.MICRODATA
        for name, value in node.attributes.items():
            if value and name not in _NOT_VALUES | {"itemprop", "name", "property"} and not name.startswith("on"):
                yield from _attribute(facts, node, form, (name, value))
        yield from _availability_attribute(node, form)


def _attribute(facts: Facts, node: LexborNode, form: Form, pair: tuple[str, str]) -> Iterator[Place]:
    name, value = pair
    about = set(words(name)) | (naming(node) if name in {"content", "value"} else set())
    plain = as_amount(value) if about & PRICE_WORDS else None
    written = named_amount(value) if about & PRICE_WORDS else signed_amount(value)
    field = _fields_of(facts, plain or written)
    if field is not None:
        field, fill = _priced(facts, field, frozenset(about), plain=plain is not None)
        yield Place(field, form, node, f"@{name}", shown(value), fill)


def _priced(facts: Facts, field: Field, named: frozenset[str], *, plain: bool) -> tuple[Field, str]:
    """The fill of an amount for machines. Its name tells what it is when the page has no reduction to tell by."""
    amount = facts.price if field is Field.PRICE else facts.list_price
    if named & _REGULAR_WORDS and amount == (facts.list_price or facts.price):
        return Field.REGULAR, _REGULAR % ("number" if plain else "money")
    return field, (PLAIN if plain else MONEY) % _COLUMN[field]


def _availability_attribute(node: LexborNode, form: Form) -> Iterator[Place]:
    if not naming(node) & {"availability"}:
        return
    for name in ("href", "content"):
        value = attribute(node, name)
        if value and availability_name(value) is not None:
            fill = "{{ inventory.availability | availability }}"
            yield Place(Field.AVAILABILITY, form, node, f"@{name}", shown(value), fill)


def _in_scripts(facts: Facts) -> Iterator[Place]:
    count = _stated_count(facts)
    for script in facts.scripts:
        for value in product_values(script) if script.linked_data else script.values:
            if set(_member_words(value)) & _ELSEWHERE:
                continue
            if (place := _in_script(facts, script, value, count)) is not None:
                yield place


def _in_script(facts: Facts, script: Script, value: Value, count: int | None) -> Place | None:
    last = words(value.names[-1]) if value.names else ()
    fill = _fill_in_script(facts, script, value, set(last))
    if fill is None and not script.linked_data:
        fill = _fill_of_count(value, set(last), count)
    if fill is None:
        return None
    field, source = fill
    inside = f"#{pointer_text(value.pointer)}"
    form = Form.JSON_LD if script.linked_data else Form.STATE
    return Place(field, form, script.node, inside, shown(str(value.value)), source)


def _fill_in_script(facts: Facts, script: Script, value: Value, last: set[str]) -> tuple[Field, str] | None:
    text = str(value.value)
    if last & {"availability"} or (last & {"stock"} and last & {"status"}):
        name = availability_name(text) if isinstance(value.value, str) else None
        return (Field.AVAILABILITY, "{{ inventory.availability | availability }}") if name else None
    named = frozenset(_member_words(value))
    if not isinstance(value.value, str) or not (named & PRICE_WORDS or last & {"value"}):
        return None
    plain = as_amount(text)
    field = _fields_of(facts, plain or named_amount(text))
    if field is Field.PRICE and facts.list_price is None and is_list_price(value, script):
        field = Field.LIST_PRICE
    if field is not None:
        return _priced(facts, field, named, plain=plain is not None)
    field = _fields_of(facts, _from_cents(value.value))
    return (field, f"{{{{ (prices.{_COLUMN[field]} * 100) | round }}}}") if field is not None else None


def _from_cents(value: object) -> str | None:
    """The amount that a whole number of cents is; None for other values. A hundredth of a small number is chance."""
    if not isinstance(value, Number) or not value.isdecimal() or len(value) < 3:
        return None
    return canonical(f"{value[:-2]}.{value[-2:]}")


def _fill_of_count(value: Value, last: set[str], count: int | None) -> tuple[Field, str] | None:
    if not isinstance(value.value, Number) or not value.value.isdecimal() or not last & _COUNTS:
        return None
    sure = _SURE_COUNTS.search("_".join(words(value.names[-1])))
    if sure or (count is not None and count > 1 and int(value.value) == count):  # 1 is a basket's quantity as well
        return Field.QUANTITY, "{{ inventory.quantity }}"
    return None


def _member_words(value: Value) -> tuple[str, ...]:
    return tuple(word for name in value.names for word in words(name))


def _stated_count(facts: Facts) -> int | None:
    """How many pieces the page says are left; None when it does not say."""
    for place in _stock_lines(facts):
        form = learn_stock(place.node.inner_html or "")
        if not isinstance(form, str) and form.wordings[0].counted:
            return form.wordings[0].at
    return None


def _stock_lines(facts: Facts) -> Iterator[Place]:
    """Short statements about stock: named so, labelled so, or beside the price."""
    near = _around_price(facts)
    for text in texts(facts.sample.tree):
        node = _statement(text)
        if node is not None and facts.layout.own(node) and _is_about_stock(node, near):
            yield Place(Field.STOCK, Form.TEXT, node, "", shown(text_of(node)), "{{ inventory | stock }}")


def _statement(text: LexborNode) -> LexborNode | None:
    """The element that holds the whole of a sentence about stock: a level up when the count stands there."""
    if state_in_words((text.text_content or "").lower()) is None:
        return None
    line = list(islice(ancestors(text), 5))
    if not line or any(node.tag in _NO_STATEMENT for node in line):
        return None
    node, *outer = line
    if outer and not _has_digit(node) and _counts(outer[0]) and {node.tag, outer[0].tag} <= _INLINE:
        node = outer[0]
    source = node.inner_html or ""
    return node if _is_short(node) and not isinstance(learn_stock(source), str) else None


def _counts(node: LexborNode) -> bool:
    """Whether a short text holds a number that is no amount of money."""
    return _is_short(node) and _has_digit(node) and signed_amount(text_of(node)) is None


def _is_short(node: LexborNode) -> bool:
    return len(text_of(node)) <= _MOST_CHARS and len(node.inner_html or "") <= 1_000


def _has_digit(node: LexborNode) -> bool:
    return any(char.isdecimal() for char in mask(node.inner_html or "").text.replace(TAG, ""))


def _is_about_stock(node: LexborNode, near: frozenset[int]) -> bool:
    line = [node, *islice(ancestors(node), 2)]
    if any(naming(around) & _STOCK_NAMES for around in line) or any(around.mem_id in near for around in line[1:]):
        return True
    text = text_of(node).lower()
    own_label, colon, _ = text.partition(":")
    if (len(text) <= _PLAINLY_CHARS and _PLAINLY.search(text)) or (colon and set(words(own_label)) & _STOCK_NAMES):
        return True
    label = node.prev
    while label is not None and not label.is_element_node:
        label = label.prev
    return label is not None and bool(set(words(text_of(label))) & _STOCK_NAMES)


def _around_price(facts: Facts) -> frozenset[int]:
    """The elements right around the price."""
    prices = (amount.node for amount in facts.own_amounts if amount.value == facts.price)
    return frozenset(node.mem_id for price in prices for node in islice(ancestors(price), 2) if node.tag != "body")
