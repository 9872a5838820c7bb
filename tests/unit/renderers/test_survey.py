from __future__ import annotations

import pytest

from renderers.fragments import FillError
from renderers.locate import Document
from renderers.page import KindSpec, SlotSpec
from renderers.survey import Survey, check_spec, survey
from renderers.targets import TargetError

AMOUNT = "{{ prices.amount }}"


def kind(*slots: SlotSpec, sku: str | None = "css:#sku") -> KindSpec:
    return KindSpec(name="product", sku=sku, slots=slots)


def surveyed(page: str, spec: KindSpec) -> Survey:
    return survey(Document(page.encode(), "utf-8"), spec, "/p/7")


def skus(found: Survey) -> list[tuple[str, str | None]]:
    return [(candidate.name, candidate.sku) for candidate in found.candidates]


def test_slots_come_in_the_order_of_the_page() -> None:
    spec = kind(SlotSpec(name="second", at="css:i", fill=AMOUNT), SlotSpec(name="first", at="css:b", fill=AMOUNT))
    found = surveyed("<b>1</b><i>2</i><p id=sku>A", spec)
    assert skus(found) == [("first", "A"), ("second", "A")]
    assert (found.sku, found.faults, found.absent) == ("A", (), ())


def test_a_slot_may_have_a_sku_of_its_own() -> None:
    spec = kind(SlotSpec(name="x", at="css:b", fill=AMOUNT, sku=r"path:\d+"))
    assert skus(surveyed("<b>1</b><p id=sku>A", spec)) == [("x", "7")]


def test_a_target_that_is_not_on_the_page_is_absent_and_no_fault() -> None:
    spec = kind(
        SlotSpec(name="x", at="css:b", fill=AMOUNT),
        SlotSpec(name="y", at="css:b", fill=AMOUNT, each="css:p", sku="css:b"),
    )
    found = surveyed("<i>1</i>", spec)
    assert (found.candidates, found.faults, found.absent) == ((), (), ("x", "y"))


def test_two_matches_need_all_and_bar_their_row() -> None:
    page = "<b>1</b><b>2</b><p id=sku>A"
    (fault,) = surveyed(page, kind(SlotSpec(name="x", at="css:b", fill=AMOUNT))).faults
    assert (fault.name, fault.sku, fault.tables) == ("x", "A", ("prices",))
    assert "css:b matches 2 places" in fault.reason
    assert skus(surveyed(page, kind(SlotSpec(name="x", at="css:b", fill=AMOUNT, all=True)))) == [("x", "A")] * 2


def test_a_slot_that_needs_rows_needs_a_sku() -> None:
    (fault,) = surveyed("<b>1</b>", kind(SlotSpec(name="x", at="css:b", fill=AMOUNT))).faults
    assert "no single SKU" in fault.reason
    visitor = SlotSpec(name="x", at="css:b", fill='{{ visitor.csrf("t") }}')
    assert skus(surveyed("<b>1</b>", kind(visitor, sku=None))) == [("x", None)]


def test_each_element_has_its_own_sku_and_its_own_count() -> None:
    page = (
        "<li data-sku=A><b>1</b></li><li data-sku=B></li><li><b>2</b></li><li data-sku=C><b>3</b><b>4</b></li>"
        "<b>5</b><li data-sku=D><b>6</b></li>"
    )
    spec = kind(SlotSpec(name="x", at="css:b", fill=AMOUNT, each="css:li", sku="css:li@data-sku"), sku=None)
    found = surveyed(page, spec)
    assert skus(found) == [("x", "A"), ("x", "D")]
    assert [(candidate.hole.container, candidate.hole.nth) for candidate in found.candidates] == [(0, 0), (4, 0)]
    assert [(fault.sku, fault.tables) for fault in found.faults] == [(None, ()), ("C", ("prices",))]


@pytest.mark.parametrize(
    ("page", "targets", "refused"),
    [
        ("<b class=x>1<i class=y>2</i></b><u class=z>3</u>", ("css:.x", "css:.y", "css:.z"), {"css:.x", "css:.y"}),
        ("<b class=x>1</b>", ("css:.x", "css:b"), {"css:.x", "css:b"}),
        ("<div class=x><span class=y></div>", ("css:.x", "css:.y"), {"css:.x", "css:.y"}),
        (
            "<b class=x><i class=y>1</i><u class=z>2</u></b>",
            ("css:.x", "css:.y", "css:.z"),
            {"css:.x", "css:.y", "css:.z"},
        ),
        ("<b class=x>1</b><b class=y title=2>3</b>", ("css:.x", "css:.y", "css:.y@title"), set()),
    ],
    ids=["nested", "the same", "empty at the end of another", "two in one", "side by side"],
)
def test_slots_that_share_bytes_are_all_refused(page: str, targets: tuple[str, ...], refused: set[str]) -> None:
    spec = kind(*(SlotSpec(name=at, at=at, fill=AMOUNT) for at in targets))
    found = surveyed(page + "<p id=sku>A", spec)
    assert {fault.name for fault in found.faults} == refused
    assert all("shares bytes" in fault.reason and fault.sku == "A" for fault in found.faults)
    assert {candidate.name for candidate in found.candidates} == set(targets) - refused


WRONG = [
    SlotSpec(name="x", at=".price", fill=AMOUNT),
    SlotSpec(name="x", at="css:b", fill=AMOUNT, each=".card", sku="css:b"),
    SlotSpec(name="x", at="css:b", fill=AMOUNT, each="css:.card"),
    SlotSpec(name="x", at="css:b", fill=AMOUNT, sku="b"),
]


@pytest.mark.parametrize("slot", WRONG, ids=["at", "each", "each without sku", "sku"])
def test_a_slot_written_wrongly_is_an_error_whatever_the_page(slot: SlotSpec) -> None:
    with pytest.raises(TargetError):
        check_spec(kind(slot))


def test_a_fill_or_kind_written_wrongly_is_an_error_whatever_the_page() -> None:
    with pytest.raises(FillError):
        check_spec(kind(SlotSpec(name="x", at="css:b", fill="{{ prices.amount")))
    with pytest.raises(TargetError):
        check_spec(kind(sku="nowhere"))
