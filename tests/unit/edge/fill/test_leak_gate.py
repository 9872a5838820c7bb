"""What two strangers are shown decides what everybody is shown: each trap as a conversation with a real origin."""

from __future__ import annotations

import asyncio
import itertools
import logging
import string
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import msgspec
import pytest

from edge.fill.kind_memory import FIRST_PAGES, ONE_IN, KindMemory
from edge.fill.protocol import Outcome
from edge.fill.rules import KindRule, OriginRule
from edge.model import VisitorCookie
from origin_adapters import adapter
from renderers.page import KindSpec, SlotSpec

if TYPE_CHECKING:
    from tests.unit.edge.fill.conftest import Node, ScriptedOrigin, StartNode, StartOrigin, Wire

URL = "/product/mug"
TEXT = "<p>Hand thrown, dishwasher safe, and lighter than it looks.</p>" * 5
DJANGO = {"shop": OriginRule(tokens=adapter("django").tokens)}
_SAFE = string.ascii_letters + string.digits


def secret(number: int, length: int = 32) -> str:
    """What looks like a random token, another one for each number."""
    return "".join(_SAFE[(number * 7919 + index * index * 31 + index) % 62] for index in range(length))


def page(more: str = "", *, price: str = "19.99", sku: str = "MUG") -> bytes:
    product = f'{{"@type":"Product","sku":"{sku}","offers":{{"priceCurrency":"EUR"}}}}'
    return (
        f'<!doctype html><html><head><script type="application/ld+json">{product}</script></head>'
        f'<body><h1>Mug</h1><p class="price">€{price}</p>{TEXT}{more}</body></html>'
    ).encode()


More = Callable[[int], str]


class Shop:
    """Answers every request with a page of its own: ``more`` and ``fields`` are given the number of the view."""

    def __init__(self, more: More = lambda _: "", fields: Callable[[int], dict[str, str]] = lambda _: {}) -> None:
        self.more = more
        self.fields = fields
        self.views = itertools.count(1)
        self.status: Callable[[int], int] = lambda _: 200

    async def __call__(self, wire: Wire) -> None:
        number = next(self.views)
        stated = {"content_type": "text/html; charset=utf-8", **self.fields(number)}
        await wire.respond(page(self.more(number)), status=self.status(number), **stated)


async def fill(node: Node, target: str = URL, **flags: bool) -> str:
    return await node.outcome(target, "product", (), **flags)


def memory(node: Node) -> KindMemory:
    with node.parts.reader.view() as view:
        raw = view.kind_memory("shop", "product")
    assert raw is not None
    return msgspec.msgpack.decode(raw, type=KindMemory)


def masked(cookie: str, number: int) -> str:
    """As Django masks: a random mask, then the secret shifted by it, character by character."""
    mask = secret(number + 1000)
    return mask + "".join(_SAFE_DJANGO[(_at(a) + _at(b)) % 62] for a, b in zip(cookie, mask, strict=True))


_SAFE_DJANGO = string.ascii_letters + string.digits


def _at(char: str) -> int:
    return _SAFE_DJANGO.index(char)


def django_form(number: int) -> str:
    return f'<form><input type="hidden" name="csrfmiddlewaretoken" value="{masked(secret(number), number)}"></form>'


def django_cookie(number: int) -> dict[str, str]:
    return {"set_cookie": f"csrftoken={secret(number)}; Path=/; Max-Age=31449600; SameSite=Lax; HttpOnly"}


class Trap(NamedTuple):
    id: str
    more: More
    fields: Callable[[int], dict[str, str]] = lambda _: {}


REFUSED = [
    Trap(
        "a cookie's value in a text", lambda n: f"<p>You: {secret(n)}</p>", lambda n: {"set_cookie": f"s={secret(n)}"}
    ),
    Trap("a token that is in no cookie", lambda n: f'<input type="hidden" name="_token" value="{secret(n)}">'),
    Trap("a token in a script", lambda n: f'<script>window.cfg = {{"csrfToken": "{secret(n)}"}};</script>'),
    Trap(
        "a part of a cookie", lambda n: f'<a href="/x?s={secret(n)}">x</a>', lambda n: {"set_cookie": f"s={secret(n)}"}
    ),
    Trap("somebody's basket", lambda n: f'<div class="basket">{n} items, €{n}9.00</div>'),
    Trap("a greeting", lambda n: f"<p>Welcome back, {['Anna', 'Otto'][n % 2]}!</p>"),
    Trap("a greeting that both are given", lambda _: "<p>Welcome back, Anna!</p>"),
    Trap("an e-mail address", lambda n: f"<p>Signed in as anna{n}@mail.example</p>"),
    Trap("an order number", lambda n: f"<p>Your order #10000{n} has been shipped</p>"),
    Trap("an order number in an attribute", lambda n: f'<div data-order="Order no. 10000{n}">x</div>'),
    Trap("a variant of an experiment", lambda n: "<p>Buy now</p>" if n % 2 else "<p>Yours tomorrow</p>"),
    Trap("something that only one is shown", lambda n: "<p>10 % off for you</p>" if n % 2 else ""),
    Trap("where the visitor is", lambda n: f"<p>Delivered to {['Bern', 'Graz'][n % 2]}</p>"),
]


