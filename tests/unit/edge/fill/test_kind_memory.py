"""What the leak gate remembers of a page kind, and when it wants a second stranger."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest

from edge.errors import StoreFull
from edge.fill.cutting import Cut
from edge.fill.judging import Judged, Noise
from edge.fill.kind_memory import (
    FIRST_PAGES,
    ONE_IN,
    KindMemories,
    KindMemory,
    after_agreement,
    after_refusal,
    after_skipping,
    due,
    gate_digest,
    with_cookies,
)
from edge.fill.rules import KindRule, OriginRule
from edge.model import VisitorCookie
from edge.policy.storability import RoutePolicy
from edge.store.environment import open_pages
from edge.store.pages import PageReader, PageStore
from edge.store.writer import Writer
from origin_adapters import adapter
from renderers.page import Compiled, KindSpec, Page, SlotSpec

SPEC = KindSpec(name="product", sku="json-ld:sku")
RULE = KindRule(spec=SPEC, route=RoutePolicy(operator=True))
PAGES = tuple(bytes([number]) for number in range(FIRST_PAGES))


class Case(NamedTuple):
    id: str
    memory: KindMemory
    want: bool


CASES = [
    Case("nothing is known", KindMemory(), True),
    Case("one page is missing", KindMemory(pages=PAGES[:-1]), True),
    Case("enough pages were judged", KindMemory(pages=PAGES), False),
    Case("this page was judged", KindMemory(pages=(b"page",)), False),
    Case("one before the next sample", KindMemory(pages=PAGES, unjudged=ONE_IN - 2), False),
    Case("the next sample", KindMemory(pages=PAGES, unjudged=ONE_IN - 1), True),
    Case("a sample is due on a page that was judged too", KindMemory(pages=(b"page",), unjudged=ONE_IN), True),
]


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_due(case: Case) -> None:
    assert due(case.memory, b"page") is case.want


def agreed(structure: bytes = b"s", *, slots: tuple[SlotSpec, ...] = (), noise: tuple[str, ...] = ()) -> Judged:
    page = Page((b"",), (), (), "utf-8", None, (), b"")
    cut = Cut(compiled=Compiled(page), uncovered=(), personal=(), structure=structure, asked=(), pressed=())
    found = tuple(Noise(where, "differs") for where in noise)
    return Judged(cut=cut, added=slots, unmintable=(), refusals=(), noise=found, leaking=())


def slot(at: str, name: str = "t") -> SlotSpec:
    return SlotSpec(name=name, at=at, fill='{{ visitor.csrf("t") }}', all=True)


def test_agreement_is_remembered_each_thing_once() -> None:
    memory = KindMemory(unjudged=7)
    for page in (b"one", b"two", b"one"):
        memory = after_agreement(memory, page, agreed(slots=(slot("css:a"),), noise=("css:b",)), ("x-token",))
    assert memory == KindMemory(
        pages=(b"one", b"two"), structures=(b"s",), slots=(slot("css:a"),), told=("css:b",), differing=("x-token",)
    )


def test_one_place_gets_one_slot_whoever_finds_it_first() -> None:
    memory = after_agreement(KindMemory(), b"one", agreed(slots=(slot("css:a"),)), ())
    assert after_agreement(memory, b"two", agreed(slots=(slot("css:a", "other"),)), ()).slots == (slot("css:a"),)


def test_what_is_remembered_is_bounded_and_the_latest_structures_stay() -> None:
    memory = KindMemory()
    for number in range(1100):
        text = f"css:#n{number}"
        memory = after_agreement(memory, text.encode(), agreed(text.encode(), noise=(text,)), (text,))
    assert (len(memory.pages), len(memory.structures), len(memory.told), len(memory.differing)) == (20, 1024, 256, 64)
    assert memory.structures[-1] == b"css:#n1099"


def test_a_refusal_begins_anew_with_the_pages_and_keeps_what_was_learnt() -> None:
    memory = KindMemory(pages=PAGES, structures=(b"s",), unjudged=3, slots=(slot("css:a"),))
    assert after_refusal(memory) == KindMemory(structures=(b"s",), slots=(slot("css:a"),))


def test_skipping_counts() -> None:
    assert after_skipping(after_skipping(KindMemory())).unjudged == 2


def test_of_a_cookie_the_latest_word_counts() -> None:
    memory = with_cookies(KindMemory(), [VisitorCookie(name="a"), VisitorCookie(name="b")])
    memory = with_cookies(memory, [VisitorCookie(name="a", path="/shop")])
    assert memory.cookies == (VisitorCookie(name="a", path="/shop"), VisitorCookie(name="b"))


def test_the_added_slots_are_part_of_the_specification() -> None:
    assert KindMemory().spec(SPEC) is SPEC
    assert KindMemory(slots=(slot("css:a"),)).spec(SPEC).slots == (*SPEC.slots, slot("css:a"))


def test_verdicts_depend_on_the_kind_and_on_what_the_platform_takes() -> None:
    digests = {
        gate_digest(SPEC, OriginRule()),
        gate_digest(msgspec.structs.replace(SPEC, freeze=("css:.x",)), OriginRule()),
        gate_digest(SPEC, OriginRule(tokens=adapter("django").tokens)),
    }
    assert len(digests) == 3
    assert gate_digest(SPEC, OriginRule(pace=5.0)) in digests, "how fast it is asked says nothing of the page"


async def test_another_process_finds_what_was_learnt_and_another_gate_nothing(tmp_path: Path) -> None:
    with open_pages(tmp_path / "pages", 2**20) as env, Writer(env, name="pages") as writer:
        store, reader = PageStore(env, writer, size_bytes=2**20, protected=lambda _name: False), PageReader(env)
        first = KindMemories()
        assert first.get(reader, "shop", RULE, OriginRule()).pages == ()
        await first.change(store, "shop", "product", lambda memory: msgspec.structs.replace(memory, pages=PAGES))
        assert KindMemories().get(reader, "shop", RULE, OriginRule()).pages == PAGES
        assert KindMemories().get(reader, "other", RULE, OriginRule()).pages == ()
        frozen = KindRule(spec=msgspec.structs.replace(SPEC, freeze=("css:.x",)), route=RULE.route)
        assert first.get(reader, "shop", frozen, OriginRule()).pages == ()


class FullStore(PageStore):
    """A disk without room."""

    def __init__(self) -> None:
        pass

    async def remember_kind(self, origin: str, kind: str, memory: bytes) -> None:
        raise StoreFull("the disk is full")


async def test_a_full_disk_costs_the_memory_its_permanence_only(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    with open_pages(tmp_path / "pages", 2**20) as env:
        memories = KindMemories()
        memories.get(PageReader(env), "shop", RULE, OriginRule())
        await memories.change(FullStore(), "shop", "product", after_skipping)
        assert memories.get(PageReader(env), "shop", RULE, OriginRule()).unjudged == 1
    assert "not kept" in caplog.text
