"""A disk that takes nothing more, as the supervisor meets it: it says so and goes on replacing what dies."""

from __future__ import annotations

import os
import signal

from tests.conftest import MakeNode, ScriptedOrigin, eventually


def test_a_worker_is_replaced_although_nothing_can_be_written_about_it(
    origin: ScriptedOrigin, make_node: MakeNode
) -> None:
    origin.says("/style.css", "p{}", content_type="text/css", cache_control="max-age=600")
    node = make_node(origin.url)
    node.start()
    assert node.ask("/style.css").status == 200
    worker = node.children()["worker", 0]
    run = node.data / "run"
    (run / "children.json.new").mkdir()  # stands in the way of every write, as a full disk does
    eventually((run / "metrics" / f"counter_{worker}.db").exists, "the worker has counted")
    for kind in ("counter", "histogram"):
        (run / "metrics" / f"{kind}_dead.db").mkdir()
    os.kill(worker, signal.SIGKILL)
    eventually(lambda: "status and readyz are behind" in node.log, "the supervisor has met the disk")
    eventually(lambda: f"the metrics of process {worker} stay" in node.log, "and once more")
    assert node.ask("/style.css").status == 200
    assert not node.ended
    assert node.children()["worker", 0] == worker, "nothing could be written of its successor"
    (run / "children.json.new").rmdir()
    eventually(lambda: node.children()["worker", 0] != worker, "the supervisor has caught up")
    assert node.stop() == 0


def test_a_reload_of_what_no_reader_can_read_leaves_the_node_as_it_was(
    origin: ScriptedOrigin, make_node: MakeNode
) -> None:
    origin.says("/", "home", content_type="text/plain")
    node = make_node(origin.url, f'[[origins]]\nurl = "{origin.url}"\n')
    node.start()
    assert node.config is not None
    node.config.write_text("a = " + "[" * 5000)
    node.signal(signal.SIGHUP)
    eventually(lambda: "reload refused" in node.log, "the file is refused")
    assert node.ask("/").status == 200
    assert not node.ended