@pytest.mark.parametrize("trap", REFUSED, ids=[trap.id for trap in REFUSED])
async def test_what_may_be_somebodys_is_relayed_and_never_stored(
    start_origin: StartOrigin, start_node: StartNode, trap: Trap
) -> None:
    origin = await start_origin(Shop(trap.more, trap.fields))
    node = await start_node(origin, origins=DJANGO)
    answer, body = await node.get(URL, "product")
    assert (answer.outcome, answer.reason, body) == (Outcome.PASS, "leak-gate", b"")
    assert answer.notes, "the operator is told what it was"
    assert node.copy(URL) is None
    assert await fill(node) == "pass hit-for-miss:leak-gate"
    assert len(origin.requests) == 2
    assert node.parts.counters.pages_held["product", "leak-gate"] == 1


NOISE = [
    Trap("a generated id", lambda n: f'<input id="quantity_65f1c2d3e4a{n:02}">'),
    Trap("a time", lambda n: f"<p>Rendered at 12:00:{n:02}</p>"),
    Trap("a comment", lambda n: f"<!-- served in {n} ms -->"),
]


@pytest.mark.parametrize("trap", NOISE, ids=[trap.id for trap in NOISE])
async def test_noise_is_stored_as_first_seen_and_told_once(
    start_origin: StartOrigin, start_node: StartNode, trap: Trap, caplog: pytest.LogCaptureFixture
) -> None:
    node = await start_node(await start_origin(Shop(trap.more, trap.fields)))
    assert await fill(node) == "stored"
    assert node.stored_body(URL) == page(trap.more(1))
    assert await fill(node, "/product/cup") == "stored"
    assert caplog.text.count("stored as first seen") == 1


async def test_a_token_that_the_platform_takes_minted_gets_a_slot_by_itself(
    start_origin: StartOrigin, start_node: StartNode, caplog: pytest.LogCaptureFixture
) -> None:
    """Django: the form holds a masked secret, the cookie the secret itself."""
    node = await start_node(await start_origin(Shop(django_form, django_cookie)), origins=DJANGO)
    assert await fill(node) == "stored"
    copy = node.copy(URL)
    assert copy is not None
    assert copy.page is not None
    slot = next(slot for slot in copy.page.slots if slot.visitor)
    assert (slot.fill, slot.origin) == ('{{ visitor.csrf("csrftoken") }}', masked(secret(1), 1).encode())
    assert not any(secret(n).encode() in segment for segment in copy.page.segments for n in (1, 2))
    assert copy.entry.cookies == (
        VisitorCookie(
            name="csrftoken",
            alphabet=string.ascii_letters + string.digits,
            length=32,
            max_age_s=31_449_600,
            same_site="Lax",
            http_only=True,
        ),
    )
    assert await fill(node, "/product/cup") == "stored"
    assert caplog.text.count("a slot was added by itself") == 1, "once for the page kind"


async def test_a_slot_added_once_is_cut_on_pages_that_no_second_stranger_sees(
    start_origin: StartOrigin, start_node: StartNode
) -> None:
    origin = await start_origin(Shop(django_form, django_cookie))
    node = await start_node(origin, origins=DJANGO)
    for number in range(FIRST_PAGES):
        await fill(node, f"/product/{number}")
    asked = len(origin.requests)
    assert await fill(node, "/product/last") == "stored"
    assert len(origin.requests) == asked + 1
    copy = node.copy("/product/last")
    assert copy is not None
    assert copy.page is not None
    assert [slot.name for slot in copy.page.slots if slot.visitor]
    assert copy.entry.cookies[0].http_only


async def test_a_declared_slot_covers_a_token(start_origin: StartOrigin, start_node: StartNode) -> None:
    kind = with_slot("csrf", "css:input[name='csrfmiddlewaretoken']@value", "csrftoken")
    node = await start_node(await start_origin(Shop(django_form, django_cookie)), kinds={"product": kind})
    assert await fill(node) == "stored"
    assert memory(node).slots == ()
    copy = node.copy(URL)
    assert copy is not None
    assert [cookie.name for cookie in copy.entry.cookies] == ["csrftoken"]


