from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from edge.cli.client import Client, Missing, Request, Unreachable
from edge.cli.output import Failure


@contextmanager
def answering(raw: bytes) -> Iterator[str]:
    """The base URL of something that reads a request and answers these bytes, whatever was asked."""

    def serve() -> None:
        peer, _ = listener.accept()
        with peer:
            peer.recv(65_536)
            peer.sendall(raw)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            thread.join()


def test_where_nobody_listens_the_remedy_says_how_to_start_one() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    with pytest.raises(Unreachable, match=r"no node answers at .* \(Connection refused\); start it with vitrine serve"):
        Client(url, None).get("/status")


def test_what_speaks_no_http_is_no_node() -> None:
    with answering(b"SSH-2.0-OpenSSH\r\n") as url, pytest.raises(Unreachable, match="no node answers"):
        Client(url, None).get("/status")


def test_an_answer_cut_short_is_no_answer() -> None:
    raw = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"
    with answering(raw) as url, pytest.raises(Unreachable):
        Client(url, None).get("/status")


def test_an_error_without_a_problem_is_told_by_its_status() -> None:
    raw = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 4\r\n\r\noops"
    with answering(raw) as url, pytest.raises(Failure, match="the node answered 502"):
        Client(url, None).get("/status")


def test_what_is_missing_is_told_apart() -> None:
    raw = b"HTTP/1.1 404 Not Found\r\nContent-Length: 33\r\n\r\n" + b'{"detail":"no row","remedy":"go"}'
    with answering(raw) as url, pytest.raises(Missing, match="no row"):
        Client(url, None).get("/tables/notes/A")


def test_without_a_token_the_remedy_says_where_to_find_one() -> None:
    raw = b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\n{}"
    with answering(raw) as url, pytest.raises(Failure, match="--data DIR"):
        Client(url, None).get("/status")


def test_rows_beyond_those_listed_are_counted() -> None:
    body = b'{"detail":"d","remedy":"r","bad":5,"errors":[{"line":3,"detail":"x","remedy":"y"}]}'
    raw = b"HTTP/1.1 400 Bad Request\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
    with answering(raw) as url, pytest.raises(Failure) as caught:
        Client(url, None).call(Request("POST", "/tables/notes", body=b""))
    assert caught.value.more == ("line 3: x; y", "and 4 more")


def test_an_answer_given_before_the_body_was_sent_is_heard() -> None:
    raw = b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 33\r\n\r\n" + b'{"detail":"no token","remedy":""}'
    endless = (b"x" * 65_536 for _ in range(2000))
    with answering(raw) as url, pytest.raises(Failure, match="no token"):
        Client(url, "t").call(Request("POST", "/tables/notes", body=endless))
