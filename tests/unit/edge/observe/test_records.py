"""Decision records: written off the loop, bounded, counted when dropped."""

from __future__ import annotations

import json
import os
import threading
import timeit
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from edge.observe.records import QUEUE_RECORDS, DecisionRecord, RecordWriter

HIT = DecisionRecord(
    ts=1_790_000_000_123,
    id="r-1",
    client="203.0.113.7",
    method="GET",
    host="shop.example",
    target="/product/chair?utm_source=x",
    status=200,
    kind="product",
    verdict="hit",
    key="00ff",
    age_s=0,
    ttl_s=42,
    total_us=180,
    bytes=11_310,
    encoding="gzip",
    rows=("prices:SKU-1@1790000000000", "inventory:SKU-1@1790000000001"),
    worker="worker-0",
)

Opens = Callable[..., RecordWriter]


@pytest.fixture
def opens(tmp_path: Path) -> Iterator[Opens]:
    writers: list[RecordWriter] = []

    def opens(
        path: Path = tmp_path / "log", sample: float = 1.0, max_bytes: int = 2**24, keep: int = 3
    ) -> RecordWriter:
        writers.append(RecordWriter(path, sample=sample, max_bytes=max_bytes, keep=keep))
        return writers[-1]

    yield opens
    for writer in writers:
        writer.close()


def read(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def with_id(number: int, status: int = 200) -> DecisionRecord:
    return msgspec.structs.replace(HIT, id=f"r-{number}", status=status)


def test_a_record_is_one_json_line_with_every_field_that_applies(opens: Opens, tmp_path: Path) -> None:
    writer = opens()
    writer.put(HIT)
    writer.close()
    (line,) = read(tmp_path / "log")
    assert line == {
        "ts": 1_790_000_000_123,
        "id": "r-1",
        "client": "203.0.113.7",
        "method": "GET",
        "host": "shop.example",
        "target": "/product/chair?utm_source=x",
        "status": 200,
        "kind": "product",
        "verdict": "hit",
        "key": "00ff",
        "age_s": 0,
        "ttl_s": 42,
        "total_us": 180,
        "bytes": 11_310,
        "encoding": "gzip",
        "rows": ["prices:SKU-1@1790000000000", "inventory:SKU-1@1790000000001"],
        "worker": "worker-0",
    }


def test_closing_writes_everything_queued_in_order(opens: Opens, tmp_path: Path) -> None:
    writer = opens()
    for number in range(3_000):
        writer.put(with_id(number))
    writer.close()
    assert [line["id"] for line in read(tmp_path / "log")] == [f"r-{number}" for number in range(3_000)]
    assert writer.take_dropped() == 0


def test_closing_twice_is_closing_once(opens: Opens) -> None:
    writer = opens()
    writer.close()
    writer.close()


def test_a_record_after_closing_is_dropped_and_counted_once(opens: Opens, tmp_path: Path) -> None:
    writer = opens()
    writer.close()
    writer.put(HIT)
    assert writer.take_dropped() == 1
    assert writer.take_dropped() == 0
    assert not (tmp_path / "log").exists()


def test_a_line_break_or_bad_byte_in_a_target_makes_no_second_line_and_loses_nothing(
    opens: Opens, tmp_path: Path
) -> None:
    writer = opens()
    writer.put(msgspec.structs.replace(HIT, target="/a\n\u2028b"))
    writer.put(msgspec.structs.replace(HIT, target=b"/caf\xe9".decode("utf-8", "surrogateescape")))
    writer.close()
    content = (tmp_path / "log").read_bytes()
    assert content.count(b"\n") == 2
    assert [json.loads(line)["target"] for line in content.split(b"\n")[:2]] == ["/a\n\u2028b", "/caf\\udce9"]


def test_the_sample_is_a_share_of_requests_the_same_for_every_writer(opens: Opens, tmp_path: Path) -> None:
    chosen = []
    for name in ("one", "two"):
        writer = opens(path=tmp_path / name, sample=0.25)
        for number in range(4_000):
            writer.put(with_id(number))
        writer.close()
        chosen.append([line["id"] for line in read(tmp_path / name)])
        assert writer.take_dropped() == 0
    assert 800 < len(chosen[0]) < 1_200
    assert chosen[0] == chosen[1]


def test_failures_are_recorded_whatever_the_sample(opens: Opens, tmp_path: Path) -> None:
    writer = opens(sample=0.0)
    for number, status in enumerate((200, 404, 499, 500, 504)):
        writer.put(with_id(number, status))
    writer.close()
    assert [line["status"] for line in read(tmp_path / "log")] == [500, 504]


def test_a_full_sample_records_the_request_of_the_highest_hash_too(opens: Opens, tmp_path: Path) -> None:
    highest = "0000001010000001000101111100011000000000"
    assert zlib.crc32(highest.encode()) == 0xFFFFFFFF
    writer = opens(sample=1.0)
    writer.put(msgspec.structs.replace(HIT, id=highest))
    writer.close()
    assert len(read(tmp_path / "log")) == 1


def test_files_rotate(opens: Opens, tmp_path: Path) -> None:
    writer = opens(max_bytes=2_000, keep=2)
    for number in range(40):
        writer.put(with_id(number))
    writer.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["log", "log.1", "log.2"]
    newest = read(tmp_path / "log")
    assert newest[-1]["id"] == "r-39"
    assert read(tmp_path / "log.1")[-1]["id"] == f"r-{39 - len(newest)}"


def test_a_disk_that_hangs_delays_no_request_and_what_does_not_fit_is_counted(opens: Opens, tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = opens(path=path, max_bytes=2**40)
    put = 2 * QUEUE_RECORDS
    for _ in range(put):  # the pipe takes 64 KiB, then writing waits; the queue takes the rest
        writer.put(HIT)
    dropped = writer.take_dropped()
    assert 0 < dropped <= QUEUE_RECORDS

    written = (put - dropped) * len(msgspec.json.encode(HIT) + b"\n")
    with path.open("rb") as pipe:
        closing = threading.Thread(target=writer.close)
        closing.start()
        assert len(pipe.read(written)) == written
        closing.join()


def test_a_full_disk_counts_what_it_loses_and_says_why(opens: Opens, tmp_path: Path) -> None:
    (tmp_path / "full").symlink_to("/dev/full")
    writer = opens(path=tmp_path / "full")
    for number in range(7):
        writer.put(with_id(number))
    writer.close()
    assert writer.take_dropped() == 7
    assert writer.fault is not None
    assert "No space left" in writer.fault


def test_the_thread_ends_with_the_writer(opens: Opens) -> None:
    before = threading.active_count()
    writer = opens()
    assert threading.active_count() == before + 1
    writer.close()
    assert threading.active_count() == before


def test_putting_takes_a_few_microseconds_at_most(opens: Opens) -> None:
    writer = opens()
    assert min(timeit.repeat(lambda: writer.put(HIT), number=200, repeat=20)) / 200 < 5e-6
