"""Whole nodes as processes, and origins that say exactly what a test wants. Real sockets on loopback, free ports."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, urlsplit

import pytest
from aiohttp import web

from loadtest.processes import environment, free_port

VITRINE = str(Path(sys.executable).with_name("vitrine"))
PATIENCE_S = 30.0


def eventually(happened: Callable[[], bool], what: str, *, within_s: float = PATIENCE_S) -> None:
    """Look again until it has happened; fail with ``what`` when it has not in time."""
    deadline = time.monotonic() + within_s
    while not happened():
        assert time.monotonic() < deadline, f"not within {within_s:g} s: {what}"
        time.sleep(0.01)


class Told(NamedTuple):
    """One response, whole. Field names in lower case."""

    status: int
    fields: list[tuple[str, str]]
    body: bytes

    def field(self, name: str) -> str:
        """A field's only value; empty when it is absent."""
        values = [value for key, value in self.fields if key == name]
        assert len(values) <= 1, f"{name} stands {len(values)} times: {values}"
        return values[0] if values else ""

    @property
    def cache_status(self) -> str:
        return self.field("cache-status")

    @property
    def text(self) -> str:
        return self.body.decode()


def ask(
    url: str, path: str, method: str = "GET", *, headers: dict[str, str] | None = None, body: bytes | None = None
) -> Told:
    """One request over a connection of its own."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=PATIENCE_S)
    try:
        connection.request(method, path, body, headers or {})
        response = connection.getresponse()
        fields = [(name.lower(), value) for name, value in response.getheaders()]
        return Told(response.status, fields, response.read())
    finally:
        connection.close()


Answering = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


class Asked(NamedTuple):
    """A request as the origin saw it."""

    method: str
    path: str
    headers: dict[str, str]


class ScriptedOrigin:
    """An origin in a thread of its own: says what it was told to for each path, 404 for any other."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self._answers: dict[str, Answering] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="origin", daemon=True)
        self._thread.start()
        self._port = free_port()
        self._runner: web.ServerRunner | None = None
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def answers(self, path: str, answering: Answering) -> None:
        """Let a coroutine function answer a path."""
        self._answers[path] = answering

    def says(self, path: str, body: str | bytes = b"", *, status: int = 200, **headers: str) -> None:
        """Answer a path with this from now on. ``content_type="text/html"`` stands for Content-Type."""
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        data = body.encode() if isinstance(body, str) else body

        async def answer(_: web.BaseRequest) -> web.StreamResponse:
            return web.Response(status=status, body=data, headers=fields)

        self._answers[path] = answer

    def times(self, path: str) -> int:
        """How often a path was asked for."""
        return sum(asked.path == path for asked in self.asked)

    def start(self) -> None:
        """Be there, on the same port as ever."""
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result(PATIENCE_S)

    def stop(self) -> None:
        """Be gone: connections are refused."""
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(PATIENCE_S)

    def close(self) -> None:
        """End the thread."""
        self.stop()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _start(self) -> None:
        self._runner = web.ServerRunner(web.Server(self._answer), shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port, reuse_address=True).start()

    async def _stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        path = request.raw_path
        self.asked.append(Asked(request.method, path, dict(request.headers)))
        answering = self._answers.get(path)
        return await answering(request) if answering else web.Response(status=404, text="no such page\n")


