"""Files that prometheus_client's own collector understands."""

from __future__ import annotations

import resource
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from edge.observe.mapped import NumberFile, forget_live_gauges, merged, numbers, sample_key

KEY = sample_key("vitrine_fills", "vitrine_fills_total", {"outcome": "stored"}, "Fills.")


def test_numbers_add_up_and_survive_closing(tmp_path: Path) -> None:
    path = tmp_path / "counter_1.db"
    for amount in (2, 3.5):
        file = NumberFile(path)
        file.add(KEY, amount)
        file.close()
    assert dict(numbers(path)) == {KEY: 5.5}


def test_a_replaced_number_is_the_last_one(tmp_path: Path) -> None:
    file = NumberFile(tmp_path / "gauge_livemostrecent_1.db")
    file.set(KEY, 7, 1.0)
    file.set(KEY, 4, 2.0)
    assert dict(numbers(tmp_path / "gauge_livemostrecent_1.db")) == {KEY: 4}
    file.close()


def test_many_label_sets_grow_the_file_while_others_read_it(tmp_path: Path) -> None:
    file = NumberFile(tmp_path / "counter_1.db")
    keys = [sample_key("m", "m_total", {"slot": f"slot {n}"}, "M.") for n in range(2_000)]
    for n, key in enumerate(keys):
        file.add(key, n)
    assert dict(numbers(tmp_path / "counter_1.db")) == {key: n for n, key in enumerate(keys)}
    file.close()


def test_the_library_reads_what_is_written_here_whatever_the_labels_hold(tmp_path: Path) -> None:
    odd = 'a "quoted"\nkind, größer'
    file = NumberFile(tmp_path / "counter_1.db")
    file.add(sample_key("vitrine_fills", "vitrine_fills_total", {"kind": odd, "a": "b"}, "Fills."), 3)
    (family,) = text_string_to_metric_families(merged(tmp_path).decode())
    assert (family.name, family.type, family.documentation) == ("vitrine_fills", "counter", "Fills.")
    assert [(sample.name, sample.labels, sample.value) for sample in family.samples] == [
        ("vitrine_fills_total", {"kind": odd, "a": "b"}, 3.0)
    ]
    file.close()


def test_forgetting_takes_one_processs_gauges_and_no_counts(tmp_path: Path) -> None:
    for name in ("gauge_livemostrecent_1", "gauge_livemostrecent_12", "counter_1"):
        NumberFile(tmp_path / f"{name}.db").close()
    forget_live_gauges(tmp_path, "1")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["counter_1.db", "gauge_livemostrecent_12.db"]


def test_no_number_waits_for_room_on_the_disk_once_it_has_been_taken(tmp_path: Path) -> None:
    """A write to a mapped page that the disk has no room for ends the process with SIGBUS."""
    path = tmp_path / "counter_1.db"
    file = NumberFile(path)
    held = path.stat()
    assert held.st_blocks * 512 >= held.st_size > 0
    file.reserve(sample_key("m", "m_total", {"slot": f"slot {n}"}, "M.") for n in range(2_000))
    grown = path.stat()
    assert grown.st_blocks * 512 >= grown.st_size > held.st_size
    file.close()


def test_a_disk_without_room_refuses_before_anything_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "counter_1.db"
    file = NumberFile(path)
    file.add(KEY, 1)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size, hard))
    try:
        with pytest.raises(OSError, match="File too large"):
            file.reserve(sample_key("m", "m_total", {"slot": f"slot {n}"}, "M.") for n in range(2_000))
        with pytest.raises(OSError, match="File too large"):
            file.add(sample_key("m", "m_total", {"slot": "x" * 70_000}, "M."), 1)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    file.add(KEY, 1)
    assert dict(numbers(path)) == {KEY: 2}
    file.close()
