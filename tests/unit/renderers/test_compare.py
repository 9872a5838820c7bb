"""Pages generated from one template for two strangers; what is somebody's is marked before it is looked for."""

from __future__ import annotations

import base64
import random
import re
import string
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable
from typing import NamedTuple

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from renderers.compare import Comparison, Difference, Kind, Range, View, compare, covered_by
from renderers.cut import compile_page
from renderers.locate import Document, Span
from renderers.page import KindSpec, SlotSpec
from renderers.survey import check_spec
from renderers.targets import CssTarget, parse_target

OPEN, CLOSE = "\ue000", "\ue001"
"""Around what is one visitor's own, in the model only."""
ALPHABET = string.ascii_letters + string.digits
NAMES = ("Anna", "Berta", "Carl", "Doris Day", "Émile", "Jürgen")


class Stranger:
    """One visitor of the model shop. Everything of theirs differs from everybody else's."""

    def __init__(self, seed: int, number: int) -> None:
        self.random = random.Random(f"{seed}-{number}")
        self.number = number
        self.name = NAMES[number]
        self.nickname = ("max", "anna77", "berta12", "carl", "doris3", "emile")[number]
        self.cookies = {"csrftoken": self.word(32), "sessionid": self.hex(32), "cart": str(3 + number)}

    def word(self, length: int) -> str:
        return "".join(self.random.choices(ALPHABET, k=length))

    def hex(self, length: int) -> str:
        return "".join(self.random.choices("0123456789abcdef", k=length))

    def masked(self) -> str:
        mask = self.word(32)
        pairs = zip(mask, self.cookies["csrftoken"], strict=True)
        return mask + "".join(ALPHABET[(ALPHABET.index(m) + ALPHABET.index(s)) % 62] for m, s in pairs)


def own(value: object) -> str:
    return f"{OPEN}{value}{CLOSE}"