@dataclass(slots=True)
class Node:
    """``vitrine serve`` as a process."""

    scratch: Path
    config: Path | None
    origin: str
    workers: int
    ports: tuple[int, int] = field(default_factory=lambda: (free_port(), free_port()))
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.ports[0]}"

    @property
    def admin_url(self) -> str:
        return f"http://127.0.0.1:{self.ports[1]}"

    @property
    def data(self) -> Path:
        return self.scratch / "data"

    @property
    def log(self) -> str:
        """All it has said."""
        return (self.scratch / "node.log").read_text(errors="replace")

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def launch(self) -> None:
        """Start the process and do not wait for it."""
        command = [VITRINE, "serve", "--origin", self.origin, "--data", str(self.data), "--workers", str(self.workers)]
        command += ["--listen", f"127.0.0.1:{self.ports[0]}", "--admin", f"127.0.0.1:{self.ports[1]}"]
        if self.config is not None:
            command += ["--config", str(self.config)]
        with (self.scratch / "node.log").open("ab") as log:
            self.process = subprocess.Popen(
                command, stdout=log, stderr=subprocess.STDOUT, cwd=self.scratch, env=environment()
            )

    def start(self) -> None:
        """Start the process; returns once it is ready."""
        self.launch()
        eventually(lambda: self.ended or self.ready(), f"the node is ready; it said:\n{self.log}")
        assert not self.ended, f"the node ended at its start:\n{self.log}"

    @property
    def ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def ready(self) -> bool:
        """What ``/readyz`` says."""
        try:
            return ask(self.admin_url, "/readyz").status == 200
        except OSError:
            return False

    def stop(self) -> int:
        """SIGTERM, and the exit status."""
        assert self.process is not None
        self.process.terminate()
        return self.process.wait(60)

    def kill(self) -> None:
        """The end of whatever still runs."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def signal(self, number: signal.Signals) -> None:
        """Send the supervisor a signal."""
        os.kill(self.pid, number)

    def children(self) -> dict[tuple[str, int], int]:
        """Process ids of what serves now, by role and number."""
        with suppress(FileNotFoundError):
            found = json.loads((self.data / "run" / "children.json").read_bytes())
            return {(child["role"], child["number"]): child["pid"] for child in found if child["pid"] is not None}
        return {}

    def ask(
        self, path: str, method: str = "GET", *, headers: dict[str, str] | None = None, body: bytes | None = None
    ) -> Told:
        """A visitor's request."""
        return ask(self.url, path, method, headers=headers, body=body)

    def admin(self, path: str, method: str = "GET", document: object = None) -> Told:
        """A request of the admin API, with the token."""
        headers = {"Authorization": f"Bearer {(self.data / 'admin.token').read_text().strip()}"}
        body = None if document is None else json.dumps(document).encode()
        if body is not None:
            headers["Content-Type"] = "application/json"
        return ask(self.admin_url, path, method, headers=headers, body=body)

    def put(self, table: str, key: str, row: dict[str, object]) -> None:
        """State a row; returns once it is durable."""
        told = self.admin(f"/tables/{table}/{quote(key, safe='')}", "PUT", row)
        assert told.status in {200, 201}, told.text

    def refresh(self, path: str, *, accept: bool = False) -> dict[str, object]:
        """Fetch a page again now, as visitors of this port see it."""
        told = self.admin("/refresh", "POST", {"url": f"{self.url}{path}", "accept": accept})
        assert told.status == 200, told.text
        document: dict[str, object] = json.loads(told.body)
        return document

    def explain(self, path: str) -> dict[str, object]:
        """The whole story of a page."""
        told = self.admin(f"/explain?url={quote(self.url + path, safe='')}")
        assert told.status == 200, told.text
        document: dict[str, object] = json.loads(told.body)
        return document

    def records(self) -> list[dict[str, object]]:
        """Decision records of all workers, as far as they are written."""
        lines: list[dict[str, object]] = []
        for file in sorted((self.data / "records").glob("*.ndjson")):
            lines += [json.loads(line) for line in file.read_text().splitlines()]
        return lines


@pytest.fixture
def origin() -> Iterator[ScriptedOrigin]:
    """An origin that knows no page yet."""
    started = ScriptedOrigin()
    yield started
    started.close()


class MakeNode:
    """Makes nodes that end with the test."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: list[Node] = []

    def __call__(self, origin: str, config: str | None = None, *, workers: int = 1) -> Node:
        """A node that is not started yet."""
        scratch = self._folder / f"node-{len(self._made)}"
        scratch.mkdir()
        path = None
        if config is not None:
            path = scratch / "vitrine.toml"
            path.write_text(config)
        node = Node(scratch, path, origin, workers)
        self._made.append(node)
        return node

    def close(self) -> None:
        for node in self._made:
            node.kill()


@pytest.fixture
def make_node(tmp_path: Path) -> Iterator[MakeNode]:
    maker = MakeNode(tmp_path)
    yield maker
    maker.close()