def with_slot(name: str, at: str, cookie: str, **changes: object) -> KindRule:
    from tests.unit.edge.fill.conftest import PRODUCT  # noqa: PLC0415 - conftest is imported by pytest alone

    slot = SlotSpec(name=name, at=at, fill=f'{{{{ visitor.csrf("{cookie}") }}}}', all=True)
    spec = msgspec.structs.replace(PRODUCT.spec, slots=(*PRODUCT.spec.slots, slot), **changes)
    return msgspec.structs.replace(PRODUCT, spec=spec)


async def test_a_token_in_a_cookie_of_the_origins_own_gets_a_slot_and_is_never_minted(
    start_origin: StartOrigin, start_node: StartNode
) -> None:
    shop = Shop(
        lambda n: f'<input type="hidden" name="form_token" value="{secret(n)}">',
        lambda n: {"set_cookie": f"form_session={secret(n)}; Path=/"},
    )
    node = await start_node(await start_origin(shop), origins=DJANGO)
    assert await fill(node) == "stored"
    copy = node.copy(URL)
    assert copy is not None
    assert [(cookie.name, cookie.mintable) for cookie in copy.entry.cookies] == [("form_session", False)]


async def test_what_the_operator_froze_may_differ(start_origin: StartOrigin, start_node: StartNode) -> None:
    shop = Shop(lambda n: f'<p class="viewers">{n} people look at this</p>')
    node = await start_node(await start_origin(shop))
    assert await fill(node) == "pass leak-gate"
    kind = node.parts.rules.kinds["product"]
    frozen = msgspec.structs.replace(kind.spec, freeze=("css:.viewers",))
    node.reconfigure(kinds={"product": msgspec.structs.replace(kind, spec=frozen)})
    assert await fill(node, "/product/cup") == "stored"


async def test_a_greeting_refuses_even_where_the_operator_froze(
    start_origin: StartOrigin, start_node: StartNode
) -> None:
    shop = Shop(lambda n: f'<p class="hello">Welcome back, {["Anna", "Otto"][n % 2]}!</p>')
    node = await start_node(await start_origin(shop))
    route = node.parts.rules.kinds["product"].route
    node.reconfigure(kinds={"product": KindRule(spec=KindSpec(name="product", freeze=("css:.hello",)), route=route)})
    assert await fill(node) == "pass leak-gate"


async def test_a_token_that_is_the_same_for_everybody_is_nobodys(
    start_origin: StartOrigin, start_node: StartNode
) -> None:
    """WordPress gives all who are not signed in one nonce for half a day."""
    origin = await start_origin(Shop(lambda _: f'<input type="hidden" name="_wpnonce" value="{secret(1)}">'))
    node = await start_node(origin)
    assert await fill(node) == "stored"


async def test_a_cookie_in_a_page_that_the_shop_itself_stored_is_somebodys(
    start_origin: StartOrigin, start_node: StartNode
) -> None:
    shop = Shop(lambda _: f"<p>{secret(1)}</p>", lambda n: {"set_cookie": f"sid={secret(n)}"})
    assert await fill(await start_node(await start_origin(shop))) == "pass leak-gate"


async def test_response_fields_that_differ_are_not_stored(start_origin: StartOrigin, start_node: StartNode) -> None:
    shop = Shop(fields=lambda n: {"x_csrf_token": secret(n), "x_shop": "one", "etag": f'"{n}"'})
    node = await start_node(await start_origin(shop))
    assert await fill(node) == "stored"
    copy = node.copy(URL)
    assert copy is not None
    names = {name.lower() for name, _ in copy.entry.headers}
    assert {"x-shop", "etag"} <= names
    assert "x-csrf-token" not in names


async def views(node: Node, origin: ScriptedOrigin, pages: int, *, start: int = 0) -> list[int]:
    """How often the origin was asked for each of the pages, filled in order."""
    counts = []
    for number in range(start, start + pages):
        before = len(origin.requests)
        assert await fill(node, f"/product/{number}") == "stored"
        counts.append(len(origin.requests) - before)
    return counts


async def test_the_first_pages_are_fetched_twice_and_then_one_in_fifty(
    start_origin: StartOrigin, start_node: StartNode
) -> None:
    origin = await start_origin(Shop())
    node = await start_node(origin)
    assert await views(node, origin, FIRST_PAGES) == [2] * FIRST_PAGES
    later = await views(node, origin, ONE_IN, start=FIRST_PAGES)
    assert sorted(later) == [1] * (ONE_IN - 1) + [2]
    assert later[-1] == 2