TRAPS: dict[str, Callable[[Stranger], str]] = {
    "csrf": lambda v: f'<input type="hidden" name="csrfmiddlewaretoken" value="{own(v.masked())}">',
    "csrf raw": lambda v: f"<input type=hidden name=_csrf value={own(v.cookies['csrftoken'])}>",
    "csrf meta": lambda v: f'<meta name="csrf-token" content="{own(v.masked())}">',
    "session link": lambda v: f'<a href="/p?sid={own(v.cookies["sessionid"])}&amp;a=1">x</a>',
    "session text": lambda v: f"<p>{own(v.cookies['sessionid'])}</p>",
    "session id attribute": lambda v: f'<i id="{own(v.cookies["sessionid"])}"></i>',
    "session data": lambda v: f'<i data-x="{own(v.cookies["sessionid"])}"></i>',
    "session comment": lambda v: f"<!-- {own(v.cookies['sessionid'])} -->",
    "session state": lambda v: f'<script>s={{"a":{{"id":"{own(v.cookies["sessionid"])}"}},"n":1}}</script>',
    "session code": lambda v: f"<script>start('{own(v.cookies['sessionid'])}');</script>",
    "short cookie": lambda v: f'<i data-x="{own(v.cookies["cart"])}"></i>',
    "nonce": lambda v: f'<script nonce="{own(v.hex(16))}">f()</script>',
    "uniqid": lambda v: _field(v.hex(13)),
    "tab": lambda v: _tab(v.hex(8)),
    "time": lambda v: f"<p class=recently-created>Created 2024-05-01 12:3{v.number}:07</p>",
    "duration": lambda v: f"<!-- generated in 0.{v.number}12s by web-{v.number} -->",
    "state time": lambda v: f'<script>var t = {{"renderedAt": {1_700_000_000 + v.number}, "a": [1, 2]}};</script>',
    "greeting": lambda v: f"<p>Hello, <b>{own(v.name)}</b>!</p>",
    "greeting title": lambda v: f'<a title="{own(v.name)}">a</a>',
    "name in id": lambda v: f'<i id="{own(v.name.split()[0])}"></i>',
    "name in class": lambda v: f'<i class="user {own(v.name)}"></i>',
    "name in comment": lambda v: f"<!-- for {own(v.name)} -->",
    "name in state": lambda v: f'<script type=application/json>{{"a":["{own(v.name)}",1]}}</script>',
    "name in style": lambda v: f"<style>.a:after{{content:'{own(v.name)}'}}</style>",
    "name in noscript": lambda v: f"<noscript>{own(v.name)}</noscript>",
    "name twice": lambda v: f'<i x=1 x="{own(v.name)}"></i>',
    "attribute of one": lambda v: f"<i{own(' checked')}></i>" if v.number % 2 else f"<i{own('')}></i>",
    "nickname in data": lambda v: f'<i data-x="{own(v.nickname)}"></i>',
    "nickname in id": lambda v: f'<i id="{own(v.nickname)}"></i>',
    "nickname in comment": lambda v: f"<!-- {own(v.nickname)} -->",
    "nickname in link": lambda v: f'<a href="/u/{own(v.nickname)}?v=1">a</a>',
    "nickname in query": lambda v: f'<a href="/u?t={own(v.nickname)}">a</a>',
    "name in code": lambda v: f"<script>hello('{own(v.name)}', 1);</script>",
    "name in field": lambda v: f'<input type=text name=fn value="{own(v.name)}">',
    "name in hidden field": lambda v: f'<input type=hidden name=fn value="{own(v.name)}">',
    "name in handler": lambda v: f"""<a onclick="f('{own(v.name)}')">a</a>""",
    "name in json attribute": lambda v: f"""<i data-cfg='{{"n":"{own(v.name)}"}}'></i>""",
    "name in base64": lambda v: f'<i data-x="{own(base64.b64encode(v.name.encode()).decode())}"></i>',
    "name in textarea": lambda v: f"<textarea>{own(v.name)}</textarea>",
    "name in option": lambda v: f"<select><option>{own(v.name)}<option>b</select>",
    "name in svg": lambda v: f"<svg><text>{own(v.name)}</text></svg>",
    "name as tag": lambda v: f"<x-{own(v.name.split()[0])}>a",
    "customer number": lambda v: f'<i data-x="{own(100_000 + v.number)}"></i>',
    "hidden total": lambda v: f"<input type=hidden name=t value={own(100_000 + v.number)}>",
    "email": lambda v: f"<p>You are {own(f'v{v.number}@example.com')}</p>",
    "email in data": lambda v: f'<i data-m="{own(f"v{v.number}@example.com")}"></i>',
    "order": lambda v: f"<p>Order #{own(100_000 + v.number)} of 2024-05-0{1 + v.number}</p>",
    "basket": lambda v: f"<div class=basket>{own(v.number)} items, {own(f'€{v.number}.00')}</div>",
    "basket lines": lambda v: _list(f"<li>{own(f'Thing of {v.name}, {i}')}</li>" for i in range(v.number + 1)),
    "basket in data": lambda v: f'<i data-count="{own(v.number)}"></i>',
    "basket in label": lambda v: f'<a aria-label="Cart, {own(v.number)} items">a</a>',
    "basket in state": lambda v: f'<script>x({{"cart":{{"n":{own(v.number)}}}}})</script>',
    "price": lambda v: f"<p>{own(f'€{10 + v.number}.99')}</p>",
    "variant": lambda v: f'<i class="hero hero-{own(f"v{v.number}")}"></i>',
    "last visit": lambda v: f"<p>Your last visit: {own(f'2024-05-0{1 + v.number}')}</p>",
    "pixel": lambda v: f'<img src="/px?rnd={v.random.getrandbits(40)}" width=1>',
    "pixel with id": lambda v: f'<img src="/px?uid={own(v.random.getrandbits(40))}" width=1>',
    "recently viewed": lambda v: f"<ul><li>Book {own('ABCDEF'[v.number])}</li><li>Map</li></ul>",
    "related": lambda v: _shuffled(v, [f"<li class=card><a href=/p/{i}>Book {i}</a></li>" for i in range(5)]),
    "related with tokens": lambda v: _shuffled(
        v, [f'<li><b>Book {i}</b><input type=hidden name=csrf value="{own(v.masked())}"></li>' for i in range(4)]
    ),
    "space": lambda v: "<p>a</p>" + " \n" * (v.number + 1) + "<p>b</p>",
    "spelling": lambda v: "<i a=1 b='2'></i>" if v.number % 2 else '<i b="2" a="1"></i>',
    "nothing": lambda _: "<p>Some text &amp; more</p>",
    "nothing with classes": lambda _: '<div class="a b"><img src=/a.png alt=""> text</div>',
    "broken": lambda _: "</b><p><table><td>a</div>",
}


def _field(uniqid: str) -> str:
    return f'<label for="q-{uniqid}">a</label><input id="q-{uniqid}" aria-describedby="q-{uniqid}">'


def _tab(uniqid: str) -> str:
    return f'<a href="#t-{uniqid}">a</a><div id="t-{uniqid}" data-of="t-{uniqid}">b</div>'


def _list(lines: Iterable[str]) -> str:
    return "<ul class=mini>" + "".join(lines) + "</ul>"


def _shuffled(visitor: Stranger, blocks: list[str]) -> str:
    visitor.random.shuffle(blocks)
    return "<ul>" + "\n".join(blocks) + "</ul>"


class Marked(NamedTuple):
    view: View
    owned: list[Range]


