"""kill -9 of any process at any instant: it is replaced, and nothing acknowledged is lost."""

from __future__ import annotations

import json
import os
import random
import signal
import threading
import time

import pytest

from tests.conftest import MakeNode, Node, ScriptedOrigin, eventually

PATH = "/product/1"
CONFIG = """
[[origins]]
name = "shop"
url = "http://127.0.0.1:1"

[[pages]]
name = "product"
match = ["/product/*"]
sku = "json-ld:sku"
ttl = "1s"
grace = "0s"
currency = "EUR"

[[pages.slots]]
name = "price"
at = "css:.price"
fill = "{{ prices.amount | money }}"
"""
PAGE = """<!doctype html><html><head>
<script type="application/ld+json">{"@type": "Product", "sku": "A-1", "name": "Cup"}</script>
</head><body><h1>Cup</h1><p class="price">€19.99</p></body></html>
"""


@pytest.fixture
def node(origin: ScriptedOrigin, make_node: MakeNode) -> Node:
    origin.says(PATH, PAGE, content_type="text/html")
    made = make_node(origin.url, CONFIG, workers=2)
    made.start()
    assert made.ask(PATH).status == 200
    return made


def kill(node: Node, role: str, number: int = 0) -> None:
    """End one child as the kernel would when memory runs out, and wait until another one has its place."""
    victim = node.children()[role, number]
    os.kill(victim, signal.SIGKILL)
    eventually(lambda: node.children().get((role, number), victim) != victim, f"{role} {number} is replaced")


def test_a_killed_worker_is_replaced_and_no_connection_is_refused(node: Node) -> None:
    failures: list[str] = []
    over = threading.Event()

    def visit() -> None:
        while not over.is_set():
            try:
                node.ask(PATH)
            except ConnectionRefusedError as exc:
                failures.append(repr(exc))
            except OSError:
                pass  # the one who was being answered at that moment

    visitors = [threading.Thread(target=visit) for _ in range(4)]
    for visitor in visitors:
        visitor.start()
    for number in (0, 1):
        kill(node, "worker", number)
    over.set()
    for visitor in visitors:
        visitor.join()
    assert failures == []
    assert node.ask(PATH).status == 200
    assert node.ready()


def test_a_killed_filler_is_replaced_and_pages_are_filled_again(origin: ScriptedOrigin, node: Node) -> None:
    for turn in range(3):
        kill(node, "filler")
        path = f"/product/after-{turn}"
        origin.says(path, PAGE, content_type="text/html")
        eventually(lambda path=path: "stored" in node.ask(path).cache_status, "a page is stored")  # type: ignore[misc]


def test_while_the_filler_does_not_answer_pages_are_served_stale_and_the_rest_is_relayed(
    origin: ScriptedOrigin, node: Node
) -> None:
    origin.says("/product/2", PAGE, content_type="text/html")
    filler = node.children()["filler", 0]
    os.kill(filler, signal.SIGSTOP)
    try:
        eventually(lambda: ttl_left_s(node) < 0, "the page is stale")
        stale, missing = node.ask(PATH), node.ask("/product/2")
        assert (stale.status, missing.status) == (200, 200)
        assert "hit" in stale.cache_status
        assert "detail=filler-down" in stale.cache_status
        assert "detail=filler-down" in missing.cache_status
        node.put("prices", "A-1", {"amount": "3.00", "currency": "EUR"})
        assert "€3.00" in node.ask(PATH).text
        assert node.ready()
    finally:
        os.kill(filler, signal.SIGCONT)
    eventually(lambda: "filler-down" not in node.ask(PATH).cache_status, "the filler is asked again")


def ttl_left_s(node: Node) -> int:
    stored = node.explain(PATH)["stored"]
    assert isinstance(stored, dict)
    return int(stored["ttl_left_s"])


def test_no_acknowledged_row_is_lost_when_the_agent_is_killed_again_and_again(node: Node) -> None:
    acknowledged: dict[str, int] = {}
    over = threading.Event()

    def write(writer: int) -> None:
        number = 0
        while not over.is_set():
            key = f"w{writer}-{number % 50}"
            try:
                node.put("inventory", key, {"quantity": number})
            except (OSError, ValueError):
                continue
            acknowledged[key] = number
            number += 1

    writers = [threading.Thread(target=write, args=(writer,)) for writer in range(3)]
    for writer in writers:
        writer.start()
    chance = random.Random(4)
    for _ in range(4):
        before = len(acknowledged) and max(acknowledged.values())
        time.sleep(chance.uniform(0.01, 0.2))
        kill(node, "agent")
        eventually(lambda before=before: max(acknowledged.values(), default=0) > before, "rows are written again")  # type: ignore[misc]
    over.set()
    for writer in writers:
        writer.join()
    assert len(acknowledged) >= 3
    for key, number in acknowledged.items():
        row = json.loads(node.admin(f"/tables/inventory/{key}").text)
        assert row["quantity"] >= number, f"{key}: {number} was acknowledged"


def test_everything_killed_at_once_comes_back_with_every_row_and_page(node: Node) -> None:
    node.put("prices", "A-1", {"amount": "4.00", "currency": "EUR"})
    before = node.children()
    for pid in before.values():
        os.kill(pid, signal.SIGKILL)
    eventually(lambda: len(set(node.children().values()) - set(before.values())) == 4, "all four are replaced")
    assert "€4.00" in node.ask(PATH).text


def test_the_machine_dies_and_every_acknowledged_row_is_there_at_the_next_start(node: Node) -> None:
    """As far as a test can go: every process at once, the supervisor first."""
    for number in range(20):
        node.put("inventory", f"k{number}", {"quantity": number})
    children = node.children().values()
    node.signal(signal.SIGKILL)
    for pid in children:
        os.kill(pid, signal.SIGKILL)
    assert node.process is not None
    node.process.wait(10)
    node.start()
    for number in range(20):
        assert json.loads(node.admin(f"/tables/inventory/k{number}").text)["quantity"] == number