async def test_a_page_that_was_judged_is_not_judged_again_at_each_refresh(
    start_origin: StartOrigin, start_node: StartNode
) -> None:
    origin = await start_origin(Shop())
    node = await start_node(origin)
    await fill(node)
    for _ in range(3):
        await fill(node)
    assert len(origin.requests) == 2 + 3


async def test_a_new_structure_is_seen_by_two(start_origin: StartOrigin, start_node: StartNode) -> None:
    shop = Shop()
    origin = await start_origin(shop)
    node = await start_node(origin)
    await views(node, origin, FIRST_PAGES)
    shop.more = lambda _: '<div class="sold-out"><b>Sold out</b></div>'
    assert await views(node, origin, 3, start=FIRST_PAGES) == [2, 1, 1]


async def test_what_looks_like_a_token_is_seen_by_two_on_every_page(
    start_origin: StartOrigin, start_node: StartNode
) -> None:
    shop = Shop(lambda _: f'<input type="hidden" name="token" value="{secret(1)}">')
    origin = await start_origin(shop)
    node = await start_node(origin)
    await views(node, origin, FIRST_PAGES)
    assert await views(node, origin, 2, start=FIRST_PAGES) == [2, 2]
    shop.more = lambda n: f'<input type="hidden" name="token" value="{secret(n)}">'
    assert await fill(node, "/product/tokens") == "pass leak-gate"


async def test_after_a_refusal_the_kind_has_to_earn_its_trust_again(
    start_origin: StartOrigin, start_node: StartNode
) -> None:
    shop = Shop()
    origin = await start_origin(shop)
    node = await start_node(origin)
    await views(node, origin, FIRST_PAGES)
    shop.more = lambda n: f'<p class="basket">{n} items</p>'
    assert await fill(node, "/product/bad") == "pass leak-gate"
    shop.more = lambda _: ""
    assert await views(node, origin, 2, start=FIRST_PAGES) == [2, 2]


async def test_what_was_learnt_outlives_the_filler(start_origin: StartOrigin, start_node: StartNode) -> None:
    origin = await start_origin(Shop(django_form, django_cookie))
    node = await start_node(origin, origins=DJANGO)
    await views(node, origin, FIRST_PAGES)
    node.restart()
    assert await views(node, origin, 1, start=FIRST_PAGES) == [1]
    copy = node.copy(f"/product/{FIRST_PAGES}")
    assert copy is not None
    assert copy.entry.cookies


async def test_a_changed_page_kind_is_judged_anew(start_origin: StartOrigin, start_node: StartNode) -> None:
    origin = await start_origin(Shop())
    node = await start_node(origin)
    await views(node, origin, FIRST_PAGES)
    kind = node.parts.rules.kinds["product"]
    changed = msgspec.structs.replace(kind, spec=msgspec.structs.replace(kind.spec, currency="EUR"))
    node.reconfigure(kinds={"product": changed})
    assert await views(node, origin, 2) == [2, 2]


async def test_a_page_judged_under_another_gate_is_judged_anew_though_its_kind_is_known(
    start_origin: StartOrigin, start_node: StartNode
) -> None:
    origin = await start_origin(Shop())
    node = await start_node(origin)
    await fill(node)
    node.reconfigure(origins=DJANGO)
    await views(node, origin, FIRST_PAGES)
    before = len(origin.requests)
    assert [await fill(node), await fill(node)] == ["stored"] * 2
    assert len(origin.requests) == before + 2 + 1


async def test_while_the_second_stranger_is_refused_nothing_is_stored(
    start_origin: StartOrigin, start_node: StartNode
) -> None:
    shop = Shop()
    shop.status = lambda n: 200 if n == 1 else 500
    node = await start_node(await start_origin(shop))
    assert await fill(node) == "pass leak-gate-unjudged"
    assert node.copy(URL) is None
    shop.status = lambda _: 200
    assert await fill(node) == "stored", "and it is nothing to remember"


async def test_a_copy_outlives_a_second_stranger_that_fails(start_origin: StartOrigin, start_node: StartNode) -> None:
    shop = Shop()
    node = await start_node(await start_origin(shop))
    await fill(node)
    next(shop.views)
    shop.more, shop.status = (lambda _: "<b>new</b>"), lambda n: 200 if n == 4 else 503
    assert await fill(node) == "down origin-unavailable"
    assert node.stored_body(URL) == page()


