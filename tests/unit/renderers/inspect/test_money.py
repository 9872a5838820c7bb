from __future__ import annotations

from typing import NamedTuple

import pytest

from renderers.inspect.money import Amount, age, amounts, as_amount, signed_amount
from renderers.locate import parse


def found(markup: str) -> list[Amount]:
    return amounts(parse(f"<body>{markup}</body>".encode()))


class Case(NamedTuple):
    id: str
    markup: str
    want: list[tuple[str, str]]
    """Tag and value of each amount."""


CASES = [
    Case("a sign before it", "<b>$18.00</b>", [("b", "18")]),
    Case("a sign after it", "<b>1.299,00 €</b>", [("b", "1299")]),
    Case("a code", "<b>CHF 5.–</b>", [("b", "5")]),
    Case("three letters that are no currency", "<b>UPC 500</b>", []),
    Case("a number alone", "<b>18.00</b>", []),
    Case("a number that is called a price", "<b class=price>18.00</b>", [("b", "18")]),
    Case("the sign in an element of its own", "<bdi><span>$</span>18.00</bdi>", [("bdi", "18")]),
    Case("every part in one", "<p><i>$</i><b>18</b><sup>99</sup></p>", [("p", "18.99")]),
    Case("two amounts in one text", "<p>$18.00 to $25.00</p>", []),
    Case("two amounts in two elements", "<p><s>$25</s> <b>$18</b></p>", [("s", "25"), ("b", "18")]),
    Case("a text that goes on and on", f"<p>{'very ' * 20} cheap at $18.00</p>", []),
    Case("a share", "<b>20% off</b>", []),
    Case("what nobody reads", "<script>'$18.00'</script><template>$1</template><option>$2</option>", []),
]


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_amounts_are_found_where_they_are_said(case: Case) -> None:
    assert [(str(one.node.tag), one.value) for one in found(case.markup)] == case.want


@pytest.mark.parametrize(
    ("markup", "struck", "hinted"),
    [
        ("<b>$1</b>", False, False),
        ("<del><b>$1</b></del>", True, False),
        ("<b class=old-price>$1</b>", True, False),
        ("<b class=wasPrice>$1</b>", True, False),
        ("<b class=regular-price>$1</b>", False, True),
        ("<b class=normalprice>$1</b>", False, True),
        ("<b class=washed>$1</b>", False, False),
    ],
)
def test_a_former_price_is_told_by_its_markup(markup: str, *, struck: bool, hinted: bool) -> None:
    (amount,) = found(markup)
    assert age(amount) == (struck, hinted)


def test_amounts_for_machines_are_plain_numbers() -> None:
    assert [as_amount(text) for text in ("19.90", " 1299 ", "$1", "1,50", "")] == ["19.9", "1299", None, None, None]
    assert [signed_amount(text) for text in ("€19.90", "19.90", "Now $5.00 only")] == ["19.9", None, "5"]