def rendered(template: list[str], visitor: Stranger) -> Marked:
    """The page, and where on it something is the visitor's own."""
    pieces = [TRAPS[name](visitor) if name in TRAPS else name for name in template]
    marked = "<!doctype html><html><head><title>Thing</title></head><body>" + "\n".join(pieces) + "</body></html>"
    owned: list[Range] = []
    body = b""
    start = 0
    for piece in re.split(f"([{OPEN}{CLOSE}])", marked):
        if piece == OPEN:
            start = len(body)
        elif piece == CLOSE:
            owned.append(Range(start, len(body)))
        else:
            body += piece.encode()
    return Marked(View(body=body, cookies=visitor.cookies), owned)


def rest(body: bytes, ranges: list[Range]) -> bytes:
    """What of a page is in no range."""
    kept = bytearray(b"\1" * len(body))
    for item in ranges:
        kept[item.start : item.end] = b"\0" * (item.end - item.start)
    return bytes(byte for byte, keep in zip(body, kept, strict=True) if keep)


def innermost(span: Range, places: list[tuple[Range, Difference]]) -> Difference | None:
    """The smallest reported place that has all of a span."""
    around = [item for item in places if item[0].start <= span.start and span.end <= item[0].end]
    return min(around, key=lambda item: item[0].end - item[0].start)[1] if around else None


def check(template: list[str], seed: int) -> Comparison:
    first, second = rendered(template, Stranger(seed, 1)), rendered(template, Stranger(seed, 2))
    found = compare(first.view, second.view)
    ranges = [difference.first_at for difference in found.differences]
    other_ranges = [difference.second_at for difference in found.differences]
    assert rest(first.view.body, ranges) == rest(second.view.body, other_ranges)
    for marked, places in ((first, ranges), (second, other_ranges)):
        for span in marked.owned:
            difference = innermost(span, list(zip(places, found.differences, strict=True)))
            assert difference is not None, marked.view.body[span.start : span.end]
            assert difference.kind is not Kind.NOISE, (marked.view.body[span.start : span.end], difference)
    return found


@pytest.mark.parametrize("name", TRAPS)
@pytest.mark.parametrize("seed", range(5))
def test_each_trap_alone_keeps_the_law(name: str, seed: int) -> None:
    check([name], seed)


WRAPPERS = (
    "<div>",
    "</div>",
    "<section class=s>",
    "</section>",
    "<ul><li>",
    "</ul>",
    "<p>",
    "<table><tr><td>",
    "</table>",
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from([*TRAPS, *WRAPPERS]), max_size=12), st.integers(0, 2**32))
def test_what_is_somebodys_is_never_noise_and_no_byte_goes_unreported(template: list[str], seed: int) -> None:
    check(template, seed)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from([*TRAPS, *WRAPPERS]), max_size=12), st.integers(0, 2**32))
def test_swapping_the_strangers_swaps_the_sides_only(template: list[str], seed: int) -> None:
    first, second = (rendered(template, Stranger(seed, number)).view for number in (1, 2))
    one, other = compare(first, second), compare(second, first)
    sides = Counter((d.kind, d.first, d.second, d.first_at, d.second_at, d.why) for d in one.differences)
    assert sides == Counter((d.kind, d.second, d.first, d.second_at, d.first_at, d.why) for d in other.differences)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from([*TRAPS, *WRAPPERS]), max_size=12), st.integers(0, 2**32))
def test_a_page_does_not_differ_from_itself(template: list[str], seed: int) -> None:
    view = rendered(template, Stranger(seed, 1)).view
    assert compare(view, view) == Comparison(())


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200), st.binary(max_size=200), st.sampled_from(["utf-8", "cp1252", "cp932"]))
def test_any_two_bodies_can_be_compared(one: bytes, other: bytes, charset: str) -> None:
    found = compare(View(body=one, charset=charset), View(body=other, charset=charset))
    assert bool(found.differences) == (one != other)


def resolves(at: str, view: View) -> bool:
    doc = Document(view.body, view.charset)
    target = parse_target(at)
    if any(isinstance(span, Span) for span in doc.find(target)):
        return True
    return isinstance(target, CssTarget) and target.attribute is None and bool(doc.elements(target.selector))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from([*TRAPS, *WRAPPERS]), max_size=12), st.integers(0, 2**32))
def test_each_difference_is_found_by_its_target_and_proposes_what_a_configuration_takes(
    template: list[str], seed: int
) -> None:
    views = [rendered(template, Stranger(seed, number)).view for number in (1, 2)]
    for difference in compare(*views).differences:
        assert any(resolves(difference.where, view) for view in views), difference
        (kind,) = tomllib.loads(f"[[pages]]\nname = 'product'\n{difference.proposal}")["pages"]
        assert kind.get("freeze", [difference.where]) == [difference.where]
        for slot in kind.get("slots", ()):
            check_spec(KindSpec(name="product", sku="path:.*", slots=(msgspec.convert(slot, SlotSpec),)))
        assert difference.slot is None or kind["slots"] == [wanted(difference.slot)]