@pytest.mark.parametrize("status", [302, 403, 404])
async def test_a_second_stranger_who_is_answered_otherwise_refuses(
    start_origin: StartOrigin, start_node: StartNode, status: int
) -> None:
    shop = Shop()
    shop.status = lambda n: 200 if n == 1 else status
    answer, _ = await (await start_node(await start_origin(shop))).get(URL, "product")
    assert (answer.reason, answer.notes) == ("leak-gate", (f"two strangers were answered 200 and {status}",))


async def test_a_stored_page_that_is_proven_to_leak_is_removed(
    start_origin: StartOrigin, start_node: StartNode, caplog: pytest.LogCaptureFixture
) -> None:
    """The shop's own cache gave both strangers one token; later it turns out to be a visitor's."""
    token = '<input type="hidden" name="_token" value="{}">'
    shop = Shop(lambda _: token.format(secret(1)))
    node = await start_node(await start_origin(shop))
    assert await fill(node) == "stored"
    shop.more = lambda n: token.format(secret(n))
    assert await fill(node) == "pass leak-gate"
    assert node.copy(URL) is None
    assert "it leaks" in caplog.text
    assert node.parts.counters.pages_held["product", "leak-removed"] == 1


async def test_a_stored_page_without_the_leak_stays(start_origin: StartOrigin, start_node: StartNode) -> None:
    shop = Shop()
    node = await start_node(await start_origin(shop))
    await fill(node)
    shop.more = lambda n: f'<input type="hidden" name="_token" value="{secret(n)}">'
    assert await fill(node) == "pass leak-gate"
    assert node.stored_body(URL) == page()


async def test_many_first_requests_reach_the_origin_as_two_strangers(
    start_origin: StartOrigin, start_node: StartNode
) -> None:
    origin = await start_origin(Shop())
    node = await start_node(origin)
    outcomes = await asyncio.gather(*(fill(node) for _ in range(200)))
    assert outcomes == ["stored"] * 200
    assert len(origin.requests) == 2


async def test_many_first_requests_reach_the_origin_once_when_its_pages_are_known(
    start_origin: StartOrigin, start_node: StartNode
) -> None:
    origin = await start_origin(Shop())
    node = await start_node(origin)
    await views(node, origin, FIRST_PAGES)
    before = len(origin.requests)
    outcomes = await asyncio.gather(*(fill(node) for _ in range(200)))
    assert outcomes == ["stored"] * 200
    assert len(origin.requests) == before + 1


async def test_one_connection_at_a_time_is_enough(start_origin: StartOrigin, start_node: StartNode) -> None:
    """The second stranger must not wait for the first one's place."""
    origin = await start_origin(Shop())
    node = await start_node(origin, origin_fields={"max_connections": 1})
    assert await fill(node) == "stored"
    assert len(origin.requests) == 2


async def test_neither_stranger_has_the_visitors_address_unless_the_origin_wants_it(
    start_origin: StartOrigin, start_node: StartNode
) -> None:
    origin = await start_origin(Shop())
    node = await start_node(origin, origins={"shop": OriginRule(visitor_address=True)})
    assert await fill(node) == "stored"
    stated = sorted(b"X-Forwarded-For: 10.1.2.3" in head for head in origin.heads)
    assert stated == [False, True], "the first stranger is the visitor's neighbour, the second is nobody"


async def test_a_file_that_differs_is_relayed(start_origin: StartOrigin, start_node: StartNode) -> None:
    shop = Shop(str, lambda _: {"content_type": "application/json"})
    node = await start_node(await start_origin(shop))
    assert await fill(node) == "pass leak-gate"
    assert node.copy(URL) is None


async def test_an_answer_in_place_of_a_page_that_is_somebodys_only_ends_the_page(
    start_origin: StartOrigin, start_node: StartNode
) -> None:
    """A shop's "not found" has a search form with a token on it."""
    shop = Shop()
    node = await start_node(await start_origin(shop))
    await fill(node)
    shop.status, shop.more = (lambda _: 404), lambda n: f'<input type="hidden" name="_token" value="{secret(n)}">'
    assert await fill(node) == "down publish-gate-gone"
    assert await fill(node) == "pass leak-gate"
    assert node.copy(URL) is None


async def test_what_the_store_cannot_keep_of_the_gate_is_logged(
    start_origin: StartOrigin, start_node: StartNode, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    node = await start_node(await start_origin(Shop()))
    with node.parts.reader.view() as view:
        assert view.kind_memory("shop", "product") is None
    await node.parts.store.remember_kind("shop", "product", b"\xc1 not MessagePack")
    assert await fill(node) == "stored"
    assert "is forgotten" in caplog.text
