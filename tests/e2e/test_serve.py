"""``vitrine serve`` as an operator meets it: starting, refusing to, reloading, draining."""

from __future__ import annotations

import asyncio
import http.client
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from aiohttp import web

from tests.conftest import MakeNode, Node, ScriptedOrigin, eventually
from tests.e2e.conftest import product_page

PATH = "/product/1"
HTML = "text/html; charset=utf-8"


@pytest.fixture
def node(origin: ScriptedOrigin, make_node: MakeNode, shop_config: str) -> Node:
    origin.says(PATH, product_page(), content_type=HTML)
    made = make_node(origin.url, shop_config, workers=2)
    made.start()
    return made


class Traffic:
    """Visitors that ask without pause, each over a connection of his own, until told to stop."""

    def __init__(self, node: Node, path: str, visitors: int = 4) -> None:
        self._node, self._path = node, path
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._visit) for _ in range(visitors)]
        self.answered = 0
        self.failures: list[str] = []

    def _visit(self) -> None:
        while not self._over.is_set():
            try:
                told = self._node.ask(self._path)
                if told.status != 200 or "€" not in told.text:
                    self.failures.append(f"{told.status} {told.cache_status}")
            except (OSError, http.client.HTTPException) as exc:
                self.failures.append(repr(exc))
            self.answered += 1

    @contextmanager
    def flowing(self) -> Iterator[None]:
        for thread in self._threads:
            thread.start()
        try:
            yield
        finally:
            self._over.set()
            for thread in self._threads:
                thread.join()


def test_a_second_node_on_the_same_data_is_refused_and_harms_nothing(
    origin: ScriptedOrigin, node: Node, make_node: MakeNode, shop_config: str
) -> None:
    second = make_node(origin.url, shop_config)
    (second.scratch / "data").symlink_to(node.data)
    second.launch()
    eventually(lambda: second.ended, "the second one ends")
    assert second.stop() == 1
    assert f"is in use by process {node.pid}" in second.log
    assert "Traceback" not in second.log
    assert node.ask(PATH).status == 200
    assert node.ready()


def test_a_port_in_use_is_one_line(origin: ScriptedOrigin, make_node: MakeNode) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        node = make_node(origin.url)
        node.ports = (taken.getsockname()[1], node.ports[1])
        node.launch()
        eventually(lambda: node.ended, "the node ends")
    assert node.stop() == 1
    assert "free the port or choose another" in node.log
    assert "Traceback" not in node.log


def test_an_origin_alone_is_a_complete_set_up(origin: ScriptedOrigin, make_node: MakeNode) -> None:
    origin.says("/style.css", "body{}" * 200, content_type="text/css", cache_control="max-age=60")
    node = make_node(origin.url)
    node.start()
    assert node.ask("/style.css").cache_status == "vitrine; fwd=uri-miss; fwd-status=200; stored"
    eventually(lambda: "vitrine; hit; ttl=" in node.ask("/style.css").cache_status, "it is stored")
    assert node.ask("/style.css").text == "body{}" * 200


def test_a_stored_page_survives_a_restart(origin: ScriptedOrigin, node: Node) -> None:
    node.ask(PATH)
    node.put("prices", "A-1", {"amount": "5.00", "currency": "EUR"})
    assert node.stop() == 0
    origin.stop()
    node.start()
    told = node.ask(PATH)
    assert "€5.00" in told.text
    assert "hit" in told.cache_status


def test_a_reload_takes_effect_without_a_failed_request(origin: ScriptedOrigin, node: Node, shop_config: str) -> None:
    node.ask(PATH)
    before = node.children()
    traffic = Traffic(node, PATH)
    assert node.config is not None
    with traffic.flowing():
        node.config.write_text(shop_config.replace('bypass_cookies = ["basket"]', 'bypass_cookies = ["cart"]'))
        node.signal(signal.SIGHUP)
        eventually(lambda: "reloaded" in node.log, "the reload is done")
    assert traffic.failures == []
    assert traffic.answered > 20
    assert not set(before.values()) & set(node.children().values())
    assert "; hit" in node.ask(PATH, headers={"Cookie": "basket=1"}).cache_status
    assert "fwd=bypass" in node.ask(PATH, headers={"Cookie": "cart=1"}).cache_status


def test_a_reload_of_a_wrong_file_changes_nothing_and_names_the_line(node: Node, shop_config: str) -> None:
    node.ask(PATH)
    before = node.children()
    assert node.config is not None
    with Traffic(node, PATH).flowing():
        node.config.write_text(shop_config.replace('ttl = "10m"', 'ttl = "soon"'))
        node.signal(signal.SIGHUP)
        eventually(lambda: "reload refused" in node.log, "the reload is refused")
    line = shop_config[: shop_config.index('ttl = "10m"')].count("\n") + 1
    assert f"vitrine.toml:{line}" in node.log
    assert node.children() == before
    assert node.ask(PATH).status == 200


def test_a_reload_no_child_can_start_with_leaves_the_node_as_it_was(node: Node, shop_config: str) -> None:
    """The file is right; what it says cannot be done on this machine."""
    node.ask(PATH)
    assert node.config is not None
    traffic = Traffic(node, PATH)
    with traffic.flowing():
        node.config.write_text(shop_config + '\n[store]\nsize = "1GiB"\ntables_size = "9000000TiB"\n')
        node.signal(signal.SIGHUP)
        eventually(lambda: "reload given up" in node.log or "reloaded" in node.log, "the reload ends", within_s=60)
        eventually(lambda: len(node.children()) == 4, "everything serves")
    assert "reload given up" in node.log
    assert traffic.failures == []
    node.put("prices", "A-1", {"amount": "6.00", "currency": "EUR"})
    assert "€6.00" in node.ask(PATH).text


def test_sigterm_lets_an_open_request_end(origin: ScriptedOrigin, node: Node) -> None:
    entered = threading.Event()

    async def slowly(request: web.BaseRequest) -> web.StreamResponse:
        entered.set()
        await asyncio.sleep(1.5)
        return web.Response(text="done in the end")

    origin.answers("/slow", slowly)
    answers: list[str] = []
    visitor = threading.Thread(target=lambda: answers.append(node.ask("/slow", "POST").text))
    visitor.start()
    assert entered.wait(10)
    started_s = time.monotonic()
    assert node.stop() == 0
    visitor.join()
    assert answers == ["done in the end"]
    assert 0.5 < time.monotonic() - started_s < 15
    assert "Traceback" not in node.log


def test_sigterm_does_not_wait_for_idle_connections(node: Node) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", node.ports[0], timeout=10)
    connection.request("GET", PATH)
    connection.getresponse().read()
    started_s = time.monotonic()
    assert node.stop() == 0
    assert time.monotonic() - started_s < 5
    connection.close()


def test_a_node_whose_supervisor_is_killed_leaves_nothing_behind(node: Node) -> None:
    children = list(node.children().values())
    node.signal(signal.SIGKILL)
    assert node.process is not None
    node.process.wait(10)
    eventually(lambda: not any(alive(pid) for pid in children), "its children have left")
    node.start()
    assert node.ask(PATH).status == 200


def alive(pid: int) -> bool:
    """The process runs; a zombie does not."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