def wanted(slot: SlotSpec) -> dict[str, object]:
    written: dict[str, object] = {"name": slot.name, "at": slot.at, "fill": slot.fill}
    return written | ({"all": True} if slot.all else {})


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from([*TRAPS, *WRAPPERS]), max_size=12), st.integers(0, 2**32))
def test_a_token_is_no_difference_once_its_slot_is_cut(template: list[str], seed: int) -> None:
    views = [rendered(template, Stranger(seed, number)).view for number in (1, 2)]
    tokens = [difference for difference in compare(*views).differences if difference.slot is not None]
    slots = tuple(dict.fromkeys(difference.slot for difference in tokens if difference.slot is not None))
    kind = KindSpec(name="product", slots=slots)
    pages = [compile_page(view.body, kind, content_type="text/html", url_path="/").page for view in views]
    covered = [
        View(body=view.body, cookies=view.cookies, covered=covered_by(page))
        for view, page in zip(views, pages, strict=True)
    ]
    left = {difference.first_at for difference in compare(*covered).differences}
    refused = {refused.slot for page in pages for refused in page.refused}
    assert not left & {d.first_at for d in tokens if d.slot is not None and d.slot.name not in refused}


def shop_page(visitor: Stranger, size: int) -> View:
    """A page of about ``size`` bytes with forms, a state and texts of the usual density."""
    prose = "<p class=text>Some sentences about the product, as they stand on pages of any shop, and more. %d</p>\n"
    card = (
        "<li class=card><a href=/p/%d>Book %d</a> <b>€%d</b><form><input type=hidden name=csrf value=%s></form></li>\n"
    )
    lines = [prose % n for n in range(size // 112)]
    cards = [card % (n, n, n, visitor.masked()) for n in range(size // 3_000)]
    names = ("csrf", "nonce", "uniqid", "duration", "related", "state time", "basket", "greeting")
    own_things = [re.sub(f"[{OPEN}{CLOSE}]", "", TRAPS[name](visitor)) for name in names]
    return View(body="".join(["<main>", *own_things, *lines, *cards]).encode(), cookies=visitor.cookies)


@pytest.mark.parametrize(("size", "seconds"), [(60_000, 0.03), (1_000_000, 1.0)])
def test_comparing_is_quick(size: int, seconds: float) -> None:
    views = [shop_page(Stranger(1, number), size) for number in (1, 2)]
    assert abs(len(views[0].body) - size) < size / 4
    compare(*views)
    took = []
    for _ in range(5):
        started = time.process_time()
        compare(*views)
        took.append(time.process_time() - started)
    assert min(took) < seconds * 2  # A busy machine shares its caches.


HOSTILE = {
    "the same elements, one less": ("<li>x" * 20_000, "<li>x" * 19_999),
    "two kinds of elements, mixed": ("<li>x<li>y" * 10_000, "<li>y<li>y<li>x" * 7_000),
    "everything differs": ("".join(f"<li>{n}" for n in range(20_000)), "".join(f"<li>{n}" for n in range(1, 20_001))),
    "everything is elsewhere": (
        "".join(f"<li>{n}" for n in range(20_000)),
        "".join(f"<li>{-n}" for n in range(20_000)),
    ),
    "deep": ("<div>" * 50_000 + "1", "<div>" * 50_000 + "2"),
    "too many tags": ("<b>" * 120_000 + "1", "<b>" * 120_000 + "2"),
    "comments without an end": ("<!-- " * 100_000, "<!- " * 100_000),
    "quotes without an end": ("<a b='" * 80_000, '<a b="' * 80_000),
    "a long text": ("<p>" + "a@b " * 100_000, "<p>" + "order 1" * 80_000),
    "many classes": (f"<i class='{'x1 ' * 100_000}'>", f"<i class='{'y1 ' * 100_000}'>"),
    "many attributes": (
        f"<i {' '.join(f'a{n}=1' for n in range(40_000))}>",
        f"<i {' '.join(f'a{n}=2' for n in range(40_000))}>",
    ),
    "a long list in a state": (
        f"<script>s = {[*range(60_000)]}</script>",
        f"<script>s = {[*range(1, 60_001)]}</script>",
    ),
    "braces": ("<script>" + "={" * 200_000 + "1", "<script>" + "={" * 200_000 + "2"),
    "letters": (f"<a title={'ab' * 300_000}><a title=b>", f"<a title={'ab' * 300_001}><a title=c>"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_page_takes_long(name: str) -> None:
    first, second = (View(body=html.encode(), cookies={"sid": "abcdefgh"}) for html in HOSTILE[name])
    started = time.process_time()
    found = compare(first, second)
    assert time.process_time() - started < 4
    assert found.differences
